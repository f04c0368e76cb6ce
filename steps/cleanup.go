package steps

import (
	"context"
	"time"
)

// afterInterrupt is how long is left to clean up once somebody interrupted a run: they wait for it to end.
const afterInterrupt = 30 * time.Second

// cleanup is for cleaning up: it outlives an interrupt, but not for long.
func cleanup(ctx context.Context) (context.Context, context.CancelFunc) {
	open, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		late := time.AfterFunc(afterInterrupt, cancel)
		context.AfterFunc(open, func() { late.Stop() })
	})
	return open, func() { stop(); cancel() }
}
