package steps

import (
	"context"
	"fmt"
)

// registerClients holds the words about clients of another make than the one people use unless a step says otherwise.
func registerClients(r Registrar) {
	r.Given(`^(\w+) has an account and a client of another make$`, hasOtherClient)
	r.Given(`^(\w+) has an account on (\w+) and a client of another make$`, hasOtherClientOn)
	r.When(`^(\w+) signs in on the (\w+) with a client of another make$`, signsInOnOther)
	r.When(`^a client of another make is told the server name of (\w+)$`, otherIsToldServerName)
	r.Then(`^it finds the homeserver and the accounts of (\w+)$`, findsHomeserverAndAccounts)
}

func hasOtherClient(ctx context.Context, name string) error {
	return hasOtherClientOn(ctx, name, "alpha")
}

func hasOtherClientOn(ctx context.Context, name, site string) error {
	s := from(ctx)
	p, err := s.introduce(name, site)
	if err != nil {
		return err
	}
	p.other = true
	return s.signUp(ctx, p, "phone")
}

// signsInOnOther signs in with the make that the person's other devices are not of.
func signsInOnOther(ctx context.Context, name, device string) error {
	p, err := from(ctx).person(name)
	if err != nil {
		return err
	}
	p.other = !p.other
	defer func() { p.other = !p.other }()
	return signsInOn(ctx, name, device)
}

// found is what a client learns from a server name.
type found struct{ Homeserver, Accounts string }

func otherIsToldServerName(ctx context.Context, siteName string) error {
	s := from(ctx)
	site, err := s.site(siteName)
	if err != nil {
		return err
	}
	stranger := &other{http: s.http(), session: "nobody"}
	s.found = found{}
	return s.tried(eventually(ctx, func(ctx context.Context) error { // the library itself waits for seconds only
		return stranger.tell(ctx, "discover", args{"serverName": site.ServerName}, &s.found)
	}), "a client of another make is told %q", site.ServerName)
}

func findsHomeserverAndAccounts(ctx context.Context, siteName string) error {
	s := from(ctx)
	if err := s.held(); err != nil {
		return err
	}
	site, err := s.site(siteName)
	if err != nil {
		return err
	}
	want := found{"https://" + site.MatrixHost(), "https://" + site.AuthHost() + "/"}
	if s.found != want {
		return fmt.Errorf("it finds %+v where %s has %+v", s.found, siteName, want)
	}
	return nil
}
