package stack

import (
	"context"
	"fmt"
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
	return s.replaced(ctx, n, image, nil, func() error { return nil })
}

// Exchange lets a component run another version as its makers say: what uses a database server stops for it, and another major
// version gets its databases dumped and loaded. during, which may be nil, runs while the component is away.
func (s *Stack) Exchange(ctx context.Context, name string, image Image, during func() error) error {
	n, err := s.node(name)
	if err != nil {
		return err
	}
	if !n.Database {
		return s.replaced(ctx, n, image, during, func() error { return nil })
	}
	users := s.Dependents(name)
	if err := s.haltAll(ctx, users); err != nil {
		return err
	}
	if Major(n.image.Version) == Major(image.Version) {
		err = s.replaced(ctx, n, image, during, func() error { return nil })
	} else {
		err = s.replacedDumped(ctx, n, image, during)
	}
	if err != nil {
		return err
	}
	return s.resumeAll(ctx, users)
}

// replaced stops a component, and starts it with another image on what empty leaves of its storage.
func (s *Stack) replaced(ctx context.Context, n *node, image Image, during, empty func() error) error {
	if err := s.Halt(ctx, n.Name); err != nil {
		return err
	}
	if during != nil {
		if err := during(); err != nil {
			return err
		}
	}
	if err := empty(); err != nil {
		return err
	}
	if err := s.renew(ctx, n, image); err != nil {
		return err
	}
	return s.resumeKept(ctx, n)
}

// replacedDumped gives another version of a database server empty storage, and into it what the old one dumped.
func (s *Stack) replacedDumped(ctx context.Context, n *node, image Image, during func() error) error {
	folder, err := os.MkdirTemp("", "matrix-stack-dump-")
	if err != nil {
		return fmt.Errorf("dump %q: %w", n.Name, err)
	}
	defer os.RemoveAll(folder)
	databases, err := s.dumpAll(ctx, n.Name, folder, nil)
	if err != nil {
		return err
	}
	if err := s.replaced(ctx, n, image, during, func() error { return s.empty(ctx, n) }); err != nil {
		return err
	}
	for _, database := range databases {
		if err := s.load(ctx, n.Name, database, folder); err != nil {
			return err
		}
	}
	return nil
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

// Recover starts a component again that did not come up, and what uses it and was stopped for it.
func (s *Stack) Recover(ctx context.Context, name string) error {
	if err := s.Halt(ctx, name); err != nil {
		return err
	}
	return s.resumeAll(ctx, append(s.Dependents(name), name))
}

// renew replaces the stopped container of a component. Its volumes stay.
func (s *Stack) renew(ctx context.Context, n *node, image Image) error {
	if err := s.engine.discard(ctx, n.container.GetContainerID()); err != nil {
		return fmt.Errorf("replace %q: %w", n.Name, err)
	}
	made, err := s.create(ctx, n.Component, image)
	if made != nil {
		n.mu.Lock()
		n.container, n.image, n.ports = made, image, nil
		n.mu.Unlock()
	}
	return err
}

// resumeKept starts a stopped component, and once it is ready lets the engine start it again when it ends. One that ends before that is
// not tried again: the engine would go on for as long as somebody waits.
func (s *Stack) resumeKept(ctx context.Context, n *node) error {
	if err := s.engine.keepUp(ctx, n.container.GetContainerID(), false); err != nil {
		return fmt.Errorf("start %q: %w", n.Name, err)
	}
	if err := s.startNode(ctx, n); err != nil {
		return err
	}
	if err := s.engine.keepUp(ctx, n.container.GetContainerID(), true); err != nil {
		return fmt.Errorf("keep %q up: %w", n.Name, err)
	}
	return nil
}

// Dependents lists what runs and needs a component, directly or through others, those that must stop first in front.
func (s *Stack) Dependents(name string) []string {
	var found []string
	for _, other := range s.users(name) {
		found = appendNew(found, append(s.Dependents(other), other)...)
	}
	return found
}

// users lists what runs and needs a component directly, sorted.
func (s *Stack) users(name string) []string {
	return slices.DeleteFunc(s.Names(), func(other string) bool { return !slices.Contains(s.nodes[other].Needs, name) })
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
	return s.engine.forget(ctx, n.Component, s.placement(n.Name))
}
