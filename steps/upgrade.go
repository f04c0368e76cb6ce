package steps

import (
	"context"
	"errors"
	"fmt"

	"matrixstack/stack/upgrade"
)

// Upgrade boots the pinned stack, lets people live on it, makes hops and looks for everything. The stack it does that to is its own,
// and gone afterwards. The records say what came of each hop; the error why there is none.
func Upgrade(ctx context.Context, o Options, wants []upgrade.Want) (records []upgrade.Record, err error) {
	err = onItsOwn(ctx, o, wants, func(ctx context.Context, s *scenario) error {
		records, err = s.life.upgrade(ctx, wants)
		return err
	})
	return records, err
}

// Drill boots the pinned stack, lets people live on it, backs it up, destroys everything and restores it.
func Drill(ctx context.Context, o Options) (verdict upgrade.Drill, err error) {
	err = onItsOwn(ctx, o, nil, func(ctx context.Context, s *scenario) error {
		if err := hasBackup(ctx); err != nil {
			return err
		}
		if err := destroyedAndRestored(ctx); err != nil {
			return err
		}
		verdict = s.drill
		if err := s.held(); err != nil {
			return err
		}
		return saidAfterIsGone(ctx, "Alice")
	})
	return verdict, err
}

// pinned is the version of a server that the lock pins.
func (r *run) pinned(component string) (string, error) {
	c, _ := r.all.Component(component)
	entry, ok := r.options.Resolver.Lock.Entry(c.Image)
	if !ok {
		return "", fmt.Errorf("upgrade %s: the lock does not pin it", component)
	}
	return entry.Version, nil
}

// onItsOwn does something with a stack of its own that people live on, once it is known that the versions it wants can be had.
func onItsOwn(ctx context.Context, o Options, wants []upgrade.Want, do func(context.Context, *scenario) error) error {
	r := &run{whole: &whole{options: o}}
	var verdict Verdict
	if _, err := r.prepare(ctx, selection{}, &verdict); err != nil {
		return err
	}
	if _, err := r.plan(ctx, wants, r.pinned); err != nil {
		return err
	}
	s := newScenario(r)
	ctx = context.WithValue(ctx, scenarioKey{}, s)
	err := liveOnOwnStack(ctx)
	if err == nil {
		err = do(ctx, s)
	}
	return errors.Join(err, s.end(ctx), s.leaveOwnStack(context.WithoutCancel(ctx)))
}
