package steps

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"matrixstack/stack"
)

// limited remembers which servers hold to their deployed limits, or were set up in another way, and for which feature: restarts
// are slow, so that the scenarios of one feature share them. Only scenarios that have the stack to themselves may change it.
type limited struct {
	feature string
	lift    map[string]func(context.Context) error // by component, or by what was set up
}

// share sets something up in another way until a scenario of another feature begins.
func (r *run) share(feature, what string, setUp func() (restore func(context.Context) error, err error)) error {
	if _, done := r.limited.lift[what]; done {
		return nil
	}
	restore, err := setUp()
	if r.limited.lift == nil {
		r.limited = limited{feature: feature, lift: map[string]func(context.Context) error{}}
	}
	r.limited.lift[what] = restore
	return err
}

// liftLimits puts the override of the test world back before a scenario of another feature.
func (r *run) liftLimits(ctx context.Context, feature string) error {
	if r.limited.feature == feature {
		return nil
	}
	var problems []error
	for _, lift := range r.limited.lift {
		problems = append(problems, lift(ctx))
	}
	if len(r.limited.lift) > 0 {
		r.limited = limited{}
	}
	return errors.Join(problems...)
}

// deployLimits puts the override of the test world aside. A server that did so already starts anew and forgets which address did
// what. A homeserver beside MAS only knows people, and those are fresh in each scenario.
func (r *run) deployLimits(ctx context.Context, feature, component string) error {
	if _, done := r.limited.lift[component]; done {
		if site, _ := r.stack.World.Site("alpha"); component == site.Component("synapse") && site.SignIn == stack.SignInMAS {
			return nil
		}
		return r.stack.Restart(ctx, component)
	}
	path, lifted := "/data/test-override.yaml", "rc_"
	if component == "mas" {
		path, lifted = "/config/test-override.yaml", "rate_limiting:"
	}
	return r.share(feature, component, func() (func(context.Context) error, error) {
		return r.stack.Rewrite(ctx, component, path, func(content string) (string, error) { return withoutBlocks(content, lifted) })
	})
}

// withoutBlocks drops the top-level settings that begin so, and keeps the document a mapping.
func withoutBlocks(content, begin string) (string, error) {
	kept, dropping, dropped := "{}\n", false, false
	var left strings.Builder
	for line := range strings.Lines(content) {
		if !strings.HasPrefix(line, " ") {
			dropping = strings.HasPrefix(line, begin)
			dropped = dropped || dropping
		}
		if !dropping {
			left.WriteString(line)
		}
		if !dropping && !strings.HasPrefix(line, "#") && strings.TrimSpace(line) != "" {
			kept = ""
		}
	}
	if !dropped {
		return "", fmt.Errorf("no setting begins with %q", begin)
	}
	return left.String() + kept, nil
}

// askFrom sends a JSON request from inside a component, which must carry Python: from another client address than the test's.
func (s *scenario) askFrom(ctx context.Context, component, address string, body any) error {
	const ask = `
import sys, urllib.error, urllib.request
request = urllib.request.Request(sys.argv[1], data=sys.argv[2].encode(), headers={"Content-Type": "application/json"}, method="POST")
try:
    answer = urllib.request.urlopen(request, timeout=30)
except urllib.error.HTTPError as refused:
    answer = refused
print(answer.status, answer.read().decode())
`
	sent, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("ask %s from %s: %w", address, component, err)
	}
	said, err := s.stack.Exec(ctx, component, "python3", "-c", ask, address, string(sent))
	if err != nil {
		return err
	}
	var status int
	if _, err := fmt.Sscan(said, &status); err != nil {
		return fmt.Errorf("ask %s from %s: no status in %q: %w", address, component, said, err)
	}
	if status > 299 {
		return statusError{http.MethodPost + " " + address + " from " + component, status, strings.TrimSpace(said[3:])}
	}
	return nil
}
