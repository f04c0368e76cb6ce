package steps

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"

	"matrixstack/stack"
)

const (
	ircNetwork     = "world"      // what the operator called the IRC network at the bridge
	bridgePatience = 2 * patience // a bridge does one thing after the other, for everybody who is on it
)

// introduced remembers whether the operator has an account in a stack, and has introduced the IRC network to its bridge.
type introduced struct {
	once sync.Once
	err  error

	account  sync.Once
	password string
	refused  error
}

// ircOf is what is remembered of a stack.
func (r *run) ircOf(of *stack.Stack) *introduced {
	r.ircMu.Lock()
	defer r.ircMu.Unlock()
	if r.irc == nil {
		r.irc = map[*stack.Stack]*introduced{}
	}
	if r.irc[of] == nil {
		r.irc[of] = &introduced{}
	}
	return r.irc[of]
}

// openIRC lets the operator introduce the IRC network to the bridge, once for each stack.
func (s *scenario) openIRC(ctx context.Context) error {
	irc := s.run.ircOf(s.stack)
	irc.once.Do(func() { irc.err = s.setUpIRC(ctx) })
	return irc.err
}

func (s *scenario) setUpIRC(ctx context.Context) error {
	return s.orderIRC(ctx, append([][2]string{
		{"ADDNETWORK " + ircNetwork, "Network added."},
		{"ADDSERVER " + ircNetwork + " " + stack.IRCHost + " 6667", "Server added."},
		{"ADDMASK *:" + s.stack.World.Sites[0].ServerName, "Mask added."},
	}, s.run.ircOrders...)...)
}

// orderIRC has the operator tell the bridge something, and wants the answer that belongs to each order.
func (s *scenario) orderIRC(ctx context.Context, orders ...[2]string) error {
	own := newScenario(s.run) // the operator outlives no scenario: set up, then gone
	own.stack = s.stack
	defer func() { _ = own.end(ctx) }()
	operator, err := own.operator(ctx)
	if err != nil {
		return err
	}
	control, err := operator.first.direct(ctx, s.bridgeBot("heisenbridge"))
	if err != nil {
		return err
	}
	for _, order := range orders {
		if err := operator.first.command(ctx, control, order[0], order[1]); err != nil {
			return fmt.Errorf("introduce the IRC network: %w", err)
		}
	}
	return nil
}

// bridgeBot is the Matrix ID of a bridge's bot.
func (s *scenario) bridgeBot(bridge string) id.UserID {
	row, err := s.bridge(bridge)
	if err != nil {
		return ""
	}
	return id.NewUserID(row.Bot, s.stack.World.Sites[0].ServerName)
}

// directChat is a chat with a bot, as clients ask for it.
func directChat(bot id.UserID) *mautrix.ReqCreateRoom {
	return &mautrix.ReqCreateRoom{IsDirect: true, Preset: "trusted_private_chat", Invite: []id.UserID{bot}}
}

// direct opens a direct chat with a bot and waits until it has joined.
func (d *device) direct(ctx context.Context, bot id.UserID) (id.RoomID, error) {
	made, err := d.client.CreateRoom(ctx, directChat(bot))
	if err != nil {
		return "", fmt.Errorf("open a chat with %s: %w", bot, err)
	}
	return made.RoomID, d.seenWithin(ctx, bridgePatience, hasJoined(made.RoomID, bot))
}

// memberJoins waits until the device knows that somebody is in a room, and its keys have followed.
func (d *device) memberJoins(ctx context.Context, room id.RoomID, user id.UserID) error {
	return d.seen(ctx, hasJoined(room, user))
}

func hasJoined(room id.RoomID, user id.UserID) func(*device) error {
	return func(d *device) error {
		if d.members[member{room, user}] == event.MembershipJoin {
			return nil
		}
		return fmt.Errorf("%s did not see %s join", d.owner.name, user)
	}
}

// command says something to a bot and waits for an answer that contains want.
func (d *device) command(ctx context.Context, room id.RoomID, command, want string) error {
	d.mu.Lock()
	from := len(d.events)
	d.mu.Unlock()
	if _, err := d.client.SendText(ctx, room, command); err != nil {
		return fmt.Errorf("say %q to the bridge: %w", command, err)
	}
	return d.answer(ctx, room, from, command, want)
}

// answer waits for a bot to say something that contains want, after so many events that came before.
func (d *device) answer(ctx context.Context, room id.RoomID, from int, command, want string) error {
	const few = 3
	return d.seenWithin(ctx, bridgePatience, func(d *device) error {
		var said []string
		for _, evt := range d.events[from:] {
			if evt.RoomID == room && evt.Sender != d.owner.userID() && evt.Type == event.EventMessage {
				if said = append(said, evt.Content.AsMessage().Body); strings.Contains(said[len(said)-1], want) {
					return nil
				}
			}
		}
		return fmt.Errorf("the bridge did not answer %q to %q; it said last %q", want, command, said[max(0, len(said)-few):])
	})
}

// invitation waits for an invitation to a room with that name (or any new one) and accepts it.
func (d *device) invitation(ctx context.Context, known map[id.RoomID]bool, what string) (id.RoomID, error) {
	var room id.RoomID
	err := d.seenWithin(ctx, bridgePatience, func(d *device) error {
		for candidate := range d.invited {
			if !known[candidate] {
				room = candidate
				return nil
			}
		}
		return fmt.Errorf("%s was not invited to %s", d.owner.name, what)
	})
	if err != nil {
		return "", err
	}
	if _, err := d.client.JoinRoomByID(ctx, room); err != nil {
		return "", fmt.Errorf("accept the invitation to %s: %w", what, err)
	}
	return room, d.seenWithin(ctx, bridgePatience, func(d *device) error {
		if d.joined[room] {
			return nil
		}
		return fmt.Errorf("%s did not see the room of %s arrive", d.owner.name, what)
	})
}

// enterIRC connects a person to IRC through the bridge.
func (s *scenario) enterIRC(ctx context.Context, p *person) (id.RoomID, error) {
	if room, ok := s.rooms[theirs(p.name, "irc")]; ok {
		return room, nil
	}
	room, err := s.openNetwork(ctx, p)
	if err != nil {
		return "", err
	}
	return room, p.first.command(ctx, room, "CONNECT", "Welcome to")
}

// openNetwork lets the bridge make a person's room of the IRC network, which is remembered.
func (s *scenario) openNetwork(ctx context.Context, p *person) (id.RoomID, error) {
	if err := s.openIRC(ctx); err != nil {
		return "", err
	}
	d := p.first
	control, err := d.direct(ctx, s.bridgeBot("heisenbridge"))
	if err != nil {
		return "", err
	}
	network := cmp.Or(s.ircNetwork, ircNetwork)
	if err := d.command(ctx, control, "OPEN "+network, "You have been invited to "+network); err != nil {
		return "", err
	}
	room, err := d.invitation(ctx, nil, "the IRC network")
	if err != nil {
		return "", err
	}
	s.rooms[theirs(p.name, "irc")] = room
	if err := d.command(ctx, room, "NICK "+p.username, ""); err != nil {
		return "", err
	}
	s.mended = append(s.mended, func(ctx context.Context) error { return d.leaveNetwork(ctx, room) })
	return room, nil
}

// leaveNetwork takes somebody off IRC: after its next start the bridge brings back one person a second, those of scenarios
// long over included. Who has no device or account left by then cannot ask for it.
func (d *device) leaveNetwork(ctx context.Context, network id.RoomID) error {
	_, err := d.client.SendText(ctx, network, "DISCONNECT")
	if errors.Is(err, mautrix.MUnknownToken) || errors.Is(err, mautrix.MForbidden) {
		return nil
	}
	return err
}

// enterChannel joins an IRC channel through the bridge and names its room after it.
func (s *scenario) enterChannel(ctx context.Context, p *person, channel string) error {
	network, err := s.enterIRC(ctx, p)
	if err != nil {
		return err
	}
	if _, err := p.first.client.SendText(ctx, network, "JOIN "+s.ircChannel(channel)); err != nil {
		return fmt.Errorf("join %s through the bridge: %w", channel, err)
	}
	s.rooms[theirs(p.name, channel)], err = p.first.invitation(ctx, nil, channel)
	return err
}

// ircChannel is the name a channel of this scenario has on the shared network.
func (s *scenario) ircChannel(channel string) string { return channel + "-" + s.suffix }
