package steps

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/cucumber/godog"

	"matrixstack/stack"
	"matrixstack/stack/images"
)

// Options say what to run and how to report it.
type Options struct {
	Features  string // folder of features
	Feature   string // which of them: a folder, a file, or file:line; empty means all
	Tags      string // godog tag expression; empty means all
	Strict    bool   // what cannot run fails
	Keep      bool   // leave the stack running
	Seed      uint64 // order of scenarios; 0 draws one
	Parallel  int    // scenarios at a time; 0 means two for each core
	ReportDir string // reports and failure bundles
	Out       io.Writer
	Terminal  bool // Out is a terminal

	Engine   *stack.Engine
	Resolver *images.Resolver
	Seeds    string                   // folder of migrated databases
	Alter    func(*stack.World) error // breaks the declarations on purpose; for tests of the suite itself
}

// run is what all scenarios of a run share.
type run struct {
	options   Options
	stack     *stack.Stack
	images    []images.Resolved
	all       stack.World // every component there could be, running or not
	collector *collector

	ircOnce sync.Once
	ircErr  error
}

// Run boots the stack, runs the features against it and returns what held. The error says why there is no verdict.
func Run(ctx context.Context, o Options) (Verdict, error) {
	if o.Seed == 0 {
		o.Seed = rand.Uint64N(1_000_000) + 1
	}
	if o.Parallel == 0 {
		o.Parallel = 2 * runtime.NumCPU()
	}
	chosen, err := choose(o)
	if err != nil {
		return Verdict{}, err
	}
	if err := os.RemoveAll(o.ReportDir); err != nil {
		return Verdict{}, fmt.Errorf("clear the last report: %w", err)
	}
	r := &run{options: o}
	verdict := Verdict{Seed: o.Seed, Strict: o.Strict, Started: time.Now(), Expected: chosen.count()}
	if err := r.boot(ctx, chosen, &verdict); err != nil {
		return Verdict{}, errors.Join(err, r.stop(ctx))
	}
	r.collector = newCollector(o.Out, o.Terminal, chosen)
	verdict.Err = r.prove(ctx, chosen)
	if verdict.Memory, err = r.stack.Memory(context.WithoutCancel(ctx)); err != nil {
		verdict.Notices = append(verdict.Notices, err.Error())
	}
	verdict.Results = r.collector.Results()
	verdict.Interrupted = ctx.Err() != nil
	verdict.Elapsed = time.Since(verdict.Started)
	return verdict, errors.Join(verdict.WriteReports(o.ReportDir), r.stop(ctx))
}

// prove runs the scenarios: first what tells whether this is the right stack at all, then everything that can share it,
// last what needs it alone.
func (r *run) prove(ctx context.Context, chosen selection) error {
	passes := []struct {
		name, tags string
		parallel   int
	}{
		{"the right stack", "@first", 1},
		{"side by side", "~@first && ~@own_stack", r.options.Parallel},
		{"the stack to itself", "~@first && @own_stack", 1},
	}
	for _, pass := range passes {
		tags := pass.tags
		if r.options.Tags != "" {
			tags = r.options.Tags + " && " + tags
		}
		if ctx.Err() != nil {
			return nil
		}
		if err := r.pass(ctx, pass.name, tags, pass.parallel, chosen); err != nil {
			return err
		}
		if failed := r.collector.failed(); pass.parallel == 1 && pass.name == passes[0].name && failed > 0 {
			return fmt.Errorf("this is not the stack the lock describes: %d checks that run first failed; nothing else was run", failed)
		}
	}
	return nil
}

func (r *run) pass(ctx context.Context, name, tags string, parallel int, chosen selection) error {
	suite := godog.TestSuite{
		Name: name, ScenarioInitializer: r.initialize,
		Options: &godog.Options{
			Paths: chosen.shuffled(r.options.Seed), Tags: tags, Concurrency: parallel, Randomize: int64(r.options.Seed),
			Strict: true, NoColors: true, DefaultContext: ctx, Output: io.Discard, Format: "progress",
		},
	}
	if code := suite.Run(); code > 1 {
		return fmt.Errorf("run scenarios (%s): godog ended with code %d; see its message above", name, code)
	}
	return nil
}

// initialize gives each scenario its own people and puts back what it changed.
func (r *run) initialize(sc *godog.ScenarioContext) {
	r.collector.hooks(sc)
	sc.Before(func(ctx context.Context, pickle *godog.Scenario) (context.Context, error) {
		if reason := r.missing(pickle); reason != "" {
			recordFrom(ctx).skip = reason
			return ctx, fmt.Errorf("%w: %s", godog.ErrSkip, reason)
		}
		return context.WithValue(ctx, scenarioKey{}, newScenario(r)), nil
	})
	sc.After(func(ctx context.Context, _ *godog.Scenario, failure error) (context.Context, error) {
		s, began := ctx.Value(scenarioKey{}).(*scenario)
		var closing error
		if began {
			closing = s.end(context.WithoutCancel(ctx))
		}
		result := r.collector.finish(ctx, failure, closing)
		if began {
			result.Pictures = s.pictures
		}
		if result.Status == Failed && began {
			var err error
			result.Bundle, err = writeBundle(r.options.ReportDir, result, r.evidence(s))
			closing = errors.Join(closing, err)
		}
		r.collector.add(result)
		return ctx, closing
	})
	registerAll(sc)
}

// missing says why a scenario cannot run here: a tag that is the name of a component means that it needs it.
func (r *run) missing(pickle *godog.Scenario) string {
	for _, tag := range pickle.Tags {
		if tag.Name == "@browser" {
			if _, err := findChromium(); err != nil {
				return err.Error()
			}
		}
		c, ok := r.all.Component(strings.TrimPrefix(tag.Name, "@"))
		if !ok || r.stack.Has(c.Name) {
			continue
		}
		i := slices.IndexFunc(r.images, func(row images.Resolved) bool { return row.Name == c.Image })
		if i < 0 {
			return fmt.Sprintf("%s does not run", c.Name)
		}
		return fmt.Sprintf("%s does not run: image %q is unavailable: %s", c.Name, c.Image, r.images[i].Note)
	}
	return ""
}

// evidence collects what a failure bundle holds.
func (r *run) evidence(s *scenario) Evidence {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	e := Evidence{Requests: s.wire.requests(), Logs: map[string]string{}, Images: r.provenance(), Seed: r.options.Seed, Config: map[string]string{}}
	for _, name := range r.stack.Names() {
		said, err := r.stack.Logs(ctx, name, s.started)
		if err != nil {
			said = "not read: " + err.Error()
		}
		e.Logs[name] = said
		c, _ := r.stack.World.Component(name)
		for _, f := range c.Files {
			if !f.Private {
				e.Config[name+"/"+filepath.Base(f.Path)] = string(f.Content)
			}
		}
	}
	return e
}

func (r *run) provenance() string {
	var table strings.Builder
	_ = images.ProvenanceTable(&table, r.images) // a Builder takes every write
	return table.String()
}
