package steps

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"matrixstack/stack/upgrade"
)

// moveAccounts is the hop of the accounts from the homeserver to MAS, and back.
func (l *life) moveAccounts(ctx context.Context) (upgrade.Record, error) {
	begin := time.Now()
	record := upgrade.Record{Hop: upgrade.Hop{Component: "accounts", From: "synapse", To: "mas"}, When: begin, WayBack: upgrade.BackNotRun}
	before, err := l.copy(ctx)
	defer func() { _ = before.Remove() }()
	if err != nil {
		return record, err
	}
	watch := l.watch(ctx)
	moved := l.disturb(ctx, func() error { return l.s.stack.MoveAccounts(ctx, "alpha") })
	l.followAccounts()
	record.Items, record.CutOff = l.judged(ctx, moved), watch.end().Seconds()
	if record.Verdict = upgrade.Judge(record.Items); moved != nil {
		record.Verdict = moved.Error()
	}
	if record.Verdict == upgrade.Green {
		err = l.accountsBack(ctx, before, &record)
	}
	record.Duration = time.Since(begin).Seconds()
	return record, errors.Join(moved, err, record.Write(verdictFolder))
}

// followAccounts lets people sign in where their accounts are now.
func (l *life) followAccounts() {
	for _, p := range l.s.people {
		p.site, _ = l.s.stack.World.Site(p.site.Name)
	}
}

// accountsBack lets the homeserver keep the accounts again, on what it has of them, and if that loses what was there before they moved,
// on a copy from then. What it leaves is a homeserver that keeps its own accounts.
func (l *life) accountsBack(ctx context.Context, before past, record *upgrade.Record) error {
	if err := l.useNewAccounts(ctx); err != nil {
		return fmt.Errorf("use the accounts where they are now: %w", err)
	}
	err := l.disturb(ctx, func() error { return l.s.stack.MoveAccountsBack(ctx, "alpha") })
	l.followAccounts()
	if err != nil {
		return l.fromBackup(ctx, before, shortened(err.Error()), record)
	}
	if err := l.startOver(ctx); err != nil {
		return err
	}
	if err := l.judgeBack(ctx, before, record); err != nil || record.WayBack != upgrade.BackSafe {
		return err
	}
	if record.Why = strings.Join(l.goneSince(ctx), "; "); record.Why != "" {
		record.WayBack = upgrade.BackSince
	}
	return nil
}

// useNewAccounts does what only the new place of the accounts knows of: somebody signs up, a device signs in, a password changes.
func (l *life) useNewAccounts(ctx context.Context) error {
	return inOrder(
		func() error { return hasAccount(ctx, "Dora") },
		func() error { return signsInOn(ctx, "Bob", "desktop") },
		func() error { return changesPassword(ctx, "Bob", "") },
		l.s.held,
	)
}

// goneSince says what the old place of the accounts does not know of what was done at the new one.
func (l *life) goneSince(ctx context.Context) (gone []string) {
	dora, bob := l.s.people["Dora"], l.s.people["Bob"]
	if _, err := bob.devices["desktop"].client.Whoami(ctx); err != nil {
		gone = append(gone, "devices that signed in since are signed out: "+oneLine(err.Error()))
	}
	if err := l.s.signIn(ctx, dora, "laptop"); err != nil {
		gone = append(gone, "who signed up since has no password any more: "+oneLine(err.Error()))
	}
	if err := l.s.signIn(ctx, bob, "television"); err != nil {
		what := "passwords changed since are not taken, those from before are: " + oneLine(err.Error())
		bob.password = bob.oldPassword
		if err := l.s.signIn(ctx, bob, "television"); err != nil {
			what = "passwords changed since are not taken, nor those from before: " + oneLine(err.Error())
		}
		gone = append(gone, what)
	}
	return gone
}
