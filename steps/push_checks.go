package steps

import (
	"context"
	"fmt"
	"maps"
	"reflect"

	"maunium.net/go/mautrix/event"
)

// isToldOf wants the device to be woken for a message, once, with its own data.
func isToldOf(ctx context.Context, called, name, text string) error {
	s := from(ctx)
	if err := s.held(); err != nil {
		return err
	}
	b, err := s.bellOf(name, called)
	if err != nil {
		return err
	}
	room, sent, err := s.where(text)
	if err != nil {
		return err
	}
	return eventually(ctx, func(context.Context) error {
		r, err := b.about(sent)
		if err != nil {
			return err
		}
		if r == nil {
			return fmt.Errorf("the %s of %s was not told of %q; it was told of %d things", called, name, text, len(b.rings()))
		}
		if r.note.RoomID != room {
			return fmt.Errorf("the %s of %s was told of %q in %s, not in %s", called, name, text, r.note.RoomID, room)
		}
		return b.knowsOwn(r)
	})
}

// knowsOwn wants what came to be addressed to the device, with the data it asked for, less the address of the gateway.
func (b *bell) knowsOwn(r *ring) error {
	want := maps.Clone(b.pusher.Data)
	delete(want, "url")
	if len(r.note.Devices) != 1 {
		return fmt.Errorf("a notification for %q names %d devices", b.pusher.PushKey, len(r.note.Devices))
	}
	if got := r.note.Devices[0]; got.PushKey != b.pusher.PushKey || got.AppID != b.pusher.AppID || !reflect.DeepEqual(got.Data, want) {
		return fmt.Errorf("a notification for %q came as %+v, not with %v", b.pusher.PushKey, got.BaseDevice, want)
	}
	return nil
}

// isToldOfButNot knows that one thing does not come when what was said after it has come: homeservers keep to the order.
func isToldOfButNot(ctx context.Context, called, name, text, missing string) error {
	if err := isToldOf(ctx, called, name, text); err != nil {
		return err
	}
	s := from(ctx)
	b, err := s.bellOf(name, called)
	if err != nil {
		return err
	}
	_, unheard, err := s.where(missing)
	if err != nil {
		return err
	}
	r, err := b.about(unheard)
	if err == nil && r != nil {
		err = fmt.Errorf("the %s of %s was told of %q", called, name, missing)
	}
	return err
}

func isToldOfCall(ctx context.Context, called, name, caller string) error {
	return isToldOf(ctx, called, name, ringOf(caller))
}

func isToldOfInvitation(ctx context.Context, called, name, room string) error {
	s := from(ctx)
	if err := s.held(); err != nil {
		return err
	}
	b, err := s.bellOf(name, called)
	if err != nil {
		return err
	}
	roomID, err := s.room(room)
	if err != nil {
		return err
	}
	return eventually(ctx, func(context.Context) error {
		for _, r := range b.rings() {
			if n := r.note; n.RoomID == roomID && n.Type == event.StateMember.Type && n.Membership == string(event.MembershipInvite) && n.UserIsTarget {
				return nil
			}
		}
		return fmt.Errorf("the %s of %s was not told of the invitation to %q; it was told of %d things", called, name, room, len(b.rings()))
	})
}

// showsBadge looks at the newest count, as a phone does.
func showsBadge(ctx context.Context, called, name string, count int) error {
	s := from(ctx)
	if err := s.held(); err != nil {
		return err
	}
	b, err := s.bellOf(name, called)
	if err != nil {
		return err
	}
	return eventually(ctx, func(context.Context) error {
		var counts []int
		for _, r := range b.rings() {
			if r.note.Counts != nil {
				counts = append(counts, r.note.Counts.Unread)
			}
		}
		if len(counts) == 0 || counts[len(counts)-1] != count {
			return fmt.Errorf("the %s of %s was told of these counts: %v; the last is not %d", called, name, counts, count)
		}
		return nil
	})
}

// gatewayIsNeverAsked waits until the homeserver has tried and noted that it could not.
func gatewayIsNeverAsked(ctx context.Context, name string) error {
	s := from(ctx)
	d, err := s.device(name)
	if err != nil {
		return err
	}
	key := d.bell.pusher.PushKey
	err = eventually(ctx, func(ctx context.Context) error {
		failing, err := s.stack.SQL(ctx, d.owner.site, "synapse", fmt.Sprintf("SELECT count(*) FROM pushers WHERE pushkey = '%s' AND failing_since IS NOT NULL", key))
		if err == nil && failing != "1" && len(d.bell.rings()) == 0 {
			err = fmt.Errorf("the homeserver of %s has not tried to wake the %s", name, d.name)
		}
		return err
	})
	if asked := len(d.bell.rings()); asked > 0 {
		return fmt.Errorf("the push gateway of %s was asked %d times", name, asked)
	}
	return err
}
