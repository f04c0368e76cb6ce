package steps

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"maunium.net/go/mautrix"

	"matrixstack/stack"
)

// introduce makes a person of a site who has no account yet.
func (s *scenario) introduce(name, siteName string) (*person, error) {
	site, ok := s.stack.World.Site(siteName)
	if !ok {
		return nil, fmt.Errorf("introduce %s: no site called %q", name, siteName)
	}
	if _, twice := s.people[name]; twice {
		return nil, fmt.Errorf("introduce %s: the scenario has a %s already", name, name)
	}
	p := &person{
		name: name, site: site, username: strings.ToLower(name) + "-" + s.suffix,
		password: "correct horse battery " + s.suffix, browser: newBrowser(s.http()), devices: map[string]*device{},
	}
	s.people[name] = p
	return p, s.run.live.claim(p)
}

// signUp makes the person's account and signs in on a first device.
func (s *scenario) signUp(ctx context.Context, p *person, deviceName string) error {
	if live := s.run.live; live != nil {
		return live.signUp(ctx, s, p, deviceName)
	}
	if p.site.SignIn == stack.SignInMAS {
		return s.authorize(ctx, p, deviceName, true)
	}
	client, err := s.anonymous(p.site)
	if err != nil {
		return err
	}
	answer, err := client.RegisterDummy(ctx, &mautrix.ReqRegister[any]{Username: p.username, Password: p.password, InitialDeviceDisplayName: deviceName})
	if err != nil {
		return fmt.Errorf("sign up %s: %w", p.name, err)
	}
	if err := s.open(ctx, p, deviceName, session{deviceID: answer.DeviceID, accessToken: answer.AccessToken}); err != nil {
		return err
	}
	return p.first.client.SetDisplayName(ctx, p.name)
}

// signIn signs the person in on one more device.
func (s *scenario) signIn(ctx context.Context, p *person, deviceName string) error {
	if p.site.SignIn == stack.SignInMAS {
		return s.authorize(ctx, p, deviceName, false)
	}
	return s.passwordSignIn(ctx, p, deviceName)
}

// passwordSignIn signs in at the homeserver, as clients did before MAS and still may.
func (s *scenario) passwordSignIn(ctx context.Context, p *person, deviceName string) error {
	return s.loginSignIn(ctx, p, deviceName, signIn(p, p.password))
}

// loginSignIn signs in at the homeserver with what is asked there.
func (s *scenario) loginSignIn(ctx context.Context, p *person, deviceName string, request *mautrix.ReqLogin) error {
	client, err := s.anonymous(p.site)
	if err != nil {
		return err
	}
	request.InitialDeviceDisplayName = deviceName
	answer, err := client.Login(ctx, request)
	if err != nil {
		return fmt.Errorf("sign in as %s: %w", p.name, err)
	}
	return s.open(ctx, p, deviceName, session{deviceID: answer.DeviceID, accessToken: answer.AccessToken, refreshToken: answer.RefreshToken})
}

// renew trades the refresh token of a device for a new pair: at MAS, or at the homeserver where an older client signed in.
func (s *scenario) renew(ctx context.Context, d *device) error {
	d.old = d.session
	var made session
	var err error
	if d.session.client != nil {
		made, err = d.session.client.refresh(ctx, s.http(), d.session)
	} else {
		made, err = s.olderRefresh(ctx, d)
	}
	if err != nil {
		return err
	}
	d.session, d.client.AccessToken = made, made.accessToken
	return nil
}

// olderRefresh asks for a new pair as clients did before MAS and still may.
func (s *scenario) olderRefresh(ctx context.Context, d *device) (session, error) {
	made := d.session
	client, err := s.anonymous(d.owner.site)
	if err != nil {
		return made, err
	}
	var answer mautrix.RespLogin // the library has no answer of this kind; this one has the same names of tokens
	if _, err := client.MakeRequest(ctx, http.MethodPost, client.BuildClientURL("v3", "refresh"), map[string]string{"refresh_token": made.refreshToken}, &answer); err != nil {
		return made, fmt.Errorf("refresh the session: %w", err)
	}
	made.accessToken, made.refreshToken = answer.AccessToken, answer.RefreshToken
	made.until = time.Now().Add(time.Duration(answer.ExpiresInMS) * time.Millisecond)
	return made, nil
}

func (s *scenario) authorize(ctx context.Context, p *person, deviceName string, create bool) error {
	plain := s.http()
	client, err := registerClient(ctx, plain, p, redirectURI)
	if err != nil {
		return err
	}
	made, err := client.authorize(ctx, plain, p, create)
	if err != nil {
		return err
	}
	return s.open(ctx, p, deviceName, made)
}

// signOut ends the session of one device.
func (s *scenario) signOut(ctx context.Context, d *device) error {
	if d.session.client != nil {
		return d.session.client.end(ctx, s.http(), d.session)
	}
	if _, err := d.client.Logout(ctx); err != nil {
		return fmt.Errorf("sign %s out: %w", d.owner.name, err)
	}
	return nil
}

func (s *scenario) open(ctx context.Context, p *person, deviceName string, made session) error {
	d, err := p.open(ctx, s.http(), deviceName, made)
	if err != nil {
		return err
	}
	s.run.live.patient(d.client)
	if s.run.live != nil {
		// A session that the scenario ended itself cannot be ended again.
		s.mended = append(s.mended, func(ctx context.Context) error { _ = s.signOut(ctx, d); return nil })
	}
	if s.run.options.client != nil {
		s.run.options.client(d, d.client)
	}
	p.devices[deviceName] = d
	if p.first == nil {
		p.first = d
	}
	return nil
}

// anonymous is a client nobody is signed in on.
func (s *scenario) anonymous(site stack.Site) (*mautrix.Client, error) {
	base := &url.URL{Scheme: "https", Host: site.MatrixHost()}
	client, err := mautrix.NewClient(base.String(), "", "")
	if err != nil {
		return nil, fmt.Errorf("reach %s: %w", site.MatrixHost(), err)
	}
	client.Client = s.http()
	client.IgnoreRateLimit = true
	s.run.live.patient(client)
	return client, nil
}
