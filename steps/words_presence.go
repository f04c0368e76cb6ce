package steps

import (
	"context"
	"fmt"
	"slices"
	"time"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"
)

// registerPresence holds the words about what people see of each other right now.
func registerPresence(r Registrar) {
	r.Given(`^(\w+) is typing in "([^"]+)", as (\w+) sees$`, isTypingAsSeen)
	r.When(`^(\w+) (is typing|stops typing) in "([^"]+)"( for a moment)?$`, types)
	r.When(`^(\w+) shows the status "([^"]+)"$`, showsStatus)
	r.Then(`^(\w+) no longer sees that (\w+) is typing in "([^"]+)"$`, noLongerSeesTyping)
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

// types says how long the others are to believe it; clients say so anew while somebody goes on.
func types(ctx context.Context, name, what, room, moment string) error {
	s := from(ctx)
	d, roomID, err := s.guest(name, room)
	if err != nil {
		return err
	}
	until := time.Minute
	if moment != "" {
		until = 5 * time.Second // shorter, and it may be over before the others are told
	}
	_, err = d.client.UserTyping(ctx, roomID, what == "is typing", until)
	return s.tried(err, "%s %s", name, what)
}

func isTypingAsSeen(ctx context.Context, name, room, other string) error {
	if err := types(ctx, name, "is typing", room, ""); err != nil {
		return err
	}
	return seesTyping(ctx, other, name, room)
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
	d, roomID, typist, err := s.guestAndOther(name, room, other)
	if err != nil {
		return err
	}
	return d.seen(ctx, func(d *device) error {
		if slices.Contains(slices.Concat(d.typing(roomID)...), typist.userID()) {
			return nil
		}
		return fmt.Errorf("%s does not see that %s is typing in %q", name, other, room)
	})
}

// noLongerSeesTyping wants somebody to have been shown before, and the last that was told of the room to be without them.
func noLongerSeesTyping(ctx context.Context, name, other, room string) error {
	if err := seesTyping(ctx, name, other, room); err != nil {
		return err
	}
	s := from(ctx)
	d, roomID, typist, err := s.guestAndOther(name, room, other)
	if err != nil {
		return err
	}
	return d.seen(ctx, func(d *device) error {
		if told := d.typing(roomID); slices.Contains(told[len(told)-1], typist.userID()) {
			return fmt.Errorf("%s still sees that %s is typing in %q", name, other, room)
		}
		return nil
	})
}

// typing lists who was typing in a room each time the device was told. It wants the device to be locked.
func (d *device) typing(room id.RoomID) (told [][]id.UserID) {
	for _, evt := range d.events {
		if evt.Type == event.EphemeralEventTyping && evt.RoomID == room {
			told = append(told, evt.Content.AsTyping().UserIDs)
		}
	}
	return told
}
