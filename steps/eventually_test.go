package steps

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestEventuallyEndsAsSoonAsTheCheckHolds(t *testing.T) {
	t.Parallel()
	looks := 0
	err := eventually(t.Context(), func(context.Context) error {
		if looks++; looks < 3 {
			return errors.New("not yet")
		}
		return nil
	})
	assert.NoError(t, err)
	assert.Equal(t, 3, looks)
}

func TestEventuallyTellsTheLastFindingAndHowLongItWaited(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	early, late := errors.New("nobody is there"), errors.New("Bob is there, Carol is not")
	looks := 0
	err := eventually(ctx, func(context.Context) error {
		if looks++; looks == 1 {
			return early
		}
		return late
	})
	assert.ErrorIs(t, err, late)
	assert.NotErrorIs(t, err, early)
	assert.Regexp(t, `^waited [\d.]+s: Bob is there, Carol is not$`, err.Error())
	assert.Greater(t, looks, 1)
}

func TestEventuallyDoesNotLetTheDeadlineHideWhatWasFound(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 250*time.Millisecond)
	defer cancel()
	found := errors.New("the room is empty")
	looks := 0
	err := eventually(ctx, func(ctx context.Context) error {
		if looks++; looks == 1 {
			return found
		}
		<-ctx.Done() // a request that is cut off
		return ctx.Err()
	})
	assert.ErrorIs(t, err, found)
	assert.NotErrorIs(t, err, context.DeadlineExceeded)
}

func TestEventuallyTellsWhatCutOffTheOnlyLook(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	err := eventually(ctx, func(ctx context.Context) error {
		cancel()
		return ctx.Err()
	})
	assert.ErrorIs(t, err, context.Canceled)
}
