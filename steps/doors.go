package steps

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"matrixstack/stack"
)

// isClosedToOutside also asks from the inside, where the answer must be another one: a path nobody has proves nothing.
func isClosedToOutside(ctx context.Context, what, name string) error {
	s := from(ctx)
	site, err := s.site(name)
	if err != nil {
		return err
	}
	door := map[string]struct{ component, port, path string }{
		"account monitoring": {site.Component("mas"), "8081/tcp", "/metrics"},
		"account sync":       {site.Component("synapse"), "8008/tcp", "/_synapse/mas/query_user"},
		"admin API":          {site.Component("synapse"), "8008/tcp", "/_synapse/admin/v1/server_version"},
		"health check":       {site.Component("synapse"), "8008/tcp", "/health"},
		"metrics":            {site.Component("synapse"), "9000/tcp", "/_synapse/metrics"},
		"proxy monitoring":   {site.Component("traefik"), "8080/tcp", "/metrics"},
	}[what]
	proxy, _ := s.stack.World.Component(site.Component("traefik"))
	for _, host := range proxy.Hosts {
		if err := s.isClosedAt(ctx, host+door.path); err != nil {
			return err
		}
	}
	inside, err := s.statusInside(ctx, door.component, door.port, door.path)
	if err != nil {
		return err
	}
	if inside == http.StatusNotFound {
		return fmt.Errorf("%s has no %s at all, so its being closed proves nothing", door.component, what)
	}
	return nil
}

// isAtOneHost asks for something at every host of a site: only one has it.
func isAtOneHost(ctx context.Context, whom, name string) error {
	s := from(ctx)
	site, err := s.site(name)
	if err != nil {
		return err
	}
	door := map[string]struct{ host, path string }{
		"clients":                             {site.MatrixHost(), "/_matrix/client/versions"},
		"people who look after their account": {site.AuthHost(), "/account/"},
		"whoever only has a server name":      {site.ServerName, "/.well-known/matrix/client"},
	}[whom]
	proxy, _ := s.stack.World.Component(site.Component("traefik"))
	for _, host := range proxy.Hosts {
		status, err := statusAt(ctx, newBrowser(s.http()), "https://"+host+door.path)
		switch {
		case err != nil:
			return fmt.Errorf("ask from the outside: %w", err)
		case host == door.host && status/100 != 2 && status/100 != 3:
			return fmt.Errorf("the door for %s is not at %s: status %d", whom, host+door.path, status)
		case host != door.host && status != http.StatusNotFound:
			return fmt.Errorf("the door for %s is at %s as well: status %d", whom, host+door.path, status)
		}
	}
	return nil
}

// proxyShowsNobody asks for what the proxy tells about itself when its API is switched on, from the outside and where it is measured.
func proxyShowsNobody(ctx context.Context, name string) error {
	s := from(ctx)
	site, err := s.site(name)
	if err != nil {
		return err
	}
	proxy, _ := s.stack.World.Component(site.Component("traefik"))
	for _, path := range []string{"/api/rawdata", "/api/overview", "/dashboard/"} {
		for _, host := range proxy.Hosts {
			if err := s.isClosedAt(ctx, host+path); err != nil {
				return err
			}
		}
		inside, err := s.statusInside(ctx, proxy.Name, "8080/tcp", path)
		if err != nil {
			return err
		}
		if inside != http.StatusNotFound {
			return fmt.Errorf("the proxy shows to whom it is on a network with where its doors lead: %s answers with status %d", path, inside)
		}
	}
	return nil
}

// hasNoPlayground asks for the page with which developers try out GraphQL, next to where it is spoken.
func hasNoPlayground(ctx context.Context, name string) error {
	s := from(ctx)
	site, err := s.site(name)
	if err != nil {
		return err
	}
	spoken, err := statusAt(ctx, s.http(), "https://"+site.AuthHost()+"/graphql")
	if err == nil && spoken == http.StatusNotFound {
		err = errors.New("GraphQL is not spoken at /graphql, so that having no page for it proves nothing")
	}
	if err != nil {
		return err
	}
	return s.isClosedAt(ctx, site.AuthHost()+"/graphql/playground")
}

// isClosedAt wants that nobody answers at a place, and that plain HTTP does no more than lead there.
func (s *scenario) isClosedAt(ctx context.Context, place string) error {
	outside, err := statusAt(ctx, s.http(), "https://"+place)
	if err != nil {
		return fmt.Errorf("ask from the outside: %w", err)
	}
	if outside != http.StatusNotFound {
		return fmt.Errorf("the outside is answered at %s with status %d", place, outside)
	}
	plain, err := statusAt(ctx, newBrowser(s.http()), "http://"+place)
	if err != nil {
		return fmt.Errorf("ask from the outside: %w", err)
	}
	if plain/100 != 3 && plain != http.StatusNotFound {
		return fmt.Errorf("the outside is answered at %s in plain HTTP with status %d", place, plain)
	}
	return nil
}

// statusInside asks a server itself, at a published port of the engine.
func (s *scenario) statusInside(ctx context.Context, component, port, path string) (int, error) {
	endpoint, err := s.stack.Endpoint(ctx, component, port)
	if err != nil {
		return 0, err
	}
	status, err := statusAt(ctx, &http.Client{Timeout: patience}, "http://"+endpoint+path)
	if err != nil {
		return 0, fmt.Errorf("ask from the inside: %w", err)
	}
	return status, nil
}

func statusAt(ctx context.Context, client *http.Client, address string) (int, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return 0, err
	}
	answer, err := client.Do(request)
	if err != nil {
		return 0, err
	}
	return answer.StatusCode, answer.Body.Close()
}

// proxyLosesRoutes leaves a proxy that runs without routes and certificates, until the scenario ends.
func proxyLosesRoutes(ctx context.Context, name string) error {
	s := from(ctx)
	site, err := s.site(name)
	if err != nil {
		return err
	}
	proxy := site.Component("traefik")
	restore, err := s.stack.Edit(ctx, proxy, "/etc/traefik/dynamic/routes.yml", func(string) (string, error) { return "# none\n", nil })
	s.mended = append(s.mended, func(ctx context.Context) error {
		if err := restore(ctx); err != nil {
			return err
		}
		return s.stack.Healthy(ctx, proxy)
	})
	return err
}

// proxyIsNotWell asks the proxy as its health check does.
func proxyIsNotWell(ctx context.Context, name string) error {
	s := from(ctx)
	site, err := s.site(name)
	if err != nil {
		return err
	}
	proxy := site.Component("traefik")
	return eventually(ctx, func(ctx context.Context) error {
		status, err := s.statusInside(ctx, proxy, "8080/tcp", "/ping")
		if err == nil && status == http.StatusOK {
			err = fmt.Errorf("%s says that it is well, and leads nowhere", proxy)
		}
		return err
	})
}

// newDoor is a path of this scenario that no server knows.
func (s *scenario) newDoor(site stack.Site) string {
	return "https://" + site.MatrixHost() + "/door-" + s.suffix
}

// operatorOpensDoor writes down one more route. The proxy is not told: it has to notice.
func operatorOpensDoor(ctx context.Context, name string) error {
	s := from(ctx)
	site, err := s.site(name)
	if err != nil {
		return err
	}
	restore, err := s.stack.Edit(ctx, site.Component("traefik"), "/etc/traefik/dynamic/test-override.yml", func(content string) (string, error) {
		route := "  routers:\n    new-door:\n      rule: Path(`/door-" + s.suffix + "`)\n      priority: 300\n      entryPoints: [https]\n      middlewares: [new-door]\n      service: synapse@file\n"
		return content + route, nil
	})
	s.mended = append(s.mended, restore)
	return err
}

func newDoorLeads(ctx context.Context, name string) error {
	s := from(ctx)
	site, err := s.site(name)
	if err != nil {
		return err
	}
	return eventually(ctx, func(ctx context.Context) error {
		var found struct {
			Versions []string `json:"versions"`
		}
		if err := getJSON(ctx, s.http(), s.newDoor(site), &found); err != nil {
			return fmt.Errorf("the proxy does not notice what the operator changes: %w", err)
		}
		if len(found.Versions) == 0 {
			return fmt.Errorf("what answers at %s is no homeserver", s.newDoor(site))
		}
		return nil
	})
}
