package steps

import (
	"context"
	"fmt"
	"strings"
)

// registerAccounts holds the words about people and how they come in.
func registerAccounts(r Registrar) {
	r.Given(`^(\w+) has an account$`, hasAccount)
	r.Given(`^(\w+) has an account on (\w+)$`, hasAccountOn)
	r.Given(`^(\w+) has no account yet$`, hasNoAccount)
	r.Given(`^(\w+) has no account yet on (\w+)$`, hasNoAccountOn)
	r.When(`^(\w+) asks whether the name of (\w+) is free$`, asksWhetherFree)
	r.When(`^(\w+) signs in on the (\w+)$`, signsInOn)
	r.When(`^(\w+) signs in on the (\w+) with an older client$`, signsInWithOlderClient)
	r.When(`^(\w+) signs in with the password "([^"]+)"$`, signsInWithPassword)
	r.When(`^(\w+) signs up$`, signsUp)
	r.When(`^(\w+) signs up as "([^"]+)"$`, signsUpAs)
	r.When(`^(\w+) signs up in a browser$`, signsUpInBrowser)
	r.When(`^(\w+) signs up under the name of (\w+)$`, signsUpUnderNameOf)
	r.When(`^(\w+) signs up with the password "([^"]+)"$`, signsUpWithPassword)
	r.Then(`^(\w+) is refused because (.+)$`, isRefusedBecause)
	r.Then(`^the browser was photographed at (\d+) pages$`, photographedAtPages)
	r.Then(`^the homeserver shows (\w+) under the name "([^"]+)"$`, homeserverShowsName)
	r.Then(`^the old session of (\w+) cannot be renewed again$`, oldSessionIsOver)
}

func hasAccount(ctx context.Context, name string) error { return hasAccountOn(ctx, name, "alpha") }

func hasAccountOn(ctx context.Context, name, site string) error {
	s := from(ctx)
	p, err := s.introduce(name, site)
	if err != nil {
		return err
	}
	return s.signUp(ctx, p, "phone")
}

func hasNoAccount(ctx context.Context, name string) error { return hasNoAccountOn(ctx, name, "alpha") }

func hasNoAccountOn(ctx context.Context, name, site string) error {
	_, err := from(ctx).introduce(name, site)
	return err
}

func signsUp(ctx context.Context, name string) error {
	s := from(ctx)
	p, err := s.person(name)
	if err != nil {
		return err
	}
	return s.tried(s.signUp(ctx, p, "phone"), "%s signs up", name)
}

func signsUpAs(ctx context.Context, name, username string) error {
	s := from(ctx)
	p, err := s.person(name)
	if err != nil {
		return err
	}
	p.username = username
	return s.tried(s.signUp(ctx, p, "phone"), "%s signs up as %q", name, username)
}

// asksWhetherFree asks as clients do while somebody types the name they would like to have.
func asksWhetherFree(ctx context.Context, name, other string) error {
	s := from(ctx)
	taken, err := s.person(other)
	if err != nil {
		return err
	}
	client, err := s.anonymous(taken.site)
	if err != nil {
		return err
	}
	_, err = client.RegisterAvailable(ctx, taken.username)
	return s.tried(err, "%s asks whether the name of %s is free", name, other)
}

func signsUpUnderNameOf(ctx context.Context, name, other string) error {
	s := from(ctx)
	taken, err := s.person(other)
	if err != nil {
		return err
	}
	return signsUpAs(ctx, name, taken.username)
}

func signsUpWithPassword(ctx context.Context, name, password string) error {
	s := from(ctx)
	p, err := s.person(name)
	if err != nil {
		return err
	}
	p.password = password
	return s.tried(s.signUp(ctx, p, "phone"), "%s signs up with password %q", name, password)
}

// signsInOn returns once everybody the person shares a room with knows of the new device: what they
// write from then on must be readable on it.
func signsInOn(ctx context.Context, name, device string) error {
	s := from(ctx)
	p, err := s.person(name)
	if err != nil {
		return err
	}
	if err := s.tried(s.signIn(ctx, p, device), "%s signs in on the %s", name, device); err != nil || s.last.err != nil {
		return err
	}
	d := p.devices[device]
	if err := d.awaitNews(ctx); err != nil {
		return err
	}
	return s.awaitDevice(ctx, p, d.session.deviceID)
}

func signsInWithPassword(ctx context.Context, name, password string) error {
	s := from(ctx)
	p, err := s.person(name)
	if err != nil {
		return err
	}
	right := p.password
	p.password = password
	p.browser = newBrowser(s.http()) // a browser that remembers nothing
	err = s.signIn(ctx, p, "laptop")
	p.password = right
	return s.tried(err, "%s signs in with password %q", name, password)
}

func signsInWithOlderClient(ctx context.Context, name, deviceName string) error {
	s := from(ctx)
	p, err := s.person(name)
	if err != nil {
		return err
	}
	request := signIn(p, p.password)
	request.RefreshToken = true
	return s.tried(s.loginSignIn(ctx, p, deviceName, request), "%s signs in on the %s with an older client", name, deviceName)
}

func homeserverShowsName(ctx context.Context, name, shown string) error {
	d, err := from(ctx).device(name)
	if err != nil {
		return err
	}
	return eventually(ctx, func(ctx context.Context) error {
		profile, err := d.client.GetDisplayName(ctx, d.owner.userID())
		if err != nil {
			return fmt.Errorf("ask for the name of %s: %w", name, err)
		}
		if profile.DisplayName != shown {
			return fmt.Errorf("the homeserver shows %s as %q, not %q", name, profile.DisplayName, shown)
		}
		return nil
	})
}

func signsUpInBrowser(ctx context.Context, name string) error {
	s := from(ctx)
	p, err := s.person(name)
	if err != nil {
		return err
	}
	return s.tried(s.signUpInChromium(ctx, p, "phone"), "%s signs up in a browser", name)
}

func photographedAtPages(ctx context.Context, count int) error {
	s := from(ctx)
	if len(s.pictures) != count {
		return fmt.Errorf("the browser was photographed at %d pages, not %d: %s", len(s.pictures), count, strings.Join(s.pictures, ", "))
	}
	return nil
}
