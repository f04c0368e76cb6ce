package steps

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"
)

// registerScreens holds the words about what an app shows of rooms.
func registerScreens(r Registrar) {
	r.Given(`^(\w+) and (\w+) share the room "([^"]+)" without a name$`, shareNamelessRoom)
	r.Given(`^(\w+) has marked "([^"]+)" as a talk with (\w+)$`, hasMarkedTalk)
	r.Then(`^the app of (\w+) calls "([^"]+)" by the name of (\w+)$`, appCallsBy)
	r.Then(`^the app of (\w+) finds "([^"]+)" by reading back from "([^"]+)"$`, appReadsBack)
	r.Then(`^the app of (\w+) shows (\d+) people in "([^"]+)"$`, appShowsPeople)
	r.Then(`^the app of (\w+) shows "([^"]+)" as (a room|a talk of two)$`, appShowsAs)
	r.Then(`^the app of (\w+) shows "([^"]+)" as newer than "([^"]+)"$`, appShowsNewer)
	r.Then(`^the app of (\w+) shows the invitation to "([^"]+)"$`, appShowsInvitation)
}

// onScreen is what an app was told of a room for its screen.
type onScreen struct {
	People int    `json:"joined_count"`
	Stamp  int64  `json:"bump_stamp"`
	Back   string `json:"prev_batch"`
	Talk   bool   `json:"is_dm"`
	Offer  []any  `json:"invite_state"`
	Heroes []struct {
		User id.UserID `json:"user_id"`
	} `json:"heroes"`
}

// with adds what came later; what did not change is left out of it.
func (s onScreen) with(news onScreen) onScreen {
	s.People, s.Stamp, s.Back = cmp.Or(news.People, s.People), cmp.Or(news.Stamp, s.Stamp), cmp.Or(news.Back, s.Back)
	s.Talk = s.Talk || news.Talk
	s.Offer = news.Offer // until the answer
	if len(news.Heroes) > 0 {
		s.Heroes = news.Heroes
	}
	return s
}

// shows waits until the app was told of a room as check wants it.
func (s *scenario) shows(ctx context.Context, name, room string, check func(*app, id.RoomID) error) error {
	a, err := s.app(name)
	if err != nil {
		return err
	}
	roomID, err := s.room(room)
	if err != nil {
		return err
	}
	return a.until(ctx, func() error { return check(a, roomID) })
}

func shareNamelessRoom(ctx context.Context, first, second, room string) error {
	return share(ctx, first, second, room, roomKind{nameless: true})
}

// hasMarkedTalk tells the person's other devices whom a room is for, as clients do. Source: client-server API, section "Direct Messaging".
func hasMarkedTalk(ctx context.Context, name, room, other string) error {
	s := from(ctx)
	d, roomID, p, err := s.guestAndOther(name, room, other)
	if err != nil {
		return err
	}
	talks := event.DirectChatsEventContent{p.userID(): {roomID}}
	if err := d.client.SetAccountData(ctx, event.AccountDataDirectChats.Type, talks); err != nil {
		return fmt.Errorf("mark %q as a talk with %s: %w", room, other, err)
	}
	return nil
}

func appShowsPeople(ctx context.Context, name string, count int, room string) error {
	return from(ctx).shows(ctx, name, room, func(a *app, roomID id.RoomID) error {
		if is := a.shown[roomID].People; is != count {
			return fmt.Errorf("the app of %s shows %d people in %q, not %d", name, is, room, count)
		}
		return nil
	})
}

func appShowsAs(ctx context.Context, name, room, what string) error {
	return from(ctx).shows(ctx, name, room, func(a *app, roomID id.RoomID) error {
		is, told := a.shown[roomID]
		if !told || is.Talk != (what == "a talk of two") {
			return fmt.Errorf("the app of %s does not show %q as %s", name, room, what)
		}
		return nil
	})
}

func appShowsNewer(ctx context.Context, name, room, other string) error {
	s := from(ctx)
	older, err := s.room(other)
	if err != nil {
		return err
	}
	return s.shows(ctx, name, room, func(a *app, roomID id.RoomID) error {
		if is, was := a.shown[roomID].Stamp, a.shown[older].Stamp; is <= was || was == 0 {
			return fmt.Errorf("the app of %s shows that something happened in %q at %d, in %q at %d", name, room, is, other, was)
		}
		return nil
	})
}

func appShowsInvitation(ctx context.Context, name, room string) error {
	return from(ctx).shows(ctx, name, room, func(a *app, roomID id.RoomID) error {
		if len(a.shown[roomID].Offer) == 0 {
			return fmt.Errorf("the app of %s does not show the invitation to %q", name, room)
		}
		return nil
	})
}

func appCallsBy(ctx context.Context, name, room, other string) error {
	s := from(ctx)
	p, err := s.person(other)
	if err != nil {
		return err
	}
	return s.shows(ctx, name, room, func(a *app, roomID id.RoomID) error {
		for _, hero := range a.shown[roomID].Heroes {
			if hero.User == p.userID() {
				return nil
			}
		}
		return fmt.Errorf("the app of %s has no name for %q: %v", name, room, a.shown[roomID].Heroes)
	})
}

// appReadsBack starts at the place that came with the newest message, and asks for what was before.
func appReadsBack(ctx context.Context, name, text, newest string) error {
	s := from(ctx)
	roomID, sent, err := s.where(text)
	if err != nil {
		return err
	}
	if err := appReceived(ctx, name, newest); err != nil {
		return err
	}
	a, err := s.app(name)
	if err != nil {
		return err
	}
	back := a.shown[roomID].Back
	if back == "" {
		return errors.New("the app of " + name + " was not told where to read back from")
	}
	past, err := a.device.client.Messages(ctx, roomID, back, "", mautrix.DirectionBackward, nil, 10)
	if err != nil {
		return fmt.Errorf("read back in the app of %s: %w", name, err)
	}
	if !slices.ContainsFunc(past.Chunk, func(evt *event.Event) bool { return evt.ID == sent }) {
		return fmt.Errorf("the app of %s does not find %q among %d things before %q", name, text, len(past.Chunk), newest)
	}
	return nil
}
