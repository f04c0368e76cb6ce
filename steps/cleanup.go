package steps

import (
	"context"
	"errors"
	"time"
)

// afterInterrupt is how long each part of cleaning up may take once somebody interrupted a run: they wait for it to end.
const afterInterrupt = 20 * time.Second

var errTooLate = errors.New("given up, since the run was interrupted and this takes too long")

// cleanup is for cleaning up: it outlives an interrupt, but not for long.
func cleanup(ctx context.Context) (context.Context, context.CancelFunc) {
	open, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(afterInterrupt, func() { cancel(errTooLate) }) })
	return open, func() { stop(); cancel(nil) }
}
