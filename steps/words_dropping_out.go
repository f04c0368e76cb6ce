package steps

import (
	"context"
	"errors"
	"fmt"
	"time"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"
)

// How long the homeserver waits before it says what was left with it: long enough to call it off, or to be heard of, on a loaded machine.
const (
	wordWaits  = 8 * time.Second
	leaveWaits = 10 * time.Second
)

// registerDroppingOut holds the words about what a homeserver says for those who cannot.
func registerDroppingOut(r Registrar) {
	r.Given(`^(\w+) is in a call in "([^"]+)"$`, isInCallIn)
	r.When(`^(\w+) calls off "([^"]+)"$`, callsOff)
	r.When(`^(\w+) is heard of for longer than the homeserver waits$`, isHeardOf)
	r.When(`^(\w+) leaves "([^"]+)" with the homeserver, to be said in "([^"]+)"$`, leavesWord)
	r.When(`^(\w+) leaves "([^"]+)" with the homeserver, to be said in "([^"]+)" (\d+) hours later$`, leavesWordFor)
	r.Then(`^(\w+) (sees|no longer sees) (\w+) in the call in "([^"]+)"$`, seesInCall)
	r.Then(`^(\w+) can read "([^"]+)" but not "([^"]+)" in "([^"]+)"$`, canReadButNot)
}

// later leaves a message with the homeserver and remembers under what name it keeps it.
func (s *scenario) later(ctx context.Context, d *device, room id.RoomID, text string, wait time.Duration) error {
	content := &event.MessageEventContent{MsgType: event.MsgText, Body: text}
	left, err := d.client.SendMessageEvent(ctx, room, event.EventMessage, content, mautrix.ReqSendEvent{UnstableDelay: wait})
	if err == nil && left.UnstableDelayID == "" {
		err = errors.New("the homeserver does not say that it keeps it")
	}
	if err == nil {
		s.delayed[text] = left.UnstableDelayID
	}
	return err
}

func leavesWord(ctx context.Context, name, text, room string) error {
	return from(ctx).leaveWord(ctx, name, text, room, wordWaits)
}

func leavesWordFor(ctx context.Context, name, text, room string, hours int) error {
	return from(ctx).leaveWord(ctx, name, text, room, time.Duration(hours)*time.Hour)
}

func (s *scenario) leaveWord(ctx context.Context, name, text, room string, wait time.Duration) error {
	d, roomID, err := s.guest(name, room)
	if err != nil {
		return err
	}
	return s.tried(s.later(ctx, d, roomID, text, wait), "%s leaves %q with the homeserver", name, text)
}

func callsOff(ctx context.Context, name, text string) error {
	s := from(ctx)
	d, err := s.device(name)
	if err != nil {
		return err
	}
	left, ok := s.delayed[text]
	if !ok {
		return fmt.Errorf("nobody left %q with the homeserver; left: %s", text, known(s.delayed))
	}
	_, err = d.client.UpdateDelayedEvent(ctx, &mautrix.ReqUpdateDelayedEvent{DelayID: left, Action: event.DelayActionCancel})
	return s.tried(err, "%s calls off %q", name, text)
}

// canReadButNot waits for a text whose time came after that of the other.
func canReadButNot(ctx context.Context, name, text, missing, room string) error {
	s := from(ctx)
	if err := s.held(); err != nil {
		return err
	}
	if err := canRead(ctx, name, text, room); err != nil {
		return err
	}
	d, roomID, err := s.guest(name, room)
	if err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, evt := range d.events {
		if evt.RoomID == roomID && evt.Type == event.EventMessage && evt.Content.AsMessage().Body == missing {
			return fmt.Errorf("%s can read %q, which was called off", name, missing)
		}
	}
	return nil
}

// callMember is the state event that says whether a device is in a call: it is empty once it has left.
func callMember(p *person) (event.Type, string) {
	return event.Type{Type: "org.matrix.msc3401.call.member", Class: event.StateEventType}, fmt.Sprintf("_%s_%s_m.call", p.userID(), p.first.client.DeviceID)
}

// isInCallIn joins a call as clients do, and leaves word that somebody left it, for when nothing is heard any more.
func isInCallIn(ctx context.Context, name, room string) error {
	s := from(ctx)
	d, roomID, err := s.guest(name, room)
	if err != nil {
		return err
	}
	kind, key := callMember(d.owner)
	left, err := d.client.SendStateEvent(ctx, roomID, kind, key, struct{}{}, mautrix.ReqSendEvent{UnstableDelay: leaveWaits})
	if err != nil {
		return fmt.Errorf("leave word that %s left the call: %w", name, err)
	}
	s.delayed["leave "+name] = left.UnstableDelayID
	_, err = d.client.SendStateEvent(ctx, roomID, kind, key, map[string]any{
		"application": "m.call", "call_id": "", "scope": "m.room", "device_id": d.client.DeviceID,
		"focus_active": map[string]any{"type": "livekit", "focus_selection": "oldest_membership"}, "foci_preferred": []any{},
	})
	if err != nil {
		return fmt.Errorf("join a call as %s: %w", name, err)
	}
	return nil
}

// isHeardOf lets the homeserver wait anew, until something it was left with later, and for longer, has been said.
func isHeardOf(ctx context.Context, name string) error {
	s := from(ctx)
	d, err := s.device(name)
	if err != nil {
		return err
	}
	room, err := s.theRoom()
	if err != nil {
		return err
	}
	const mark = "the time is up"
	if err := s.later(ctx, d, room, mark, leaveWaits+2*time.Second); err != nil {
		return err
	}
	return eventually(ctx, func(ctx context.Context) error {
		_, err := d.client.UpdateDelayedEvent(ctx, &mautrix.ReqUpdateDelayedEvent{DelayID: s.delayed["leave "+name], Action: event.DelayActionRestart})
		if err != nil {
			return err
		}
		d.mu.Lock()
		defer d.mu.Unlock()
		for _, evt := range d.events {
			if evt.RoomID == room && evt.Type == event.EventMessage && evt.Content.AsMessage().Body == mark {
				return nil
			}
		}
		return fmt.Errorf("%q was not said yet", mark)
	})
}

// seesInCall looks at the room as the homeserver shows it to somebody.
func seesInCall(ctx context.Context, name, sees, other, room string) error {
	s := from(ctx)
	d, roomID, err := s.guest(name, room)
	if err != nil {
		return err
	}
	kind, key := callMember(s.people[other])
	return eventually(ctx, func(ctx context.Context) error {
		content := map[string]any{}
		if err := d.client.StateEvent(ctx, roomID, kind, key, &content); err != nil {
			return fmt.Errorf("ask as %s who is in the call: %w", name, err)
		}
		if in := len(content) > 0; in != (sees == "sees") {
			return fmt.Errorf("%s is shown that %s is in the call: %t", name, other, in)
		}
		return nil
	})
}
