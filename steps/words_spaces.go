package steps

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/event"
)

// registerSpaces holds the words about spaces and the rooms in them.
func registerSpaces(r Registrar) {
	r.Given(`^(\w+) has a room "([^"]+)" for members of the space "([^"]+)"$`, hasRestrictedRoom)
	r.Given(`^(\w+) has a space "([^"]+)" with the rooms "([^"]+)"$`, hasSpace)
	r.Given(`^"([^"]+)" is part of the space "([^"]+)"$`, isPartOf)
	r.When(`^(\w+) takes "([^"]+)" out of the space "([^"]+)"$`, takesOutOf)
	r.Then(`^(\w+) sees the rooms "([^"]+)" in the space "([^"]+)"$`, seesInSpace)
}

// hasRestrictedRoom makes a room of a space that its members, and nobody else, may join without being asked.
func hasRestrictedRoom(ctx context.Context, name, room, space string) error {
	s := from(ctx)
	spaceID, err := s.room(space)
	if err != nil {
		return err
	}
	rules := &event.JoinRulesEventContent{JoinRule: event.JoinRuleRestricted, Allow: []event.JoinRuleAllow{{RoomID: spaceID, Type: event.JoinRuleAllowRoomMembership}}}
	err = s.makeRoom(ctx, name, room, &mautrix.ReqCreateRoom{
		Preset: "private_chat", InitialState: []*event.Event{{Type: event.StateJoinRules, Content: event.Content{Parsed: rules}}},
	})
	if err != nil {
		return err
	}
	return s.putInSpace(ctx, name, room, space)
}

// hasSpace makes a public space and public rooms in it.
func hasSpace(ctx context.Context, name, space, list string) error {
	s := from(ctx)
	request := &mautrix.ReqCreateRoom{Preset: "public_chat", CreationContent: map[string]any{"type": event.RoomTypeSpace}}
	if err := s.makeRoom(ctx, name, space, request); err != nil {
		return err
	}
	for _, room := range strings.Split(list, ", ") {
		if err := s.makeRoom(ctx, name, room, &mautrix.ReqCreateRoom{Preset: "public_chat"}); err != nil {
			return err
		}
		if err := s.putInSpace(ctx, name, room, space); err != nil {
			return err
		}
	}
	return nil
}

func (s *scenario) putInSpace(ctx context.Context, name, room, space string) error {
	d, spaceID, err := s.guest(name, space)
	if err != nil {
		return err
	}
	child := &event.SpaceChildEventContent{Via: []string{d.owner.site.ServerName}}
	if _, err := d.client.SendStateEvent(ctx, spaceID, event.StateSpaceChild, s.rooms[room].String(), child); err != nil {
		return fmt.Errorf("put %q into the space %q: %w", room, space, err)
	}
	return d.roomIsKnown(ctx, spaceID, s.rooms[room], room) // other homeservers keep for minutes what they are told of it
}

// isPartOf puts a room or a space into a space, which the person who made that does.
func isPartOf(ctx context.Context, room, space string) error {
	s := from(ctx)
	if _, err := s.room(room); err != nil {
		return err
	}
	return s.putInSpace(ctx, s.hosts[space], room, space)
}

func takesOutOf(ctx context.Context, name, room, space string) error {
	s := from(ctx)
	d, spaceID, err := s.guest(name, space)
	if err != nil {
		return err
	}
	roomID, err := s.room(room)
	if err != nil {
		return err
	}
	_, err = d.client.SendStateEvent(ctx, spaceID, event.StateSpaceChild, roomID.String(), &event.SpaceChildEventContent{})
	return s.tried(err, "%s takes %q out of the space %q", name, room, space)
}

func seesInSpace(ctx context.Context, name, list, space string) error {
	s := from(ctx)
	if err := s.held(); err != nil {
		return err
	}
	d, spaceID, err := s.guest(name, space)
	if err != nil {
		return err
	}
	want := strings.Split(list, ", ")
	slices.Sort(want)
	return eventually(ctx, func(ctx context.Context) error {
		found, err := d.client.Hierarchy(ctx, spaceID, nil)
		if err != nil {
			return fmt.Errorf("ask what is in the space %q: %w", space, err)
		}
		var got []string
		for _, room := range found.Rooms {
			if room.RoomID != spaceID {
				got = append(got, room.Name)
			}
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			return fmt.Errorf("%s sees %q in the space %q, not %q", name, got, space, want)
		}
		return nil
	})
}
