package steps

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/cucumber/godog"

	"matrixstack/stack"
	"matrixstack/stack/deploy"
	"matrixstack/stack/images"
	"matrixstack/steps/report"
)

// initialize gives each scenario its own people and puts back what it changed.
func (r *run) initialize(sc *godog.ScenarioContext, order *turns) {
	var give func()
	sc.Before(func(ctx context.Context, pickle *godog.Scenario) (context.Context, error) {
		give = order.take(ctx, signature(pickle.Uri, pickle))
		return ctx, nil
	})
	r.collector.hooks(sc)
	sc.Before(r.begin)
	sc.After(r.end)
	sc.After(func(ctx context.Context, _ *godog.Scenario, _ error) (context.Context, error) {
		give()
		return ctx, nil
	})
	r.words(sc)
}

func (r *run) begin(ctx context.Context, pickle *godog.Scenario) (context.Context, error) {
	if ctx.Err() != nil {
		return ctx, fmt.Errorf("%w: the run was interrupted", godog.ErrSkip)
	}
	if r.live != nil && !hasTag(pickle, "@live") {
		return ctx, fmt.Errorf("%s is not tagged @live, and must not run against a deployment that was not booted here", pickle.Name)
	}
	reason := r.live.missing(pickle)
	if reason == "" {
		reason = r.missing(pickle)
	}
	if reason != "" {
		recordFrom(ctx).skip = reason
		return ctx, fmt.Errorf("%w: %s", godog.ErrSkip, reason)
	}
	s := newScenario(r)
	s.feature = pickle.Uri
	ctx = context.WithValue(ctx, scenarioKey{}, s)
	if !hasTag(pickle, "@second_stack") {
		if err := r.liftLimits(ctx, pickle.Uri); err != nil {
			return ctx, err
		}
	}
	return ctx, r.lost(pickle)
}

// lost says why a scenario fails although the stack came up: a server that only some need did not start.
func (r *run) lost(pickle *godog.Scenario) error {
	var problems []error
	for _, tag := range pickle.Tags {
		problems = append(problems, r.stack.NotStarted(strings.TrimPrefix(tag.Name, "@")))
	}
	return errors.Join(problems...)
}

func (r *run) end(ctx context.Context, _ *godog.Scenario, failure error) (_ context.Context, closing error) {
	s, began := ctx.Value(scenarioKey{}).(*scenario)
	if !began && recordFrom(ctx).skip == "" {
		return ctx, nil // an interrupted run has no result for what it did not get to
	}
	if began {
		defer func() { closing = errors.Join(closing, s.leaveOwnStack(context.WithoutCancel(ctx))) }()
		closing = s.end(ctx)
		if failure != nil && ctx.Err() != nil {
			return ctx, closing // nor for what it cut off
		}
	}
	result := r.collector.finish(ctx, failure, closing)
	if began {
		result.Pictures, result.Requests = s.pictures, s.wire.requests()
		report.Scrub(&result, func(text string) string { return hide(text, s.secrets()) })
	}
	if result.Status == Failed && began {
		var err error
		e := r.evidence(s.stack, s.started)
		e.Requests, e.Marks, e.Secrets, e.Alone = slices.Clone(result.Requests), s.marks(), s.secrets(), slices.Contains(result.Tags, "@own_stack") || r.options.Parallel == 1
		result, err = writeBundle(r.options.ReportDir, result, e)
		closing = errors.Join(closing, err)
	}
	r.collector.add(result)
	return ctx, closing
}

// machineFor asks, by tag, whether this machine has what such scenarios take besides servers.
func machineFor() map[string]func() error {
	return map[string]func() error{
		"@browser": func() error { _, err := findChromium(); return err },
		"@compose": deploy.CanTry,
	}
}

// missing says why a scenario cannot run here: a tag that is the name of a component means that it needs it.
func (r *run) missing(pickle *godog.Scenario) string {
	rows := r.rows()
	for _, tag := range pickle.Tags {
		if able := machineFor()[tag.Name]; able != nil {
			if err := able(); err != nil {
				return err.Error()
			}
		}
		name := strings.TrimPrefix(tag.Name, "@")
		c, ok := r.all.Component(name)
		if i := slices.IndexFunc(rows, func(row images.Resolved) bool { return !ok && row.Name == name && !row.Available() }); i >= 0 {
			return fmt.Sprintf("image %q is unavailable: %s", name, rows[i].Note)
		}
		if !ok || r.stack.Has(c.Name) || r.stack.NotStarted(c.Name) != nil {
			continue
		}
		i := slices.IndexFunc(rows, func(row images.Resolved) bool { return row.Name == c.Image })
		if i < 0 || rows[i].Available() {
			return fmt.Sprintf("%s does not run here", c.Name)
		}
		return fmt.Sprintf("%s does not run: image %q is unavailable: %s", c.Name, c.Image, rows[i].Note)
	}
	return ""
}

// evidence collects what a failure bundle holds of all servers of a stack since a moment.
func (r *run) evidence(of *stack.Stack, since time.Time) Evidence {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	e := Evidence{Logs: map[string]string{}, Config: map[string]string{}, Images: documentedImages(r.rows()), Seed: r.options.Seed, Began: r.began, Settings: r.deployed()}
	for _, name := range of.Names() {
		state := stateOf(ctx, of, name)
		e.States = append(e.States, state)
		begin := since
		if !state.Good {
			begin = time.Time{} // it may have ended before
		}
		if of == r.stack && !begin.IsZero() {
			e.Start = r.started
		}
		said, err := of.TimedLogs(ctx, name, begin)
		if err != nil {
			said = "not read: " + err.Error()
		}
		e.Logs[name] = said
		c, _ := of.World.Component(name)
		for _, f := range c.Files {
			if !f.Private {
				e.Config[name+"/"+filepath.Base(f.Path)] = string(f.Content)
			}
		}
	}
	return e
}

// noteStart keeps what servers complained of when they started: scenarios see only what is said while they run.
func (r *run) noteStart(ctx context.Context) {
	r.started = map[string]string{}
	for _, name := range r.stack.Names() {
		said, err := r.stack.TimedLogs(ctx, name, time.Time{})
		if err != nil {
			continue // it is read again when a scenario fails, and named there
		}
		for line := range strings.Lines(said) {
			if _, text, _ := strings.Cut(line, " "); complains(colors().ReplaceAllString(text, "")) { // before it stands its moment
				r.started[name] += line
			}
		}
	}
}

// deployed are the settings of every server there could be. What a file says that nobody can read stands in the bundle itself.
func (r *run) deployed() []report.Setting {
	r.settingsOnce.Do(func() { r.settings, _ = deployedSettings(r.all) })
	return r.settings
}

// stateOf is what the engine knows of a server.
func stateOf(ctx context.Context, of *stack.Stack, name string) report.State {
	found, err := of.State(ctx, name)
	if err != nil {
		return report.State{Server: name, Status: unknownState, Remark: err.Error()}
	}
	s := report.State{
		Server: name, Status: found.Status, Since: found.Started, Image: found.Image, ExitCode: found.ExitCode, Restarts: found.Restarts, Good: found.Running,
	}
	var remarks []string
	if found.Status == stack.Gone {
		remarks = append(remarks, found.Error)
	} else if !found.Running {
		s.Since = found.Finished
		remarks = append(remarks, fmt.Sprintf("exit code %d", found.ExitCode))
	}
	if found.OutOfMem {
		remarks = append(remarks, "out of memory")
	}
	if found.Restarts > 0 {
		remarks = append(remarks, fmt.Sprintf("ended by itself %d times and was started again", found.Restarts))
	}
	if len(found.Left) > 0 {
		s.Left = found.Left
		remarks = append(remarks, "not in the network "+strings.Join(found.Left, ", ")+" any more")
	}
	s.Since, _, _ = strings.Cut(s.Since, ".")
	s.Remark = strings.Join(remarks, ", ")
	return s
}

func (r *run) provenance() string {
	var table strings.Builder
	_ = images.ProvenanceTable(&table, r.images) // a Builder takes every write
	return table.String()
}
