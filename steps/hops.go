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

// plan finds the images of what is wanted, and what runs now, before anything is touched.
func (s *scenario) plan(ctx context.Context, wants []upgrade.Want) ([]hop, error) {
	runs := map[string]string{}
	var hops []hop
	for _, want := range wants {
		row, err := s.run.obtainable(ctx, want.Component, want.Version)
		if err != nil {
			return nil, err
		}
		if runs[want.Component] == "" {
			if runs[want.Component], err = s.stack.VersionOf(ctx, want.Component); err != nil {
				return nil, err
			}
		}
		if runs[want.Component] == row.Version {
			return nil, fmt.Errorf("upgrade %s: it is %s already", want.Component, row.Version)
		}
		hops = append(hops, hop{upgrade.Hop{Component: want.Component, From: runs[want.Component], To: row.Version}, imageOf(row)})
		runs[want.Component] = row.Version
	}
	return hops, nil
}

func imageOf(row images.Resolved) stack.Image {
	return stack.Image{Ref: row.Ref, ID: row.ImageID, Version: row.Version}
}

// hop makes a hop, looks whether anything is lost, rehearses the way back on a copy, and leaves the stack upgraded.
func (l *life) hop(ctx context.Context, h hop) (upgrade.Record, error) {
	begin := time.Now()
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
	swapped := l.swap(ctx, h.Component, h.image)
	if spoil := l.s.run.options.hopped; spoil != nil && swapped == nil {
		swapped = spoil(ctx, l.s.stack)
	}
	record.Items, record.CutOff = l.judged(ctx, swapped), watch.end().Seconds()
	record.Verdict = upgrade.Judge(record.Items)
	if swapped != nil {
		record.Verdict = swapped.Error()
	}
	if record.Verdict == upgrade.Green {
		if err := l.wayBack(ctx, h, from, before, &record); err != nil {
			return record, err
		}
	}
	record.Duration = time.Since(begin).Seconds()
	return record, record.Write(verdictFolder)
}

// moveAccounts is the hop of the accounts from the homeserver to MAS. Its way back is the backup; nobody can go on both ways.
func (l *life) moveAccounts(ctx context.Context) (upgrade.Record, error) {
	begin := time.Now()
	record := upgrade.Record{Hop: upgrade.Hop{Component: "accounts", From: "synapse", To: "mas"}, When: begin, WayBack: upgrade.BackNotRun}
	watch := l.watch(ctx)
	moved := l.disturb(ctx, func() error { return l.s.stack.MoveAccounts(ctx, "alpha") })
	if moved == nil {
		for _, p := range l.s.people {
			p.site, _ = l.s.stack.World.Site(p.site.Name)
		}
	}
	record.Items, record.CutOff = l.judged(ctx, moved), watch.end().Seconds()
	if record.Verdict = upgrade.Judge(record.Items); moved != nil {
		record.Verdict = moved.Error()
	}
	record.Duration = time.Since(begin).Seconds()
	return record, errors.Join(moved, record.Write(verdictFolder))
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

// past is a copy of everything the site keeps, and what people's devices were signed in with then: a session that was renewed later
// is one that an older database never heard of.
type past struct {
	stack.Snapshot
	sessions map[*device]session
}

// copy copies everything the site keeps.
func (l *life) copy(ctx context.Context) (taken past, err error) {
	taken.sessions = map[*device]session{}
	for _, p := range l.s.people {
		for _, d := range p.devices {
			taken.sessions[d] = d.session
		}
	}
	err = l.disturb(ctx, func() error {
		taken.Snapshot, err = l.s.stack.TakeSnapshot(ctx, "alpha")
		return err
	})
	return taken, err
}

// rewind puts everything back to a copy. What devices got since then never was: they start over.
func (l *life) rewind(ctx context.Context, to past) error {
	return l.disturb(ctx, func() error {
		if err := l.s.stack.Rewind(ctx, "alpha", to.Snapshot); err != nil {
			return err
		}
		for d, then := range to.sessions {
			d.session, d.client.AccessToken = then, then.accessToken
		}
		return l.startOver(ctx)
	})
}

// startOver lets every device sync from the beginning: its place may be one the homeserver has not come to.
func (l *life) startOver(ctx context.Context) error {
	for _, p := range l.s.people {
		if p.site.Name != "alpha" {
			continue
		}
		for _, d := range p.devices {
			d.stop()
			<-d.stopped
			if err := d.client.Store.SaveNextBatch(ctx, p.userID(), ""); err != nil {
				return fmt.Errorf("let a device of %s start over: %w", p.name, err)
			}
			d.mu.Lock()
			d.failed = nil
			d.mu.Unlock()
			d.start(ctx)
		}
	}
	return nil
}

// wayBack tries the old version on what the new one left, and if that is not enough, on a copy from before. Then all is as it was
// after the hop.
func (l *life) wayBack(ctx context.Context, h hop, from stack.Image, before past, record *upgrade.Record) error {
	after, err := l.copy(ctx)
	defer func() { _ = after.Remove() }()
	if err != nil {
		return err
	}
	why := ""
	if err := l.swap(ctx, h.Component, from); err != nil {
		why = fmt.Sprintf("%s %s does not run on it: %.600s", h.Component, h.From, oneLine(err.Error()))
	} else {
		record.ItemsAfter = l.check(ctx)
		if judged := upgrade.Judge(record.ItemsAfter); judged != upgrade.Green {
			why = oneLine(judged)
		}
	}
	record.WayBack, record.Why = upgrade.BackSafe, why
	if why != "" {
		record.WayBack = upgrade.BackBackup
		if err := l.rewind(ctx, before); err != nil {
			return fmt.Errorf("bring back the copy from before: %w", err)
		}
		record.ItemsAfter = l.check(ctx)
		if judged := upgrade.Judge(record.ItemsAfter); judged != upgrade.Green {
			record.WayBack, record.Why = upgrade.BackNone, why+"; and from the backup: "+judged
		}
	}
	if err := l.rewind(ctx, after); err != nil {
		return fmt.Errorf("bring back the copy from after: %w", err)
	}
	return nil
}

// watch measures for how long people are cut off.
type watch struct {
	stop    context.CancelFunc
	longest chan time.Duration
}

// watch asks again and again, as a client that is open does, who Alice is.
func (l *life) watch(ctx context.Context) watch {
	ctx, stop := context.WithCancel(ctx)
	w := watch{stop, make(chan time.Duration, 1)}
	d := l.s.people["Alice"].first
	go func() {
		var longest time.Duration
		last := time.Now() // when she was last let in
		ticker := time.NewTicker(interval)
		defer ticker.Stop()
		for {
			began := time.Now()
			if _, err := d.client.Whoami(ctx); err == nil {
				if away := began.Sub(last); away > 2*interval {
					longest = max(longest, away)
				}
				last = began
			}
			select {
			case <-ctx.Done():
				w.longest <- longest
				return
			case <-ticker.C:
			}
		}
	}()
	return w
}

func (w watch) end() time.Duration {
	w.stop()
	return <-w.longest
}
