package steps

import (
	"context"
	"fmt"

	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"
)

// registerRinging holds the words about calls of two, which ring where they are heard.
func registerRinging(r Registrar) {
	r.When(`^(\w+) rings in "([^"]+)"$`, rings)
	r.Then(`^(\w+) hears (\w+) ring$`, hearsRing)
}

// ringOf is what the ring of somebody goes by among the things that were said.
func ringOf(name string) string { return "the ring of " + name }

// rings offers a call as clients do. Source: client-server API, section "Voice over IP".
func rings(ctx context.Context, name, room string) error {
	s := from(ctx)
	d, roomID, err := s.guest(name, room)
	if err != nil {
		return err
	}
	if err := d.roomIsKnown(ctx, roomID, room); err != nil {
		return err
	}
	offer := map[string]any{
		"call_id": s.suffix, "party_id": d.session.deviceID, "version": "1", "lifetime": 60000,
		"offer": map[string]string{"type": "offer", "sdp": "v=0"},
	}
	return s.send(ctx, d, roomID, event.CallInvite, ringOf(name), offer)
}

// roomIsKnown waits until the homeserver has looked at a new room: it does so in the background, and tells by it where to ring.
func (d *device) roomIsKnown(ctx context.Context, roomID id.RoomID, room string) error {
	return eventually(ctx, func(ctx context.Context) error {
		found, err := d.client.Hierarchy(ctx, roomID, nil)
		if err != nil {
			return fmt.Errorf("look at the room %q from outside: %w", room, err)
		}
		if len(found.Rooms) == 0 || found.Rooms[0].JoinRule == "" {
			return fmt.Errorf("the homeserver does not know who may join %q", room)
		}
		return nil
	})
}

func hearsRing(ctx context.Context, name, caller string) error {
	s := from(ctx)
	if err := s.held(); err != nil {
		return err
	}
	_, _, _, err := s.heard(ctx, name, ringOf(caller))
	return err
}
