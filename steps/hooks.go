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

	"matrixstack/stack/images"
)

// initialize gives each scenario its own people and puts back what it changed.
func (r *run) initialize(sc *godog.ScenarioContext) {
	r.collector.hooks(sc)
	sc.Before(r.begin)
	sc.After(r.end)
	r.words(sc)
}

func (r *run) begin(ctx context.Context, pickle *godog.Scenario) (context.Context, error) {
	if ctx.Err() != nil {
		return ctx, fmt.Errorf("%w: the run was interrupted", godog.ErrSkip)
	}
	if r.live != nil && !isLive(pickle) {
		return ctx, fmt.Errorf("%s is not tagged @live, and must not run against a deployment that was not booted here", pickle.Name)
	}
	reason := r.missing(pickle)
	if reason == "" {
		reason = r.live.missing(pickle)
	}
	if reason != "" {
		recordFrom(ctx).skip = reason
		return ctx, fmt.Errorf("%w: %s", godog.ErrSkip, reason)
	}
	if err := r.liftLimits(ctx, pickle.Uri); err != nil {
		return ctx, err
	}
	s := newScenario(r)
	s.feature = pickle.Uri
	return context.WithValue(ctx, scenarioKey{}, s), r.lost(pickle)
}

// lost says why a scenario fails although the stack came up: a server that only some need did not start.
func (r *run) lost(pickle *godog.Scenario) error {
	var problems []error
	for _, tag := range pickle.Tags {
		problems = append(problems, r.stack.NotStarted(strings.TrimPrefix(tag.Name, "@")))
	}
	return errors.Join(problems...)
}

func (r *run) end(ctx context.Context, _ *godog.Scenario, failure error) (context.Context, error) {
	s, began := ctx.Value(scenarioKey{}).(*scenario)
	if !began && recordFrom(ctx).skip == "" {
		return ctx, nil // an interrupted run has no result for what it did not get to
	}
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
		e := r.evidence(s)
		result.Complaints = complaints(e.Logs, e.Stopped)
		result.Bundle, err = writeBundle(r.options.ReportDir, result, e)
		closing = errors.Join(closing, err)
	}
	r.collector.add(result)
	if began {
		closing = errors.Join(closing, s.leaveOwnStack(context.WithoutCancel(ctx)))
	}
	return ctx, closing
}

// missing says why a scenario cannot run here: a tag that is the name of a component means that it needs it.
func (r *run) missing(pickle *godog.Scenario) string {
	for _, tag := range pickle.Tags {
		if tag.Name == "@browser" {
			if _, err := findChromium(); err != nil {
				return err.Error()
			}
		}
		name := strings.TrimPrefix(tag.Name, "@")
		c, ok := r.all.Component(name)
		if i := slices.IndexFunc(r.images, func(row images.Resolved) bool { return !ok && row.Name == name && !row.Available() }); i >= 0 {
			return fmt.Sprintf("image %q is unavailable: %s", name, r.images[i].Note)
		}
		if !ok || r.stack.Has(c.Name) || r.stack.NotStarted(c.Name) != nil {
			continue
		}
		i := slices.IndexFunc(r.images, func(row images.Resolved) bool { return row.Name == c.Image })
		if i < 0 || r.images[i].Available() {
			return fmt.Sprintf("%s does not run here", c.Name)
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
	for _, name := range s.stack.Names() {
		since := s.started
		if !s.stack.Running(ctx, name) {
			e.Stopped = append(e.Stopped, name)
			since = time.Time{} // it may have ended before
		}
		said, err := s.stack.Logs(ctx, name, since)
		if err != nil {
			said = "not read: " + err.Error()
		}
		e.Logs[name] = said
		c, _ := s.stack.World.Component(name)
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
