package stack

import (
	"context"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"
)

const (
	look         = 3 * time.Second   // at a server that may be starting for the second time meanwhile
	backDeadline = 4 * startDeadline // who was away is asked again with growing pauses, by the engine and by bridges
)

// PowerCut ends all servers of a site at once, and lets them come back in the worst order: the one called last only once those that need
// it have given up. Nobody but the engine starts those again, as after a power cut.
func (s *Stack) PowerCut(ctx context.Context, site, last string) error {
	names := s.haltOrder(site)
	if err := each(ctx, names, s.Kill); err != nil {
		return err
	}
	first := slices.DeleteFunc(slices.Clone(names), func(name string) bool { return name == last })
	if err := each(ctx, first, s.revive); err != nil {
		return err
	}
	if err := each(ctx, s.users(last), s.givesUp); err != nil {
		return err
	}
	if err := s.revive(ctx, last); err != nil {
		return err
	}
	if err := each(ctx, names, s.comesBack); err != nil {
		return err
	}
	for _, name := range names {
		s.meetPeers(ctx, name)
	}
	return nil
}

// each does the same with several components at once.
func each(ctx context.Context, names []string, do func(context.Context, string) error) error {
	group, ctx := errgroup.WithContext(ctx)
	for _, name := range names {
		group.Go(func() error { return do(ctx, name) })
	}
	return group.Wait()
}

// revive starts a component and does not wait for it.
func (s *Stack) revive(ctx context.Context, name string) error {
	n, err := s.node(name)
	if err != nil {
		return err
	}
	n.forgetPorts()
	if err := s.engine.revive(ctx, n.container.GetContainerID()); err != nil {
		return fmt.Errorf("start %q: %s", name, oneLine(err))
	}
	return nil
}

// givesUp waits until a component has ended by itself.
func (s *Stack) givesUp(ctx context.Context, name string) error {
	return s.watch(ctx, name, startDeadline, func(ctx context.Context, n *node) error {
		state, err := s.stateOf(ctx, n)
		if err == nil && state.Running && state.Restarts == 0 {
			err = fmt.Errorf("%q goes on without what it needs", name)
		}
		return err
	})
}

// comesBack waits until a component is ready, however often the engine has to start it for that.
func (s *Stack) comesBack(ctx context.Context, name string) error {
	return s.watch(ctx, name, backDeadline, func(ctx context.Context, n *node) error {
		// Each start publishes other ports, and one look goes on asking at those it began with.
		ctx, cancel := context.WithTimeout(ctx, look)
		defer cancel()
		if err := n.Ready.strategy().WaitUntilReady(ctx, n.container); err != nil {
			return fmt.Errorf("%q does not come back: %s", name, oneLine(err))
		}
		return nil
	})
}

// watch looks at a component until check is content, for no longer than limit.
func (s *Stack) watch(ctx context.Context, name string, limit time.Duration, check func(context.Context, *node) error) error {
	n, err := s.node(name)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	ticker := time.NewTicker(200 * time.Millisecond)
	defer ticker.Stop()
	for {
		err := check(ctx, n)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waited %s: %w\n%s", limit, err, s.lastLines(n, 20))
		case <-ticker.C:
		}
	}
}
