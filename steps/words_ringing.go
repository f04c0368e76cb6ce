package steps

import (
	"context"

	"maunium.net/go/mautrix/event"
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
	if err := d.roomIsKnown(ctx, roomID, roomID, room); err != nil {
		return err
	}
	offer := map[string]any{
		"call_id": s.suffix, "party_id": d.session.deviceID, "version": "1", "lifetime": 60000,
		"offer": map[string]string{"type": "offer", "sdp": "v=0"},
	}
	return s.send(ctx, d, roomID, event.CallInvite, ringOf(name), offer)
}

func hearsRing(ctx context.Context, name, caller string) error {
	s := from(ctx)
	if err := s.held(); err != nil {
		return err
	}
	_, _, _, err := s.heard(ctx, name, ringOf(caller))
	return err
}
