package steps

import (
	"context"
	"slices"
)

// registerRestarts holds the words about servers that stop, and come back.
func registerRestarts(r Registrar) {
	r.Given(`^the operator stops (\w+)$`, operatorStops)
	r.When(`^the operator restarts (\w+)$`, operatorRestarts)
	r.When(`^the power fails at (\w+), and (\w+) comes back last$`, powerFails)
}

func operatorRestarts(ctx context.Context, component string) error {
	s := from(ctx)
	if component == "heisenbridge" {
		s.leaveIRC()
	}
	return s.stack.Restart(ctx, component)
}

func powerFails(ctx context.Context, siteName, last string) error {
	s := from(ctx)
	site, err := s.site(siteName)
	if err != nil {
		return err
	}
	s.leaveIRC()
	s.mended = append(s.mended, s.restartWhatGaveUp)
	return s.stack.PowerCut(ctx, site.Name, last)
}

// restartWhatGaveUp lets the engine forget who ended by itself: at the end of a run nobody may have, but for those that had to. Who needs
// one of them is started anew after it: it may give up itself when it loses what it needs.
func (s *scenario) restartWhatGaveUp(ctx context.Context) error {
	var again []string // in the order in which they would be stopped
	for _, name := range s.stack.Names() {
		state, err := s.stack.State(ctx, name)
		if err != nil {
			return err
		}
		if state.Restarts > 0 {
			again = append(append(again, s.stack.Dependents(name)...), name)
		}
	}
	started := map[string]bool{}
	for _, name := range slices.Backward(again) {
		if started[name] {
			continue
		}
		if err := s.stack.Restart(ctx, name); err != nil {
			return err
		}
		started[name] = true
	}
	return nil
}

// leaveIRC lets people on IRC expect nobody that comes through the bridge: they may hear of its end only after its new start, and
// would take who was there before for somebody who came back.
func (s *scenario) leaveIRC() {
	for _, u := range s.irc {
		for _, p := range s.people {
			u.gone(p.onIRC())
		}
	}
}

// operatorStops stops a server until the scenario ends.
func operatorStops(ctx context.Context, component string) error {
	s := from(ctx)
	if err := s.stack.Halt(ctx, component); err != nil {
		return err
	}
	s.mended = append(s.mended, func(ctx context.Context) error { return s.stack.Resume(ctx, component) })
	return nil
}
