package stack

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"
)

// Start boots a world in dependency order and returns it even with an error, so that the
// caller can read logs and stop what runs.
func Start(ctx context.Context, engine *Engine, o Options) (*Stack, error) {
	s := &Stack{engine: engine, options: o, nodes: map[string]*node{}, lost: map[string]error{}, Run: newRun()}
	if s.options.Progress == nil {
		s.options.Progress = func(string) {}
	}
	// Mistakes are found before an engine is touched.
	draft, err := s.declare(Environment{})
	if err != nil {
		return s, err
	}
	// The seeds of the stack as it should be also start one that was broken on purpose.
	seeds := newSeeds(o.Seeds, draft, o.Images)
	if err := s.alter(&draft); err != nil {
		return s, err
	}
	if err := draft.Validate(func(image string) bool { _, ok := o.Images[image]; return ok }); err != nil {
		return s, fmt.Errorf("validate the stack: %w", err)
	}
	if s.env, err = s.environment(ctx, draft.Networks); err != nil {
		return s, err
	}
	if s.World, err = s.declare(s.env); err != nil {
		return s, err
	}
	if err := s.alter(&s.World); err != nil {
		return s, err
	}
	s.warm = seeds.complete()
	if err := s.createAll(ctx, seeds); err != nil {
		return s, err
	}
	if err := s.startSeeded(ctx, seeds); err != nil {
		return s, err
	}
	return s, s.keepUp(ctx)
}

// startSeeded starts everything, and keeps migrated databases for the next boot before servers start that only some boots have: a
// seed must hold no traces of them.
func (s *Stack) startSeeded(ctx context.Context, seeds seeds) error {
	if s.warm || !seeds.enabled() || s.options.Alter != nil {
		return s.startAll(ctx, s.Names())
	}
	always := slices.DeleteFunc(s.Names(), func(name string) bool { return s.nodes[name].OnDemand })
	if err := s.startAll(ctx, always); err != nil {
		return err
	}
	if err := s.plant(ctx, seeds); err != nil {
		return err
	}
	return s.startAll(ctx, slices.DeleteFunc(s.Names(), func(name string) bool { return slices.Contains(always, name) }))
}

// declare makes the world, less what has no image or is not wanted.
func (s *Stack) declare(env Environment) (World, error) {
	w, err := NewWorld(s.options.Sites, env)
	if err != nil {
		return World{}, err
	}
	w.leaveOut(func(c Component) bool {
		_, have := s.options.Images[c.Image]
		return !have || c.OnDemand && (s.options.Wanted == nil || !s.options.Wanted(c.Name))
	})
	return w, nil
}

func (s *Stack) alter(w *World) error {
	if s.options.Alter == nil {
		return nil
	}
	return s.options.Alter(w)
}

// startAll starts the named components, each as soon as what it needs is ready.
func (s *Stack) startAll(ctx context.Context, names []string) error {
	ready, nodes := map[string]chan struct{}{}, map[string]*node{}
	for _, name := range names {
		ready[name], nodes[name] = make(chan struct{}), s.nodes[name]
	}
	group, ctx := errgroup.WithContext(ctx)
	for name, n := range nodes {
		group.Go(func() error {
			for _, need := range n.Needs {
				if done, starting := ready[need]; starting {
					select {
					case <-done:
					case <-ctx.Done():
						return ctx.Err()
					}
				}
			}
			if err := s.startNode(ctx, n); err != nil {
				if !n.OnDemand || ctx.Err() != nil {
					return err
				}
				s.lose(name, err)
			}
			close(ready[name])
			return nil
		})
	}
	return group.Wait()
}

// lose goes on without a component that only some scenarios need.
func (s *Stack) lose(name string, why error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lost[name] = why
	delete(s.nodes, name)
	s.options.Progress(name + " did not start")
}

// keepUp lets the engine start servers again that end, as deployments do. It is set once all are ready: one that
// does not come up at all must not be tried again.
func (s *Stack) keepUp(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	for name, n := range s.nodes {
		group.Go(func() error {
			if err := s.engine.keepUp(ctx, n.container.GetContainerID(), true); err != nil {
				return fmt.Errorf("keep %q up: %w", name, err)
			}
			return nil
		})
	}
	return group.Wait()
}

func (s *Stack) startNode(ctx context.Context, n *node) error {
	begin := time.Now()
	n.forgetPorts()
	if err := n.container.Start(ctx); err != nil {
		if ctx.Err() != nil {
			return ctx.Err() // another server failed first; that one is named
		}
		waited := time.Since(begin).Round(100 * time.Millisecond)
		switch state := s.lastState(n); {
		case state.Status == "created" || state.Error != "":
			return fmt.Errorf("start %s: the engine could not: %s", n.Name, oneLine(err))
		case state.Status == "exited":
			return fmt.Errorf("start %s: not ready, it ended after %s with code %d\n%s", n.Name, waited, state.ExitCode, s.lastLines(n, 20))
		}
		return fmt.Errorf("start %s: not ready after %s: %s\n%s", n.Name, waited, n.Ready.describe(), s.lastLines(n, 20))
	}
	n.took = time.Since(begin)
	s.options.Progress(fmt.Sprintf("%s ready after %.1fs", n.Name, n.took.Seconds()))
	return nil
}

// lastState is the state of a server that did not get ready; nothing of it is known when the engine does not say.
func (s *Stack) lastState(n *node) State {
	ctx, cancel := context.WithTimeout(context.Background(), stopDeadline)
	defer cancel()
	state, err := s.stateOf(ctx, n)
	if err != nil {
		return State{}
	}
	return state
}

func (s *Stack) lastLines(n *node, count int) string {
	ctx, cancel := context.WithTimeout(context.Background(), stopDeadline)
	defer cancel()
	said, err := s.engine.logs(ctx, n.container.GetContainerID(), excerpt{tail: 2 * count})
	if err != nil {
		return "  its log could not be read: " + oneLine(err)
	}
	if strings.TrimSpace(said) == "" {
		return "  it logged nothing"
	}
	// The lines with which Python underlines say nothing.
	lines := slices.DeleteFunc(strings.Split(strings.TrimSpace(said), "\n"), func(line string) bool { return strings.Trim(line, " ^~") == "" })
	return "  last log lines of " + n.Name + ":\n    " + strings.Join(lines[max(0, len(lines)-count):], "\n    ")
}
