package steps

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"maunium.net/go/mautrix"

	"matrixstack/stack"
)

// Mutant is one way to break the stack on purpose. A suite that stays green on it has a hole.
type Mutant struct {
	Name    string
	Feature string                                    // what must go red; "boot" when the stack must not come up
	Says    string                                    // part of the reason that must be given; empty takes any
	Alter   func(*stack.World) error                  // breaks the declarations
	Client  func(*device, *mautrix.Client)            // breaks people's clients
	Cold    bool                                      // needs an empty database
	After   func(context.Context, *run) error         // breaks what runs, once it is up
	Hop     func(context.Context, *stack.Stack) error // breaks what an upgrade leaves
	Midway  func(context.Context, *stack.Stack) error // breaks an upgrade while it is made
}

// rewrite replaces part of one rendered file.
func rewrite(component, file, old, replacement string) func(*stack.World) error {
	return func(w *stack.World) error {
		c, err := declared(w, component)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(c.Files, func(f stack.File) bool { return strings.HasSuffix(f.Path, "/"+file) })
		if i < 0 || !strings.Contains(string(c.Files[i].Content), old) {
			return fmt.Errorf("break %s: %q is not in its %s; the mutant is out of date", component, old, file)
		}
		files := slices.Clone(c.Files)
		files[i].Content = []byte(strings.Replace(string(files[i].Content), old, replacement, 1))
		c.Files = files
		return nil
	}
}

// both breaks the declarations in two ways at once.
func both(one, other func(*stack.World) error) func(*stack.World) error {
	return func(w *stack.World) error { return errors.Join(one(w), other(w)) }
}

// change lets f change a component.
func change(component string, f func(*stack.Component)) func(*stack.World) error {
	return func(w *stack.World) error {
		c, err := declared(w, component)
		if err == nil {
			f(c)
		}
		return err
	}
}

// sets gives a component another value of its environment.
func sets(component, name, value string) func(*stack.World) error {
	return change(component, func(c *stack.Component) {
		c.Env = maps.Clone(c.Env)
		c.Env[name] = value
	})
}

// errNotHere says that a server to break cannot be had.
var errNotHere = errors.New("it does not run here")

func declared(w *stack.World, component string) (*stack.Component, error) {
	i := slices.IndexFunc(w.Components, func(c stack.Component) bool { return c.Name == component })
	if i < 0 {
		return nil, fmt.Errorf("break %s: %w", component, errNotHere)
	}
	return &w.Components[i], nil
}

// foreignCertificate lets a proxy show a certificate of an authority nobody trusts.
func foreignCertificate(proxy string) func(context.Context, *run) error {
	return func(ctx context.Context, r *run) error {
		stranger, err := stack.NewAuthority("an authority nobody trusts")
		if err != nil {
			return err
		}
		_, err = r.stack.ChangeCertificate(ctx, proxy, stranger, time.Now().AddDate(0, 1, 0))
		return err
	}
}

// foreignAuthority lets a component trust an authority that vouches for nobody.
func foreignAuthority(component, file string) func(*stack.World) error {
	return change(component, func(c *stack.Component) {
		stranger, err := stack.NewAuthority("an authority nobody trusts")
		if err != nil {
			return // the certificate stays, the mutant is missed and says so
		}
		files := slices.Clone(c.Files)
		for i, f := range files {
			if strings.HasSuffix(f.Path, "/"+file) {
				files[i].Content = stranger.PEM()
			}
		}
		c.Files = files
	})
}

// Mutants lists every way to break the stack, by the feature that must notice.
func Mutants() []Mutant {
	all := slices.Concat(
		imageMutants(), routeMutants(), accountMutants(), talkMutants(), networkMutants(), roomMutants(), findingMutants(),
		communityMutants(), signInMutants(), keyMutants(), peerMutants(), limitMutants(), mailMutants(), settingMutants(), ircMutants(),
		telegramMutants(), clientMutants(), pushMutants(), appMutants(), operationMutants(), callMutants(), upgradeMutants(), additionMutants(), keepingMutants(), versionMutants(),
	)
	slices.SortStableFunc(all, func(a, b Mutant) int { return cmp.Compare(a.Feature, b.Feature) })
	return all
}
