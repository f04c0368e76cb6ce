package steps

import (
	"context"
	"errors"
	"fmt"

	"maunium.net/go/mautrix/event"
)

// What people do with a life, each time anew.

// anew is a name that was not used yet, for this look at the life.
func (l *life) anew(what string) string { return fmt.Sprintf("%s %d", what, l.round) }

// signInAnew signs in with the password that was there before, on a device and in a browser that were not: one that is known is not asked
// for a password.
func signInAnew(ctx context.Context, l *life) error {
	for _, name := range []string{"Alice", "Carol"} {
		p, err := l.s.person(name)
		if err != nil {
			return err
		}
		p.browser = newBrowser(l.s.http())
		if err := l.s.signIn(ctx, p, l.anew("tablet")); err != nil {
			return fmt.Errorf("sign in as %s: %w", name, err)
		}
	}
	return nil
}

// useSessions shows every token that was handed out before, and trades in one of those that renew it.
func useSessions(ctx context.Context, l *life) error {
	for _, name := range []string{"Alice", "Bob", "Carol"} {
		p, err := l.s.person(name)
		if err != nil {
			return err
		}
		for _, d := range p.devices {
			if !l.since(d.session.deviceID) {
				continue
			}
			who, err := d.client.Whoami(ctx)
			if err != nil {
				return fmt.Errorf("use the session of %s's %s: %w", name, d.name, err)
			}
			if who.UserID != p.userID() || who.DeviceID != d.session.deviceID {
				return fmt.Errorf("the session of %s's %s now belongs to %s on %s", name, d.name, who.UserID, who.DeviceID)
			}
		}
	}
	return l.renewBob(ctx)
}

// renewAll is what clients do all the time: sessions are short, and an upgrade is not. Devices that came since people moved in are left
// alone: on the way back there may be none of them.
func (l *life) renewAll(ctx context.Context) error {
	for name, p := range l.s.people {
		for _, d := range p.devices {
			if d.session.refreshToken == "" || !l.since(d.session.deviceID) {
				continue
			}
			if err := l.s.renew(ctx, d); err != nil {
				return fmt.Errorf("renew the session of %s's %s: %w", name, d.name, err)
			}
		}
	}
	return nil
}

// renewBob renews a session, unless it is one of the homeserver's own: those last.
func (l *life) renewBob(ctx context.Context) error {
	d, err := l.s.device("Bob")
	if err != nil || d.session.client == nil {
		return err
	}
	if err := renewsSession(ctx, "Bob"); err != nil {
		return err
	}
	if err := l.s.held(); err != nil {
		return err
	}
	if _, err := d.client.Whoami(ctx); err != nil {
		return fmt.Errorf("use the renewed session of Bob: %w", err)
	}
	return nil
}

// openHistory reads what was locked before on a device that has nothing but the security key.
func openHistory(ctx context.Context, l *life) error {
	p, err := l.s.person("Alice")
	if err != nil {
		return err
	}
	device, text := l.anew("tablet"), l.said[0]
	d, ok := p.devices[device]
	if !ok {
		return errors.New("there is no new device of Alice to read it on")
	}
	if err := d.enterSecurityKey(ctx, p.securityKey); err != nil {
		return fmt.Errorf("enter the security key on a new device: %w", err)
	}
	if err := d.restoreKeys(ctx); err != nil {
		return fmt.Errorf("restore the keys on a new device: %w", err)
	}
	evt, err := l.s.decrypt(ctx, "Alice", text, device)
	if err != nil {
		return fmt.Errorf("read on a new device what was said before: %w", err)
	}
	if said := evt.Content.AsMessage().Body; said != text {
		return fmt.Errorf("a new device reads %q where %q was said", said, text)
	}
	return nil
}

// useFederation speaks both ways. Alice goes first: a homeserver that hears from another one tries it again at once.
func useFederation(ctx context.Context, l *life) error {
	fromAlice, fromCarol := l.anew("hello from here"), l.anew("hello from there")
	err := inOrder(
		func() error { return l.tell(ctx, "Alice", fromAlice, abroadRoom) },
		func() error { return l.hears(ctx, "Carol", fromAlice, abroadRoom) },
		func() error { return l.tell(ctx, "Carol", fromCarol, abroadRoom) },
		func() error { return l.hears(ctx, "Alice", fromCarol, abroadRoom) },
	)
	if err != nil || l.during == "" {
		return err
	}
	return l.hears(ctx, "Alice", l.during, abroadRoom)
}

// tell says something; what comes of it is looked at at once.
func (l *life) tell(ctx context.Context, name, text, room string) error {
	if err := says(ctx, name, text, room); err != nil {
		return err
	}
	return l.s.held()
}

// hears waits until a person's homeserver hands something out, whatever the device has got already.
func (l *life) hears(ctx context.Context, name, text, room string) error {
	d, roomID, err := l.s.guest(name, room)
	if err != nil {
		return err
	}
	return eventually(ctx, func(ctx context.Context) error {
		evt, err := d.client.GetEvent(ctx, roomID, l.s.sent[text])
		if err != nil {
			return fmt.Errorf("%q has not come to the homeserver of %s: %w", text, name, err)
		}
		if evt.Type == event.EventMessage && evt.Content.Raw["body"] != text {
			return fmt.Errorf("%s reads %v where %q was said", name, evt.Content.Raw["body"], text)
		}
		return nil
	})
}

// useBridge speaks both ways through the links there were, and wants people on IRC to be who they were.
func useBridge(ctx context.Context, l *life) error {
	fromAlice, fromIan := l.anew("ahoy from Matrix"), l.anew("ahoy from IRC")
	d, roomID, err := l.s.guest("Alice", harbour)
	if err != nil {
		return err
	}
	u := l.s.irc["Ian"]
	err = inOrder(
		func() error { return seesComeBack(ctx, "Ian", "Alice", harbour) },
		func() error { return l.tell(ctx, "Alice", fromAlice, harbour) },
		func() error { return canRead(ctx, "Ian", fromAlice, harbour) },
		func() error { return says(ctx, "Ian", fromIan, harbour) },
	)
	if err != nil {
		return err
	}
	return eventually(ctx, func(ctx context.Context) error {
		past, err := d.client.Messages(ctx, roomID, "", "", 'b', nil, 20)
		if err != nil {
			return fmt.Errorf("ask for what came from IRC: %w", err)
		}
		for _, evt := range past.Chunk {
			if evt.Sender == l.s.puppet(u) && evt.Content.Raw["body"] == fromIan {
				return nil
			}
		}
		return fmt.Errorf("%q of Ian on IRC did not come to Alice", fromIan)
	})
}

func useAdminRights(ctx context.Context, l *life) error {
	return errors.Join(l.s.adminAPI(ctx, "Olga"), l.dropsOldTool(ctx))
}

// dropsOldTool lets the operator take a tool out of the accounts that the configuration no longer names. MAS before 1.10 starts on a
// database of later versions, and fails only at this: it looks for a table that is gone.
func (l *life) dropsOldTool(ctx context.Context) error {
	site, _ := l.s.stack.World.Site("alpha")
	const (
		count = "SELECT count(*) FROM oauth2_clients WHERE is_static"
		old   = "INSERT INTO oauth2_clients SELECT (jsonb_populate_record(c, jsonb_build_object('oauth2_client_id', gen_random_uuid()))).* FROM oauth2_clients c WHERE is_static LIMIT 1"
	)
	before, err := l.s.stack.SQL(ctx, site, "mas", count)
	if err != nil {
		return err
	}
	if _, err := l.s.stack.SQL(ctx, site, "mas", old); err != nil {
		return err
	}
	if _, err := l.s.stack.Exec(ctx, site.Component("mas"), "mas-cli", "config", "sync", "--prune"); err != nil {
		return fmt.Errorf("take an old tool out of the accounts: %w", err)
	}
	after, err := l.s.stack.SQL(ctx, site, "mas", count)
	if err == nil && after != before {
		err = fmt.Errorf("an old tool stays in the accounts: %s of the operator are there, not %s", after, before)
	}
	return err
}
