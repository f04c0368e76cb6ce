package steps

import (
	"context"
	"fmt"
	"slices"
	"time"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/event"
)

// registerPresence holds the words about what people see of each other right now.
func registerPresence(r Registrar) {
	r.When(`^(\w+) is typing in "([^"]+)"$`, types)
	r.When(`^(\w+) shows the status "([^"]+)"$`, showsStatus)
	r.Then(`^(\w+) sees that (\w+) is online with the status "([^"]+)"$`, seesStatus)
	r.Then(`^(\w+) sees that (\w+) is typing in "([^"]+)"$`, seesTyping)
}

func showsStatus(ctx context.Context, name, status string) error {
	s := from(ctx)
	d, err := s.device(name)
	if err != nil {
		return err
	}
	return s.tried(d.client.SetPresence(ctx, mautrix.ReqPresence{Presence: event.PresenceOnline, StatusMsg: status}), "%s shows the status %q", name, status)
}

func types(ctx context.Context, name, room string) error {
	s := from(ctx)
	d, roomID, err := s.guest(name, room)
	if err != nil {
		return err
	}
	_, err = d.client.UserTyping(ctx, roomID, true, time.Minute)
	return s.tried(err, "%s is typing", name)
}

func seesStatus(ctx context.Context, name, other, status string) error {
	s := from(ctx)
	if err := s.held(); err != nil {
		return err
	}
	d, seen, err := s.deviceAndOther(name, other)
	if err != nil {
		return err
	}
	return d.seen(ctx, func(d *device) error {
		var saw []string
		for _, evt := range d.events {
			if evt.Type != event.EphemeralEventPresence || evt.Sender != seen.userID() {
				continue
			}
			is := evt.Content.AsPresence()
			if is.Presence == event.PresenceOnline && is.StatusMessage == status {
				return nil
			}
			saw = append(saw, string(is.Presence)+" "+is.StatusMessage)
		}
		return fmt.Errorf("%s does not see %s online with the status %q; saw %q", name, other, status, saw)
	})
}

func seesTyping(ctx context.Context, name, other, room string) error {
	s := from(ctx)
	d, roomID, err := s.guest(name, room)
	if err != nil {
		return err
	}
	typist, err := s.person(other)
	if err != nil {
		return err
	}
	return d.seen(ctx, func(d *device) error {
		for _, evt := range d.events {
			if evt.Type == event.EphemeralEventTyping && evt.RoomID == roomID && slices.Contains(evt.Content.AsTyping().UserIDs, typist.userID()) {
				return nil
			}
		}
		return fmt.Errorf("%s does not see that %s is typing in %q", name, other, room)
	})
}
