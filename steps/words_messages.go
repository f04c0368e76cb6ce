package steps

import (
	"context"
	"errors"
	"fmt"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"
)

// registerMessages holds the words about rooms and what is said in them.
func registerMessages(r Registrar) {
	r.Given(`^(\w+) and (\w+) share the encrypted room "([^"]+)"$`, shareEncryptedRoom)
	r.Given(`^(\w+) and (\w+) share the room "([^"]+)"$`, shareRoom)
	r.When(`^(\w+) says "([^"]+)" in "([^"]+)"$`, says)
	r.When(`^(\w+) tries to read "([^"]+)"$`, triesToRead)
	r.Then(`^(\w+) can read "([^"]+)" in "([^"]+)"$`, canRead)
	r.Then(`^(\w+) can read "([^"]+)" in "([^"]+)" on the (\w+)$`, canReadOn)
	r.Then(`^the homeserver of (\w+) keeps only ciphertext of "([^"]+)"$`, onlyCiphertext)
}

func shareEncryptedRoom(ctx context.Context, first, second, room string) error {
	return share(ctx, first, second, room, roomKind{encrypted: true})
}

func shareRoom(ctx context.Context, first, second, room string) error {
	return share(ctx, first, second, room, roomKind{})
}

// roomKind is what sets a room of two apart from the usual one.
type roomKind struct {
	encrypted bool
	nameless  bool
}

// share makes a room of two people and waits until both devices know who is in it.
func share(ctx context.Context, first, second, name string, kind roomKind) error {
	s := from(ctx)
	a, err := s.device(first)
	if err != nil {
		return err
	}
	b, err := s.device(second)
	if err != nil {
		return err
	}
	request := &mautrix.ReqCreateRoom{Name: name, Preset: "private_chat", Invite: []id.UserID{b.owner.userID()}}
	if kind.nameless {
		request.Name = ""
	}
	if kind.encrypted {
		request.InitialState = []*event.Event{{Type: event.StateEncryption, Content: event.Content{Parsed: &event.EncryptionEventContent{Algorithm: id.AlgorithmMegolmV1}}}}
	}
	made, err := a.client.CreateRoom(ctx, request)
	if err != nil {
		return fmt.Errorf("create room %q: %w", name, err)
	}
	s.rooms[name], s.hosts[name], s.encrypted[name] = made.RoomID, first, kind.encrypted
	if err := s.join(ctx, b, name); err != nil {
		return err
	}
	for _, d := range []*device{a, b} {
		for _, p := range []*person{a.owner, b.owner} {
			if err := d.memberJoins(ctx, made.RoomID, p.userID()); err != nil {
				return err
			}
		}
		if err := d.knowsEncryption(ctx, made.RoomID, kind.encrypted); err != nil {
			return err
		}
	}
	return nil
}

// join accepts the invitation to a room once it has arrived.
func (s *scenario) join(ctx context.Context, d *device, name string) error {
	room := s.rooms[name]
	err := d.seen(ctx, func(d *device) error {
		if d.invited[room] {
			return nil
		}
		return fmt.Errorf("%s was not invited to %q", d.owner.name, name)
	})
	if err != nil {
		return err
	}
	if _, err := d.client.JoinRoomByID(ctx, room); err != nil {
		return fmt.Errorf("join %q as %s: %w", name, d.owner.name, err)
	}
	return d.settles(ctx, room)
}

// settles waits until the person's homeserver has all of a room. It lets people in before that, and fetches the rest in the
// background, once: a restart of the other homeserver meanwhile would leave it half known.
func (d *device) settles(ctx context.Context, room id.RoomID) error {
	return eventually(ctx, func(ctx context.Context) error {
		if _, err := d.client.JoinedMembers(ctx, room); err != nil {
			return fmt.Errorf("ask the homeserver of %s who is in the room: %w", d.owner.name, err)
		}
		return nil
	})
}

// knowsEncryption waits until the device knows that a room is encrypted. A message sent
// before that would go out in plain text.
func (d *device) knowsEncryption(ctx context.Context, room id.RoomID, encrypted bool) error {
	if !encrypted {
		return nil
	}
	return d.seen(ctx, func(d *device) error {
		if known, err := d.client.StateStore.IsEncrypted(ctx, room); err != nil || !known {
			return errors.Join(fmt.Errorf("%s's device does not know that the room is encrypted", d.owner.name), err)
		}
		return nil
	})
}

func says(ctx context.Context, name, text, room string) error {
	s := from(ctx)
	if u, ok := s.irc[name]; ok {
		return u.conn.Privmsg(s.ircChannel(room), text)
	}
	d, roomID, err := s.guest(name, room)
	if err != nil {
		return err
	}
	return s.send(ctx, d, roomID, event.EventMessage, text, &event.MessageEventContent{MsgType: event.MsgText, Body: text})
}

func canRead(ctx context.Context, name, text, room string) error {
	s := from(ctx)
	if u, ok := s.irc[name]; ok {
		return eventually(ctx, func(context.Context) error { return u.heard(text, s.ircChannel(room), "") })
	}
	d, err := s.device(name)
	if err != nil {
		return err
	}
	return s.reads(ctx, d, text, room)
}

func canReadOn(ctx context.Context, name, text, room, deviceName string) error {
	s := from(ctx)
	d, err := s.deviceOf(name, deviceName)
	if err != nil {
		return err
	}
	return s.reads(ctx, d, text, room)
}

// reads waits until a device shows text in a room; if somebody of the scenario sent it, it must be that message.
func (s *scenario) reads(ctx context.Context, d *device, text, room string) error {
	return s.readsFrom(ctx, d, text, room, "")
}

// readsFrom is reads, and also wants a certain sender unless that is empty.
func (s *scenario) readsFrom(ctx context.Context, d *device, text, room string, sender id.UserID) error {
	roomID, err := s.roomOf(d.owner, room)
	if err != nil {
		return err
	}
	return d.seen(ctx, func(d *device) error {
		var saw []string
		for _, evt := range d.events {
			if evt.RoomID != roomID || evt.Type != event.EventMessage {
				continue
			}
			body := evt.Content.AsMessage().Body
			if body == text && (s.sent[text] == "" || s.sent[text] == evt.ID) && (sender == "" || sender == evt.Sender) {
				if s.encrypted[room] && !evt.Mautrix.WasEncrypted {
					return fmt.Errorf("%q came to %s's %s in %q, but not encrypted", text, d.owner.name, d.name, room)
				}
				return nil
			}
			saw = append(saw, evt.Sender.String()+": "+body)
		}
		return fmt.Errorf("no %q in %q on the %s; saw %q", text, room, d.name, saw)
	})
}

func triesToRead(ctx context.Context, name, text string) error {
	s := from(ctx)
	d, err := s.device(name)
	if err != nil {
		return err
	}
	sent, ok := s.sent[text]
	if !ok {
		return fmt.Errorf("nobody said %q yet; said: %s", text, known(s.sent))
	}
	_, err = d.client.GetEvent(ctx, s.sentTo[text], sent)
	return s.tried(err, "%s reads %q", name, text)
}

// onlyCiphertext looks at what the homeserver of a person has stored.
func onlyCiphertext(ctx context.Context, name, text string) error {
	s := from(ctx)
	p, err := s.person(name)
	if err != nil {
		return err
	}
	sent, ok := s.sent[text]
	if !ok {
		return fmt.Errorf("nobody said %q yet; said: %s", text, known(s.sent))
	}
	return eventually(ctx, func(ctx context.Context) error {
		kind, err := s.stack.SQL(ctx, p.site, "synapse", fmt.Sprintf("SELECT type FROM events WHERE event_id = '%s'", sent))
		if err != nil {
			return err
		}
		if kind != "m.room.encrypted" {
			return fmt.Errorf("the homeserver of %s keeps %q as %q, not encrypted", name, text, kind)
		}
		open, err := s.stack.SQL(ctx, p.site, "synapse", fmt.Sprintf("SELECT count(*) FROM event_json WHERE position('%s' in json) > 0", text))
		if err != nil {
			return err
		}
		if open != "0" {
			return fmt.Errorf("the homeserver of %s keeps the words %q in %s stored events", name, text, open)
		}
		return nil
	})
}
