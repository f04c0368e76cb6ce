package steps

import (
	"fmt"
	"net/http"
	"sync"
	"time"
)

// wire keeps a line for each request of a scenario: evidence for its failure bundle.
// Bodies and headers are left out, so no password or token can get into it.
type wire struct {
	mu    sync.Mutex
	lines []string
}

func (w *wire) add(line string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.lines = append(w.lines, line)
}

// requests returns the lines so far.
func (w *wire) requests() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]string(nil), w.lines...)
}

// record wraps a transport so that each request leaves a line.
func (w *wire) record(next http.RoundTripper) http.RoundTripper { return recorder{w, next} }

type recorder struct {
	wire *wire
	next http.RoundTripper
}

// RoundTrip sends the request on and notes method, address, answer and time.
func (r recorder) RoundTrip(request *http.Request) (*http.Response, error) {
	begin := time.Now()
	response, err := r.next.RoundTrip(request)
	answer := "no answer"
	if err == nil {
		answer = response.Status
	}
	r.wire.add(fmt.Sprintf("%s %s %s %s -> %s in %s", begin.UTC().Format("15:04:05.000"), request.Method, request.URL.Host, request.URL.EscapedPath(), answer, time.Since(begin).Round(time.Millisecond)))
	return response, err
}

// CloseIdleConnections passes the wish on, so that clients of a scenario leave nothing open.
func (r recorder) CloseIdleConnections() {
	if closer, ok := r.next.(interface{ CloseIdleConnections() }); ok {
		closer.CloseIdleConnections()
	}
}
