package steps

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/id"

	"matrixstack/stack"
)

// registerNoise holds the words about how much is too much, to the last message.
func registerNoise(r Registrar) {
	r.Given(`^the limits of (mas|synapse|beta-synapse) are as deployed$`, limitsAsDeployed)
	r.When(`^(\w+) goes on (saying things|coming and going|coming and going with the others|signing in|uploading files|guessing the password|guessing the passwords of others|guessing the password(?:s of others)? under false addresses|guessing the code|signing people up|asking for a way back in|asking for a code|asking for the code again|being heard of in calls|entering rooms elsewhere|opening places at the relay)$`, goesOn)
	r.When(`^the bridge (\w+) goes on saying things$`, bridgeGoesOn)
	r.Then(`^(\w+) goes on as soon as she was told$`, goesOnAfterwards)
	r.Then(`^(\w+) may do so all the same$`, mayDoSo)
	r.Then(`^(\w+) was stopped after (\d+) times$`, wasStoppedAfter)
	r.Then(`^somebody at another address (may do so all the same|is stopped as well)$`, elsewhereDoesSo)
	r.Then(`^the bridge (\w+) was not stopped$`, bridgeWasNotStopped)
}

// goesOn lets a person do something until a limit is met, or until it is clear that there is none.
func goesOn(ctx context.Context, name, what string) error {
	s := from(ctx)
	p, err := s.person(name)
	if err != nil {
		return err
	}
	s.noise = noise{what: what, by: p}
	begin := time.Now()
	for s.noise.refused == nil && s.noise.passed < mostNoise {
		err := s.doOnce(ctx, what, p, s.noise.passed)
		switch {
		case err == nil:
			s.noise.passed++
		case tooMuch(err):
			s.noise.refused = err
		default:
			return fmt.Errorf("%s goes on %s, for the %dth time: %w", name, what, s.noise.passed+1, err)
		}
	}
	s.noise.took = time.Since(begin)
	return nil
}

// wasStoppedAfter allows for what became free again meanwhile, since no limit gives back more than one each second, and for one less:
// to come into the room counts as well.
func wasStoppedAfter(ctx context.Context, name string, times int) error {
	s := from(ctx)
	if s.noise.by == nil || s.noise.by.name != name {
		return fmt.Errorf("%s did not go on with anything", name)
	}
	if s.noise.refused == nil {
		return fmt.Errorf("%s went on %s %d times and nobody stopped it", name, s.noise.what, s.noise.passed)
	}
	if wait := toldToWait(s.noise.refused); wait > longestWait {
		return fmt.Errorf("%s is told to wait for %s, as good as locked out: %w", name, wait, s.noise.refused)
	}
	if most := times + 1 + int(s.noise.took.Seconds()); s.noise.passed < times-1 || s.noise.passed > most {
		return fmt.Errorf("%s was stopped after %d times in %s, not after %d: %w", name, s.noise.passed, s.noise.took.Round(100*time.Millisecond), times, s.noise.refused)
	}
	return nil
}

// goesOnAfterwards wants that who was stopped was told until when, and that it is true.
func goesOnAfterwards(ctx context.Context, name string) error {
	s := from(ctx)
	p, err := s.person(name)
	if err != nil {
		return err
	}
	wait := toldToWait(s.noise.refused)
	if wait <= 0 || wait > patience {
		return fmt.Errorf("%s was stopped and told to wait for %s: %w", name, wait, s.noise.refused)
	}
	return eventually(ctx, func(ctx context.Context) error {
		if err := s.doOnce(ctx, s.noise.what, p, s.noise.passed); err != nil {
			return fmt.Errorf("%s was told to wait for %s, and is still stopped: %w", name, wait, err)
		}
		return nil
	})
}

func mayDoSo(ctx context.Context, name string) error {
	s := from(ctx)
	p, err := s.person(name)
	if err != nil {
		return err
	}
	if err := s.doOnce(ctx, s.noise.what, p, 0); err != nil {
		return fmt.Errorf("%s is stopped together with %s: %w", name, s.noise.by.name, err)
	}
	return nil
}

// elsewhereDoesSo does the same from another address. What is limited by account is limited there too, although fewer attempts were
// made from there than one address may make.
func elsewhereDoesSo(ctx context.Context, how string) error {
	s := from(ctx)
	err := s.elsewhereOnce(ctx)
	if how == "may do so all the same" {
		if err != nil {
			return fmt.Errorf("somebody at another address is stopped together with %s: %w", s.noise.by.name, err)
		}
		return nil
	}
	const fewer = 3 // than an address may; one of them may come so late that the account has room again
	for nth := 1; nth < fewer && err == nil; nth++ {
		err = s.elsewhereOnce(ctx)
	}
	switch {
	case err == nil:
		return fmt.Errorf("%s was stopped, and somebody at another address goes on %s", s.noise.by.name, s.noise.what)
	case !tooMuch(err):
		return err
	}
	return nil
}

// elsewhereOnce asks from inside another homeserver: through the same proxy, but from an address of its own.
func (s *scenario) elsewhereOnce(ctx context.Context) error {
	other := "beta-synapse"
	if s.noise.by.site.Name == "beta" {
		other = "synapse"
	}
	path, body := "/_matrix/client/v3/login", any(signIn(s.noise.by, aGuess))
	switch s.noise.what {
	case "signing in":
		body = signIn(s.noise.by, s.noise.by.password)
	case "signing people up":
		path, body = "/_matrix/client/v3/register", map[string]any{"username": "elsewhere-" + s.suffix, "password": s.noise.by.password, "auth": map[string]string{"type": "m.login.dummy"}}
	}
	err := s.askFrom(ctx, other, "https://"+s.noise.by.site.MatrixHost()+path, body)
	if wrongPassword(err) {
		return nil
	}
	return err
}

// bridgeGoesOn speaks as a bridge does, with the token of its registration, more often than people may.
func bridgeGoesOn(ctx context.Context, name string) error {
	s := from(ctx)
	site, err := s.site("alpha")
	if err != nil {
		return err
	}
	bridge, err := s.bridge(name)
	if err != nil {
		return err
	}
	client, err := bridgeClient(s, site, bridge)
	if err != nil {
		return err
	}
	// Its bot is never limited; the people it speaks for are, unless its registration says otherwise.
	client.UserID, client.SetAppServiceUserID = id.NewUserID(bridge.Namespace+"somebody-"+s.suffix, site.ServerName), true
	if _, _, err := client.Register(ctx, &mautrix.ReqRegister[any]{Username: client.UserID.Localpart(), Type: mautrix.AuthTypeAppservice, InhibitLogin: true}); err != nil {
		return fmt.Errorf("register somebody of %s: %w", bridge.Name, err)
	}
	made, err := client.CreateRoom(ctx, &mautrix.ReqCreateRoom{Preset: "private_chat"})
	if err != nil {
		return fmt.Errorf("create a room as somebody of %s: %w", bridge.Name, err)
	}
	s.noise = noise{what: "saying things"}
	const most = 40 // a third more than people may
	for s.noise.passed < most && s.noise.refused == nil {
		if _, s.noise.refused = client.SendText(ctx, made.RoomID, fmt.Sprintf("thing %d", s.noise.passed)); s.noise.refused == nil {
			s.noise.passed++
		}
	}
	return nil
}

func bridgeClient(s *scenario, site stack.Site, bridge stack.Bridge) (*mautrix.Client, error) {
	base := url.URL{Scheme: "https", Host: site.MatrixHost()}
	client, err := mautrix.NewClient(base.String(), id.NewUserID(bridge.Bot, site.ServerName), site.Secrets.Hex(bridge.Name+" as"))
	if err != nil {
		return nil, fmt.Errorf("speak as %s: %w", bridge.Name, err)
	}
	client.Client, client.IgnoreRateLimit = s.http(), true
	return client, nil
}

func bridgeWasNotStopped(ctx context.Context, name string) error {
	s := from(ctx)
	if s.noise.refused != nil {
		return fmt.Errorf("the bridge %s was stopped after %d messages: %w", name, s.noise.passed, s.noise.refused)
	}
	return nil
}

// limitsAsDeployed puts aside what lifts them in the test world: one named file of overrides.
func limitsAsDeployed(ctx context.Context, server string) error {
	s := from(ctx)
	return s.run.deployLimits(ctx, s.feature, server)
}
