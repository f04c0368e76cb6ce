package steps

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"

	"maunium.net/go/mautrix/pushrules/pushgateway"
)

const (
	notifyPath  = "/_matrix/push/v1/notify" // the only one homeservers accept
	mostRings   = 100                       // that a gateway takes in one scenario
	longestRing = 64 << 10                  // that it reads of one
)

// gateway is the push gateway of an app, as its maker runs it: in this process, reachable for homeservers.
type gateway struct {
	network string // from which it is reached
	address string

	mu      sync.Mutex
	mood    string           // what it does instead of passing on; empty when it is well
	well    chan struct{}    // closed when it is well again
	vain    int              // how often it was asked since it is not well
	strange int              // what came that it cannot read
	bells   map[string]*bell // by push key
}

// passOn lets the gateway of the person's app pass on what comes for a device. The gateway is opened for the first device of
// a person, reachable from one network, and ends with the scenario.
func (s *scenario) passOn(ctx context.Context, d *device, b *bell, network string) error {
	p := d.owner
	if p.gateway == nil {
		g, err := s.openGateway(ctx, network)
		if err != nil {
			return err
		}
		p.gateway = g
	}
	if p.gateway.network != network {
		return fmt.Errorf("the push gateway of %s is reached on network %q, not on %q", p.name, p.gateway.network, network)
	}
	b.pusher.Data["url"] = "http://" + p.gateway.address + notifyPath
	p.gateway.mu.Lock()
	defer p.gateway.mu.Unlock()
	p.gateway.bells[b.pusher.PushKey] = b
	return nil
}

func (s *scenario) openGateway(ctx context.Context, network string) (*gateway, error) {
	listener, err := s.stack.Listen(ctx, network)
	if err != nil {
		return nil, err
	}
	return s.serveGateway(listener, network), nil
}

// serveGateway answers as a gateway until the scenario ends.
func (s *scenario) serveGateway(listener net.Listener, network string) *gateway {
	g := &gateway{network: network, address: listener.Addr().String(), well: make(chan struct{}), bells: map[string]*bell{}}
	server := &http.Server{Handler: http.MaxBytesHandler(g, longestRing), ReadTimeout: patience, WriteTimeout: 2 * patience, IdleTimeout: patience}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	s.mended = append(s.mended, func(context.Context) error {
		_, strange := g.asked() // before closing cuts one off
		closing := server.Close()
		if err := <-served; !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serve a push gateway: %w", err)
		}
		if strange > 0 {
			return fmt.Errorf("a push gateway was asked %d times for what it cannot read or pass on", strange)
		}
		return closing
	})
	return g
}

// turn changes what the gateway does from now on.
func (g *gateway) turn(mood string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.mood != "" && mood == "" {
		close(g.well)
	}
	if g.mood == "" && mood != "" {
		g.well, g.vain = make(chan struct{}), 0
	}
	g.mood = mood
}

// asked tells how often the gateway was asked while it was not well, and whether anything came it could not read.
func (g *gateway) asked() (vain, strange int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.vain, g.strange
}

// ServeHTTP takes a notification, and does with it what its mood says.
func (g *gateway) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(request.Body)
	r, broken := readRing(body)
	g.mu.Lock()
	mood, well := g.mood, g.well
	if mood != "" {
		g.vain++
	}
	if err != nil || broken != nil || request.Method != http.MethodPost || request.URL.Path != notifyPath || len(r.note.Devices) != 1 {
		g.strange++
		mood = "fails"
	}
	g.mu.Unlock()
	rejected := []string{} // none is a list, too
	switch mood {
	case "fails":
		http.Error(w, `{"errcode": "M_UNKNOWN", "error": "out of order"}`, http.StatusBadGateway)
		return
	case "hangs up":
		panic(http.ErrAbortHandler)
	case "talks nonsense":
		_, _ = io.WriteString(w, "<html>welcome</html>") // a reader that is gone needs no answer
		return
	case "keeps everybody waiting":
		select {
		case <-well:
		case <-request.Context().Done():
			return
		}
	case "no longer knows the phone":
		rejected = []string{r.note.Devices[0].PushKey}
	case "no longer knows somebody else":
		rejected = []string{"nobody-" + r.note.Devices[0].PushKey}
	}
	g.pass(r)
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(pushgateway.RespPush{Rejected: rejected}) // likewise
}

// pass rings the bell a notification is for.
func (g *gateway) pass(r ring) {
	g.mu.Lock()
	defer g.mu.Unlock()
	b, ok := g.bells[r.note.Devices[0].PushKey]
	if !ok || len(b.rings()) >= mostRings {
		g.strange++
		return
	}
	b.ring(r)
}

// recover makes the gateway well again, once it was asked in vain more than once: a homeserver has to ask again by itself.
func (g *gateway) recover(ctx context.Context) error {
	err := eventually(ctx, func(context.Context) error {
		if vain, _ := g.asked(); vain < 2 {
			return fmt.Errorf("the push gateway was asked %d times while it was out of order, not again and again", vain)
		}
		return nil
	})
	if err != nil {
		return err
	}
	g.turn("")
	return nil
}
