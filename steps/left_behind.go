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

	"matrixstack/stack"
)

// guest is somebody's client on its way to a session, and the client of a stranger who looks on.
type guest struct {
	s        *scenario
	p        *person
	attempt  attempt
	stranger *oauthClient
}

func (s *scenario) guestOf(ctx context.Context, p *person) (g guest, err error) {
	g = guest{s: s, p: p}
	if g.attempt, err = s.begins(ctx, p, false); err != nil {
		return g, err
	}
	g.stranger, err = registerClient(ctx, s.http(), &person{username: "stranger-" + s.suffix, site: p.site}, redirectURI)
	return g, err
}

// leftBehind is what may lie about. Its owner uses it first, which must work: what never did proves nothing.
func leftBehind() map[string]func(ctx context.Context, g guest) error {
	return map[string]func(ctx context.Context, g guest) error{
		"a code of an hour ago":                                 oldCode,
		"a code that was traded":                                usedTwice(guest.code),
		"a code of a television that is signed in":              usedTwice(guest.shownCode),
		"a code, with a client of her own":                      withAnother(guest.code),
		"a code of a television, with another client":           withAnother(guest.shownCode),
		"a session, to renew it with another client":            withAnother(guest.renewal),
		"a session, to end it with another client":              endWithAnother,
		"a session that was ended":                              endedSession,
		"a token of before a session was renewed":               tokenBefore,
		"a token of an hour ago":                                oldToken,
		"a sign-in of an older client that was used":            olderSignIn(signInAgain),
		"a sign-in of an older client whose browser signed out": olderSignIn(signOutMeanwhile),
		"a session of an older client that was ended":           olderSession((*older).end, (*older).renew),
		"a session of an older client that was renewed":         olderSession((*older).renew, (*older).renew),
		"a token of before an older client renewed":             olderSession((*older).renew, (*older).uses),
		"a token of an older client of an hour ago":             olderSession((*older).hourPasses, (*older).uses),
	}
}

func oldCode(ctx context.Context, g guest) error {
	code, err := g.code(ctx)
	if err == nil {
		err = g.hourPasses(ctx, "oauth2_authorization_grants SET fulfilled_at = fulfilled_at", "authorization_code", code.Get("code"))
	}
	if err != nil {
		return byOwner(err)
	}
	return g.attempt.client.token(ctx, g.s.http(), code, nil)
}

func oldToken(ctx context.Context, g guest) error {
	made, err := g.session(ctx)
	if err == nil {
		err = g.hourPasses(ctx, "oauth2_access_tokens SET expires_at = expires_at", "access_token", made.accessToken)
	}
	if err != nil {
		return byOwner(err)
	}
	return g.uses(ctx, made.accessToken)
}

func tokenBefore(ctx context.Context, g guest) error {
	made, err := g.session(ctx)
	if err == nil {
		err = g.attempt.client.token(ctx, g.s.http(), renewing(made), nil)
	}
	if err != nil {
		return byOwner(err)
	}
	return g.uses(ctx, made.accessToken)
}

func endedSession(ctx context.Context, g guest) error {
	made, err := g.session(ctx)
	if err == nil {
		err = g.attempt.client.end(ctx, g.s.http(), made)
	}
	if err != nil {
		return byOwner(err)
	}
	return g.attempt.client.token(ctx, g.s.http(), renewing(made), nil)
}

func endWithAnother(ctx context.Context, g guest) error {
	made, err := g.session(ctx)
	if err != nil {
		return byOwner(err)
	}
	return g.stranger.end(ctx, g.s.http(), made)
}

func signInAgain(ctx context.Context, _ guest, client *mautrix.Client, request *mautrix.ReqLogin) error {
	_, err := client.Login(ctx, request)
	return err
}

func signOutMeanwhile(ctx context.Context, g guest, _ *mautrix.Client, _ *mautrix.ReqLogin) error {
	return g.p.signOutInBrowser(ctx)
}

// byOwner keeps a refusal of what must work from being taken for the one that is wanted.
func byOwner(err error) error { return errors.New("use it as its owner does: " + err.Error()) }

// usedTwice trades something for tokens as its owner does, and once more.
func usedTwice(get func(guest, context.Context) (url.Values, error)) func(ctx context.Context, g guest) error {
	return func(ctx context.Context, g guest) error {
		form, err := get(g, ctx)
		if err == nil {
			err = g.attempt.client.token(ctx, g.s.http(), form, nil)
		}
		if err != nil {
			return byOwner(err)
		}
		return g.attempt.client.token(ctx, g.s.http(), form, nil)
	}
}

// withAnother trades something for tokens as the client of a stranger.
func withAnother(get func(guest, context.Context) (url.Values, error)) func(ctx context.Context, g guest) error {
	return func(ctx context.Context, g guest) error {
		form, err := get(g, ctx)
		if err != nil {
			return byOwner(err)
		}
		return g.stranger.token(ctx, g.s.http(), form, nil)
	}
}

// code lets the person sign in up to where the client has a code.
func (g guest) code(ctx context.Context) (url.Values, error) {
	back, err := g.p.walk(ctx, g.attempt.start, redirectURI, atOnce)
	if err != nil {
		return nil, err
	}
	return url.Values{"grant_type": {"authorization_code"}, "code": {back.Query().Get("code")}, "redirect_uri": {redirectURI}, "code_verifier": {g.attempt.verifier}}, nil
}

// shownCode lets the person allow a device that shows a code, up to where it can have its session.
func (g guest) shownCode(ctx context.Context) (url.Values, error) {
	config := g.attempt.client.config
	config.Scopes = g.attempt.scopes()
	shown, err := config.DeviceAuth(context.WithValue(ctx, oauth2.HTTPClient, g.s.http()))
	if err != nil {
		return nil, err
	}
	return url.Values{"grant_type": {"urn:ietf:params:oauth:grant-type:device_code"}, "device_code": {shown.DeviceCode}}, g.p.answerCode(ctx, shown, "consent")
}

func (g guest) session(ctx context.Context) (session, error) {
	code, err := g.code(ctx)
	if err != nil {
		return session{}, err
	}
	var token struct {
		Access  string `json:"access_token"`
		Refresh string `json:"refresh_token"`
	}
	err = g.attempt.client.token(ctx, g.s.http(), code, &token)
	return session{accessToken: token.Access, refreshToken: token.Refresh}, err
}

func (g guest) renewal(ctx context.Context) (url.Values, error) {
	made, err := g.session(ctx)
	return renewing(made), err
}

func renewing(of session) url.Values {
	return url.Values{"grant_type": {"refresh_token"}, "refresh_token": {of.refreshToken}}
}

// hourPasses lets an hour pass for what the accounts keep in one row.
func (g guest) hourPasses(ctx context.Context, of, column, value string) error {
	return g.s.passes(ctx, g.p.site, "1 hour", of, column, value)
}

// passes turns a clock of the accounts back in one row of a table ("table SET column = column"); nobody can wait so long.
func (s *scenario) passes(ctx context.Context, site stack.Site, time, of, column, value string) error {
	changed, err := s.stack.SQL(ctx, site, "mas", fmt.Sprintf("UPDATE %s - interval '%s' WHERE %s = '%s' RETURNING 1", of, time, column, value))
	if err == nil && !strings.HasPrefix(changed, "1") {
		err = fmt.Errorf("let %s pass: the accounts keep no such %s", time, column)
	}
	return err
}

// uses asks the homeserver with a token.
func (g guest) uses(ctx context.Context, token string) error {
	client, err := g.s.anonymous(g.p.site)
	if err != nil {
		return err
	}
	client.AccessToken = token
	_, err = client.Whoami(ctx)
	return err
}

// token trades what is in a form for tokens, once: the library would ask again, which tells nothing of the first answer.
func (c *oauthClient) token(ctx context.Context, plain *http.Client, form url.Values, into any) error {
	form.Set("client_id", c.config.ClientID)
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.config.Endpoint.TokenURL, strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return doJSON(plain, request, into)
}

// olderSignIn is the token an older client gets from the browser, used after something happened.
func olderSignIn(happens func(ctx context.Context, g guest, client *mautrix.Client, request *mautrix.ReqLogin) error) func(ctx context.Context, g guest) error {
	return func(ctx context.Context, g guest) error {
		back, err := g.p.olderWay(ctx)
		if err != nil {
			return byOwner(err)
		}
		client, err := g.s.anonymous(g.p.site)
		if err != nil {
			return err
		}
		request := &mautrix.ReqLogin{Type: mautrix.AuthTypeToken, Token: back.Query().Get("loginToken"), InitialDeviceDisplayName: "older client"}
		if err := happens(ctx, g, client, request); err != nil {
			return byOwner(err)
		}
		_, err = client.Login(ctx, request)
		return err
	}
}

// older is a session of a client of before OAuth.
type older struct {
	g      guest
	client *mautrix.Client
	made   *mautrix.RespLogin
}

// olderSession is such a session to which its owner does something first.
func olderSession(first, then func(*older, context.Context) error) func(ctx context.Context, g guest) error {
	return func(ctx context.Context, g guest) error {
		client, err := g.s.anonymous(g.p.site)
		if err != nil {
			return err
		}
		request := signIn(g.p, g.p.password)
		request.RefreshToken, request.StoreCredentials = true, true
		made, err := client.Login(ctx, request)
		o := &older{g, client, made}
		if err == nil {
			err = first(o, ctx)
		}
		if err != nil {
			return byOwner(err)
		}
		return then(o, ctx)
	}
}

func (o *older) end(ctx context.Context) error {
	_, err := o.client.Logout(ctx)
	return err
}

func (o *older) renew(ctx context.Context) error {
	_, err := o.client.MakeRequest(ctx, http.MethodPost, o.client.BuildClientURL("v3", "refresh"), map[string]string{"refresh_token": o.made.RefreshToken}, nil)
	return err
}

func (o *older) hourPasses(ctx context.Context) error {
	return o.g.hourPasses(ctx, "compat_access_tokens SET expires_at = expires_at", "access_token", o.made.AccessToken)
}

func (o *older) uses(ctx context.Context) error { return o.g.uses(ctx, o.made.AccessToken) }
