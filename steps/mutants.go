package steps

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
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

func declared(w *stack.World, component string) (*stack.Component, error) {
	i := slices.IndexFunc(w.Components, func(c stack.Component) bool { return c.Name == component })
	if i < 0 {
		return nil, fmt.Errorf("break %s: it does not run here", component)
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
		telegramMutants(), clientMutants(), pushMutants(), appMutants(), operationMutants(), callMutants(), upgradeMutants(), additionMutants(),
	)
	slices.SortStableFunc(all, func(a, b Mutant) int { return cmp.Compare(a.Feature, b.Feature) })
	return all
}

// RunMutants breaks the stack in one way after another and says which feature noticed. It returns the names of those that nobody did.
func RunMutants(ctx context.Context, o Options, only string, out io.Writer) (missed []string, err error) {
	chosen, err := chooseMutants(only)
	if err != nil {
		return nil, err
	}
	for _, m := range chosen {
		if ctx.Err() != nil {
			return missed, ctx.Err()
		}
		caught, said, err := m.run(ctx, o)
		if err != nil {
			return missed, err
		}
		verdict := "caught"
		if !caught {
			verdict = "MISSED"
			missed = append(missed, m.Name)
		}
		fmt.Fprintf(out, "%s  %s\n        %s\n", verdict, m.Name, strings.ReplaceAll(said, "\n", "\n        "))
	}
	return missed, nil
}

// chooseMutants finds those whose names hold a text.
func chooseMutants(only string) ([]Mutant, error) {
	chosen := slices.DeleteFunc(Mutants(), func(m Mutant) bool { return !strings.Contains(m.Name, only) })
	if len(chosen) > 0 {
		return chosen, nil
	}
	return nil, fmt.Errorf("break the stack: no way to break it is called like %q; stackctl mutants --list names all %d", only, len(Mutants()))
}

// run boots the broken stack and runs the feature that must notice.
func (m Mutant) run(ctx context.Context, o Options) (caught bool, said string, err error) {
	logs := filepath.Join(o.ReportDir, slug(m.Name)+".log")
	if err := os.MkdirAll(filepath.Dir(logs), 0o755); err != nil {
		return false, "", fmt.Errorf("break the stack: %w", err)
	}
	log, err := os.Create(logs)
	if err != nil {
		return false, "", fmt.Errorf("break the stack: %w", err)
	}
	defer log.Close()
	o.Alter, o.client, o.after, o.hopped, o.midway, o.Out = m.Alter, m.Client, m.After, m.Hop, m.Midway, log
	o.ReportDir = filepath.Join(o.ReportDir, slug(m.Name))
	if m.Cold {
		o.Seeds = ""
	}
	o.Feature = m.Feature
	if m.Feature == "boot" {
		o.Feature = "stack/servers" // one that boots all the same has to run something
	}
	verdict, err := Run(ctx, o)
	if err != nil {
		said := "the stack did not come up: " + redact(err.Error())
		return m.Feature == "boot" && strings.Contains(said, m.Says), said, nil
	}
	verdict.WriteSummary(log, false)
	for _, r := range verdict.Results {
		if r.Status == Failed && strings.Contains(r.Reason, m.Says) {
			return true, fmt.Sprintf("%s %s: %s", r.Place(), r.Name, firstLine(r.Reason)), nil
		}
	}
	return false, fmt.Sprintf("%s stayed green; see %s", cmp.Or(m.Feature, "everything"), logs), nil
}
