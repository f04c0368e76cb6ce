package steps

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/oauth2"
	"golang.org/x/sync/errgroup"
)

// registerCodes holds the words about signing in by a code that one device shows and the other scans (MSC4108).
func registerCodes(r Registrar) {
	r.When(`^(\w+) (allows|rejects) that the (\w+) is signed in by the code that the (\w+) shows$`, signsInByShownCode)
}

// meetingOfDevices is a sign-in by code on its way: a signed-in device and a new one, both of the make that knows how.
type meetingOfDevices struct {
	old, new *other
	attempt  attempt // of the new device
}

// allowance is where a person allows a sign-in, and what both devices show meanwhile, lest another one sits between them.
type allowance struct{ Page, Digits string }

func signsInByShownCode(ctx context.Context, name, answer, deviceName, shower string) error {
	s := from(ctx)
	p, err := s.person(name)
	if err != nil {
		return err
	}
	m, err := s.meetingOf(ctx, p)
	if err != nil {
		return err
	}
	shows, scans := m.new, m.old
	if shower != deviceName {
		shows, scans = m.old, m.new
	}
	at, err := m.meet(ctx, "https://"+p.site.MatrixHost(), shows, scans)
	if err != nil {
		return s.tried(err, "%s scans the code that the %s shows", name, shower)
	}
	if err := p.answerCode(ctx, &oauth2.DeviceAuthResponse{VerificationURIComplete: at}, map[string]string{"allows": "consent", "rejects": "reject"}[answer]); err != nil {
		return err
	}
	return s.tried(s.complete(ctx, p, m, deviceName), "%s %s the sign-in by code", name, answer)
}

// meetingOf is a new device of a person beside the one they have.
func (s *scenario) meetingOf(ctx context.Context, p *person) (*meetingOfDevices, error) {
	if p.first == nil || p.first.other == nil {
		return nil, fmt.Errorf("%s has no device of the make that knows codes", p.name)
	}
	a, err := s.begins(ctx, p, false)
	if err != nil {
		return nil, err
	}
	return &meetingOfDevices{old: p.first.other, new: &other{http: s.http(), session: string(a.device)}, attempt: a}, nil
}

// meet lets the devices find each other by the code, and returns the page where the sign-in is allowed.
func (m *meetingOfDevices) meet(ctx context.Context, homeserver string, shows, scans *other) (string, error) {
	var code string
	if err := shows.tell(ctx, "showCode", args{"homeserver": homeserver}, &code); err != nil {
		return "", err
	}
	if err := scans.tell(ctx, "scanCode", args{"code": code}, nil); err != nil {
		return "", err
	}
	var found [2]allowance
	group, ctx := errgroup.WithContext(ctx)
	for i, o := range []*other{m.old, m.new} {
		group.Go(func() error {
			return o.tell(ctx, "meet", args{"clientId": m.attempt.client.config.ClientID, "deviceId": m.attempt.device}, &found[i])
		})
	}
	if err := group.Wait(); err != nil {
		return "", err
	}
	if found[0] != found[1] || found[0].Digits == "" {
		return "", fmt.Errorf("the devices do not show the same: %+v and %+v", found[0], found[1])
	}
	return found[0].Page, nil
}

// complete signs the new device in, and lets the old one pass on what the person vouches with for devices.
func (s *scenario) complete(ctx context.Context, p *person, m *meetingOfDevices, deviceName string) error {
	passed := make(chan error, 1)
	go func() { passed <- m.old.tell(ctx, "passSecrets", nil, nil) }()
	var token struct{ AccessToken, RefreshToken string }
	if err := m.new.tell(ctx, "completeSignIn", args{"clientId": m.attempt.client.config.ClientID}, &token); err != nil {
		return errors.Join(err, <-passed)
	}
	p.other = true
	if err := s.open(ctx, p, deviceName, session{deviceID: m.attempt.device, accessToken: token.AccessToken, refreshToken: token.RefreshToken, client: m.attempt.client}); err != nil {
		return errors.Join(err, <-passed)
	}
	if err := errors.Join(m.new.tell(ctx, "takeSecrets", nil, nil), <-passed); err != nil {
		return err
	}
	if err := p.devices[deviceName].awaitNews(ctx); err != nil {
		return err
	}
	return s.awaitDevice(ctx, p, m.attempt.device)
}
