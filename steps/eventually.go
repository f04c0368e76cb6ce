package steps

import (
	"context"
	"fmt"
	"time"
)

const (
	patience = 30 * time.Second       // how long a Then waits before it says what it saw instead
	interval = 100 * time.Millisecond // between two looks
)

// eventually retries one check until it holds, and says what the last look found when it never does.
func eventually(ctx context.Context, check func(context.Context) error) error {
	return eventuallyWithin(ctx, patience, check)
}

func eventuallyWithin(ctx context.Context, limit time.Duration, check func(context.Context) error) error {
	begin := time.Now()
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	var last error
	for {
		err := check(ctx)
		if err == nil {
			return nil
		}
		if last == nil || ctx.Err() == nil {
			last = err // an answer cut off by the deadline says less than the one before it
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waited %s: %w", time.Since(begin).Round(100*time.Millisecond), last)
		case <-ticker.C:
		}
	}
}
