package stack

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/testcontainers/testcontainers-go"
	"golang.org/x/sync/errgroup"
)

// Image is what the engine runs for one key of the lock.
type Image struct {
	Ref     string // name the engine knows it by
	ID      string // configuration digest it must have
	Version string // of the software inside
}

// Options say how a world is booted.
type Options struct {
	Sites    []Site
	Images   map[string]Image   // by lock key; a component whose image is missing is left out
	Wanted   func(string) bool  // which on-demand components to start; nil means none
	Seeds    string             // directory of migrated databases; empty disables warm starts
	Progress func(line string)  // one line for each thing that became ready
	Owner    string             // overrides who the run belongs to; empty means this process
	Alter    func(*World) error // last word on the declarations, for tests that break the stack

	Fixed map[string]map[string]int // port of this machine by component and published port; others are the engine's choice
	Open  map[string]map[string]int // the same, for everybody who reaches this machine
	World string                    // network of the engine that is the world outside; empty makes one
}

// Stack is a running world.
type Stack struct {
	World     World
	Run       string // short id; prefix of everything the engine holds for it
	authority *Authority
	env       Environment
	elsewhere *Elsewhere // set when it was not booted here; there is no engine then
	engine    *Engine
	options   Options
	mu        sync.Mutex
	nodes     map[string]*node
	lost      map[string]error // on-demand components that did not start
	warm      bool
}

// node is one component in the engine.
type node struct {
	Component
	container testcontainers.Container
	image     Image // what the container was made from
	took      time.Duration
	mu        sync.Mutex
	ports     map[string]string // published address by container port, until the next start
}

// forgetPorts drops the published addresses: each start has others.
func (n *node) forgetPorts() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.ports = nil
}

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

// environment makes the networks and the key material of this run.
func (s *Stack) environment(ctx context.Context, networks []string) (Environment, error) {
	env := Environment{Subnets: map[string]string{}}
	// One after another: engines hand out address ranges without locking.
	for _, name := range networks {
		subnet, err := s.makeNetwork(ctx, name)
		if err != nil {
			return env, err
		}
		env.Subnets[name] = subnet
	}
	var err error
	if env.Authority, err = NewAuthority("matrix-stack test authority " + s.Run); err != nil {
		return env, err
	}
	s.authority = env.Authority
	env.MASKey, err = NewRSAKey()
	return env, err
}

// makeNetwork makes a network of this run, or finds the one that was there before, and returns its address range.
func (s *Stack) makeNetwork(ctx context.Context, name string) (string, error) {
	place := s.placement("")
	if place.world != "" && name == worldNetwork {
		return s.engine.subnet(ctx, place.world)
	}
	return s.engine.createNetwork(ctx, place.network(name), place.labels)
}

// placement is how a component is placed in this run.
func (s *Stack) placement(component string) placement {
	return placement{project: s.project(), world: s.options.World, labels: s.labels(), fixed: s.options.Fixed[component], open: s.options.Open[component]}
}

func (s *Stack) createAll(ctx context.Context, seeds seeds) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(4)
	for _, c := range s.World.Components {
		group.Go(func() error {
			image := s.options.Images[c.Image]
			made, err := s.create(ctx, c, image)
			if made != nil {
				s.mu.Lock()
				s.nodes[c.Name] = &node{Component: c, container: made, image: image}
				s.mu.Unlock()
			}
			if err != nil {
				return err
			}
			if s.warm {
				return seeds.restore(ctx, s.engine, c, made.GetContainerID())
			}
			return nil
		})
	}
	return group.Wait()
}

// create makes the container of a component, and refuses an image that changed under its name.
func (s *Stack) create(ctx context.Context, c Component, image Image) (testcontainers.Container, error) {
	place := s.placement(c.Name)
	place.image = image.Ref
	made, err := s.engine.create(ctx, c, place)
	if err != nil {
		return made, err
	}
	found, err := s.engine.inspect(ctx, made.GetContainerID())
	if err == nil && image.ID != "" && found.Image != image.ID {
		err = fmt.Errorf("create %q: %q is image %s, not the resolved %s; remove that image and run again", c.Name, image.Ref, found.Image, image.ID)
	}
	return made, err
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

// Stop removes everything the engine holds for this run.
func (s *Stack) Stop(ctx context.Context) error {
	if s.elsewhere != nil {
		return nil
	}
	return s.engine.remove(ctx, func(labels map[string]string) bool { return labels[labelRun] == s.Run })
}

// Label is what all containers, networks and volumes of this run carry in the engine.
func (s *Stack) Label() string { return labelRun + "=" + s.Run }

func (s *Stack) project() string { return "ms-" + s.Run }

func (s *Stack) labels() map[string]string {
	labels := Labels(s.Run)
	if s.options.Owner != "" {
		labels[labelOwner] = s.options.Owner
	}
	return labels
}

// Labels let Sweep find what this process leaves in the engine.
func Labels(run string) map[string]string {
	return map[string]string{labelRun: run, labelOwner: thisProcess()}
}

func newRun() string {
	id := make([]byte, 3)
	_, _ = rand.Read(id)
	return hex.EncodeToString(id)
}

// describe says in words what readiness waits for.
func (r Ready) describe() string {
	switch {
	case r.Ends:
		return "it does not end"
	case r.Log != "":
		return fmt.Sprintf("no line %q in its log", r.Log)
	case len(r.Exec) > 0:
		return fmt.Sprintf("%q does not succeed", strings.Join(r.Exec, " "))
	}
	return fmt.Sprintf("no good answer at %s", r.HTTP)
}

// Sweep removes what runs of dead processes left in the engine.
func Sweep(ctx context.Context, engine *Engine) error {
	return engine.remove(ctx, func(labels map[string]string) bool { return abandoned(labels[labelOwner]) })
}

// Down removes the runs that belong to owner.
func Down(ctx context.Context, engine *Engine, owner string) error {
	return engine.remove(ctx, func(labels map[string]string) bool { return labels[labelOwner] == owner })
}

func thisProcess() string {
	host, _ := os.Hostname()
	return fmt.Sprintf("%s/%d", host, os.Getpid())
}

// abandoned tells whether a run's process is gone. Runs of other machines are left alone.
func abandoned(owner string) bool {
	var pid int
	host, _ := os.Hostname()
	if _, err := fmt.Sscanf(strings.TrimPrefix(owner, host+"/"), "%d", &pid); err != nil || !strings.HasPrefix(owner, host+"/") {
		return false
	}
	return !processAlive(pid)
}

var errUnknown = errors.New("no such component")
