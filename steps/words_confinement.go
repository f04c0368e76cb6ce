package steps

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/sync/errgroup"
)

// registerConfinement holds the words about what servers may do, and what they offer.
func registerConfinement(r Registrar) {
	r.Then(`^every server listens only where it is meant to$`, listensOnlyWhereMeant)
	r.Then(`^no server has power over the machine it runs on$`, hasNoPower)
}

func listensOnlyWhereMeant(ctx context.Context) error {
	s := from(ctx)
	names := s.stack.Names()
	problems := make([]error, len(names))
	var group errgroup.Group
	group.SetLimit(4)
	for i, name := range names {
		group.Go(func() error {
			problems[i] = s.listensWhereMeant(ctx, name)
			return nil
		})
	}
	_ = group.Wait()
	return errors.Join(problems...)
}

// listensWhereMeant also wants each server to listen somewhere: a table that shows nothing proves nothing.
func (s *scenario) listensWhereMeant(ctx context.Context, name string) error {
	doors, err := s.stack.Doors(ctx, name)
	if err != nil {
		return err
	}
	c, _ := s.stack.World.Component(name)
	declared := c.Declared()
	if !slices.Contains(doors, c.Serves) {
		return fmt.Errorf("%s does not listen at port %d, where others reach it; it listens at %v", name, c.Serves, doors)
	}
	if open := slices.DeleteFunc(doors, func(port int) bool { return slices.Contains(declared, port) }); len(open) > 0 {
		return fmt.Errorf("%s listens at %v as well, which nobody declared", name, open)
	}
	return nil
}

func hasNoPower(ctx context.Context) error {
	s := from(ctx)
	return s.nothing(ctx, s.stack.Powers, "%s has power over the machine")
}
