package steps

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"sync"
)

// turns lets the scenarios of a pass begin so many at a time, in an order drawn from the seed. godog goes through one file after
// another, so that scenarios that want the same server would all come at once, and wait for each other.
type turns struct {
	seed uint64

	mu      sync.Mutex
	free    int // scenarios that may begin now
	absent  int // scenarios that have not asked yet; nobody begins before all have
	waiting []waiter
}

// waiter is a scenario that waits for its turn.
type waiter struct {
	rank  uint64
	begin chan struct{}
}

// take waits for the turn of a scenario. The turn ends with give, also when the run was interrupted meanwhile.
func (t *turns) take(ctx context.Context, scenario string) (give func()) {
	if t == nil {
		return func() {}
	}
	mine := waiter{rank: t.rank(scenario), begin: make(chan struct{})}
	t.mu.Lock()
	t.waiting = append(t.waiting, mine)
	t.absent--
	t.next()
	t.mu.Unlock()
	select {
	case <-mine.begin:
	case <-ctx.Done():
	}
	return t.give
}

// rank places a scenario among all others.
func (t *turns) rank(scenario string) uint64 {
	hash := sha256.Sum256(append(binary.BigEndian.AppendUint64(nil, t.seed), scenario...))
	return binary.BigEndian.Uint64(hash[:])
}

func (t *turns) give() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.free++
	t.next()
}

// next lets those of the lowest ranks begin.
func (t *turns) next() {
	for t.absent <= 0 && t.free > 0 && len(t.waiting) > 0 {
		lowest := 0
		for i, w := range t.waiting {
			if w.rank < t.waiting[lowest].rank {
				lowest = i
			}
		}
		close(t.waiting[lowest].begin)
		t.waiting = append(t.waiting[:lowest], t.waiting[lowest+1:]...)
		t.free--
	}
}
