package stack

import (
	"context"
	"fmt"

	"github.com/testcontainers/testcontainers-go"
	"golang.org/x/sync/errgroup"
)

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
