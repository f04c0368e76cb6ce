package steps

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"maunium.net/go/mautrix/id"
)

// registerIRC holds the words about the IRC network and the people there.
func registerIRC(r Registrar) {
	r.Given(`^(\w+) has seen (\w+) come to "([^"]+)" on IRC$`, hasSeenCome)
	r.Given(`^(\w+) is in the IRC channel "([^"]+)" through the bridge$`, isInChannelThroughBridge)
	r.Given(`^(\w+) is on IRC in "([^"]+)"$`, isOnIRC)
	r.When(`^(\w+) (does|announces) "([^"]+)" in "([^"]+)"$`, doesOrAnnounces)
	r.When(`^(\w+) calls (?:herself|himself) "([^"]+)" on IRC$`, callsOneself)
	r.When(`^(\w+) comes to "([^"]+)" on IRC$`, isOnIRC)
	r.When(`^(\w+) gives "([^"]+)" the topic "([^"]+)"$`, givesTopic)
	r.When(`^(\w+) leaves "([^"]+)" on IRC$`, leavesOnIRC)
	r.When(`^(\w+) leaves IRC$`, leavesIRC)
	r.When(`^(\w+) opens a private IRC chat with (\w+)$`, opensPrivateChat)
	r.When(`^(\w+) says (\d+) words in "([^"]+)"$`, saysWords)
	r.When(`^(\w+) says "([^"]+)" to (\w+) in private on IRC$`, saysInPrivate)
	r.When(`^(\w+) sees (\w+) come back to "([^"]+)" on IRC$`, seesComeBack)
	r.Then(`^(\w+) (sees|no longer sees) (\w+) in "([^"]+)" on IRC$`, seesOnIRC)
	r.Then(`^(\w+) can read "([^"]+)" from (\w+) in private on IRC$`, canReadInPrivate)
	r.Then(`^(\w+) can read "([^"]+)" in "([^"]+)" just once$`, canReadOnce)
	r.Then(`^(\w+) can read all (\d+) words in "([^"]+)", in order and none twice$`, canReadWords)
	r.Then(`^(\w+) sees (\w+) (do|announce) "([^"]+)" in "([^"]+)"$`, seesDoOrAnnounce)
	r.Then(`^(\w+) sees the topic "([^"]+)" in "([^"]+)"$`, seesTopic)
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
		return s.tried(u.conn.Privmsg(p.onIRC(), text), "%s says %q to %s", speaker, text, to)
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
	return eventuallyWithin(ctx, bridgePatience, func(context.Context) error { return u.sees(p.onIRC(), s.ircChannel(channel), true) })
}

func canReadInPrivate(ctx context.Context, name, text, sender string) error {
	s := from(ctx)
	if u, ok := s.irc[name]; ok {
		p, err := s.person(sender)
		if err != nil {
			return err
		}
		return eventually(ctx, func(context.Context) error { return u.heard(text, u.nick, p.onIRC()) })
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
func (s *scenario) puppet(u *ircUser) id.UserID { return s.puppetOf(u.nick) }

func (s *scenario) puppetOf(nick string) id.UserID {
	site, _ := s.stack.World.Site("alpha")
	return id.NewUserID("irc_"+ircNetwork+"_"+strings.ToLower(nick), site.ServerName)
}

// nickOf is what somebody is called on IRC, whichever side they are on.
func (s *scenario) nickOf(name string) string {
	if u, ok := s.irc[name]; ok {
		return u.nick
	}
	if p, ok := s.people[name]; ok {
		return p.onIRC()
	}
	return name
}

// onIRC is the person's nick there.
func (p *person) onIRC() string { return cmp.Or(p.nick, p.username) }

func privately(a, b string) string { return a + " with " + b }
