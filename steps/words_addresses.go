package steps

import (
	"context"
	"fmt"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"
)

// registerAddresses holds the words about addresses of rooms.
func registerAddresses(r Registrar) {
	r.When(`^(\w+) gives "([^"]+)" the alias "([^"]+)"$`, givesAlias)
	r.When(`^(\w+) joins "([^"]+)" of (\w+) by its alias$`, joinsByAlias)
	r.When(`^(\w+) lets "([^"]+)" go by the alias "([^"]+)"$`, letsGoBy)
	r.When(`^(\w+) takes the alias "([^"]+)" away$`, takesAliasAway)
	r.Then(`^(\w+) sees that "([^"]+)" goes by the alias "([^"]+)"$`, seesGoBy)
	r.Then(`^the alias "([^"]+)" leads (\w+) nowhere$`, aliasLeadsNowhere)
	r.Then(`^the alias "([^"]+)" leads (\w+) to "([^"]+)"$`, aliasLeadsTo)
}

// ownAlias is the alias a name of the feature stands for, at the person's own homeserver.
func (s *scenario) ownAlias(p *person, alias string) id.RoomAlias {
	return id.NewRoomAlias(s.alias(alias), p.site.ServerName)
}

func givesAlias(ctx context.Context, name, room, alias string) error {
	s := from(ctx)
	d, roomID, err := s.guest(name, room)
	if err != nil {
		return err
	}
	_, err = d.client.CreateAlias(ctx, s.ownAlias(d.owner, alias), roomID)
	return s.tried(err, "%s gives %q the alias %q", name, room, alias)
}

// letsGoBy makes one address of a room its main one.
func letsGoBy(ctx context.Context, name, room, alias string) error {
	s := from(ctx)
	d, roomID, err := s.guest(name, room)
	if err != nil {
		return err
	}
	main := &event.CanonicalAliasEventContent{Alias: s.ownAlias(d.owner, alias)}
	_, err = d.client.SendStateEvent(ctx, roomID, event.StateCanonicalAlias, "", main)
	return s.tried(err, "%s lets %q go by the alias %q", name, room, alias)
}

func seesGoBy(ctx context.Context, name, room, alias string) error {
	s := from(ctx)
	if err := s.held(); err != nil {
		return err
	}
	d, roomID, err := s.guest(name, room)
	if err != nil {
		return err
	}
	var is event.CanonicalAliasEventContent
	if err := d.client.StateEvent(ctx, roomID, event.StateCanonicalAlias, "", &is); err != nil {
		return fmt.Errorf("ask what %q goes by: %w", room, err)
	}
	if want := s.ownAlias(d.owner, alias); is.Alias != want {
		return fmt.Errorf("%s sees that %q goes by %q, not by %q", name, room, is.Alias, want)
	}
	return nil
}

func takesAliasAway(ctx context.Context, name, alias string) error {
	s := from(ctx)
	d, err := s.device(name)
	if err != nil {
		return err
	}
	_, err = d.client.DeleteAlias(ctx, s.ownAlias(d.owner, alias))
	return s.tried(err, "%s takes the alias %q away", name, alias)
}

func aliasLeadsTo(ctx context.Context, alias, name, room string) error {
	s := from(ctx)
	if err := s.held(); err != nil {
		return err
	}
	d, roomID, err := s.guest(name, room)
	if err != nil {
		return err
	}
	found, err := d.client.ResolveAlias(ctx, s.ownAlias(s.people[s.hosts[room]], alias))
	if err != nil {
		return fmt.Errorf("follow the alias %q: %w", alias, err)
	}
	if found.RoomID != roomID {
		return fmt.Errorf("the alias %q leads to %s, not to %q", alias, found.RoomID, room)
	}
	return nil
}

func aliasLeadsNowhere(ctx context.Context, alias, name string) error {
	s := from(ctx)
	if err := s.held(); err != nil {
		return err
	}
	d, err := s.device(name)
	if err != nil {
		return err
	}
	found, err := d.client.ResolveAlias(ctx, s.ownAlias(d.owner, alias))
	if err == nil {
		return fmt.Errorf("the alias %q still leads to %s", alias, found.RoomID)
	}
	if !answered(mautrix.MNotFound)(err) {
		return fmt.Errorf("follow the alias %q: %w", alias, err)
	}
	return nil
}

func joinsByAlias(ctx context.Context, name, room, owner string) error {
	s := from(ctx)
	d, roomID, err := s.guest(name, room)
	if err != nil {
		return err
	}
	other, err := s.person(owner)
	if err != nil {
		return err
	}
	alias := s.ownAlias(other, room)
	found, err := d.client.ResolveAlias(ctx, alias)
	if err == nil && found.RoomID != roomID {
		return fmt.Errorf("alias %q leads %s to room %s, not to %s", alias, name, found.RoomID, roomID)
	}
	if err == nil {
		_, err = d.client.JoinRoom(ctx, alias.String(), nil)
	}
	return s.tried(err, "%s joins %q", name, alias)
}
