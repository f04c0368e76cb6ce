package steps

import (
	"context"
	"fmt"

	"golang.org/x/sync/errgroup"
)

// registerRestarts holds the words about servers that stop, and come back.
func registerRestarts(r Registrar) {
	r.Given(`^the operator stops (\w+)$`, operatorStops)
	r.When(`^the homeserver of (\w+) finds its database again$`, findsDatabaseAgain)
	r.When(`^the operator restarts (\w+)$`, operatorRestarts)
	r.When(`^the power fails at (\w+), and (\w+) comes back last$`, powerFails)
}

// findsDatabaseAgain asks as many at once as the homeserver has connections to its database, and more, until all are answered: Synapse
// notices only in use that a connection is gone, and refuses whoever was to use it.
func findsDatabaseAgain(ctx context.Context, name string) error {
	const atOnce = 20
	d, err := from(ctx).device(name)
	if err != nil {
		return err
	}
	return eventually(ctx, func(ctx context.Context) error {
		group, ctx := errgroup.WithContext(ctx)
		for range atOnce {
			group.Go(func() error {
				_, err := d.client.GetDevicesInfo(ctx)
				return err
			})
		}
		if err := group.Wait(); err != nil {
			return fmt.Errorf("the homeserver of %s has not found its database: %w", name, err)
		}
		return nil
	})
}

func operatorRestarts(ctx context.Context, component string) error {
	s := from(ctx)
	if component == "heisenbridge" {
		s.leaveIRC()
	}
	if c, _ := s.stack.World.Component(component); c.Database {
		s.mended = append(s.mended, s.restartWhatGaveUp) // MAS ends when its database does
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

// restartWhatGaveUp lets the engine forget who ended by itself: at the end of a run nobody may have, but for those that had to.
func (s *scenario) restartWhatGaveUp(ctx context.Context) error {
	for _, name := range s.stack.Names() {
		state, err := s.stack.State(ctx, name)
		if err == nil && state.Restarts > 0 {
			err = s.stack.Restart(ctx, name)
		}
		if err != nil {
			return err
		}
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
