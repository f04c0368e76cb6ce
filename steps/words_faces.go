package steps

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"maunium.net/go/mautrix/event"
)

// registerFaces holds the words about how people show themselves.
func registerFaces(r Registrar) {
	r.When(`^(\w+) goes by "([^"]+)"(?: in "([^"]+)")?$`, goesBy)
	r.When(`^(\w+) shows (a|another) face$`, showsFace)
	r.Then(`^(\w+) knows (\w+) as "([^"]+)"(?: in "([^"]+)")?$`, knowsAs)
	r.Then(`^(\w+) sees the face of (\w+)$`, seesFace)
}

// goesBy changes a name in one room only, or everywhere.
func goesBy(ctx context.Context, name, alias, room string) error {
	s := from(ctx)
	if room == "" {
		d, err := s.device(name)
		if err != nil {
			return err
		}
		return s.tried(d.client.SetDisplayName(ctx, alias), "%s goes by %q", name, alias)
	}
	d, roomID, err := s.guest(name, room)
	if err != nil {
		return err
	}
	_, err = d.client.SendStateEvent(ctx, roomID, event.StateMember, d.owner.userID().String(), &event.MemberEventContent{Membership: event.MembershipJoin, Displayname: alias})
	return s.tried(err, "%s goes by %q in %q", name, alias, room)
}

func knowsAs(ctx context.Context, name, other, alias, room string) error {
	s := from(ctx)
	if err := s.held(); err != nil {
		return err
	}
	if room == "" {
		return s.isKnownAs(ctx, name, other, alias)
	}
	d, roomID, err := s.guest(name, room)
	if err != nil {
		return err
	}
	p, err := s.person(other)
	if err != nil {
		return err
	}
	return eventually(ctx, func(ctx context.Context) error {
		var member event.MemberEventContent
		if err := d.client.StateEvent(ctx, roomID, event.StateMember, p.userID().String(), &member); err != nil {
			return fmt.Errorf("ask who %s is in %q, as %s: %w", other, room, name, err)
		}
		if member.Displayname != alias {
			return fmt.Errorf("%s knows %s as %q in %q", name, other, member.Displayname, room)
		}
		return nil
	})
}

func showsFace(ctx context.Context, name, which string) error {
	s := from(ctx)
	d, err := s.device(name)
	if err != nil {
		return err
	}
	if s.picture.data, err = draw(which + s.suffix); err != nil {
		return err
	}
	uploaded, err := d.client.UploadBytes(ctx, s.picture.data, "image/png")
	if err != nil {
		return s.tried(err, "%s uploads a picture", name)
	}
	return s.tried(d.client.SetAvatarURL(ctx, uploaded.ContentURI), "%s shows %s face", name, which)
}

func seesFace(ctx context.Context, name, other string) error {
	s := from(ctx)
	if err := s.held(); err != nil {
		return err
	}
	d, p, err := s.deviceAndOther(name, other)
	if err != nil {
		return err
	}
	known, err := d.client.GetProfile(ctx, p.userID())
	if err != nil {
		return fmt.Errorf("ask who %s is, as %s: %w", other, name, err)
	}
	if known.AvatarURL.IsEmpty() {
		return fmt.Errorf("%s shows %s no face", other, name)
	}
	data, err := d.client.DownloadBytes(ctx, known.AvatarURL)
	if err != nil {
		return fmt.Errorf("open the face of %s as %s: %w", other, name, err)
	}
	if !bytes.Equal(data, s.picture.data) {
		return errors.New(name + " sees another face than " + other + " shows")
	}
	return nil
}
