package steps

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"maunium.net/go/mautrix/event"
)

// lessons are what a notification speaks of, beyond what every one does, by what its gateway is meant to learn.
func lessons() map[string][]string {
	who := []string{"id", "room_name", "sender", "sender_display_name", "type"}
	return map[string][]string{
		"only the ids":           nil,
		"the sender and no word": who,
		"only ciphertext":        append(slices.Clone(who), "content"),
		"every word":             append(slices.Clone(who), "content"),
	}
}

// gatewayLearns compares all that came with the message as the homeserver has it.
func gatewayLearns(ctx context.Context, name, lesson, text string) error {
	d, err := from(ctx).device(name)
	if err != nil {
		return err
	}
	if err := isToldOf(ctx, d.name, name, text); err != nil {
		return err
	}
	s := from(ctx)
	room, sent, err := s.where(text)
	if err != nil {
		return err
	}
	r, err := d.bell.about(sent)
	if err != nil {
		return err
	}
	evt, err := d.client.GetEvent(ctx, room, sent)
	if err != nil {
		return fmt.Errorf("ask for %q as %s: %w", text, name, err)
	}
	want := append([]string{"counts", "devices", "event_id", "prio", "room_id"}, lessons()[lesson]...)
	slices.Sort(want)
	if !slices.Equal(r.keys, want) {
		return fmt.Errorf("the push gateway of %s learned %v of %q, not %v", name, r.keys, text, want)
	}
	if open := strings.Contains(string(r.raw), text); open != (lesson == "every word") {
		return fmt.Errorf("the push gateway of %s got the words %q: %v", name, text, open)
	}
	return errors.Join(r.agrees(evt), s.roomIsCalled(r))
}

// agrees wants that what came of sender, kind and content is what the homeserver has.
func (r *ring) agrees(evt *event.Event) error {
	if slices.Contains(r.keys, "sender") && (r.note.Sender != evt.Sender || r.note.Type != evt.Type.Type || r.note.SenderDisplayName == "") {
		return fmt.Errorf("the push gateway was told of %s (%q), %s; it is of %s, %s", r.note.Sender, r.note.SenderDisplayName, r.note.Type, evt.Sender, evt.Type.Type)
	}
	if !slices.Contains(r.keys, "content") {
		return nil
	}
	var told map[string]any
	if err := json.Unmarshal(r.note.Content, &told); err != nil {
		return fmt.Errorf("read what the push gateway was told: %w", err)
	}
	if !reflect.DeepEqual(told, evt.Content.Raw) {
		return fmt.Errorf("the push gateway was told %v, where the homeserver has %v", told, evt.Content.Raw)
	}
	return nil
}

func (s *scenario) roomIsCalled(r *ring) error {
	if !slices.Contains(r.keys, "room_name") {
		return nil
	}
	if s.rooms[r.note.RoomName] != r.note.RoomID {
		return fmt.Errorf("the push gateway was told of a room %q, which is another; known: %s", r.note.RoomName, known(s.rooms))
	}
	return nil
}
