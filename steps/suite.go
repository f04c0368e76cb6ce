package steps

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"maunium.net/go/mautrix"

	"matrixstack/stack"
	"matrixstack/stack/images"
	"matrixstack/steps/report"
)

// Options say what to run and how to report it.
type Options struct {
	Features  string // folder of features
	Source    fs.FS  // that it lies in; nil means this machine
	Feature   string // which of them: a folder, a file, or file:line; empty means all
	Tags      string // godog tag expression; empty means all
	Long      bool   // also what takes minutes: upgrades over several versions
	Strict    bool   // what cannot run fails
	Keep      bool   // leave the stack running
	Seed      uint64 // order of scenarios; 0 draws one
	Parallel  int    // scenarios at a time; 0 means as many as this machine's homeservers answer in good time
	ReportDir string // reports and failure bundles
	History   string // file that remembers past runs; empty keeps none
	Upgrades  string // folder of records of upgrades and drills
	Out       io.Writer
	Terminal  bool // Out is a terminal

	Engine   *stack.Engine
	Resolver *images.Resolver
	Seeds    string                    // folder of migrated databases
	Alter    func(*stack.World) error  // breaks the declarations on purpose, to see whether the features notice
	Fixed    map[string]map[string]int // port of this machine by component and published port; others are the engine's choice

	client func(*device, *mautrix.Client)            // breaks people's clients on purpose
	after  func(context.Context, *run) error         // breaks what runs on purpose
	hopped func(context.Context, *stack.Stack) error // breaks what an upgrade leaves on purpose
	midway func(context.Context, *stack.Stack) error // breaks an upgrade while it is made, on purpose
}

// run is what scenarios share that run on the same stack.
type run struct {
	*whole
	stack     *stack.Stack
	started   map[string]string // what servers complained of when they started
	limited   limited
	ircOrders [][2]string // what the operator also tells the IRC bridge, to break it on purpose, and its answers
}

// whole is what all scenarios of a run share, whatever stack they run on.
type whole struct {
	options      Options
	began        time.Time
	settingsOnce sync.Once
	settings     []report.Setting
	boots        atomic.Int32
	imagesMu     sync.Mutex
	images       []images.Resolved
	all          stack.World // every component there could be, running or not
	collector    *collector
	endedMu      sync.Mutex
	ended        []Result        // one for each stack that did not last
	words        func(Registrar) // what features may say

	available map[string]stack.Image // by key of the lock
	signIn    stack.SignIn           // who keeps the accounts of alpha

	ircMu sync.Mutex
	irc   map[*stack.Stack]*introduced
	live  *live        // set when the stack was not booted here
	peer  *stack.Stack // homeserver that was booted for that stack to talk to
}

// inGoodTime is how many scenarios run at a time: three for each core, since with more of them each waits longer and the run is no
// shorter, and never so many that they all wait for the one core a homeserver uses.
func inGoodTime(cores int) int { return min(3*cores, 12) }

// Run boots the stack, runs the features against it and returns what held. The error says why there is no verdict.
func Run(ctx context.Context, o Options) (Verdict, error) {
	if o.Seed == 0 {
		o.Seed = rand.Uint64N(1_000_000) + 1
	}
	if o.Parallel == 0 {
		o.Parallel = inGoodTime(runtime.NumCPU())
	}
	chosen, err := choose(o)
	if err != nil {
		return Verdict{}, err
	}
	release, err := clearReport(o.ReportDir)
	if err != nil {
		return Verdict{}, err
	}
	defer release()
	r := &run{whole: &whole{options: o, words: registerAll, began: time.Now()}}
	verdict := Verdict{Seed: o.Seed, Strict: o.Strict, Started: r.began, Expected: chosen.count(), Longer: chosen.longer, Asked: o.asked()}
	if err := r.boot(ctx, chosen, &verdict); err != nil {
		return Verdict{}, r.giveUp(ctx, r.unbooted(ctx, verdict, err))
	}
	if o.after != nil {
		if err := o.after(ctx, r); err != nil {
			return Verdict{}, errors.Join(err, r.stop(ctx))
		}
	}
	r.collector = newCollector(o.Out, o.Terminal, chosen)
	verdict.Err = errors.Join(r.prove(ctx, chosen), r.lasted(ctx))
	verdict.Ended = r.ended
	r.measure(context.WithoutCancel(ctx), &verdict)
	verdict.Results = r.collector.Results()
	verdict.Interrupted = ctx.Err() != nil
	return verdict, errors.Join(r.report(&verdict), r.stop(ctx))
}

// asked is the part of the features that was asked for, in the words of who asked; empty means all.
func (o Options) asked() string {
	var parts []string
	if o.Feature != "" {
		parts = append(parts, "FEATURE="+o.Feature)
	}
	if o.Tags != "" {
		parts = append(parts, fmt.Sprintf("TAGS=%q", o.Tags))
	}
	return strings.Join(parts, " ")
}

// report ends a run: reports for machines, and documentation for people.
func (r *run) report(verdict *Verdict) error {
	verdict.Elapsed, verdict.World = time.Since(verdict.Started), r.all
	if r.stack != nil {
		verdict.Ran = r.stack.Names()
	}
	o := r.options
	return errors.Join(verdict.WriteReports(o.ReportDir), verdict.writeDocumentation(o.ReportDir, o.History, o.Upgrades))
}

// unbooted leaves a bundle and a report of a stack that did not come up, and says where.
func (r *run) unbooted(ctx context.Context, verdict Verdict, why error) error {
	if ctx.Err() != nil || len(r.all.Components) == 0 {
		return why
	}
	result := Result{Feature: "The stack", Name: "The stack does not come up", Status: Failed, Reason: redact(why.Error()), Started: r.began, Duration: time.Since(r.began), Asked: r.options.asked()}
	var problems []error
	if r.stack != nil && len(r.stack.Names()) > 0 {
		e := r.evidence(r.stack, time.Time{})
		e.Alone = true
		var err error
		result, err = writeBundle(r.options.ReportDir, result, e)
		problems = append(problems, err)
		if len(result.Causes) > 0 {
			why = fmt.Errorf("%w\n  likely: %s", why, causeText(result.Causes[0]))
		}
		why = fmt.Errorf("%w\nwhat servers said, and likely causes: %s/index.html", why, result.Bundle)
	}
	verdict.Unbooted = &result
	return errors.Join(append([]error{why}, append(problems, r.report(&verdict))...)...)
}

// measure notes what the servers use after all of it.
func (r *run) measure(ctx context.Context, verdict *Verdict) {
	verdict.Boots = int(r.boots.Load())
	var err error
	if verdict.Memory, err = r.stack.Memory(ctx); err != nil {
		verdict.Notices = append(verdict.Notices, err.Error())
	}
}

// astray says what is wrong with a server that came up well, or nothing.
func (r *run) astray(ctx context.Context, name string) string {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if s := stateOf(ctx, r.stack, name); !s.Good || s.Restarts > 0 || len(s.Left) > 0 {
		return name + ": " + strings.Trim(s.Status+", "+s.Remark, ", ")
	}
	if err := r.stack.Healthy(ctx, name); err != nil {
		return oneLine(err.Error())
	}
	return ""
}

// lasted sees that every server of a stack is as it was when it came up, and that none ended by itself meanwhile: nobody may have
// asked it anything since.
func (r *run) lasted(ctx context.Context) error {
	if ctx.Err() != nil {
		return nil
	}
	var ended []string
	for _, name := range r.stack.Names() {
		if problem := r.astray(ctx, name); problem != "" {
			ended = append(ended, problem)
		}
	}
	if len(ended) == 0 {
		return nil
	}
	result := Result{
		Feature: "The stack", Name: "Every server runs to the end", Status: Failed, Started: r.began, Duration: time.Since(r.began), Asked: r.options.asked(),
		Reason: "at the end a server is not as it was, and no scenario wanted that:\n" + strings.Join(ended, "\n"),
	}
	e := r.evidence(r.stack, time.Time{})
	e.Alone = true
	result, err := writeBundle(r.options.ReportDir, result, e)
	r.endedMu.Lock()
	defer r.endedMu.Unlock()
	r.ended = append(r.ended, result)
	return err
}
