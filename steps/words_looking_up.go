package steps

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"
)

// registerLookingUp holds the words about finding what somebody is pointed to.
func registerLookingUp(r Registrar) {
	r.Then(`^(\w+) finds "([^"]+)" before and "([^"]+)" after "([^"]+)"$`, findsAround)
	r.Then(`^(\w+) finds "([^"]+)" by opening the thread of "([^"]+)"$`, findsInThread)
	r.Then(`^(\w+) finds "([^"]+)" by the time it was said$`, findsByTime)
	r.Then(`^(\w+) finds only "([^"]+)" among the threads of "([^"]+)"$`, findsOnlyThread)
}

// list asks for a list of events, oldest first.
func (d *device) list(ctx context.Context, path mautrix.ClientURLPath) (found []id.EventID, err error) {
	var answer struct {
		Chunk []struct {
			ID id.EventID `json:"event_id"`
		} `json:"chunk"`
	}
	if _, err := d.client.MakeRequest(ctx, http.MethodGet, d.client.BuildURL(path), nil, &answer); err != nil {
		return nil, err
	}
	for _, evt := range slices.Backward(answer.Chunk) {
		found = append(found, evt.ID)
	}
	return found, nil
}

// findsInThread wants just these messages, in this order.
func findsInThread(ctx context.Context, name, texts, of string) error {
	s := from(ctx)
	if err := s.held(); err != nil {
		return err
	}
	d, room, root, err := s.message(name, of)
	if err != nil {
		return err
	}
	var want []id.EventID
	for text := range strings.SplitSeq(texts, ", ") {
		want = append(want, s.sent[text])
	}
	return eventually(ctx, func(ctx context.Context) error {
		found, err := d.list(ctx, mautrix.ClientURLPath{"v1", "rooms", room, "relations", root, string(event.RelThread)})
		if err != nil {
			return fmt.Errorf("open the thread of %q as %s: %w", of, name, err)
		}
		if !slices.Equal(found, want) {
			return fmt.Errorf("%s finds %d messages in the thread of %q, not %q", name, len(found), of, texts)
		}
		return nil
	})
}

func findsOnlyThread(ctx context.Context, name, text, room string) error {
	s := from(ctx)
	if err := s.held(); err != nil {
		return err
	}
	d, roomID, err := s.guest(name, room)
	if err != nil {
		return err
	}
	return eventually(ctx, func(ctx context.Context) error {
		found, err := d.list(ctx, mautrix.ClientURLPath{"v1", "rooms", roomID, "threads"})
		if err != nil {
			return fmt.Errorf("ask for the threads of %q as %s: %w", room, name, err)
		}
		if !slices.Equal(found, []id.EventID{s.sent[text]}) {
			return fmt.Errorf("%s finds %d threads in %q, not just that of %q", name, len(found), room, text)
		}
		return nil
	})
}

func findsAround(ctx context.Context, name, before, after, text string) error {
	s := from(ctx)
	d, room, sent, err := s.heard(ctx, name, text)
	if err != nil {
		return err
	}
	around, err := d.client.Context(ctx, room, sent, nil, 10)
	if err != nil {
		return fmt.Errorf("look around %q as %s: %w", text, name, err)
	}
	holds := func(events []*event.Event, wanted string) bool {
		return slices.ContainsFunc(events, func(evt *event.Event) bool { return evt.ID == s.sent[wanted] })
	}
	if !holds(around.EventsBefore, before) || !holds(around.EventsAfter, after) {
		return fmt.Errorf("%s finds %d events before %q and %d after it, not %q and %q", name, len(around.EventsBefore), text, len(around.EventsAfter), before, after)
	}
	return nil
}

// findsByTime asks for what was said first from the time on that is written on a message. Source: client-server API, section "Querying
// messages in a room", timestamp_to_event.
func findsByTime(ctx context.Context, name, text string) error {
	s := from(ctx)
	d, room, sent, err := s.heard(ctx, name, text)
	if err != nil {
		return err
	}
	said := d.find(sent)
	if said == nil {
		return fmt.Errorf("%s did not receive %q", name, text)
	}
	query := map[string]string{"ts": strconv.FormatInt(said.Timestamp, 10), "dir": "f"}
	var found struct {
		ID id.EventID `json:"event_id"`
	}
	address := d.client.BuildURLWithQuery(mautrix.ClientURLPath{"v1", "rooms", room, "timestamp_to_event"}, query)
	if _, err := d.client.MakeRequest(ctx, http.MethodGet, address, nil, &found); err != nil {
		return fmt.Errorf("ask what was said when %q was said: %w", text, err)
	}
	if found.ID != sent {
		return fmt.Errorf("%s is led to another place than %q", name, text)
	}
	return nil
}
