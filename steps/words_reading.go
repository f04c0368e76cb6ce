package steps

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"
	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"
)

// readsUpTo tells the homeserver that a person has read a message, so that others see it or not.
func readsUpTo(ctx context.Context, name, text, hidden string) error {
	s := from(ctx)
	d, room, sent, err := s.heard(ctx, name, text)
	if err != nil {
		return err
	}
	kind := event.ReceiptTypeRead
	if hidden != "" {
		kind = event.ReceiptTypeReadPrivate
	}
	return s.tried(d.client.SendReceipt(ctx, room, sent, kind, nil), "%s reads %q", name, text)
}

// stopsReading tells the homeserver where a person reads on. Source: client-server API, section "Fully read markers".
func stopsReading(ctx context.Context, name, text string) error {
	s := from(ctx)
	d, room, sent, err := s.heard(ctx, name, text)
	if err != nil {
		return err
	}
	return s.tried(d.client.SetReadMarkers(ctx, room, &mautrix.ReqSetReadMarkers{FullyRead: sent}), "%s stops reading at %q", name, text)
}

// readsOnFrom wants that a device was told of the place, and that it is the one the homeserver keeps.
func readsOnFrom(ctx context.Context, called, name, text string) error {
	s := from(ctx)
	if err := s.held(); err != nil {
		return err
	}
	room, sent, err := s.where(text)
	if err != nil {
		return err
	}
	d, err := s.deviceOf(name, called)
	if err != nil {
		return err
	}
	err = d.seen(ctx, func(d *device) error {
		for _, evt := range d.events {
			if place, _ := evt.Content.Raw["event_id"].(string); evt.Type.Type == event.AccountDataFullyRead.Type && place == sent.String() {
				return nil
			}
		}
		return fmt.Errorf("the %s of %s was not told to read on from %q", called, name, text)
	})
	if err != nil {
		return err
	}
	var kept event.FullyReadEventContent
	if err := d.client.GetRoomAccountData(ctx, room, event.AccountDataFullyRead.Type, &kept); err != nil {
		return fmt.Errorf("ask where %s reads on: %w", name, err)
	}
	if kept.EventID != sent {
		return fmt.Errorf("%s reads on from another place than %q", name, text)
	}
	return nil
}

// hasSeenEverything opens a room, as who just came does: until a receipt tells where somebody is, Synapse 1.144 at times counts their
// invitation among what waits.
func hasSeenEverything(ctx context.Context, name, room string) error {
	d, roomID, err := from(ctx).guest(name, room)
	if err != nil {
		return err
	}
	var last id.EventID
	err = d.seen(ctx, func(d *device) error {
		for _, evt := range d.events {
			if evt.RoomID == roomID && evt.Type == event.StateMember && evt.GetStateKey() == d.owner.userID().String() && evt.Content.AsMember().Membership == event.MembershipJoin {
				last = evt.ID
			}
		}
		if last == "" {
			return fmt.Errorf("%s's device does not show that %s came to %q", name, name, room)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := d.client.SendReceipt(ctx, roomID, last, event.ReceiptTypeRead, nil); err != nil {
		return fmt.Errorf("look at %q as %s: %w", room, name, err)
	}
	return nil
}

// seesRead looks for the receipt. That one is not seen is told by what comes after it: a message, which must have arrived.
func seesRead(ctx context.Context, name, sees, other, text string) error {
	s := from(ctx)
	if err := s.held(); err != nil {
		return err
	}
	d, err := s.device(name)
	if err != nil {
		return err
	}
	reader, err := s.device(other)
	if err != nil {
		return err
	}
	room, sent, err := s.where(text)
	if err != nil {
		return err
	}
	if sees == "sees" {
		return d.seen(ctx, func(d *device) error {
			if d.sawReceipt(room, sent, reader.owner.userID()) {
				return nil
			}
			return fmt.Errorf("%s does not see that %s has read %q", name, other, text)
		})
	}
	after, err := reader.client.SendText(ctx, room, "after reading")
	if err != nil {
		return fmt.Errorf("say something after reading: %w", err)
	}
	if err := d.received(ctx, after.EventID, "after reading"); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.sawReceipt(room, sent, reader.owner.userID()) {
		return fmt.Errorf("%s sees that %s has read %q", name, other, text)
	}
	return nil
}

// received waits until the device shows an event: nobody reads, answers or changes what has not arrived.
func (d *device) received(ctx context.Context, sent id.EventID, text string) error {
	return d.seen(ctx, func(d *device) error {
		if slices.ContainsFunc(d.events, func(evt *event.Event) bool { return evt.ID == sent }) {
			return nil
		}
		return fmt.Errorf("%q did not arrive", text)
	})
}

// sawReceipt wants the device to be locked.
func (d *device) sawReceipt(room id.RoomID, of id.EventID, by id.UserID) bool {
	return slices.ContainsFunc(d.events, func(evt *event.Event) bool {
		if evt.Type != event.EphemeralEventReceipt || evt.RoomID != room {
			return false
		}
		for _, readers := range (*evt.Content.AsReceipt())[of] {
			if _, ok := readers[by]; ok {
				return true
			}
		}
		return false
	})
}

func hasUnread(ctx context.Context, name string, count int, room string, mentions int) error {
	s := from(ctx)
	if err := s.held(); err != nil {
		return err
	}
	d, roomID, err := s.guest(name, room)
	if err != nil {
		return err
	}
	return d.seen(ctx, func(d *device) error {
		is := d.unread[roomID]
		if is.NotificationCount == count && is.HighlightCount == mentions {
			return nil
		}
		return fmt.Errorf("%s has %d unread messages in %q, %d of them mention %s", name, is.NotificationCount, room, is.HighlightCount, name)
	})
}

// sayAtOnce lets three people write at the same time, each as fast as their client goes.
func sayAtOnce(ctx context.Context, first, second, third string, count int, room string) error {
	s := from(ctx)
	var group errgroup.Group
	for _, name := range []string{first, second, third} {
		d, roomID, err := s.guest(name, room)
		if err != nil {
			return err
		}
		group.Go(func() error { return d.sayMany(ctx, roomID, count) })
	}
	return s.tried(group.Wait(), "%s, %s and %s write at once", first, second, third)
}

// sayMany says numbered things one after the other.
func (d *device) sayMany(ctx context.Context, room id.RoomID, count int) error {
	for i := range count {
		if _, err := d.client.SendText(ctx, room, fmt.Sprintf("burst %s %d", d.owner.name, i)); err != nil {
			return fmt.Errorf("say message %d as %s: %w", i, d.owner.name, err)
		}
	}
	return nil
}

// receivedAllInOrder looks at the burst as the device got it. A gap in a sync would be one a client has to fill; rooms here are
// small enough to come whole.
func receivedAllInOrder(ctx context.Context, name string, count int, room string) error {
	s := from(ctx)
	if err := s.held(); err != nil {
		return err
	}
	d, roomID, err := s.guest(name, room)
	if err != nil {
		return err
	}
	return d.seen(ctx, func(d *device) error {
		var said []string
		for _, evt := range d.events {
			if evt.RoomID == roomID && evt.Type == event.EventMessage {
				said = append(said, evt.Content.AsMessage().Body)
			}
		}
		return wholeBurst(name, said, count)
	})
}

// wholeBurst wants all of a burst, each person's messages in the order they were said in.
func wholeBurst(name string, said []string, count int) error {
	next, total := map[string]int{}, 0
	for _, body := range said {
		var who string
		var number int
		if _, err := fmt.Sscanf(strings.TrimSpace(body), "burst %s %d", &who, &number); err != nil {
			continue
		}
		if number != next[who] {
			return fmt.Errorf("%s received message %d of %s where %d was due", name, number, who, next[who])
		}
		next[who]++
		total++
	}
	if total != count {
		return fmt.Errorf("%s received %d of %d messages: %v", name, total, count, next)
	}
	return nil
}
