package steps

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"maunium.net/go/mautrix/crypto/verificationhelper"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"
)

// signs is a device's part in comparing signs with another one; the helper calls it while the device syncs.
type signs struct {
	helper comparer
	deaf   sync.Mutex // held while the device must not hear anything
	mu     sync.Mutex
	shown  map[id.VerificationTransactionID]comparison
}

// comparer is what a library does to compare signs.
type comparer interface {
	StartVerification(ctx context.Context, to id.UserID) (id.VerificationTransactionID, error)
	AcceptVerification(ctx context.Context, txn id.VerificationTransactionID) error
	StartSAS(ctx context.Context, txn id.VerificationTransactionID) error
	ConfirmSAS(ctx context.Context, txn id.VerificationTransactionID) error
	CancelVerification(ctx context.Context, txn id.VerificationTransactionID, code event.VerificationCancelCode, reason string) error
}

// comparison is how far a device has come in comparing signs.
type comparison struct {
	requested, ready, done, cancelled bool
	why                               string // it was cancelled
	signs                             string
}

// how far a comparison has come, for whoever waited for more.
func (c comparison) how() string {
	switch {
	case c.cancelled:
		return "it was broken off: " + c.why
	case c.signs != "":
		return "it came to showing " + c.signs
	case c.ready:
		return "both were ready"
	case c.requested:
		return "it was asked for"
	}
	return "nothing was heard of it"
}

// enableVerification lets a device compare signs. It must be called before the device syncs.
func (d *device) enableVerification(ctx context.Context) error {
	d.signs = &signs{shown: map[id.VerificationTransactionID]comparison{}}
	helper := verificationhelper.NewVerificationHelper(d.client, d.crypto.Machine(), nil, d.signs, false, false, true)
	if err := helper.Init(ctx); err != nil {
		return fmt.Errorf("prepare %s's device %q for verification: %w", d.owner.name, d.name, err)
	}
	d.signs.helper = helper
	return nil
}

func (v *signs) note(txn id.VerificationTransactionID, change func(*comparison)) {
	v.mu.Lock()
	defer v.mu.Unlock()
	c := v.shown[txn]
	change(&c)
	v.shown[txn] = c
}

// VerificationRequested notes that somebody wants to compare signs.
func (v *signs) VerificationRequested(_ context.Context, txn id.VerificationTransactionID, _ id.UserID, _ id.DeviceID) {
	v.note(txn, func(c *comparison) { c.requested = true })
}

// VerificationReady notes that both sides agreed to compare.
func (v *signs) VerificationReady(_ context.Context, txn id.VerificationTransactionID, _ id.DeviceID, _, _ bool, _ *verificationhelper.QRCode) {
	v.note(txn, func(c *comparison) { c.ready = true })
}

// VerificationCancelled notes that somebody broke off.
func (v *signs) VerificationCancelled(_ context.Context, txn id.VerificationTransactionID, code event.VerificationCancelCode, reason string) {
	v.note(txn, func(c *comparison) { c.cancelled, c.why = true, fmt.Sprintf("%s (%s)", reason, code) })
}

// VerificationDone notes that both sides confirmed.
func (v *signs) VerificationDone(_ context.Context, txn id.VerificationTransactionID, _ event.VerificationMethod) {
	v.note(txn, func(c *comparison) { c.done = true })
}

// ShowSAS notes the signs a person sees.
func (v *signs) ShowSAS(_ context.Context, txn id.VerificationTransactionID, emojis []rune, _ []string, decimals []int) {
	v.note(txn, func(c *comparison) {
		c.signs = strings.Join(strings.Split(string(emojis), ""), " ") + " " + strings.Trim(fmt.Sprint(decimals), "[]")
	})
}

// awaitHearing waits while the device must not hear anything.
func (v *signs) awaitHearing() {
	v.deaf.Lock()
	defer v.deaf.Unlock()
}

// reach waits until the device has come as far as check wants.
func (d *device) reach(ctx context.Context, txn id.VerificationTransactionID, what string, check func(comparison) bool) (comparison, error) {
	var last comparison
	err := eventually(ctx, func(context.Context) error {
		d.signs.mu.Lock()
		defer d.signs.mu.Unlock()
		last = d.signs.shown[txn]
		if check(last) {
			return nil
		}
		return fmt.Errorf("%s's %s: %s; %s", d.owner.name, d.name, what, last.how())
	})
	return last, err
}

// compare lets two devices show signs to each other. When the people say they are the same, both confirm; else one breaks off.
func compare(ctx context.Context, a, b *device, same bool) error {
	txn, err := showSigns(ctx, a, b)
	if err != nil {
		return err
	}
	if !same {
		if err := a.signs.helper.CancelVerification(ctx, txn, event.VerificationCancelCodeSASMismatch, "the signs differ"); err != nil {
			return fmt.Errorf("break off comparing signs: %w", err)
		}
		_, err := b.reach(ctx, txn, "did not hear that it was broken off", func(c comparison) bool { return c.cancelled })
		return err
	}
	if err := bothConfirm(ctx, txn, a, b); err != nil {
		return err
	}
	for _, d := range []*device{a, b} {
		if _, err := d.reach(ctx, txn, "comparing signs did not end well", func(c comparison) bool { return c.done }); err != nil {
			return err
		}
	}
	return nil
}

// bothConfirm lets both devices say that the signs are the same before either hears it of the other:
// mautrix-go 0.28.1, having heard first, takes its own master key for the other's and breaks off. matrix-js-sdk 43 confirms before it
// can have heard: else it at times says that it is done while its confirmation is still on the way, and mautrix-go breaks off.
func bothConfirm(ctx context.Context, txn id.VerificationTransactionID, pair ...*device) error {
	for _, d := range pair {
		d.signs.deaf.Lock()
		defer d.signs.deaf.Unlock()
	}
	slices.SortStableFunc(pair, func(a, b *device) int { return cmp.Compare(a.make(), b.make()) })
	for _, d := range pair {
		if err := d.signs.helper.ConfirmSAS(ctx, txn); err != nil {
			return fmt.Errorf("confirm the signs as %s: %w", d.owner.name, err)
		}
	}
	return nil
}

// make is which library the device runs; another one comes first.
func (d *device) make() int {
	if d.other != nil {
		return 0
	}
	return 1
}

// showSigns brings two devices to where both show signs, which must be the same.
func showSigns(ctx context.Context, a, b *device) (id.VerificationTransactionID, error) {
	if err := errors.Join(a.meets(ctx, b.owner, b.session.deviceID), b.meets(ctx, a.owner, a.session.deviceID)); err != nil {
		return "", err
	}
	txn, err := a.signs.helper.StartVerification(ctx, b.owner.userID())
	if err != nil {
		return txn, fmt.Errorf("ask %s to compare signs: %w", b.owner.name, err)
	}
	if _, err := b.reach(ctx, txn, "was not asked to compare signs", func(c comparison) bool { return c.requested }); err != nil {
		return txn, err
	}
	if err := b.signs.helper.AcceptVerification(ctx, txn); err != nil {
		return txn, fmt.Errorf("agree to compare signs with %s: %w", a.owner.name, err)
	}
	if _, err := a.reach(ctx, txn, "nobody agreed to compare signs", func(c comparison) bool { return c.ready }); err != nil {
		return txn, err
	}
	if err := a.signs.helper.StartSAS(ctx, txn); err != nil {
		return txn, fmt.Errorf("show signs to %s: %w", b.owner.name, err)
	}
	var seen []string
	for _, d := range []*device{a, b} {
		c, err := d.reach(ctx, txn, "no signs are shown", func(c comparison) bool { return c.signs != "" })
		if err != nil {
			return txn, err
		}
		seen = append(seen, c.signs)
	}
	if seen[0] != seen[1] {
		return txn, fmt.Errorf("the two devices show different signs, %s and %s: somebody stands between them", seen[0], seen[1])
	}
	return txn, nil
}
