package steps

import (
	"context"
	"fmt"

	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"
)

// callsOneself changes a nick. Nicks are shared by the whole network, so each scenario has its own.
func callsOneself(ctx context.Context, name, nick string) error {
	s := from(ctx)
	nick += s.suffix
	if u, ok := s.irc[name]; ok {
		return s.tried(u.rename(ctx, nick), "%s is now %s", name, nick)
	}
	d, network, err := s.guest(name, "irc")
	if err != nil {
		return err
	}
	d.owner.nick = nick
	return s.tried(d.command(ctx, network, "NICK "+nick, nick), "%s is now %s", name, nick)
}

// hasSeenCome lets somebody come and waits until another one sees it: who takes another nick before Heisenbridge let them in on Matrix has
// it nowhere. Heisenbridge 1.15.4 loses them as well, until they say something, when the homeserver tells it of their former self leaving
// before it answers that it let them go (room.py, _flush_events: ValueError: list.remove). So a new nick is promised to who speaks.
func hasSeenCome(ctx context.Context, name, other, channel string) error {
	if err := isOnIRC(ctx, other, channel); err != nil {
		return err
	}
	return seesOnIRC(ctx, name, "sees", other, channel)
}

// rename takes another nick and returns once the network says so.
func (u *ircUser) rename(ctx context.Context, nick string) error {
	u.conn.SetNick(nick)
	err := eventually(ctx, func(context.Context) error {
		if is := u.conn.CurrentNick(); is != nick {
			return fmt.Errorf("the IRC network still calls %s %s, not %s", u.nick, is, nick)
		}
		return nil
	})
	u.mu.Lock()
	defer u.mu.Unlock()
	if err == nil {
		u.nick, u.former = nick, append(u.former, u.nick)
	}
	return err
}

func leavesOnIRC(ctx context.Context, name, channel string) error {
	s := from(ctx)
	u, ok := s.irc[name]
	if !ok {
		return fmt.Errorf("nobody called %q is on IRC; known: %s", name, known(s.irc))
	}
	return s.tried(u.conn.Part(s.ircChannel(channel)), "%s leaves %s", name, channel)
}

func leavesIRC(ctx context.Context, name string) error {
	s := from(ctx)
	u, ok := s.irc[name]
	if !ok {
		return fmt.Errorf("nobody called %q is on IRC; known: %s", name, known(s.irc))
	}
	u.close()
	return s.tried(nil, "%s leaves IRC", name)
}

// seesOnIRC looks at who is in a channel: on IRC itself, or at the people the bridge shows for it. Who is no longer there
// must have been there before; who has another nick must be gone under the old one.
func seesOnIRC(ctx context.Context, name, how, other, channel string) error {
	s := from(ctx)
	if err := s.held(); err != nil {
		return err
	}
	there := how == "sees"
	if u, ok := s.irc[name]; ok {
		return eventually(ctx, func(context.Context) error {
			if err := u.sees(s.nickOf(other), s.ircChannel(channel), there); err != nil {
				return err
			}
			if p := s.people[other]; p != nil && p.nick != "" {
				return u.sees(p.username, s.ircChannel(channel), false)
			}
			return nil
		})
	}
	d, room, err := s.guest(name, channel)
	if err != nil {
		return err
	}
	return d.seen(ctx, func(d *device) error {
		if err := d.puppetIs(ctx, room, s.puppetOf(s.nickOf(other)), there); err != nil {
			return err
		}
		for _, nick := range s.irc[other].former {
			if err := d.puppetIs(ctx, room, s.puppetOf(nick), false); err != nil {
				return err
			}
		}
		return nil
	})
}

// puppetIs tells whether somebody of a bridge is in a room, or was and is no longer.
func (d *device) puppetIs(ctx context.Context, room id.RoomID, puppet id.UserID, there bool) error {
	member, err := d.client.StateStore.TryGetMember(ctx, room, puppet)
	if err != nil {
		return fmt.Errorf("look for %s: %w", puppet, err)
	}
	want := event.MembershipLeave
	if there {
		want = event.MembershipJoin
	}
	if member == nil || member.Membership != want {
		return fmt.Errorf("%s does not see %s as %s: %+v", d.owner.name, puppet, want, member)
	}
	return nil
}
