package images

import (
	"context"
	"sync"
)

// suites reads what each Debian suite has once, for all recipes. The zero value is ready.
type suites struct {
	mu   sync.Mutex // held while apt works: it keeps a cache beside its lists
	open map[string]apt
	done []func()
}

func (s *suites) resolve(ctx context.Context, b *builder, want Debian) ([]Deb, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, ok := s.open[want.Suite]
	if !ok {
		var done func()
		var err error
		if a, done, err = b.openSuite(ctx, want.Suite); err != nil {
			return nil, err
		}
		if s.open == nil {
			s.open = map[string]apt{}
		}
		s.open[want.Suite], s.done = a, append(s.done, done)
	}
	return a.resolve(ctx, want)
}

func (s *suites) close() {
	for _, done := range s.done {
		done()
	}
	s.open, s.done = nil, nil
}
