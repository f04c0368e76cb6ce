package steps

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"matrixstack/stack"
	"matrixstack/stack/upgrade"
)

// registerDrill holds the words about backups.
func registerDrill(r Registrar) {
	r.Given(`^the operator has a backup$`, hasBackup)
	r.Given(`^the operator has a backup (.+)$`, hasFlawedBackup)
	r.When(`^everything is destroyed and the operator restores the backup$`, destroyedAndRestored)
	r.When(`^the operator restores the backup$`, restoresBackup)
	r.Then(`^the backup is refused: "([^"]+)"$`, backupIsRefused)
	r.Then(`^what (\w+) said after the backup is gone$`, saidAfterIsGone)
}

// afterBackup is said once the backup was taken. It must not come back.
const afterBackup = "said after the backup"

// hasBackup backs up what people live on, while they go on living.
func hasBackup(ctx context.Context) error {
	s := from(ctx)
	folder, err := os.MkdirTemp("", "matrix-stack-backup-")
	if err != nil {
		return fmt.Errorf("back up: %w", err)
	}
	s.backup = folder
	s.mended = append(s.mended, func(context.Context) error { return os.RemoveAll(folder) })
	begin := time.Now()
	if _, err := s.stack.BackUp(ctx, "alpha", folder); err != nil {
		return err
	}
	s.drill = upgrade.Drill{Kind: "drill", When: begin, BackUp: time.Since(begin).Seconds()}
	if s.life == nil {
		return nil
	}
	return s.life.tell(ctx, "Alice", afterBackup, talkRoom)
}

func hasFlawedBackup(ctx context.Context, flaw string) error {
	spoil, ok := flaws()[flaw]
	if !ok {
		return fmt.Errorf("no backup can be one %q; known: %s", flaw, known(flaws()))
	}
	if err := hasBackup(ctx); err != nil {
		return err
	}
	return spoil(ctx, from(ctx).stack, from(ctx).backup)
}

// destroyedAndRestored loses everything, makes sure that it is lost, and brings it back.
func destroyedAndRestored(ctx context.Context) error {
	s := from(ctx)
	l := s.life
	d, err := s.device("Alice")
	if err != nil {
		return err
	}
	destroyed := time.Now()
	err = l.disturb(ctx, func() error {
		if err := s.stack.Destroy(ctx, "alpha"); err != nil {
			return err
		}
		if _, err := d.client.Whoami(ctx); err == nil {
			return errors.New("everything was destroyed, and Alice is still signed in")
		}
		begin := time.Now()
		if err := s.stack.Restore(ctx, s.backup); err != nil {
			return err
		}
		s.drill.Duration, s.drill.Window = time.Since(begin).Seconds(), destroyed.Sub(s.drill.When).Seconds()
		return l.startOver(ctx)
	})
	if err != nil {
		return s.tried(err, "the operator restores the backup")
	}
	s.drill.Items = l.check(ctx)
	s.drill.Verdict = upgrade.Judge(s.drill.Items)
	return s.tried(s.drill.Write(verdictFolder), "the operator restores the backup")
}

func restoresBackup(ctx context.Context) error {
	s := from(ctx)
	return s.tried(s.stack.Restore(ctx, s.backup), "the operator restores the backup")
}

// backupIsRefused also wants everything left as it was.
func backupIsRefused(ctx context.Context, reason string) error {
	s := from(ctx)
	err := s.refused(func(err error) bool {
		var refused stack.Refused
		return errors.As(err, &refused) && strings.HasPrefix(refused.Why, reason)
	})
	if err != nil {
		return err
	}
	return everyServerHealthy(ctx)
}

func saidAfterIsGone(ctx context.Context, name string) error {
	s := from(ctx)
	if err := s.held(); err != nil {
		return err
	}
	d, room, sent, err := s.message(name, afterBackup)
	if err != nil {
		return err
	}
	if _, err := d.client.GetEvent(ctx, room, sent); err == nil {
		return fmt.Errorf("%s still sees what was said after the backup", name)
	}
	return nil
}
