package steps

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"matrixstack/stack"
	"matrixstack/stack/images"
)

// standAlone boots a stack for this scenario only: what is upgraded, destroyed or restored must not be what others stand on.
// It runs the pinned images, but for those given, by key of the lock.
func (s *scenario) standAlone(ctx context.Context, signIn stack.SignIn, instead map[string]stack.Image) error {
	pinned := maps.Clone(s.run.available)
	maps.Copy(pinned, instead)
	var err error
	s.own, err = s.run.bootAnother(ctx, signIn, pinned, nil)
	if s.own != nil {
		s.stack = s.own
	}
	if err != nil {
		return fmt.Errorf("boot a stack of its own: %w", err)
	}
	return nil
}

// bootAnother boots a stack beside the one of the run, with those servers that start on demand.
func (r *run) bootAnother(ctx context.Context, signIn stack.SignIn, images map[string]stack.Image, wanted []string) (*stack.Stack, error) {
	r.boots.Add(1)
	return stack.Start(ctx, r.options.Engine, stack.Options{
		Sites: stack.TestSites(signIn), Images: images, Wanted: func(name string) bool { return slices.Contains(wanted, name) },
		Seeds: r.options.Seeds, Alter: r.options.Alter,
	})
}

// leaveOwnStack removes the scenario's own stack, if it had one.
func (s *scenario) leaveOwnStack(ctx context.Context) error {
	if s.own == nil {
		return nil
	}
	return s.own.Stop(ctx)
}

// version finds the image of a server in another version: the lock must have it.
func (r *run) version(ctx context.Context, component, version string) (images.Resolved, error) {
	c, ok := r.all.Component(component)
	if !ok {
		var known []string
		for _, c := range r.all.Components {
			known = append(known, c.Name)
		}
		return images.Resolved{}, fmt.Errorf("find %s %s: no server is called %q; known: %s", component, version, component, strings.Join(known, ", "))
	}
	entry, ok := r.options.Resolver.Lock.Find(c.Image, version)
	if !ok {
		return images.Resolved{}, fmt.Errorf("find %s %s: the lock has it in %s; add it to the lock first",
			component, version, strings.Join(r.options.Resolver.Lock.Versions(c.Image), ", "))
	}
	have := r.rows()
	if i := slices.IndexFunc(have, func(row images.Resolved) bool { return row.Name == entry.Name }); i >= 0 {
		return have[i], nil
	}
	rows, err := r.options.Resolver.Resolve(ctx, entry.Name)
	if err != nil {
		return images.Resolved{}, err
	}
	r.noteImages(rows)
	return rows[0], nil
}

// obtainable is a version that can be run here.
func (r *run) obtainable(ctx context.Context, component, version string) (images.Resolved, error) {
	row, err := r.version(ctx, component, version)
	if err == nil && !row.Available() {
		err = fmt.Errorf("find %s %s: %s", component, version, row.Note)
	}
	return row, err
}
