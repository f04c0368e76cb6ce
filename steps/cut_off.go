package steps

import (
	"context"
	"time"
)

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
			_, err := d.client.Whoami(ctx)
			if away := began.Sub(last); away > 2*interval && ctx.Err() == nil { // also while it has no end yet
				longest = max(longest, away)
			}
			if err == nil {
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
