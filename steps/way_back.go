package steps

import (
	"context"
	"fmt"

	"matrixstack/stack"
	"matrixstack/stack/upgrade"
)

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
	if err := l.tryBack(ctx, h, from, before, record); err != nil {
		return err
	}
	if err := l.rewind(ctx, after); err != nil {
		return fmt.Errorf("bring back the copy from after: %w", err)
	}
	return nil
}

// tryBack is the way back itself. What it leaves runs the old version.
func (l *life) tryBack(ctx context.Context, h hop, from stack.Image, before past, record *upgrade.Record) error {
	if err := l.renewAll(ctx); err != nil {
		return err
	}
	if err := l.swap(ctx, h.Component, from); err != nil {
		return l.fromBackup(ctx, before, fmt.Sprintf("%s %s does not run on it: %s", h.Component, h.From, shortened(err.Error())), record)
	}
	return l.judgeBack(ctx, before, record)
}

// judgeBack looks whether the old version, which runs, has lost anything, and goes back to a copy from before when it has.
func (l *life) judgeBack(ctx context.Context, before past, record *upgrade.Record) error {
	record.ItemsAfter = l.check(ctx)
	if judged := upgrade.Judge(record.ItemsAfter); judged != upgrade.Green {
		return l.fromBackup(ctx, before, oneLine(judged), record)
	}
	record.WayBack = upgrade.BackSafe
	return nil
}

// fromBackup goes back to a copy from before, since what the new version left does not do.
func (l *life) fromBackup(ctx context.Context, before past, why string, record *upgrade.Record) error {
	record.WayBack, record.Why = upgrade.BackBackup, why
	if err := l.rewind(ctx, before); err != nil {
		return fmt.Errorf("bring back the copy from before: %w", err)
	}
	if err := l.renewAll(ctx); err != nil {
		return err
	}
	record.ItemsAfter = l.check(ctx)
	if judged := upgrade.Judge(record.ItemsAfter); judged != upgrade.Green {
		record.WayBack, record.Why = upgrade.BackNone, why+"; and from the backup: "+judged
	}
	return nil
}

// afterFailure finds out where a hop that did not succeed leaves an operator: whether the new version comes up when it is started once
// more, and what is lost then; and what brings the old one back.
func (l *life) afterFailure(ctx context.Context, h hop, from stack.Image, before past, record *upgrade.Record) error {
	l.round++
	again := l.disturb(ctx, func() error { return l.s.stack.Recover(ctx, h.Component) })
	if again != nil {
		record.Verdict += "\nstarted once more, it does not come up either"
	} else {
		record.Items = l.check(ctx)
		record.Verdict += "\nstarted once more, it comes up"
		if judged := upgrade.Judge(record.Items); judged != upgrade.Green {
			record.Verdict += ", and " + judged
		} else {
			record.Verdict += ", and nothing is lost"
		}
	}
	return l.tryBack(ctx, h, from, before, record)
}

// shortened is a complaint in one line, of a long one its beginning and its end: a log says last what is wrong.
func shortened(complaint string) string {
	const begin, end = 150, 450
	said := []rune(oneLine(complaint))
	if len(said) <= begin+end {
		return string(said)
	}
	return string(said[:begin]) + " ... " + string(said[len(said)-end:])
}
