package stack

import (
	"context"
	"fmt"
	"os"
)

// What happens to servers when somebody makes a mistake. Tests make it on purpose.

// Kill ends what runs in a component at once, as a machine does that runs out of memory.
func (s *Stack) Kill(ctx context.Context, name string) error {
	n, err := s.node(name)
	if err != nil {
		return err
	}
	if err := s.engine.kill(ctx, n.container.GetContainerID()); err != nil {
		return fmt.Errorf("kill %q: %w", name, err)
	}
	return nil
}

// Misplace starts a component, and what uses it, on a copy of what another one keeps, or on nothing where other is empty: volumes were
// mixed up.
func (s *Stack) Misplace(ctx context.Context, name, other string) error {
	n, err := s.node(name)
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "matrix-stack-misplaced-")
	if err != nil {
		return fmt.Errorf("misplace the storage of %q: %w", name, err)
	}
	defer os.RemoveAll(folder)
	if other != "" {
		if err := s.lend(ctx, n, other, folder); err != nil {
			return fmt.Errorf("misplace the storage of %q: %w", name, err)
		}
	}
	users := s.Dependents(name)
	if err := s.haltAll(ctx, users); err != nil {
		return err
	}
	if err := s.vacate(ctx, []string{name}, asBefore); err != nil {
		return err
	}
	if other != "" {
		if err := s.fillStorage(ctx, n, folder); err != nil {
			return fmt.Errorf("misplace the storage of %q: %w", name, err)
		}
	}
	return s.resumeAll(ctx, append(users, name))
}

// lend copies what another component keeps under the names of what n keeps, while the other one stands still.
func (s *Stack) lend(ctx context.Context, n *node, other, folder string) error {
	lender, err := s.node(other)
	if err != nil {
		return err
	}
	if err := s.Halt(ctx, other); err != nil {
		return err
	}
	if err := s.copyStorage(ctx, lender, folder); err != nil {
		return err
	}
	for i := range n.Storage {
		if err := os.Rename(folder+"/"+storageFile(other, i), folder+"/"+storageFile(n.Name, i)); err != nil {
			return err
		}
	}
	return s.Resume(ctx, other)
}
