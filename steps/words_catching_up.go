package steps

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"
)

// registerCatchingUp holds the words about what somebody finds who was away.
func registerCatchingUp(r Registrar) {
	r.When(`^(\w+) says (\d+) things in "([^"]+)"$`, saysThings)
	r.Then(`^(\w+) can look up all (\d+) things in "([^"]+)"$`, canLookUpAll)
	r.Then(`^(\w+) finds "([^"]+)" changed to "([^"]+)" in the history$`, findsChanged)
	r.Then(`^(\w+) finds "([^"]+)" with (\d+) answers in the history$`, findsAnswers)
	r.Then(`^the (\w+) of (\w+) shows "([^"]+)" before "([^"]+)"$`, showsBefore)
}

func saysThings(ctx context.Context, name string, count int, room string) error {
	s := from(ctx)
	d, roomID, err := s.guest(name, room)
	if err != nil {
		return err
	}
	return s.tried(d.sayMany(ctx, roomID, count), "%s says %d things", name, count)
}

// canLookUpAll reads back from where the homeserver said that it left something out, until what the device was told before.
func canLookUpAll(ctx context.Context, name string, count int, room string) error {
	s := from(ctx)
	if err := s.held(); err != nil {
		return err
	}
	d, roomID, err := s.guest(name, room)
	if err != nil {
		return err
	}
	var from string
	err = d.seen(ctx, func(d *device) error {
		if from = d.gaps[roomID]; from == "" {
			return fmt.Errorf("%s was not told that there is more in %q than was shown", name, room)
		}
		return nil
	})
	if err != nil {
		return err
	}
	past, err := d.client.Messages(ctx, roomID, from, "", mautrix.DirectionBackward, nil, 100)
	if err != nil {
		return fmt.Errorf("look up what %s missed: %w", name, err)
	}
	slices.Reverse(past.Chunk)
	return d.seen(ctx, func(d *device) error { // that there is more is told before what was shown
		var said []string
		for _, evt := range slices.Concat(past.Chunk, d.events) {
			if evt.RoomID != roomID || evt.Type.Type != event.EventMessage.Type {
				continue
			}
			if err := evt.Content.ParseRaw(event.EventMessage); err != nil && !errors.Is(err, event.ErrContentAlreadyParsed) {
				return fmt.Errorf("read what %s looked up: %w", name, err)
			}
			said = append(said, evt.Content.AsMessage().Body)
		}
		return wholeBurst(name, said, count)
	})
}

// gathered is what a homeserver puts beside a message that others refer to. Source: client-server API, section "Aggregations of child events".
type gathered struct {
	ID       id.EventID `json:"event_id"`
	Unsigned struct {
		Relations struct {
			Change struct {
				Content struct {
					New struct {
						Body string `json:"body"`
					} `json:"m.new_content"`
				} `json:"content"`
			} `json:"m.replace"`
			Thread struct {
				Count int `json:"count"`
			} `json:"m.thread"`
		} `json:"m.relations"`
	} `json:"unsigned"`
}

// inHistory waits until somebody who scrolls back finds a message as check wants it.
func (s *scenario) inHistory(ctx context.Context, name, text string, check func(gathered) error) error {
	if err := s.held(); err != nil {
		return err
	}
	d, room, sent, err := s.message(name, text)
	if err != nil {
		return err
	}
	address := d.client.BuildURLWithQuery(mautrix.ClientURLPath{"v3", "rooms", room, "messages"}, map[string]string{"dir": "b", "limit": "100"})
	return eventually(ctx, func(ctx context.Context) error {
		var past struct {
			Chunk []gathered `json:"chunk"`
		}
		if _, err := d.client.MakeRequest(ctx, http.MethodGet, address, nil, &past); err != nil {
			return fmt.Errorf("ask for the history as %s: %w", name, err)
		}
		i := slices.IndexFunc(past.Chunk, func(g gathered) bool { return g.ID == sent })
		if i < 0 {
			return fmt.Errorf("the history of %d events that %s is shown does not hold %q", len(past.Chunk), name, text)
		}
		return check(past.Chunk[i])
	})
}

func findsChanged(ctx context.Context, name, text, now string) error {
	return from(ctx).inHistory(ctx, name, text, func(found gathered) error {
		if is := found.Unsigned.Relations.Change.Content.New.Body; is != now {
			return fmt.Errorf("%s finds %q changed to %q, not to %q", name, text, is, now)
		}
		return nil
	})
}

func findsAnswers(ctx context.Context, name, text string, count int) error {
	return from(ctx).inHistory(ctx, name, text, func(found gathered) error {
		if is := found.Unsigned.Relations.Thread.Count; is != count {
			return fmt.Errorf("%s finds %q with %d answers in its thread, not %d", name, text, is, count)
		}
		return nil
	})
}

func showsBefore(ctx context.Context, called, name, first, then string) error {
	s := from(ctx)
	if err := s.held(); err != nil {
		return err
	}
	d, err := s.deviceOf(name, called)
	if err != nil {
		return err
	}
	for _, text := range []string{first, then} {
		_, sent, err := s.where(text)
		if err != nil {
			return err
		}
		if err := d.received(ctx, sent, text); err != nil {
			return err
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	place := func(text string) int {
		return slices.IndexFunc(d.events, func(evt *event.Event) bool { return evt.ID == s.sent[text] })
	}
	if place(first) > place(then) {
		return fmt.Errorf("the %s of %s shows %q before %q", called, name, then, first)
	}
	return nil
}
