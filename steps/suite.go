package steps

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"runtime"
	"sync"
	"time"

	"github.com/cucumber/godog"
	"maunium.net/go/mautrix"

	"matrixstack/stack"
	"matrixstack/stack/images"
)

// Options say what to run and how to report it.
type Options struct {
	Features  string // folder of features
	Feature   string // which of them: a folder, a file, or file:line; empty means all
	Tags      string // godog tag expression; empty means all
	Long      bool   // also what takes minutes: upgrades over several versions
	Strict    bool   // what cannot run fails
	Keep      bool   // leave the stack running
	Seed      uint64 // order of scenarios; 0 draws one
	Parallel  int    // scenarios at a time; 0 means four for each core
	ReportDir string // reports and failure bundles
	Out       io.Writer
	Terminal  bool // Out is a terminal

	Engine   *stack.Engine
	Resolver *images.Resolver
	Seeds    string                    // folder of migrated databases
	Alter    func(*stack.World) error  // breaks the declarations on purpose, to see whether the features notice
	Fixed    map[string]map[string]int // port of this machine by component and published port; others are the engine's choice

	client func(*device, *mautrix.Client)    // breaks people's clients on purpose
	after  func(context.Context, *run) error // breaks what runs on purpose
}

// run is what all scenarios of a run share.
type run struct {
	options   Options
	stack     *stack.Stack
	images    []images.Resolved
	all       stack.World // every component there could be, running or not
	collector *collector
	words     func(Registrar) // what features may say

	available map[string]stack.Image // by key of the lock
	signIn    stack.SignIn           // who keeps the accounts of alpha

	ircMu     sync.Mutex
	irc       map[*stack.Stack]*introduced
	ircOrders [][2]string // what the operator also tells the IRC bridge, to break it on purpose, and its answers
	limited   limited
	live      *live // set when the stack was not booted here
}

// Run boots the stack, runs the features against it and returns what held. The error says why there is no verdict.
func Run(ctx context.Context, o Options) (Verdict, error) {
	if o.Seed == 0 {
		o.Seed = rand.Uint64N(1_000_000) + 1
	}
	if o.Parallel == 0 {
		o.Parallel = 4 * runtime.NumCPU()
	}
	chosen, err := choose(o)
	if err != nil {
		return Verdict{}, err
	}
	if err := os.RemoveAll(o.ReportDir); err != nil {
		return Verdict{}, fmt.Errorf("clear the last report: %w", err)
	}
	r := &run{options: o, words: registerAll, irc: map[*stack.Stack]*introduced{}}
	verdict := Verdict{Seed: o.Seed, Strict: o.Strict, Started: time.Now(), Expected: chosen.count()}
	if err := r.boot(ctx, chosen, &verdict); err != nil {
		return Verdict{}, r.giveUp(ctx, err)
	}
	if o.after != nil {
		if err := o.after(ctx, r); err != nil {
			return Verdict{}, errors.Join(err, r.stop(ctx))
		}
	}
	r.collector = newCollector(o.Out, o.Terminal, chosen)
	verdict.Err = r.prove(ctx, chosen)
	r.measure(context.WithoutCancel(ctx), &verdict)
	verdict.Results = r.collector.Results()
	verdict.Interrupted = ctx.Err() != nil
	verdict.Elapsed = time.Since(verdict.Started)
	return verdict, errors.Join(verdict.WriteReports(o.ReportDir), r.stop(ctx))
}

// measure notes what the servers use after all of it, and which of them ended meanwhile.
func (r *run) measure(ctx context.Context, verdict *Verdict) {
	var err error
	if verdict.Memory, err = r.stack.Memory(ctx); err != nil {
		verdict.Notices = append(verdict.Notices, err.Error())
	}
	for _, name := range r.stack.Names() {
		switch times, err := r.stack.Ended(ctx, name); {
		case err != nil:
			verdict.Notices = append(verdict.Notices, err.Error())
		case times > 0:
			verdict.Notices = append(verdict.Notices, fmt.Sprintf("%s ended by itself %d times and was started again", name, times))
		}
	}
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
		if ctx.Err() != nil {
			return nil
		}
		if err := r.pass(ctx, pass.name, r.options.tags(pass.tags), pass.parallel, chosen); err != nil {
			return err
		}
		if failed := r.collector.failed(); pass.parallel == 1 && pass.name == passes[0].name && failed > 0 {
			return fmt.Errorf("this is not the stack the lock describes: %d checks that run first failed; nothing else was run", failed)
		}
	}
	if r.options.Keep {
		return r.liftLimits(ctx, "")
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
