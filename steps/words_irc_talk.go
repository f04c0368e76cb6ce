package steps

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"maunium.net/go/mautrix/event"
)

// doesOrAnnounces sends what is not said but done ("/me waves"), or an announcement, as services make.
func doesOrAnnounces(ctx context.Context, name, how, text, channel string) error {
	s := from(ctx)
	if u, ok := s.irc[name]; ok {
		send := u.conn.Action
		if how == "announces" {
			send = u.conn.Notice
		}
		return s.tried(send(s.ircChannel(channel), text), "%s %s %q", name, how, text)
	}
	d, room, err := s.guest(name, channel)
	if err != nil {
		return err
	}
	kind := map[string]event.MessageType{"does": event.MsgEmote, "announces": event.MsgNotice}[how]
	return s.send(ctx, d, room, event.EventMessage, text, &event.MessageEventContent{MsgType: kind, Body: text})
}

func seesDoOrAnnounce(ctx context.Context, name, other, how, text, channel string) error {
	s := from(ctx)
	if err := s.held(); err != nil {
		return err
	}
	if u, ok := s.irc[name]; ok {
		irc, line := "PRIVMSG", "\x01ACTION "+text+"\x01"
		if how == "announce" {
			irc, line = "NOTICE", text
		}
		return eventually(ctx, func(context.Context) error { return u.heardAs(irc, line, s.ircChannel(channel), s.nickOf(other)) })
	}
	d, room, err := s.guest(name, channel)
	if err != nil {
		return err
	}
	kind := map[string]event.MessageType{"do": event.MsgEmote, "announce": event.MsgNotice}[how]
	return d.seen(ctx, func(d *device) error {
		if slices.ContainsFunc(d.events, func(evt *event.Event) bool {
			return evt.RoomID == room && evt.Sender == s.puppetOf(s.nickOf(other)) && evt.Type == event.EventMessage &&
				evt.Content.AsMessage().MsgType == kind && evt.Content.AsMessage().Body == text
		}) {
			return nil
		}
		return fmt.Errorf("%s does not see %s %s %q in %q", name, other, how, text, channel)
	})
}

// givesTopic sets a topic on IRC. From Matrix the bridge takes it as a command.
func givesTopic(ctx context.Context, name, channel, topic string) error {
	s := from(ctx)
	if u, ok := s.irc[name]; ok {
		return s.tried(u.conn.Send("TOPIC", s.ircChannel(channel), topic), "%s gives %q the topic %q", name, channel, topic)
	}
	return says(ctx, name, s.bridgeBot("heisenbridge").Localpart()+": TOPIC "+topic, channel)
}

func seesTopic(ctx context.Context, name, topic, channel string) error {
	s := from(ctx)
	if err := s.held(); err != nil {
		return err
	}
	if u, ok := s.irc[name]; ok {
		return eventually(ctx, func(context.Context) error {
			u.mu.Lock()
			defer u.mu.Unlock()
			if is := u.topics[strings.ToLower(s.ircChannel(channel))]; is != topic {
				return fmt.Errorf("%s on IRC sees the topic %q in %s, not %q", name, is, channel, topic)
			}
			return nil
		})
	}
	d, room, err := s.guest(name, channel)
	if err != nil {
		return err
	}
	return eventually(ctx, func(ctx context.Context) error {
		var is event.TopicEventContent
		if err := d.client.StateEvent(ctx, room, event.StateTopic, "", &is); err != nil {
			return fmt.Errorf("ask for the topic of %q as %s: %w", channel, name, err)
		}
		if is.Topic != topic {
			return fmt.Errorf("%s sees the topic %q in %q, not %q", name, is.Topic, channel, topic)
		}
		return nil
	})
}

// canReadOnce counts. What comes twice comes on two ways at the same time.
func canReadOnce(ctx context.Context, name, text, channel string) error {
	s := from(ctx)
	if u, ok := s.irc[name]; ok {
		return eventually(ctx, func(context.Context) error { return u.heardAs("PRIVMSG", text, s.ircChannel(channel), "") })
	}
	d, room, err := s.guest(name, channel)
	if err != nil {
		return err
	}
	return d.seen(ctx, func(d *device) error {
		times := 0
		for _, evt := range d.events {
			if evt.RoomID != room || evt.Type != event.EventMessage {
				continue
			}
			for line := range strings.SplitSeq(evt.Content.AsMessage().Body, "\n") { // the bridge joins what comes at once
				if line == text {
					times++
				}
			}
		}
		if times != 1 {
			return fmt.Errorf("%s can read %q in %q %d times, not once", name, text, channel, times)
		}
		return nil
	})
}

// numbered is a text of so many words, each of them another.
func numbered(count int) []string {
	var words []string
	for i := range count {
		words = append(words, fmt.Sprintf("word%d", i+1))
	}
	return words
}

func saysWords(ctx context.Context, name string, count int, channel string) error {
	return says(ctx, name, strings.Join(numbered(count), " "), channel)
}

// canReadWords puts the lines together that a long text came in; dots mark where it was cut.
func canReadWords(ctx context.Context, name string, count int, channel string) error {
	s := from(ctx)
	u, ok := s.irc[name]
	if !ok {
		return fmt.Errorf("nobody called %q is on IRC; known: %s", name, known(s.irc))
	}
	return eventually(ctx, func(context.Context) error {
		u.mu.Lock()
		defer u.mu.Unlock()
		var got []string
		lines := 0
		for _, line := range u.said {
			if strings.EqualFold(line.target, s.ircChannel(channel)) {
				lines++
				got = append(got, strings.FieldsFunc(line.text, func(r rune) bool { return r == ' ' || r == '.' })...)
			}
		}
		if lines < 2 || !slices.Equal(got, numbered(count)) {
			return fmt.Errorf("%s on IRC saw %d words in %d lines, not %d in several: %q", name, len(got), lines, count, u.said)
		}
		return nil
	})
}
