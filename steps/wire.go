package steps

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"matrixstack/steps/report"
)

// wire keeps each request of a scenario: evidence for its failure bundle, and what the documentation shows behind it.
// Bodies of requests, queries and headers are left out, so no password or token can get into it.
type wire struct {
	mark string // what servers log of who asked, besides the name of the client

	mu    sync.Mutex
	asked []report.Request
}

func (w *wire) add(q report.Request) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked = append(w.asked, q)
}

// requests returns what was asked so far, in the order in which answers came.
func (w *wire) requests() []report.Request {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]report.Request(nil), w.asked...)
}

// record wraps a transport so that each request is kept.
func (w *wire) record(next http.RoundTripper) http.RoundTripper { return recorder{w, next} }

type recorder struct {
	wire *wire
	next http.RoundTripper
}

// RoundTrip sends the request on and notes method, address, answer and time.
func (r recorder) RoundTrip(request *http.Request) (*http.Response, error) {
	q := report.Request{At: time.Now().UTC(), Method: request.Method, Host: request.URL.Host, Path: request.URL.EscapedPath(), Query: meant(request.URL.Query()), Times: 1}
	if r.wire.mark != "" {
		request = request.Clone(request.Context()) // a transport must not change what it was given
		request.Header.Set("User-Agent", strings.TrimSpace(request.UserAgent()+" "+r.wire.mark))
	}
	response, err := r.next.RoundTrip(request)
	q.Seconds = time.Since(q.At).Seconds()
	if err != nil {
		q.Answer = redact(err.Error())
	} else {
		q.Status, q.Server = response.StatusCode, response.Header.Get("Server")
		q.Answer = said(response)
	}
	r.wire.add(q)
	return response, err
}

// meant is the part of a query that says what was meant. Everything else may be a secret, or tells requests apart that are the same.
func meant(query url.Values) string {
	for name := range query {
		if !slices.Contains([]string{"dir", "height", "kind", "method", "server_name", "via", "width"}, name) {
			query.Del(name)
		}
	}
	return query.Encode()
}

// said is the start of an answer that is no success and no page, which whoever asked can still read whole.
func said(response *http.Response) string {
	const most = 300 // bytes
	if response.StatusCode < 400 || response.Body == nil || strings.Contains(response.Header.Get("Content-Type"), "html") {
		return ""
	}
	var start bytes.Buffer
	_, _ = io.CopyN(&start, response.Body, most) // an error comes again for whoever reads on
	response.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(start.Bytes()), response.Body), response.Body}
	return redact(strings.Join(strings.Fields(strings.ToValidUTF8(start.String(), "?")), " "))
}

// CloseIdleConnections passes the wish on, so that clients of a scenario leave nothing open.
func (r recorder) CloseIdleConnections() {
	if closer, ok := r.next.(interface{ CloseIdleConnections() }); ok {
		closer.CloseIdleConnections()
	}
}

// grouped puts requests that are the same but for their time into one, and keeps so many of them. It tells how many were left out.
func grouped(asked []report.Request, most int) (kept []report.Request, more int) {
	at := map[string]int{}
	for _, q := range asked {
		same := fmt.Sprint(q.Method, q.Host, q.Path, q.Query, q.Status, q.Answer)
		if i, seen := at[same]; seen {
			kept[i].Times += q.Times
			kept[i].Seconds += q.Seconds
			continue
		}
		if len(kept) >= most {
			more += q.Times
			continue
		}
		at[same] = len(kept)
		kept = append(kept, q)
	}
	return kept, more
}
