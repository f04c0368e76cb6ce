package steps

import (
	"context"
	"fmt"
	"net/http"
	"strings"
)

// letsPagesAsk asks as a browser does for a page of somebody else: whether it may, and then, where reading takes no account, for it.
func letsPagesAsk(ctx context.Context, what, name string) error {
	s := from(ctx)
	site, err := s.site(name)
	if err != nil {
		return err
	}
	door := map[string]struct{ reads, sends, by string }{
		"the document for clients": {reads: "https://" + site.ServerName + "/.well-known/matrix/client"},
		"the homeserver":           {reads: "https://" + site.MatrixHost() + "/_matrix/client/versions", sends: "https://" + site.MatrixHost() + "/_matrix/client/v3/sync", by: http.MethodGet},
		"what keeps the accounts":  {reads: "https://" + site.AuthHost() + "/.well-known/openid-configuration", sends: "https://" + site.AuthHost() + "/oauth2/token", by: http.MethodPost},
	}[what]
	if err := s.mayRead(ctx, http.MethodGet, door.reads, nil); err != nil || door.sends == "" {
		return err
	}
	return s.mayRead(ctx, http.MethodOptions, door.sends, map[string]string{"Access-Control-Request-Method": door.by, "Access-Control-Request-Headers": "authorization,content-type"})
}

// mayRead wants that a page of somebody else is let read an answer, and send the headers that clients send.
func (s *scenario) mayRead(ctx context.Context, method, address string, asks map[string]string) error {
	request, err := http.NewRequestWithContext(ctx, method, address, nil)
	if err != nil {
		return err
	}
	request.Header.Set("Origin", "https://app.world.test")
	for header, value := range asks {
		request.Header.Set(header, value)
	}
	answer, err := s.http().Do(request)
	if err != nil {
		return fmt.Errorf("ask as a page of somebody else: %w", err)
	}
	answer.Body.Close()
	if allowed := answer.Header.Values("Access-Control-Allow-Origin"); answer.StatusCode/100 != 2 || len(allowed) != 1 || allowed[0] != "*" {
		return fmt.Errorf("a browser lets no page read %s %s: status %d, Access-Control-Allow-Origin %q", method, address, answer.StatusCode, allowed)
	}
	if allowed := strings.ToLower(strings.Join(answer.Header.Values("Access-Control-Allow-Headers"), ",")); asks != nil && !strings.Contains(allowed, "authorization") && allowed != "*" {
		return fmt.Errorf("a browser lets no page sign in at %s: Access-Control-Allow-Headers %q", address, allowed)
	}
	return nil
}

// nobodyKeeps asks for what is for one person only. Browsers, and caches between them and the homeserver, go by what Cache-Control says
// (RFC 9111); where it says nothing they may guess.
func nobodyKeeps(ctx context.Context, name string) error {
	s := from(ctx)
	d, err := s.device(name)
	if err != nil {
		return err
	}
	for _, path := range []string{"v3/account/whoami", "v3/devices", "v3/sync"} {
		address := "https://" + d.owner.site.MatrixHost() + "/_matrix/client/" + path
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
		if err != nil {
			return err
		}
		request.Header.Set("Authorization", "Bearer "+d.client.AccessToken)
		answer, err := s.http().Do(request)
		if err != nil {
			return fmt.Errorf("ask as %s: %w", name, err)
		}
		answer.Body.Close()
		said := answer.Header.Values("Cache-Control")
		if answer.StatusCode != http.StatusOK || !strings.Contains(strings.Join(said, ","), "no-store") || strings.Contains(strings.Join(said, ","), "public") {
			return fmt.Errorf("who is on the way may keep what %s answers %s: status %d, Cache-Control %q", address, name, answer.StatusCode, said)
		}
	}
	return nil
}
