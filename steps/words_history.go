package steps

import (
	"context"
	"fmt"
	"slices"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"
)

// registerHistory holds the words about what was said before.
func registerHistory(r Registrar) {
	r.Given(`^what was said in "([^"]+)" can be read by (those who were there|those who were invited|all members|everybody)$`, historyIsFor)
	r.Then(`^(\w+) can look up "([^"]+)"$`, canLookUp)
	r.Then(`^(\w+) cannot read "([^"]+)"$`, cannotRead)
	r.Then(`^(\w+) finds "([^"]+)" empty in the history$`, findsEmpty)
}

func historyIsFor(ctx context.Context, room, whom string) error {
	s := from(ctx)
	host, roomID, err := s.guest(s.hosts[room], room)
	if err != nil {
		return err
	}
	visibility := map[string]event.HistoryVisibility{
		"those who were there": event.HistoryVisibilityJoined, "those who were invited": event.HistoryVisibilityInvited,
		"all members": event.HistoryVisibilityShared, "everybody": event.HistoryVisibilityWorldReadable,
	}[whom]
	if _, err := host.client.SendStateEvent(ctx, roomID, event.StateHistoryVisibility, "", &event.HistoryVisibilityEventContent{HistoryVisibility: visibility}); err != nil {
		return fmt.Errorf("open the history of %q to %s: %w", room, whom, err)
	}
	return nil
}

// history is what a room shows a device that scrolls back, the newest first.
func (d *device) history(ctx context.Context, room id.RoomID) ([]*event.Event, error) {
	past, err := d.client.Messages(ctx, room, "", "", mautrix.DirectionBackward, nil, 100)
	if err != nil {
		return nil, fmt.Errorf("ask for the history as %s: %w", d.owner.name, err)
	}
	return past.Chunk, nil
}

// canLookUp reads the history of the room, as a client does that scrolls back.
func canLookUp(ctx context.Context, name, text string) error {
	s := from(ctx)
	if err := s.held(); err != nil {
		return err
	}
	d, room, sent, err := s.message(name, text)
	if err != nil {
		return err
	}
	return eventually(ctx, func(ctx context.Context) error {
		past, err := d.history(ctx, room)
		if err != nil {
			return err
		}
		for _, evt := range past {
			if body, _ := evt.Content.Raw["body"].(string); evt.ID == sent && body == text {
				return nil
			}
		}
		return fmt.Errorf("the history of %d events that %s is shown does not hold %q", len(past), name, text)
	})
}

// findsEmpty wants a message to be there without what was said. Asked for it alone, Synapse 1.144.0 tells all the same what erased people
// said (handlers/events.py, get_event: it filters the event and returns the unfiltered one); 1.163.2 does not.
func findsEmpty(ctx context.Context, name, text string) error {
	s := from(ctx)
	if err := s.held(); err != nil {
		return err
	}
	d, room, sent, err := s.message(name, text)
	if err != nil {
		return err
	}
	return eventually(ctx, func(ctx context.Context) error {
		past, err := d.history(ctx, room)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(past, func(evt *event.Event) bool { return evt.ID == sent })
		if i < 0 {
			return fmt.Errorf("the history of %d events that %s is shown does not hold %q, not even empty", len(past), name, text)
		}
		if body, there := past[i].Content.Raw["body"]; there {
			return fmt.Errorf("%s still sees %v in the history", name, body)
		}
		return nil
	})
}

// cannotRead asks for a message by itself and in the history of its room. The person must be able to ask at all.
func cannotRead(ctx context.Context, name, text string) error {
	s := from(ctx)
	d, room, sent, err := s.message(name, text)
	if err != nil {
		return err
	}
	if _, err := d.client.Whoami(ctx); err != nil {
		return fmt.Errorf("ask who %s is: %w", name, err)
	}
	_, err = d.client.GetEvent(ctx, room, sent)
	if err == nil {
		return fmt.Errorf("the homeserver shows %q to %s", text, name)
	}
	if !answered(mautrix.MNotFound, mautrix.MForbidden)(err) {
		return fmt.Errorf("%s asked for %q and was refused for another reason: %w", name, text, err)
	}
	past, err := d.history(ctx, room)
	if err == nil && slices.ContainsFunc(past, func(evt *event.Event) bool { return evt.ID == sent }) {
		return fmt.Errorf("the history of the room shows %q to %s", text, name)
	}
	if err != nil && !answered(mautrix.MForbidden)(err) {
		return err
	}
	return nil
}
