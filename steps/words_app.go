package steps

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"maunium.net/go/mautrix/id"
)

// registerApp holds the words about apps that know only the rooms on their screen.
func registerApp(r Registrar) {
	r.Given(`^(\w+) uses an app that shows (\d+) rooms?$`, usesApp)
	r.When(`^(\w+) goes on in the app from a place the homeserver has forgotten$`, goesOnFromForgotten)
	r.When(`^(\w+) opens "([^"]+)" in the app$`, opensInApp)
	r.Then(`^the app of (\w+) is not told of (\w+) reading$`, appIsNotToldOfReading)
	r.Then(`^the app of (\w+) is told of (\w+) (being ignored|reading|sending keys|signing in|taking its keys|typing)$`, appIsToldOf)
	r.Then(`^the app of (\w+) knows nothing of "([^"]+)"$`, appKnowsNothing)
	r.Then(`^the app of (\w+) knows nothing of "([^"]+)" but its name and who (\w+) is there$`, appKnowsOnly)
	r.Then(`^the app of (\w+) lists "([^"]+)" of (\d+) rooms?$`, appLists)
	r.Then(`^the app of (\w+) received "([^"]+)"$`, appReceived)
	r.Then(`^the app of (\w+) received "([^"]+)" but not "([^"]+)"$`, appReceivedButNot)
	r.Then(`^the app of (\w+) went on from where it was$`, appWentOn)
}

// usesApp signs the person in on one more device, which syncs in this way only.
func usesApp(ctx context.Context, name string, rooms int) error {
	s := from(ctx)
	p, err := s.person(name)
	if err != nil {
		return err
	}
	if err := s.signIn(ctx, p, "app"); err != nil {
		return err
	}
	d := p.devices["app"]
	d.stop()
	<-d.stopped
	p.app = &app{device: d, shows: rooms, opened: map[id.RoomID]bool{}}
	p.app.start()
	return p.app.sync(ctx, 0)
}

// app finds the app of a person, when what was done before held.
func (s *scenario) app(name string) (*app, error) {
	p, err := s.person(name)
	if err != nil {
		return nil, err
	}
	if p.app == nil {
		return nil, fmt.Errorf("%s uses no app yet", name)
	}
	return p.app, s.held()
}

// goesOnFromForgotten lets the app start anew, and then go on from where it was before: a homeserver forgets that place with the start.
func goesOnFromForgotten(ctx context.Context, name string) error {
	s := from(ctx)
	a, err := s.app(name)
	if err != nil {
		return err
	}
	old := a.pos
	a.start()
	if err := a.sync(ctx, 0); err != nil {
		return err
	}
	a.pos = old
	err = a.sync(ctx, 0)
	a.start()
	return s.tried(err, "%s goes on from a forgotten place", name)
}

func opensInApp(ctx context.Context, name, room string) error {
	s := from(ctx)
	a, err := s.app(name)
	if err != nil {
		return err
	}
	roomID, err := s.room(room)
	if err != nil {
		return err
	}
	a.opened[roomID] = true
	return s.tried(a.sync(ctx, 0), "%s opens %q", name, room)
}

func appKnowsNothing(ctx context.Context, name, room string) error {
	s := from(ctx)
	a, err := s.app(name)
	if err != nil {
		return err
	}
	roomID, err := s.room(room)
	if err != nil {
		return err
	}
	if err := a.sync(ctx, 0); err != nil {
		return err
	}
	if _, told := a.shown[roomID]; told {
		return fmt.Errorf("the app of %s was told of %q", name, room)
	}
	return nil
}

// appLists looks at the screen as it is now, and at how many rooms there are beyond it.
func appLists(ctx context.Context, name, rooms string, count int) error {
	s := from(ctx)
	p, err := s.person(name)
	if err != nil {
		return err
	}
	a := p.app
	var want []id.RoomID
	for room := range strings.SplitSeq(rooms, ", ") {
		roomID, err := s.room(room)
		if err != nil {
			return err
		}
		want = append(want, roomID)
	}
	return a.until(ctx, func() error {
		if !slices.Equal(a.order, want) || a.count != count {
			return fmt.Errorf("the app of %s lists %v of %d rooms, not %v (%s) of %d", name, a.order, a.count, want, rooms, count)
		}
		return nil
	})
}

func appKnowsOnly(ctx context.Context, name, room, who string) error {
	s := from(ctx)
	a, err := s.app(name)
	if err != nil {
		return err
	}
	p, err := s.person(who)
	if err != nil {
		return err
	}
	roomID, err := s.room(room)
	if err != nil {
		return err
	}
	var got []string
	for _, evt := range a.state[roomID] {
		got = append(got, evt.Type.Type+" "+evt.GetStateKey())
	}
	slices.Sort(got)
	if want := []string{"m.room.member " + p.userID().String(), "m.room.name "}; !slices.Equal(got, want) {
		return fmt.Errorf("the app of %s knows %q of %q, not %q", name, got, room, want)
	}
	return nil
}

func appReceived(ctx context.Context, name, text string) error {
	s := from(ctx)
	a, err := s.app(name)
	if err != nil {
		return err
	}
	_, sent, err := s.where(text)
	if err != nil {
		return err
	}
	return a.until(ctx, func() error {
		if a.received(sent) == 0 {
			return fmt.Errorf("the app of %s did not receive %q; it received %d things", name, text, len(a.events))
		}
		return nil
	})
}

// appReceivedButNot lets the app ask once the homeserver shows the message to others: it does so a moment after taking it, and an
// app that asks in between is rightly told of the one before.
func appReceivedButNot(ctx context.Context, name, text, missing string) error {
	s := from(ctx)
	d, err := s.device(name)
	if err != nil {
		return err
	}
	_, sent, err := s.where(text)
	if err != nil {
		return err
	}
	if err := d.received(ctx, sent, text); err != nil {
		return err
	}
	if err := appReceived(ctx, name, text); err != nil {
		return err
	}
	if s.people[name].app.received(s.sent[missing]) > 0 {
		return fmt.Errorf("the app of %s received %q", name, missing)
	}
	return nil
}

// appWentOn wants that no room came again as if it were new, and that more than the first answer was given.
func appWentOn(ctx context.Context, name string) error {
	a, err := from(ctx).app(name)
	if err != nil {
		return err
	}
	if a.answers < 2 {
		return fmt.Errorf("the app of %s asked %d times since it started", name, a.answers)
	}
	for room, times := range a.whole {
		if times > 1 {
			return fmt.Errorf("%s came to the app of %s %d times as if it were new", room, name, times)
		}
	}
	return nil
}
