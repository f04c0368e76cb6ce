package steps

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/event"
)

// registerFaces holds the words about how people show themselves, and what they keep to themselves.
func registerFaces(r Registrar) {
	r.When(`^(\w+) calls the (\w+) "([^"]+)"$`, callsDevice)
	r.When(`^(\w+) goes by "([^"]+)"(?: in "([^"]+)")?$`, goesBy)
	r.When(`^(\w+) shows (a|another) face$`, showsFace)
	r.Then(`^(\w+) does not learn what (\w+) calls the (\w+)$`, doesNotLearnDeviceName)
	r.Then(`^(\w+) knows (\w+) as "([^"]+)"(?: in "([^"]+)")?$`, knowsAs)
	r.Then(`^(\w+) sees that "([^"]+)" goes by the name of (\w+)$`, seesNameOf)
	r.Then(`^(\w+) sees the face of (\w+)$`, seesFace)
}

// callsDevice gives a device a name for its owner to know it by.
func callsDevice(ctx context.Context, name, device, alias string) error {
	d, err := from(ctx).deviceOf(name, device)
	if err != nil {
		return err
	}
	if err := d.client.SetDeviceInfo(ctx, d.session.deviceID, &mautrix.ReqDeviceInfo{DisplayName: alias}); err != nil {
		return fmt.Errorf("call the %s %q: %w", device, alias, err)
	}
	is, err := d.client.GetDeviceInfo(ctx, d.session.deviceID)
	if err != nil {
		return fmt.Errorf("ask what the %s of %s is called: %w", device, name, err)
	}
	if is.DisplayName != alias {
		return fmt.Errorf("the homeserver calls the %s of %s %q, not %q", device, name, is.DisplayName, alias)
	}
	return nil
}

// doesNotLearnDeviceName asks for the keys of the device, which others must get to write to it: the name may come with them.
func doesNotLearnDeviceName(ctx context.Context, name, other, device string) error {
	s := from(ctx)
	d, err := s.device(name)
	if err != nil {
		return err
	}
	theirs, err := s.deviceOf(other, device)
	if err != nil {
		return err
	}
	owner := theirs.owner.userID()
	var told any
	err = eventually(ctx, func(ctx context.Context) error {
		found, err := d.client.QueryKeys(ctx, &mautrix.ReqQueryKeys{DeviceKeys: mautrix.DeviceKeysRequest{owner: mautrix.DeviceIDList{}}})
		if err != nil {
			return fmt.Errorf("ask for the keys of %s as %s: %w", other, name, err)
		}
		keys, ok := found.DeviceKeys[owner][theirs.session.deviceID]
		if !ok {
			return fmt.Errorf("%s gets no keys of the %s of %s", name, device, other)
		}
		told = keys.Unsigned["device_display_name"]
		return nil
	})
	if err == nil && told != nil {
		err = fmt.Errorf("%s is told that %s calls the %s %q", name, other, device, told)
	}
	return err
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
	d, roomID, p, err := s.guestAndOther(name, room, other)
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
	return eventually(ctx, func(ctx context.Context) error {
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
	})
}

// seesNameOf asks as clients do that learn of people only when they need them. Source: client-server API, section "Lazy-loading room members".
func seesNameOf(ctx context.Context, name, room, other string) error {
	s := from(ctx)
	d, roomID, p, err := s.guestAndOther(name, room, other)
	if err != nil {
		return err
	}
	return eventually(ctx, func(ctx context.Context) error {
		told, err := d.client.FullSyncRequest(ctx, mautrix.ReqSync{FilterID: `{"room":{"state":{"lazy_load_members":true}}}`})
		if err != nil {
			return fmt.Errorf("ask for the rooms of %s: %w", name, err)
		}
		in, ok := told.Rooms.Join[roomID]
		if !ok || !slices.Contains(in.Summary.Heroes, p.userID()) {
			return fmt.Errorf("%s has no name for %q", name, room)
		}
		return nil
	})
}
