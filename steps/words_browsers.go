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
