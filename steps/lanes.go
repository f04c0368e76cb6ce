package steps

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/cucumber/godog"
	"golang.org/x/sync/errgroup"
)

// worthABoot is how many scenarios take as long as booting a stack: so many that break servers get one, beside those that share one.
const worthABoot = 10

// Tags of the passes a run consists of.
const (
	tagsFirst   = "@first"
	tagsQuiet   = "~@first && @browser"
	tagsSharing = "~@first && ~@browser && ~@own_stack"
	tagsAlone   = "~@first && @own_stack && ~@second_stack"
	tagsAnother = "~@first && @own_stack && @second_stack"
)

// prove runs the scenarios: first what tells whether this is the right stack at all, then everything that can share it, what needs
// it alone, and what boots another one.
func (r *run) prove(ctx context.Context, chosen selection) error {
	if err := r.pass(ctx, "the right stack", tagsFirst, 1, chosen); err != nil {
		return err
	}
	if failed := r.collector.failed(); failed > 0 {
		return fmt.Errorf("this is not the stack the lock describes: %d checks that run first failed; nothing else was run", failed)
	}
	// Chromium breaks off what it loads whenever a network of the machine comes or goes, as it does with each server.
	if err := r.pass(ctx, "nobody starts or stops", tagsQuiet, 1, chosen); err != nil {
		return err
	}
	if err := r.passLanes(ctx, chosen); err != nil || ctx.Err() != nil {
		return err
	}
	if r.options.Keep {
		return r.liftLimits(ctx, "")
	}
	return nil
}

// passLanes runs what can share the stack, what needs it to itself, and what boots another one.
func (r *run) passLanes(ctx context.Context, chosen selection) error {
	beside, err := r.bootsBeside(chosen)
	if err != nil {
		return err
	}
	alone := chosen.each(r.options.Seed)
	share := func(parallel int) error { return r.pass(ctx, "side by side", tagsSharing, parallel, chosen) }
	var lanes errgroup.Group
	if beside {
		const others = 2 // scenarios at a time that run beside those that share
		lanes.Go(func() error {
			if err := share(r.options.Parallel - others); err != nil {
				return err
			}
			return r.passAlone(ctx, alone)
		})
		lanes.Go(func() error { return r.passBeside(ctx, chosen, alone) })
	} else {
		if err := share(r.options.Parallel); err != nil {
			return err
		}
		lanes.Go(func() error { return r.passAlone(ctx, alone) })
	}
	lanes.Go(func() error { return r.pass(ctx, "a second stack", tagsAnother, 1, chosen) })
	return lanes.Wait()
}

// passAlone runs the scenarios that need the stack to themselves, one feature after another until none is left. Each stack that nobody
// shares takes from the same features.
func (r *run) passAlone(ctx context.Context, features <-chan selection) error {
	for feature := range features {
		if err := r.pass(ctx, "the stack to itself", tagsAlone, 1, feature); err != nil {
			return err
		}
	}
	return nil
}

// bootsBeside tells whether scenarios that break servers run on a stack of their own while others share this one.
func (r *run) bootsBeside(chosen selection) (bool, error) {
	if r.options.Parallel <= 2 {
		return false, nil
	}
	for _, tags := range []string{tagsSharing, tagsAlone} {
		count, err := countScenarios(r.options.Source, chosen.paths, r.options.tags(tags))
		if err != nil || count < worthABoot {
			return false, err
		}
	}
	return true, nil
}

// passBeside boots the same stack once more, for the scenarios that need one to themselves.
func (r *run) passBeside(ctx context.Context, chosen selection, alone <-chan selection) (err error) {
	other := &run{whole: r.whole}
	other.stack, err = r.bootAnother(ctx, r.signIn, r.available, chosen.with("@own_stack").tagged(r.can))
	defer func() { err = errors.Join(err, other.remove(ctx)) }()
	if ctx.Err() != nil {
		return nil // what an interrupted boot says is of no use
	}
	if err != nil {
		return fmt.Errorf("boot the stack once more, for what breaks servers: %w", err)
	}
	other.noteStart(ctx)
	if r.options.after != nil {
		if err := r.options.after(ctx, other); err != nil {
			return err
		}
	}
	return errors.Join(other.passAlone(ctx, alone), other.lasted(ctx))
}

// pass runs the scenarios with the tags, so many at a time.
func (r *run) pass(ctx context.Context, name, tags string, parallel int, chosen selection) error {
	tags = r.options.tags(tags)
	count, err := countScenarios(r.options.Source, chosen.paths, tags)
	if err != nil || count == 0 || ctx.Err() != nil {
		return err
	}
	concurrency, order := 1, (*turns)(nil)
	if parallel > 1 {
		// godog starts all of them; they wait for their turns.
		concurrency, order = count, &turns{seed: r.options.Seed, free: parallel, absent: count}
	}
	suite := godog.TestSuite{
		Name: name, ScenarioInitializer: func(sc *godog.ScenarioContext) { r.initialize(sc, order) },
		Options: &godog.Options{
			FS: r.options.Source, Paths: chosen.shuffled(r.options.Seed), Tags: tags, Concurrency: concurrency, Randomize: int64(r.options.Seed),
			Strict: true, NoColors: true, DefaultContext: ctx, Output: io.Discard, Format: "progress",
		},
	}
	if code := suite.Run(); code > 1 {
		return fmt.Errorf("run scenarios (%s): godog ended with code %d; see its message above", name, code)
	}
	return nil
}
