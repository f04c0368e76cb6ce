// Package check asks a deployment, from where people and peers are, whether its doors lead where they must, and says what to set
// where one does not.
package check

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"matrixstack/stack"
)

// Level is how bad a finding is.
type Level string

// A note only tells. A mistake makes the check fail, and so does what could not be seen though somebody wanted to know.
const (
	Good    Level = "ok"
	Note    Level = "note"
	Unseen  Level = "unseen"
	Mistake Level = "WRONG"
)

// What everything else rests on.
const (
	aboutName        = "name in DNS"
	aboutCertificate = "certificate"
)

// Finding is what one question came to.
type Finding struct {
	Level Level
	About string // "well-known for clients"
	Where string // address that was asked
	What  string // what is so, or what is wrong
	Set   string // what to set; empty when nothing need be
}

// Target is a deployment and how it is reached.
type Target struct {
	ServerName string // part of Matrix IDs after the colon
	Homeserver string // host of the homeserver, with its port unless that is 443
	Accounts   string // host of the accounts; empty until it is found, or when there is no MAS
	Elsewhere  stack.Elsewhere
	Now        func() time.Time
}

// roots are who the deployment is verified against.
func (t *Target) roots() *x509.CertPool { return t.Elsewhere.Roots }

// client reaches the deployment, and leaves redirects to who asks.
func (t *Target) client() *http.Client {
	client := t.Elsewhere.Reach().HTTPClient()
	client.Timeout = 20 * time.Second
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return client
}

// answer is what an address said.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func (t *Target) ask(ctx context.Context, address string) (answer, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return answer{}, err
	}
	request.Header.Set("Origin", "https://client.invalid") // browsers say where they come from
	response, err := t.client().Do(request)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	return answer{response.StatusCode, response.Header, body}, err
}

// json reads the answer as JSON, whatever it calls itself.
func (a answer) json(into any) bool { return json.Unmarshal(a.body, into) == nil }

// says is the begin of the answer, for a message in one line.
func (a answer) says() string {
	text := strings.Join(strings.Fields(string(a.body)), " ")
	if len(text) > 60 {
		text = text[:60] + "..."
	}
	return fmt.Sprintf("status %d, %q", a.status, text)
}

func (a answer) isHTML() bool {
	return strings.Contains(strings.ToLower(string(a.body[:min(len(a.body), 200)])), "<html") || strings.HasPrefix(a.header.Get("Content-Type"), "text/html")
}

// errcode is the error of Matrix the answer carries.
func (a answer) errcode() string {
	var said struct{ Errcode string }
	a.json(&said)
	return said.Errcode
}

// Resolve finds out what a deployment is called from the address it was given.
func Resolve(ctx context.Context, address string, elsewhere stack.Elsewhere) (*Target, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.Host == "" || strings.Trim(u.Path, "/") != "" {
		return nil, fmt.Errorf("check %q: write the address of the homeserver, such as https://matrix.example.org", address)
	}
	t := &Target{Homeserver: u.Host, Elsewhere: elsewhere, Now: time.Now}
	var keys struct {
		ServerName string `json:"server_name"`
	}
	if said, err := t.ask(ctx, address+"/_matrix/key/v2/server"); err == nil && said.json(&keys) && keys.ServerName != "" {
		t.ServerName = keys.ServerName
		return t, nil
	}
	t.ServerName = u.Hostname()
	if parent, ok := strings.CutPrefix(t.ServerName, "matrix."); ok {
		t.ServerName = parent // as most deployments have it; what is wrong is found out by asking it
	}
	return t, nil
}

// Doors asks every question that needs no account, in an order in which causes come before what they cause. It ends early, and says
// so, where everything else would only repeat what is wrong.
func Doors(ctx context.Context, t *Target) (found []Finding, early bool) {
	for _, question := range []func(context.Context, *Target) []Finding{names, certificates, clients, versions, accounts, peers, closed} {
		asked := question(ctx, t)
		found = append(found, asked...)
		for _, f := range asked {
			if f.Level == Mistake && (f.About == aboutName || f.About == aboutCertificate) {
				early = true
			}
		}
		if early {
			return found, true
		}
	}
	return found, false
}

// names looks up every host that people must find.
func names(ctx context.Context, t *Target) []Finding {
	var found []Finding
	for _, host := range t.hosts() {
		name, _ := hostPort(host)
		address := net.JoinHostPort(hostPort(host))
		if t.Elsewhere.Address(address) != address || net.ParseIP(name) != nil {
			continue
		}
		var resolver net.Resolver
		if addresses, err := resolver.LookupHost(ctx, name); err != nil {
			found = append(found, Finding{Mistake, aboutName, name, "it is not found: " + reason(err), record(name)})
		} else {
			found = append(found, Finding{Good, aboutName, name, strings.Join(addresses, ", "), ""})
		}
	}
	return found
}

// hosts are the names that people must find.
func (t *Target) hosts() []string { return slices.Compact([]string{t.ServerName, t.Homeserver}) }

// record is what leads to a name.
func record(name string) string {
	return "an A (and AAAA) record for " + name + " with the address of the proxy; --resolve " + name + ":ADDRESS goes around DNS"
}

// unanswered says why an address gave no answer, and what to set: of a name that is not found and of a certificate that is wrong more
// is known than of the rest.
func (t *Target) unanswered(address string, err error, rest string) (what, set string) {
	var lookup *net.DNSError
	u, wrong := url.Parse(address)
	switch {
	case errors.As(err, &lookup):
		return "no answer: " + reason(err), record(lookup.Name)
	case wrong == nil && strings.Contains(err.Error(), "certificate"):
		return t.explainTLS(u.Hostname(), err)
	}
	return "no answer: " + reason(err), rest
}

// hostPort splits a host from its port, 443 when it names none.
func hostPort(host string) (name, port string) {
	if name, port, err := net.SplitHostPort(host); err == nil {
		return name, port
	}
	return host, "443"
}

// reason is an error in one line.
func reason(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }
