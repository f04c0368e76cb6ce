package steps

import (
	"context"
	"fmt"
	"time"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"
)

// registerDevices holds the words about one device of a person among several.
func registerDevices(r Registrar) {
	r.When(`^(\w+) marks "([^"]+)" as a favourite$`, marksFavourite)
	r.When(`^(\w+) puts the (\w+) to sleep$`, putsToSleep)
	r.When(`^(\w+) says "([^"]+)" in "([^"]+)" on the (\w+)$`, saysOn)
	r.When(`^(\w+) waits for news that do not come$`, waitsForNews)
	r.When(`^(\w+) wakes the (\w+)$`, wakes)
	r.Then(`^(\w+) has (\d+) unread messages? in "([^"]+)" on the (\w+)$`, hasUnreadOn)
	r.Then(`^nobody hung up on (\w+)$`, nobodyHungUp)
	r.Then(`^the (\w+) of (\w+) shows (\w+) as ignored$`, deviceShowsIgnored)
	r.Then(`^the (\w+) of (\w+) shows "([^"]+)"$`, deviceShows)
	r.Then(`^the (\w+) of (\w+) shows "([^"]+)" as a favourite$`, deviceShowsFavourite)
	r.Then(`^the (\w+) of (\w+) shows "([^"]+)" under the name "([^"]+)"$`, deviceShowsName)
}

// deviceIn is a device of a person, and the room a step is about.
func (s *scenario) deviceIn(name, called, room string) (*device, id.RoomID, error) {
	d, err := s.deviceOf(name, called)
	if err != nil {
		return nil, "", err
	}
	roomID, err := s.room(room)
	return d, roomID, err
}

// putsToSleep ends syncing in a moment when nothing is half received.
func putsToSleep(ctx context.Context, name, called string) error {
	d, err := from(ctx).deviceOf(name, called)
	if err != nil {
		return err
	}
	d.stop()
	<-d.stopped
	return nil
}

// wakes goes on syncing from where the device fell asleep.
func wakes(ctx context.Context, name, called string) error {
	d, err := from(ctx).deviceOf(name, called)
	if err != nil {
		return err
	}
	d.mu.Lock()
	clear(d.gaps) // those of before are no news
	d.mu.Unlock()
	d.start(ctx)
	return nil
}

func saysOn(ctx context.Context, name, text, room, called string) error {
	s := from(ctx)
	d, roomID, err := s.deviceIn(name, called, room)
	if err != nil {
		return err
	}
	content := &event.MessageEventContent{MsgType: event.MsgText, Body: text}
	return s.send(ctx, d, roomID, event.EventMessage, text, content)
}

// waitsForNews asks as apps do, for half a minute and a second more, since asksOften cuts short what the library asks for by itself.
// Where news come all the same it asks again, a few times.
func waitsForNews(ctx context.Context, name string) error {
	const asked, rounds = 31 * time.Second, 4
	const nothingOfRooms = `{"room":{"rooms":[]},"presence":{"types":[]},"account_data":{"types":[]}}`
	s := from(ctx)
	d, err := s.device(name)
	if err != nil {
		return err
	}
	ask := mautrix.ReqSync{Timeout: int(asked.Milliseconds()), FilterID: nothingOfRooms, SetPresence: event.PresenceOffline}
	for range rounds {
		begin := time.Now()
		news, err := d.client.FullSyncRequest(ctx, ask)
		took := time.Since(begin)
		if err != nil {
			err = fmt.Errorf("after %s of %s: %w", took.Round(100*time.Millisecond), asked, err)
		}
		if err != nil || took > asked-time.Second {
			return s.tried(err, "%s waiting for news", name)
		}
		ask.Since = news.NextBatch
	}
	return s.tried(fmt.Errorf("%d times news came, or an answer too early", rounds), "%s waiting for news", name)
}

func nobodyHungUp(ctx context.Context, name string) error {
	s := from(ctx)
	if _, err := s.person(name); err != nil {
		return err
	}
	return s.held()
}

// hasUnreadOn believes a count only once the device shows everything that was said in the room.
func hasUnreadOn(ctx context.Context, name string, count int, room, called string) error {
	s := from(ctx)
	if err := s.held(); err != nil {
		return err
	}
	d, roomID, err := s.deviceIn(name, called, room)
	if err != nil {
		return err
	}
	for text, sent := range s.sent {
		if s.sentTo[text] != roomID {
			continue
		}
		if err := d.received(ctx, sent, text); err != nil {
			return err
		}
	}
	return d.seen(ctx, func(d *device) error {
		if is := d.unread[roomID].NotificationCount; is != count {
			return fmt.Errorf("%s has %d unread messages in %q on the %s, not %d", name, is, room, called, count)
		}
		return nil
	})
}

func deviceShows(ctx context.Context, called, name, room string) error {
	s := from(ctx)
	if err := s.held(); err != nil {
		return err
	}
	d, roomID, err := s.deviceIn(name, called, room)
	if err != nil {
		return err
	}
	return d.seen(ctx, func(d *device) error {
		if !d.joined[roomID] {
			return fmt.Errorf("the %s of %s does not show %q", called, name, room)
		}
		return nil
	})
}

func marksFavourite(ctx context.Context, name, room string) error {
	s := from(ctx)
	d, roomID, err := s.guest(name, room)
	if err != nil {
		return err
	}
	return s.tried(d.client.AddTag(ctx, roomID, event.RoomTagFavourite, 0.5), "%s marks %q as a favourite", name, room)
}

// deviceShowsFavourite believes what the device was told by itself, as an app would.
func deviceShowsFavourite(ctx context.Context, called, name, room string) error {
	s := from(ctx)
	if err := s.held(); err != nil {
		return err
	}
	d, roomID, err := s.deviceIn(name, called, room)
	if err != nil {
		return err
	}
	return d.seen(ctx, func(d *device) error {
		for _, evt := range d.events {
			if evt.RoomID == roomID && evt.Type == event.AccountDataRoomTags {
				if _, marked := evt.Content.AsTag().Tags[event.RoomTagFavourite]; marked {
					return nil
				}
			}
		}
		return fmt.Errorf("the %s of %s was not told that %q is a favourite", called, name, room)
	})
}

func deviceShowsIgnored(ctx context.Context, called, name, other string) error {
	s := from(ctx)
	if err := s.held(); err != nil {
		return err
	}
	d, err := s.deviceOf(name, called)
	if err != nil {
		return err
	}
	pest, err := s.person(other)
	if err != nil {
		return err
	}
	return d.seen(ctx, func(d *device) error {
		for _, evt := range d.events {
			if evt.Type != event.AccountDataIgnoredUserList {
				continue
			}
			if _, ignored := evt.Content.AsIgnoredUserList().IgnoredUsers[pest.userID()]; ignored {
				return nil
			}
		}
		return fmt.Errorf("the %s of %s was not told that %s is ignored", called, name, other)
	})
}

// deviceShowsName looks at what the device was told last, and asks the homeserver for nothing.
func deviceShowsName(ctx context.Context, called, name, room, shown string) error {
	s := from(ctx)
	if err := s.held(); err != nil {
		return err
	}
	d, roomID, err := s.deviceIn(name, called, room)
	if err != nil {
		return err
	}
	return d.seen(ctx, func(d *device) error {
		is := ""
		for _, evt := range d.events {
			if evt.RoomID == roomID && evt.Type.Type == event.StateRoomName.Type {
				is, _ = evt.Content.Raw["name"].(string)
			}
		}
		if is != shown {
			return fmt.Errorf("the %s of %s shows %q under the name %q, not %q", called, name, room, is, shown)
		}
		return nil
	})
}
