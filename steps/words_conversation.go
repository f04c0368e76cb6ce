package steps

import (
	"context"
	"fmt"
	"slices"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"
)

// registerConversation holds the words about what people do with messages beyond sending them.
func registerConversation(r Registrar) {
	r.Given(`^(\w+) has seen everything in "([^"]+)"$`, hasSeenEverything)
	r.When(`^(\w+) answers "([^"]+)" to "([^"]+)"$`, answersTo)
	r.When(`^(\w+) calls (\w+) by name with "([^"]+)" in "([^"]+)"$`, callsByName)
	r.When(`^(\w+) changes "([^"]+)" to "([^"]+)"$`, changes)
	r.When(`^(\w+) ignores (\w+)$`, ignores)
	r.When(`^(\w+) mentions (\w+) with "([^"]+)" in "([^"]+)"$`, mentions)
	r.When(`^(\w+) reacts with "([^"]+)" to "([^"]+)"$`, reacts)
	r.When(`^(\w+) reads "([^"]+)"( without showing it)?$`, readsUpTo)
	r.When(`^(\w+) says "([^"]+)" in the thread of "([^"]+)"$`, saysInThread)
	r.When(`^(\w+) stops reading at "([^"]+)"$`, stopsReading)
	r.When(`^(\w+) takes back "([^"]+)"$`, takesBack)
	r.When(`^(\w+), (\w+) and (\w+) each say (\d+) things in "([^"]+)" at once$`, sayAtOnce)
	r.Then(`^(\w+) (sees|does not see) that (\w+) has read "([^"]+)"$`, seesRead)
	r.Then(`^(\w+) has (\d+) unread messages? in "([^"]+)", (\d+) of them for (?:her|him)$`, hasUnread)
	r.Then(`^(\w+) received all (\d+) things in "([^"]+)", each person's in order$`, receivedAllInOrder)
	r.Then(`^(\w+) receives "([^"]+)" but not "([^"]+)"$`, receivesButNot)
	r.Then(`^(\w+) sees "([^"]+)" as (an answer to|a change of|a reaction to|in the thread of) "([^"]+)"$`, seesRelated)
	r.Then(`^"([^"]+)" is gone for (\w+)$`, isGoneFor)
	r.Then(`^the (\w+) of (\w+) reads on from "([^"]+)"$`, readsOnFrom)
}

// where finds a message somebody of the scenario sent, and the room it was sent to.
func (s *scenario) where(text string) (id.RoomID, id.EventID, error) {
	sent, ok := s.sent[text]
	if !ok {
		return "", "", fmt.Errorf("nobody said %q yet; said: %s", text, known(s.sent))
	}
	return s.sentTo[text], sent, nil
}

// message is a device of a person, and a message which that person may or may not see.
func (s *scenario) message(name, text string) (*device, id.RoomID, id.EventID, error) {
	d, err := s.device(name)
	if err != nil {
		return nil, "", "", err
	}
	room, sent, err := s.where(text)
	return d, room, sent, err
}

// heard is the device of a person that has received what was said, and where that was.
func (s *scenario) heard(ctx context.Context, name, text string) (*device, id.RoomID, id.EventID, error) {
	d, room, sent, err := s.message(name, text)
	if err != nil {
		return nil, "", "", err
	}
	return d, room, sent, d.received(ctx, sent, text)
}

// send sends an event and remembers it under its text.
func (s *scenario) send(ctx context.Context, d *device, room id.RoomID, kind event.Type, text string, content any) error {
	sent, err := d.post(ctx, room, kind, content)
	if err == nil {
		s.sent[text], s.sentTo[text] = sent, room
	}
	return s.tried(err, "%s says %q", d.owner.name, text)
}

// post sends an event with the library that the device uses.
func (d *device) post(ctx context.Context, room id.RoomID, kind event.Type, content any) (sent id.EventID, err error) {
	if d.other != nil {
		err = d.other.tell(ctx, "send", args{"room": room, "type": kind.Type, "content": content}, &sent)
		return sent, err
	}
	answer, err := d.client.SendMessageEvent(ctx, room, kind, content)
	if err != nil {
		return "", err
	}
	return answer.EventID, nil
}

// relate sends something that belongs to an earlier message.
func (s *scenario) relate(ctx context.Context, name, text, to string, content func(id.EventID) (event.Type, any)) error {
	d, room, original, err := s.heard(ctx, name, to)
	if err != nil {
		return err
	}
	kind, body := content(original)
	return s.send(ctx, d, room, kind, text, body)
}

func answersTo(ctx context.Context, name, text, to string) error {
	return from(ctx).relate(ctx, name, text, to, func(original id.EventID) (event.Type, any) {
		return event.EventMessage, &event.MessageEventContent{MsgType: event.MsgText, Body: text, RelatesTo: (&event.RelatesTo{}).SetReplyTo(original)}
	})
}

func changes(ctx context.Context, name, was, text string) error {
	return from(ctx).relate(ctx, name, text, was, func(original id.EventID) (event.Type, any) {
		content := &event.MessageEventContent{MsgType: event.MsgText, Body: text}
		content.SetEdit(original)
		return event.EventMessage, content
	})
}

func reacts(ctx context.Context, name, reaction, to string) error {
	return from(ctx).relate(ctx, name, reaction, to, func(original id.EventID) (event.Type, any) {
		return event.EventReaction, &event.ReactionEventContent{RelatesTo: *(&event.RelatesTo{}).SetAnnotation(original, reaction)}
	})
}

func saysInThread(ctx context.Context, name, text, of string) error {
	return from(ctx).relate(ctx, name, text, of, func(original id.EventID) (event.Type, any) {
		return event.EventMessage, &event.MessageEventContent{MsgType: event.MsgText, Body: text, RelatesTo: (&event.RelatesTo{}).SetThread(original, original)}
	})
}

// seesRelated looks at what arrived on the person's device, and asks the homeserver whether it counts it as related.
func seesRelated(ctx context.Context, name, text, how, to string) error {
	s := from(ctx)
	if err := s.held(); err != nil {
		return err
	}
	d, err := s.device(name)
	if err != nil {
		return err
	}
	room, original, err := s.where(to)
	if err != nil {
		return err
	}
	relation := map[string]event.RelationType{
		"an answer to": "", "a change of": event.RelReplace, "a reaction to": event.RelAnnotation, "in the thread of": event.RelThread,
	}[how]
	err = d.seen(ctx, func(d *device) error {
		if slices.ContainsFunc(d.events, func(evt *event.Event) bool {
			return evt.ID == s.sent[text] && relatesTo(evt, relation) == original && shownText(evt) == text
		}) {
			return nil
		}
		return fmt.Errorf("%s does not see %q as %s %q", name, text, how, to)
	})
	if err != nil || relation == "" || s.isEncrypted(room) {
		return err
	}
	return eventually(ctx, func(ctx context.Context) error {
		found, err := d.client.GetRelations(ctx, room, original, &mautrix.ReqGetRelations{RelationType: relation})
		if err != nil {
			return fmt.Errorf("ask what belongs to %q: %w", to, err)
		}
		if !slices.ContainsFunc(found.Chunk, func(evt *event.Event) bool { return evt.ID == s.sent[text] }) {
			return fmt.Errorf("the homeserver counts %d things as %s %q, not %q", len(found.Chunk), how, to, text)
		}
		return nil
	})
}

// relatesTo is the event another one belongs to in that way; an answer has no type of its own.
func relatesTo(evt *event.Event, relation event.RelationType) id.EventID {
	var rel *event.RelatesTo
	switch content := evt.Content.Parsed.(type) {
	case *event.MessageEventContent:
		rel = content.OptionalGetRelatesTo()
	case *event.ReactionEventContent:
		rel = &content.RelatesTo
	}
	switch {
	case rel == nil:
		return ""
	case relation == "":
		return rel.GetNonFallbackReplyTo()
	case rel.Type == relation:
		return rel.EventID
	}
	return ""
}

// shownText is what a person sees of an event: the new words of a change, the sign of a reaction.
func shownText(evt *event.Event) string {
	switch content := evt.Content.Parsed.(type) {
	case *event.MessageEventContent:
		if content.NewContent != nil {
			return content.NewContent.Body
		}
		return content.Body
	case *event.ReactionEventContent:
		return content.RelatesTo.Key
	}
	return ""
}

func takesBack(ctx context.Context, name, text string) error {
	s := from(ctx)
	d, room, sent, err := s.message(name, text)
	if err != nil {
		return err
	}
	_, err = d.client.RedactEvent(ctx, room, sent)
	return s.tried(err, "%s takes back %q", name, text)
}

// isGoneFor wants the message to be there, empty, by itself and in the history of its room.
func isGoneFor(ctx context.Context, text, name string) error {
	s := from(ctx)
	if err := s.held(); err != nil {
		return err
	}
	d, room, sent, err := s.message(name, text)
	if err != nil {
		return err
	}
	return eventually(ctx, func(ctx context.Context) error {
		evt, err := d.client.GetEvent(ctx, room, sent)
		if err != nil {
			return fmt.Errorf("ask for %q as %s: %w", text, name, err)
		}
		if body, there := evt.Content.Raw["body"]; there || evt.Unsigned.RedactedBecause == nil {
			return fmt.Errorf("%s still sees %v where %q was taken back", name, body, text)
		}
		past, err := d.history(ctx, room)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(past, func(evt *event.Event) bool { return evt.Content.Raw["body"] == text }) {
			return fmt.Errorf("the history still shows %q to %s", text, name)
		}
		return nil
	})
}

func mentions(ctx context.Context, name, other, text, room string) error {
	s := from(ctx)
	d, roomID, err := s.guest(name, room)
	if err != nil {
		return err
	}
	named := &event.Mentions{Room: other == "everybody"}
	if !named.Room {
		p, err := s.person(other)
		if err != nil {
			return err
		}
		named.UserIDs = []id.UserID{p.userID()}
	}
	content := &event.MessageEventContent{MsgType: event.MsgText, Body: text, Mentions: named}
	return s.send(ctx, d, roomID, event.EventMessage, text, content)
}

// callsByName says the name somebody goes by, and points to nobody otherwise: what people typed before clients knew mentions.
func callsByName(ctx context.Context, name, other, text, room string) error {
	s := from(ctx)
	d, roomID, p, err := s.guestAndOther(name, room, other)
	if err != nil {
		return err
	}
	called, err := d.client.GetDisplayName(ctx, p.userID())
	if err != nil {
		return fmt.Errorf("ask what %s goes by: %w", other, err)
	}
	content := &event.MessageEventContent{MsgType: event.MsgText, Body: called.DisplayName + ": " + text}
	return s.send(ctx, d, roomID, event.EventMessage, text, content)
}

func ignores(ctx context.Context, name, other string) error {
	s := from(ctx)
	d, pest, err := s.deviceAndOther(name, other)
	if err != nil {
		return err
	}
	list := &event.IgnoredUserListEventContent{IgnoredUsers: map[id.UserID]event.IgnoredUser{pest.userID(): {}}}
	return s.tried(d.client.SetAccountData(ctx, event.AccountDataIgnoredUserList.Type, list), "%s ignores %s", name, other)
}

// receivesButNot knows that something does not come when what was said after it has come.
func receivesButNot(ctx context.Context, name, text, missing string) error {
	s := from(ctx)
	if err := s.held(); err != nil {
		return err
	}
	d, err := s.device(name)
	if err != nil {
		return err
	}
	if err := d.received(ctx, s.sent[text], text); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if slices.ContainsFunc(d.events, func(evt *event.Event) bool { return evt.ID == s.sent[missing] }) {
		return fmt.Errorf("%s received %q", name, missing)
	}
	return nil
}
