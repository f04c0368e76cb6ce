package steps

import (
	"context"
	"fmt"
	"strings"

	"maunium.net/go/mautrix/id"
)

// registerBridges holds the words about bridged networks and the people there.
func registerBridges(r Registrar) {
	r.Given(`^(\w+) is in the IRC channel "([^"]+)" through the bridge$`, isInChannelThroughBridge)
	r.Given(`^(\w+) is on IRC in "([^"]+)"$`, isOnIRC)
	r.When(`^(\w+) opens a private IRC chat with (\w+)$`, opensPrivateChat)
	r.When(`^(\w+) says "([^"]+)" to (\w+) in private on IRC$`, saysInPrivate)
	r.When(`^(\w+) sees (\w+) come back to "([^"]+)" on IRC$`, seesComeBack)
	r.Then(`^(\w+) can read "([^"]+)" from (\w+) in private on IRC$`, canReadInPrivate)
}

func isOnIRC(ctx context.Context, name, channel string) error {
	s := from(ctx)
	if _, twice := s.irc[name]; twice {
		return fmt.Errorf("%s is on IRC already", name)
	}
	u, err := connectIRC(s.stack, strings.ToLower(name)+s.suffix)
	if err != nil {
		return err
	}
	s.irc[name] = u
	return u.join(ctx, s.ircChannel(channel))
}

func isInChannelThroughBridge(ctx context.Context, name, channel string) error {
	s := from(ctx)
	p, err := s.person(name)
	if err != nil {
		return err
	}
	return s.enterChannel(ctx, p, channel)
}

// opensPrivateChat asks the bridge for a chat with somebody on IRC; its room is remembered under both names.
func opensPrivateChat(ctx context.Context, name, other string) error {
	s := from(ctx)
	p, u, err := s.bothSides(name, other)
	if err != nil {
		return err
	}
	network, err := s.enterIRC(ctx, p)
	if err != nil {
		return err
	}
	if _, err := p.first.client.SendText(ctx, network, "QUERY "+u.nick); err != nil {
		return fmt.Errorf("open a private chat with %s: %w", other, err)
	}
	room, err := p.first.invitation(ctx, nil, "a private chat with "+other)
	if err != nil {
		return err
	}
	s.rooms[privately(name, other)] = room
	return nil
}

func saysInPrivate(ctx context.Context, speaker, text, to string) error {
	s := from(ctx)
	if u, ok := s.irc[speaker]; ok {
		p, err := s.person(to)
		if err != nil {
			return err
		}
		return s.tried(u.conn.Privmsg(p.username, text), "%s says %q to %s", speaker, text, to)
	}
	d, err := s.device(speaker)
	if err != nil {
		return err
	}
	room, err := s.room(privately(speaker, to))
	if err != nil {
		return err
	}
	sent, err := d.client.SendText(ctx, room, text)
	if err == nil {
		s.sent[text] = sent.EventID
	}
	return s.tried(err, "%s says %q to %s", speaker, text, to)
}

func seesComeBack(ctx context.Context, watcher, name, channel string) error {
	s := from(ctx)
	p, u, err := s.bothSides(name, watcher)
	if err != nil {
		return err
	}
	return eventually(ctx, func(context.Context) error { return u.sees(p.username, s.ircChannel(channel)) })
}

func canReadInPrivate(ctx context.Context, name, text, sender string) error {
	s := from(ctx)
	if u, ok := s.irc[name]; ok {
		p, err := s.person(sender)
		if err != nil {
			return err
		}
		return eventually(ctx, func(context.Context) error { return u.heard(text, u.nick, p.username) })
	}
	p, u, err := s.bothSides(name, sender)
	if err != nil {
		return err
	}
	if _, ok := s.rooms[privately(name, sender)]; !ok { // somebody on IRC spoke first: the bridge invites
		if s.rooms[privately(name, sender)], err = p.first.invitation(ctx, nil, "a private chat with "+sender); err != nil {
			return err
		}
	}
	return s.readsFrom(ctx, p.first, text, privately(name, sender), s.puppet(u))
}

// bothSides finds a person of the homeserver and somebody on IRC.
func (s *scenario) bothSides(name, other string) (*person, *ircUser, error) {
	p, err := s.person(name)
	if err != nil {
		return nil, nil, err
	}
	u, ok := s.irc[other]
	if !ok {
		return nil, nil, fmt.Errorf("nobody called %q is on IRC; known: %s", other, known(s.irc))
	}
	return p, u, nil
}

// puppet is the Matrix ID that the bridge gives somebody on IRC.
func (s *scenario) puppet(u *ircUser) id.UserID {
	site, _ := s.stack.World.Site("alpha")
	return id.NewUserID("irc_"+ircNetwork+"_"+strings.ToLower(u.nick), site.ServerName)
}

func privately(a, b string) string { return a + " with " + b }
