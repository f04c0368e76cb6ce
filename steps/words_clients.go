package steps

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"matrixstack/stack"
)

// registerClients holds the words about clients of another make than the one people use unless a step says otherwise.
func registerClients(r Registrar) {
	r.Given(`^(\w+) has an account and a client of another make$`, hasOtherClient)
	r.Given(`^(\w+) has an account on (\w+) and a client of another make$`, hasOtherClientOn)
	r.When(`^(\w+) signs in on the (\w+) with a client of another make$`, signsInOnOther)
	r.When(`^a client of another make is told the server name of (\w+)$`, otherIsToldServerName)
	r.Then(`^clients lead (\w+) to (?:her|his) account, for all that can be done there$`, leadToAccount)
	r.Then(`^clients lead who is not signed in to where the password is asked for$`, leadToPassword)
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

// accountPages are the pages of the account that clients are told of, one for each thing people can do there.
// Source: MSC2965 and MSC4191, "account management".
func (s *scenario) accountPages(ctx context.Context, site stack.Site) (pages []*url.URL, err error) {
	var told struct {
		Account string   `json:"account_management_uri"`
		Actions []string `json:"account_management_actions_supported"`
	}
	if err := getJSON(ctx, s.http(), "https://"+site.MatrixHost()+"/_matrix/client/v1/auth_metadata", &told); err != nil {
		return nil, fmt.Errorf("ask where accounts are looked after: %w", err)
	}
	if len(told.Actions) == 0 {
		return nil, fmt.Errorf("clients are told of nothing that people can do in their account at %q", told.Account)
	}
	for _, action := range told.Actions {
		at, err := url.Parse(told.Account)
		if err != nil || at.Host != site.AuthHost() || at.Scheme != "https" {
			return nil, fmt.Errorf("clients lead people to %q to look after their account, not to %s", told.Account, site.AuthHost())
		}
		at.RawQuery = url.Values{"action": {action}}.Encode()
		pages = append(pages, at)
	}
	return pages, nil
}

func leadToAccount(ctx context.Context, name string) error {
	s := from(ctx)
	p, err := s.person(name)
	if err != nil {
		return err
	}
	pages, err := s.accountPages(ctx, p.site)
	if err != nil {
		return err
	}
	for _, link := range pages {
		at, err := visit(ctx, p.browser, link, "")
		if err != nil {
			return err
		}
		if at.status != http.StatusOK || at.url.Path != link.Path {
			return fmt.Errorf("clients lead %s by %s to %s, which has status %d", name, link, at.url, at.status)
		}
	}
	return nil
}

func leadToPassword(ctx context.Context) error {
	s := from(ctx)
	pages, err := s.accountPages(ctx, s.stack.World.Sites[0])
	if err != nil {
		return err
	}
	for _, link := range pages {
		at, err := visit(ctx, newBrowser(s.http()), link, "")
		if err != nil {
			return err
		}
		if _, asked := at.fields["password"]; !asked {
			return fmt.Errorf("who is not signed in is led by %s to %s, which asks for no password", link, at.url)
		}
	}
	return nil
}
