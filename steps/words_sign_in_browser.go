package steps

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/oauth2"
	"maunium.net/go/mautrix"
)

// answersCode signs in a device that has no browser: it shows a code, the person answers it in their own browser.
func answersCode(ctx context.Context, name, answer, deviceName string) error {
	s := from(ctx)
	p, err := s.person(name)
	if err != nil {
		return err
	}
	plain := s.http()
	a, err := s.begins(ctx, p, false)
	if err != nil {
		return err
	}
	config := a.client.config
	config.Scopes = a.scopes()
	with := context.WithValue(ctx, oauth2.HTTPClient, plain)
	shown, err := config.DeviceAuth(with)
	if err != nil {
		return fmt.Errorf("ask for a code for the %s: %w", deviceName, err)
	}
	if err := p.answerCode(ctx, shown, map[string]string{"approves": "consent", "rejects": "reject"}[answer]); err != nil {
		return err
	}
	token, err := config.DeviceAccessToken(with, shown)
	if err != nil {
		return s.tried(err, "%s %s the code", name, answer)
	}
	made := session{deviceID: a.device, accessToken: token.AccessToken, refreshToken: token.RefreshToken, client: a.client}
	return s.tried(s.open(ctx, p, deviceName, made), "%s %s the code", name, answer)
}

func (p *person) answerCode(ctx context.Context, shown *oauth2.DeviceAuthResponse, action string) error {
	link, err := url.Parse(shown.VerificationURIComplete)
	if err != nil || shown.VerificationURIComplete == "" {
		return errors.Join(fmt.Errorf("the code comes without a link to follow: %q", shown.VerificationURIComplete), err)
	}
	at, err := visit(ctx, p.browser, link, "")
	if err != nil {
		return err
	}
	if !strings.HasPrefix(at.url.Path, "/device/") || at.status != http.StatusOK {
		return deadEnd{p.name, at.url.Path, at.status, at.errors}
	}
	at, err = at.submit(ctx, p.browser, "", url.Values{"action": {action}})
	if err == nil && at.status != http.StatusOK {
		err = deadEnd{p.name, at.url.Path, at.status, at.errors}
	}
	return err
}

// signsInByRedirect is how clients of before OAuth use the browser: they get a token for one sign-in.
func signsInByRedirect(ctx context.Context, name string) error {
	s := from(ctx)
	p, err := s.person(name)
	if err != nil {
		return err
	}
	back, err := p.olderWay(ctx)
	if err != nil {
		return s.tried(err, "%s signs in through the browser", name)
	}
	client, err := s.anonymous(p.site)
	if err != nil {
		return err
	}
	answer, err := client.Login(ctx, &mautrix.ReqLogin{Type: mautrix.AuthTypeToken, Token: back.Query().Get("loginToken"), InitialDeviceDisplayName: "older client"})
	if err != nil {
		return s.tried(err, "%s signs in through the browser", name)
	}
	return s.tried(s.open(ctx, p, "older client", session{deviceID: answer.DeviceID, accessToken: answer.AccessToken}), "%s signs in through the browser", name)
}

// olderWay leads through the browser as clients of before OAuth do, and returns where it leads back to.
func (p *person) olderWay(ctx context.Context) (*url.URL, error) {
	const home = "https://older-client.test/back"
	start := &url.URL{Scheme: "https", Host: p.site.MatrixHost(), Path: "/_matrix/client/v3/login/sso/redirect", RawQuery: url.Values{"redirectUrl": {home}}.Encode()}
	return p.walk(ctx, start, home, atOnce)
}

// tradesCodeOf is somebody who saw the address the browser was sent back to, code and all, but not the secret of the client.
func tradesCodeOf(ctx context.Context, name, other string) error {
	s := from(ctx)
	p, err := s.person(other)
	if err != nil {
		return err
	}
	plain := s.http()
	a, err := s.begins(ctx, p, false)
	if err != nil {
		return err
	}
	back, err := p.walk(ctx, a.start, redirectURI, atOnce)
	if err != nil {
		return err
	}
	a.verifier = oauth2.GenerateVerifier()
	_, err = a.finish(ctx, plain, back)
	return s.tried(err, "%s trades the code of %s", name, other)
}

// letsComeBackElsewhere asks MAS to lead people to where the client did not say when it registered.
func letsComeBackElsewhere(ctx context.Context, name, other string) error {
	s := from(ctx)
	p, err := s.person(other)
	if err != nil {
		return err
	}
	client, err := registerClient(ctx, s.http(), p, redirectURI)
	if err != nil {
		return err
	}
	const elsewhere = "https://somebody-else.test/callback"
	client.config.RedirectURL = elsewhere
	a, err := client.begin(false)
	if err != nil {
		return err
	}
	_, err = p.walk(ctx, a.start, elsewhere, atOnce)
	return s.tried(err, "%s lets %s come back to somebody else", name, other)
}

// goesOnSigningUp opens, in another browser, the page at which somebody stopped.
func goesOnSigningUp(ctx context.Context, name, other string) error {
	s := from(ctx)
	p, err := s.person(other)
	if err != nil {
		return err
	}
	a, err := s.begins(ctx, p, true)
	if err != nil {
		return err
	}
	at, err := visit(ctx, p.browser, a.start, redirectURI)
	if err != nil {
		return err
	}
	fields, err := p.answers(ctx, at.url.Path)
	if err != nil {
		return err
	}
	if at, err = at.submit(ctx, p.browser, redirectURI, fields); err != nil {
		return err
	}
	if !strings.HasSuffix(at.url.Path, "/display-name") {
		return deadEnd{p.name, at.url.Path, at.status, at.errors}
	}
	stranger := *p
	stranger.name, stranger.browser = name, newBrowser(s.http())
	_, err = stranger.walk(ctx, at.url, redirectURI, p.provisioned(s.http()))
	return s.tried(err, "%s goes on where %s stopped", name, other)
}

func registersBadRedirect(ctx context.Context, name, what string) error {
	s := from(ctx)
	stranger := &person{name: name, username: "somebody-" + s.suffix, site: s.stack.World.Sites[0]}
	back := map[string]string{"to somebody else": "https://somebody-else.test/callback", "without encryption": "http://client.test/callback"}[what]
	_, err := registerClient(ctx, s.http(), stranger, back)
	return s.tried(err, "%s registers a client", name)
}
