package steps

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

// registerKeeping holds the words about what servers keep: data, and traces of what they did.
func registerKeeping(r Registrar) {
	r.Then(`^no configuration of any server is open to others$`, configurationClosed)
	r.Then(`^no server keeps anything outside its storage$`, nothingOutsideStorage)
	r.Then(`^the logs of traefik and synapse tell what became of each request of (\w+)$`, logsTellRequests)
	r.Then(`^the storage of every server belongs to whom it runs as$`, storageBelongs)
}

func configurationClosed(ctx context.Context) error {
	s := from(ctx)
	return s.nothing(ctx, s.stack.Open, "the configuration of %s is open to others")
}

func nothingOutsideStorage(ctx context.Context) error {
	s := from(ctx)
	return s.nothing(ctx, s.stack.Lost, "%s keeps something outside its storage")
}

func storageBelongs(ctx context.Context) error {
	s := from(ctx)
	return s.nothing(ctx, s.stack.Strange, "the storage of %s belongs to somebody else")
}

// nothing wants that list finds nothing of any server; else says what is wrong.
func (s *scenario) nothing(ctx context.Context, list func(context.Context, string) ([]string, error), wrong string) error {
	var problems []error
	for _, name := range s.stack.Names() {
		found, err := list(ctx, name)
		if err == nil && len(found) > 0 {
			err = fmt.Errorf(wrong+": %s", name, strings.Join(found, "; "))
		}
		problems = append(problems, err)
	}
	return errors.Join(problems...)
}

// logsTellRequests looks for every answered request of the scenario to the homeserver, but what the accounts answer under its name.
func logsTellRequests(ctx context.Context, name string) error {
	s := from(ctx)
	p, err := s.person(name)
	if err != nil {
		return err
	}
	elsewhere := regexp.MustCompile(`^/_matrix/client/[^/]+/(login|logout|refresh)`)
	const fewest = 5 // signing in alone takes more
	return eventually(ctx, func(ctx context.Context) error {
		told := map[string]map[string]bool{}
		for server, read := range map[string]func(string) map[string]bool{"traefik": proxyRequests, "synapse": homeserverRequests} {
			said, err := s.stack.Logs(ctx, server, s.started)
			if err != nil {
				return err
			}
			told[server] = read(said)
		}
		looked := 0
		for _, q := range s.wire.requests() {
			if q.Host != p.site.MatrixHost() || q.Status == 0 || elsewhere.MatchString(q.Path) {
				continue
			}
			looked++
			for server, requests := range told {
				if request := requestKey(q.Method, q.Path, fmt.Sprint(q.Status)); !requests[request] {
					return fmt.Errorf("the log of %s does not tell of %q", server, request)
				}
			}
		}
		if looked < fewest {
			return fmt.Errorf("%s made only %d requests that could be looked for", name, looked)
		}
		return nil
	})
}

// requestKey is one request as it can be compared, however its path was escaped.
func requestKey(method, uri, status string) string {
	path, _, _ := strings.Cut(uri, "?")
	if plain, err := url.PathUnescape(path); err == nil {
		path = plain
	}
	return method + " " + path + " " + status
}

// proxyRequests reads Traefik's access log.
func proxyRequests(said string) map[string]bool {
	requests := map[string]bool{}
	for line := range strings.Lines(said) {
		var entry struct {
			RequestMethod, RequestPath string
			DownstreamStatus           int
		}
		if json.Unmarshal([]byte(line), &entry) == nil && entry.RequestPath != "" {
			requests[requestKey(entry.RequestMethod, entry.RequestPath, fmt.Sprint(entry.DownstreamStatus))] = true
		}
	}
	return requests
}

// homeserverRequests reads Synapse's log.
func homeserverRequests(said string) map[string]bool {
	processed := regexp.MustCompile(`Processed request: .*B (\d{3}) "(\S+) (\S+) HTTP`)
	requests := map[string]bool{}
	for _, found := range processed.FindAllStringSubmatch(said, -1) {
		requests[requestKey(found[2], found[3], found[1])] = true
	}
	return requests
}
