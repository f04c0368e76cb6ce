package stack

import (
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"time"
)

// Swap lets a component run another image: a new container on the same storage, with the same configuration. It does not look
// whether the storage fits; the server does.
func (s *Stack) Swap(ctx context.Context, name string, image Image) error {
	n, err := s.node(name)
	if err != nil {
		return err
	}
	if err := s.Halt(ctx, name); err != nil {
		return err
	}
	if err := s.renew(ctx, n, image); err != nil {
		return err
	}
	return s.resumeKept(ctx, n)
}

// Exchange lets a component run another version as its makers say: what uses a database server stops for it, and another major
// version gets its databases dumped and loaded. during, which may be nil, runs while the component is away.
func (s *Stack) Exchange(ctx context.Context, name string, image Image, during func() error) error {
	n, err := s.node(name)
	if err != nil {
		return err
	}
	var users, databases []string
	folder := ""
	if n.Database {
		users = s.Dependents(name)
		if err := s.haltAll(ctx, users); err != nil {
			return err
		}
	}
	if n.Database && Major(n.image.Version) != Major(image.Version) {
		folder, databases, err = s.dumpHere(ctx, name)
		defer os.RemoveAll(folder)
		if err != nil {
			return err
		}
	}
	if err := s.Halt(ctx, name); err != nil {
		return err
	}
	if during != nil {
		if err := during(); err != nil {
			return err
		}
	}
	if folder != "" {
		if err := s.empty(ctx, n); err != nil {
			return err
		}
	}
	if err := s.renew(ctx, n, image); err != nil {
		return err
	}
	if err := s.resumeKept(ctx, n); err != nil {
		return err
	}
	for _, database := range databases {
		if err := s.load(ctx, name, database, folder); err != nil {
			return err
		}
	}
	return s.resumeAll(ctx, users)
}

// Started tells when the container of a component was last started.
func (s *Stack) Started(ctx context.Context, name string) (time.Time, error) {
	n, err := s.node(name)
	if err != nil {
		return time.Time{}, err
	}
	found, err := s.engine.inspect(ctx, n.container.GetContainerID())
	if err != nil {
		return time.Time{}, fmt.Errorf("ask when %q started: %w", name, err)
	}
	return time.Parse(time.RFC3339Nano, found.State.StartedAt)
}

// Runs is the image a component runs.
func (s *Stack) Runs(name string) (Image, error) {
	n, err := s.node(name)
	if err != nil {
		return Image{}, err
	}
	return n.image, nil
}

// renew replaces the stopped container of a component. Its volumes stay.
func (s *Stack) renew(ctx context.Context, n *node, image Image) error {
	if err := s.engine.discard(ctx, n.container.GetContainerID()); err != nil {
		return fmt.Errorf("replace %q: %w", n.Name, err)
	}
	made, err := s.engine.create(ctx, n.Component, placement{project: s.project(), image: image.Ref, labels: s.labels()})
	if made != nil {
		n.mu.Lock()
		n.container, n.image, n.ports = made, image, nil
		n.mu.Unlock()
	}
	return err
}

// resumeKept starts a component whose container is new, and lets the engine start it again when it ends.
func (s *Stack) resumeKept(ctx context.Context, n *node) error {
	if err := s.startNode(ctx, n); err != nil {
		return err
	}
	if err := s.engine.keepUp(ctx, n.container.GetContainerID()); err != nil {
		return fmt.Errorf("keep %q up: %w", n.Name, err)
	}
	return nil
}

// Dependents lists what runs and needs a component, directly or through others, those that must stop first in front.
func (s *Stack) Dependents(name string) []string {
	var found []string
	for _, other := range slices.Sorted(maps.Keys(s.nodes)) {
		if !slices.Contains(s.nodes[other].Needs, name) {
			continue
		}
		found = appendNew(found, append(s.Dependents(other), other)...)
	}
	return found
}

// appendNew appends what is not there yet.
func appendNew(list []string, more ...string) []string {
	for _, m := range more {
		if !slices.Contains(list, m) {
			list = append(list, m)
		}
	}
	return list
}

// resumeAll starts stopped components, given in the order in which they were stopped.
func (s *Stack) resumeAll(ctx context.Context, names []string) error {
	for _, name := range slices.Backward(names) {
		n, err := s.node(name)
		if err != nil {
			return err
		}
		if err := s.resumeKept(ctx, n); err != nil {
			return err
		}
	}
	return nil
}

// empty removes the stopped container of a component and all it kept.
func (s *Stack) empty(ctx context.Context, n *node) error {
	if err := s.engine.discard(ctx, n.container.GetContainerID()); err != nil {
		return fmt.Errorf("replace %q: %w", n.Name, err)
	}
	return s.engine.forget(ctx, n.Component, placement{project: s.project()})
}
