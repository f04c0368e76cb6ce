package steps

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/oauth2"
	"maunium.net/go/mautrix/id"
)

const redirectURI = "http://127.0.0.1/callback" // native client on loopback; nothing listens there

// session is what signing in gives a device.
type session struct {
	deviceID     id.DeviceID
	accessToken  string
	refreshToken string
	until        time.Time    // what the access token was said to be good for when it was last renewed
	client       *oauthClient // nil for the homeserver's own sessions
}

// oauthClient is a Matrix client that registered itself at MAS, as every client does.
type oauthClient struct {
	config oauth2.Config
	revoke string
}

// refusal is a form that was sent back, with the codes its page carries and what it says.
type refusal struct {
	path  string
	codes []string
}

// Error names the page and its codes.
func (r refusal) Error() string {
	return fmt.Sprintf("%s refused the form: %s", r.path, strings.Join(r.codes, ", "))
}

// deadEnd is a page a person cannot go on from.
type deadEnd struct {
	person string
	path   string
	status int
	says   []string
}

// Error names the page and what it says.
func (d deadEnd) Error() string {
	return fmt.Sprintf("sign in as %s: page %s (status %d) is not one a person can go on from; it says %q", d.person, d.path, d.status, d.says)
}

// metadata is the part of the homeserver's OAuth metadata that clients need.
type metadata struct {
	Issuer        string `json:"issuer"`
	Authorization string `json:"authorization_endpoint"`
	Token         string `json:"token_endpoint"`
	Registration  string `json:"registration_endpoint"`
	Revocation    string `json:"revocation_endpoint"`
	Device        string `json:"device_authorization_endpoint"`
}

// registerClient discovers MAS through the homeserver and registers a person's client there. The name tells clients of different
// people apart: MAS 1.8.0 takes equal ones for one client, and fails when two of them register in the same instant.
func registerClient(ctx context.Context, http *http.Client, p *person, redirect string) (*oauthClient, error) {
	var found metadata
	if err := getJSON(ctx, http, "https://"+p.site.MatrixHost()+"/_matrix/client/v1/auth_metadata", &found); err != nil {
		return nil, fmt.Errorf("discover where to sign in: %w", err)
	}
	body, err := json.Marshal(map[string]any{
		"client_name": "Client of " + p.username, "client_uri": "https://client.test/", "application_type": "native",
		"redirect_uris": []string{redirect}, "response_types": []string{"code"}, "token_endpoint_auth_method": "none",
		"grant_types": []string{"authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code"},
	})
	if err != nil {
		return nil, fmt.Errorf("register client: %w", err)
	}
	var made struct {
		ID string `json:"client_id"`
	}
	if err := postJSON(ctx, http, found.Registration, body, &made); err != nil {
		return nil, fmt.Errorf("register client: %w", err)
	}
	return &oauthClient{
		config: oauth2.Config{
			ClientID: made.ID, RedirectURL: redirect,
			Endpoint: oauth2.Endpoint{AuthURL: found.Authorization, TokenURL: found.Token, DeviceAuthURL: found.Device, AuthStyle: oauth2.AuthStyleInParams},
		},
		revoke: found.Revocation,
	}, nil
}

// attempt is one sign-in on its way through the browser.
type attempt struct {
	client          *oauthClient
	start           *url.URL // where the browser begins
	device          id.DeviceID
	verifier, state string
	extra           []string // scopes beyond what every client asks for
}

// scopes are what the client asks for.
func (a attempt) scopes() []string {
	return append([]string{"openid", "urn:matrix:client:api:*", "urn:matrix:client:device:" + string(a.device)}, a.extra...)
}

// begin prepares a sign-in for a new device; create asks for the sign-up page rather than the sign-in page, extra for more rights.
func (c *oauthClient) begin(create bool, extra ...string) (attempt, error) {
	device := strings.Map(alphanumeric, "DEV"+strings.ToUpper(oauth2.GenerateVerifier()[:10]))
	a := attempt{client: c, device: id.DeviceID(device), verifier: oauth2.GenerateVerifier(), state: oauth2.GenerateVerifier(), extra: extra}
	config := c.config
	config.Scopes = a.scopes()
	options := []oauth2.AuthCodeOption{oauth2.S256ChallengeOption(a.verifier)}
	if create {
		options = append(options, oauth2.SetAuthURLParam("prompt", "create"))
	}
	var err error
	if a.start, err = url.Parse(config.AuthCodeURL(a.state, options...)); err != nil {
		return attempt{}, fmt.Errorf("start signing in: %w", err)
	}
	return a, nil
}

// begins registers a client for a person and prepares a sign-in with it.
func (s *scenario) begins(ctx context.Context, p *person, create bool) (attempt, error) {
	client, err := registerClient(ctx, s.http(), p, redirectURI)
	if err != nil {
		return attempt{}, err
	}
	return client.begin(create)
}

// atOnce is a page that needs nothing to be waited for.
func atOnce(context.Context) error { return nil }

// finish trades what the browser brought back for a session.
func (a attempt) finish(ctx context.Context, plain *http.Client, back *url.URL) (session, error) {
	answer := back.Query()
	if answer.Get("state") != a.state {
		return session{}, errors.New("sign in: MAS answered with another state than the client sent")
	}
	if refused := answer.Get("error"); refused != "" {
		return session{}, fmt.Errorf("sign in: MAS refused: %s: %s", refused, answer.Get("error_description"))
	}
	token, err := a.client.config.Exchange(context.WithValue(ctx, oauth2.HTTPClient, plain), answer.Get("code"), oauth2.VerifierOption(a.verifier))
	if err != nil {
		return session{}, fmt.Errorf("trade the code: %w", err)
	}
	return session{deviceID: a.device, accessToken: token.AccessToken, refreshToken: token.RefreshToken, client: a.client}, nil
}

// authorize walks the pages of MAS until it hands out a code, then trades it for a session.
func (c *oauthClient) authorize(ctx context.Context, plain *http.Client, p *person, create bool) (session, error) {
	a, err := c.begin(create)
	if err != nil {
		return session{}, err
	}
	ready := atOnce
	if create {
		ready = p.provisioned(plain)
	}
	back, err := p.walk(ctx, a.start, redirectURI, ready)
	if err != nil {
		return session{}, err
	}
	return a.finish(ctx, plain, back)
}

// provisioned waits until the homeserver has the account that was just made. MAS makes it there in the background, and a
// consent that is faster than that ends in an error page; a human reads the page first.
func (p *person) provisioned(plain *http.Client) func(context.Context) error {
	return func(ctx context.Context) error {
		address := "https://" + p.site.MatrixHost() + "/_matrix/client/v3/profile/" + url.PathEscape(p.userID().String())
		return eventually(ctx, func(ctx context.Context) error { return getJSON(ctx, plain, address, nil) })
	}
}

// walk fills in whatever page MAS shows, as the person, until the redirects lead home. It consents once ready says so.
func (p *person) walk(ctx context.Context, start *url.URL, home string, ready func(context.Context) error) (*url.URL, error) {
	const mostPages = 8
	at, err := visit(ctx, p.browser, start, home)
	var fields url.Values
	for pages := 0; ; pages++ {
		if err != nil {
			return nil, err
		}
		if at.left {
			return at.url, nil
		}
		if pages == mostPages {
			return nil, fmt.Errorf("sign in as %s: still at %s after %d pages", p.name, at.url.Path, pages)
		}
		if len(at.errors) > 0 && at.status == http.StatusOK {
			return nil, refusal{at.url.Path, at.errors}
		}
		if fields, err = p.answers(ctx, at.url.Path); err != nil {
			return nil, err
		}
		if fields == nil || at.status != http.StatusOK {
			return nil, deadEnd{p.name, at.url.Path, at.status, at.errors}
		}
		if strings.HasPrefix(at.url.Path, "/consent/") {
			if err := ready(ctx); err != nil {
				return nil, err
			}
		}
		before := at.url.Path
		at, err = at.submit(ctx, p.browser, home, fields)
		if err == nil && !at.left && at.url.Path == before && len(at.errors) == 0 {
			return nil, deadEnd{p.name, before, at.status, []string{"the same page again"}}
		}
	}
}

// answers are what the person types into the page at path; nil when there is nothing to type.
func (p *person) answers(ctx context.Context, path string) (url.Values, error) {
	switch {
	case path == "/login":
		return url.Values{"username": {p.username}, "password": {p.password}}, nil
	case path == "/register/password":
		fields := url.Values{"username": {p.username}, "password": {p.password}, "password_confirm": {p.password}}
		if p.address != "" {
			fields.Set("email", p.address)
		}
		return fields, nil
	case strings.HasSuffix(path, "/token"):
		return url.Values{"token": {p.invitation}}, nil
	case strings.HasSuffix(path, "/verify-email") && p.code != nil:
		code, err := p.code(ctx)
		return url.Values{"code": {code}}, err
	case strings.HasSuffix(path, "/display-name"):
		return url.Values{"action": {"set"}, "display_name": {p.name}}, nil
	case strings.HasPrefix(path, "/consent/"), strings.HasPrefix(path, "/complete-compat-sso/"):
		return url.Values{}, nil
	}
	return nil, nil
}

// refresh trades the refresh token for a new pair.
func (c *oauthClient) refresh(ctx context.Context, plain *http.Client, old session) (session, error) {
	source := c.config.TokenSource(context.WithValue(ctx, oauth2.HTTPClient, plain), &oauth2.Token{RefreshToken: old.refreshToken})
	token, err := source.Token()
	if err != nil {
		return old, fmt.Errorf("refresh the session: %w", err)
	}
	old.accessToken, old.refreshToken, old.until = token.AccessToken, token.RefreshToken, token.Expiry
	return old, nil
}

// end signs the session out at MAS.
func (c *oauthClient) end(ctx context.Context, plain *http.Client, s session) error {
	form := url.Values{"token": {s.accessToken}, "token_type_hint": {"access_token"}, "client_id": {c.config.ClientID}}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.revoke, bytes.NewBufferString(form.Encode()))
	if err != nil {
		return fmt.Errorf("sign out: %w", err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return doJSON(plain, request, nil)
}

func alphanumeric(r rune) rune {
	if r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
		return r
	}
	return 'X'
}
