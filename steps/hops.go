package steps

import (
	"context"
	"errors"
	"fmt"
	"time"

	"matrixstack/stack"
	"matrixstack/stack/images"
	"matrixstack/stack/upgrade"
)

// verdictFolder is where verdicts on upgrades and drills are kept.
const verdictFolder = "build/upgrades"

// hop is one server that gets another version, on a stack that people live on.
type hop struct {
	upgrade.Hop
	image stack.Image
}

// plan puts what is wanted into the declared order and finds the images, before anything is touched. runs tells which version of a
// server there is to begin with.
func (r *run) plan(ctx context.Context, wants []upgrade.Want, runs func(component string) (string, error)) ([]hop, error) {
	is := map[string]string{}
	var hops []hop
	for _, want := range inDeclaredOrder(r.all, wants) {
		row, err := r.obtainable(ctx, want.Component, want.Version)
		if err != nil {
			return nil, err
		}
		if is[want.Component] == "" {
			if is[want.Component], err = runs(want.Component); err != nil {
				return nil, err
			}
		}
		next := hop{upgrade.Hop{Component: want.Component, From: is[want.Component], To: row.Version}, imageOf(row)}
		switch {
		case next.From == next.To:
			return nil, fmt.Errorf("upgrade %s: it is %s already; name a newer version", next.Component, next.To)
		case next.Backwards():
			return nil, fmt.Errorf("upgrade %s: %s comes before %s; name versions in rising order, the way back is rehearsed by itself", next.Component, next.To, next.From)
		}
		hops = append(hops, next)
		is[want.Component] = row.Version
	}
	return hops, nil
}

// inDeclaredOrder sorts upgrades so that who is needed comes before who needs it.
func inDeclaredOrder(world stack.World, wants []upgrade.Want) []upgrade.Want {
	return upgrade.Order(wants, func(component string) []string {
		c, _ := world.Component(component)
		return c.Needs
	})
}

func imageOf(row images.Resolved) stack.Image {
	return stack.Image{Ref: row.Ref, ID: row.ImageID, Version: row.Version}
}

// hop makes a hop, looks whether anything is lost, rehearses the way back on a copy, and leaves the stack upgraded.
func (l *life) hop(ctx context.Context, h hop) (upgrade.Record, error) {
	begin := time.Now()
	if err := l.renewAll(ctx); err != nil {
		return upgrade.Record{}, err
	}
	record := upgrade.Record{Hop: h.Hop, When: begin, Digests: map[string]string{}, WayBack: upgrade.BackNotRun}
	from, err := l.s.stack.Runs(h.Component)
	if err != nil {
		return record, err
	}
	record.Digests[h.From], record.Digests[h.To] = from.ID, h.image.ID
	before, err := l.copy(ctx)
	defer func() { _ = before.Remove() }()
	if err != nil {
		return record, err
	}
	watch := l.watch(ctx)
	swapped := l.spoiled(ctx, func() error { return l.swap(ctx, h.Component, h.image) })
	record.Items, record.CutOff = l.judged(ctx, swapped), watch.end().Seconds()
	record.Verdict = upgrade.Judge(record.Items)
	switch {
	case ctx.Err() != nil: // somebody ended it: that says nothing of the version
		return record, ctx.Err()
	case swapped != nil:
		record.Verdict = swapped.Error()
		err = l.afterFailure(ctx, h, from, before, &record)
	case record.Verdict == upgrade.Green:
		err = l.wayBack(ctx, h, from, before, &record)
	}
	if err != nil {
		return record, err
	}
	record.Duration = time.Since(begin).Seconds()
	if l.midway != nil || l.s.run.options.hopped != nil {
		return record, nil // what was broken on purpose says nothing of the versions
	}
	return record, record.Write(verdictFolder)
}

// spoiled makes a hop, and breaks it or what it leaves where a scenario or a mutant says so.
func (l *life) spoiled(ctx context.Context, swap func() error) error {
	midway, hopped := l.midway, l.s.run.options.hopped
	broken := make(chan error, 1)
	halfway, over := context.WithCancel(ctx)
	defer over()
	if midway != nil {
		go func() { broken <- midway(halfway, l.s.stack) }()
	}
	swapped := swap()
	if midway != nil {
		over() // what is done cannot be broken half way any more
		if err := <-broken; !errors.Is(err, context.Canceled) {
			swapped = errors.Join(swapped, err)
		}
	}
	if hopped != nil && swapped == nil {
		swapped = hopped(ctx, l.s.stack)
	}
	return swapped
}

// judged looks at everything, unless the server did not even start.
func (l *life) judged(ctx context.Context, swapped error) []upgrade.Item {
	if swapped != nil {
		return nil
	}
	return l.check(ctx)
}

// swap exchanges an image while people are there: somebody of another homeserver speaks while this one is away.
func (l *life) swap(ctx context.Context, component string, image stack.Image) error {
	text := fmt.Sprintf("while you were away %d", l.round)
	return l.disturb(ctx, func() error {
		return l.s.stack.Exchange(ctx, component, image, func() error {
			if err := says(ctx, "Carol", text, abroadRoom); err != nil {
				return err
			}
			l.during = text
			return l.s.held()
		})
	})
}

// disturb does something that may end the bridge for a while. People on IRC forget who came through it before that: they may hear
// of its end only after its new start, and would take who was there for somebody who came back.
func (l *life) disturb(ctx context.Context, do func() error) error {
	before, err := l.s.stack.Started(ctx, "heisenbridge")
	if err != nil {
		return do() // it does not run
	}
	ian, channel, alice := l.s.irc["Ian"], l.s.ircChannel(harbour), l.s.people["Alice"].onIRC()
	there := ian.sees(alice, channel, true) == nil
	l.s.leaveIRC()
	if err := do(); err != nil {
		return err
	}
	after, err := l.s.stack.Started(ctx, "heisenbridge")
	if err == nil && after.Equal(before) && there { // who was still to come back after an earlier end is waited for
		ian.present(channel, alice, true)
	}
	return err
}
