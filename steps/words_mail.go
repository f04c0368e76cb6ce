package steps

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// registerMail holds the words about e-mail addresses and who reads what goes there.
func registerMail(r Registrar) {
	r.Given(`^(\w+) has a mailbox$`, hasMailbox)
	r.Given(`^(\w+) has an account with an e-mail address$`, hasAccountWithAddress)
	r.When(`^(\w+) adds the e-mail address of (\w+) to the account$`, addsAddressOf)
	r.When(`^(\w+) adds the e-mail address to the account$`, addsAddress)
	r.When(`^(\w+) adds the e-mail address with the password "([^"]+)"$`, addsAddressWithPassword)
	r.When(`^(\w+) confirms the address with (the code in the mail|a code that was guessed)$`, confirmsAddress)
	r.Then(`^the account of (\w+) has (an|no) e-mail address$`, accountHasAddress)
	r.Then(`^the accounts keep no address of (\w+)$`, keepNoAddress)
}

func hasMailbox(ctx context.Context, name string) error {
	s := from(ctx)
	p, err := s.person(name)
	if err != nil {
		return err
	}
	p.address = p.username + "@mail.test"
	p.code = func(ctx context.Context) (string, error) { return s.codeFor(ctx, p.site, p.address) }
	return nil
}

// hasAccountWithAddress signs somebody up and adds the address, unless signing up took it.
func hasAccountWithAddress(ctx context.Context, name string) error {
	s := from(ctx)
	p, err := s.introduce(name, "alpha")
	if err != nil {
		return err
	}
	if err := hasMailbox(ctx, name); err != nil {
		return err
	}
	if err := s.signUp(ctx, p, "phone"); err != nil {
		return err
	}
	if known, err := p.addresses(ctx); err != nil || slices.Contains(known, p.address) {
		return err
	}
	if err := p.addAddress(ctx, p.password); err != nil {
		return err
	}
	code, err := p.code(ctx)
	if err != nil {
		return err
	}
	return p.confirm(ctx, code)
}

// keepNoAddress looks into the database, since nobody else can: the account is gone. What goes with it goes in the background.
func keepNoAddress(ctx context.Context, name string) error {
	s := from(ctx)
	if err := s.held(); err != nil {
		return err
	}
	p, err := s.person(name)
	if err != nil {
		return err
	}
	return eventually(ctx, func(ctx context.Context) error {
		kept, err := s.stack.SQL(ctx, p.site, "mas", "SELECT count(*) FROM user_emails WHERE email = '"+p.address+"'")
		if err == nil && kept != "0" {
			err = fmt.Errorf("the accounts keep the address of %s still", name)
		}
		return err
	})
}

// addresses lists what the account of the person has.
func (p *person) addresses(ctx context.Context) ([]string, error) {
	var listed struct {
		Viewer struct {
			Emails struct {
				Edges []struct{ Node struct{ Email string } }
			}
		}
	}
	err := p.account(ctx, `query { viewer { ... on User { emails(first: 10) { edges { node { email } } } } } }`, nil, &listed)
	var addresses []string
	for _, edge := range listed.Viewer.Emails.Edges {
		addresses = append(addresses, edge.Node.Email)
	}
	return addresses, err
}

func (p *person) addAddress(ctx context.Context, password string) error {
	var begun struct {
		Begun struct {
			Status         string
			Authentication struct{ ID string }
		} `json:"startEmailAuthentication"`
	}
	err := p.account(ctx, `mutation($e: String!, $p: String!) { startEmailAuthentication(input: {email: $e, password: $p, language: "en"}) { status authentication { id } } }`,
		map[string]any{"e": p.address, "p": password}, &begun)
	if err == nil && begun.Begun.Status != "STARTED" {
		err = accountStatus{"add an address to the account of " + p.name, begun.Begun.Status}
	}
	p.confirming = begun.Begun.Authentication.ID
	return err
}

func (p *person) confirm(ctx context.Context, code string) error {
	const query = `mutation($i: ID!, $c: String!) { done: completeEmailAuthentication(input: {id: $i, code: $c}) { status } }`
	return p.change(ctx, query, map[string]any{"i": p.confirming, "c": code}, "COMPLETED")
}

func addsAddress(ctx context.Context, name string) error {
	p, err := from(ctx).person(name)
	if err != nil {
		return err
	}
	return addsAddressWithPassword(ctx, name, p.password)
}

func addsAddressWithPassword(ctx context.Context, name, password string) error {
	s := from(ctx)
	p, err := s.person(name)
	if err != nil {
		return err
	}
	return s.tried(p.addAddress(ctx, password), "%s adds an e-mail address", name)
}

// addsAddressOf takes the address of somebody else, whose mails the person can read.
func addsAddressOf(ctx context.Context, name, other string) error {
	owner, err := from(ctx).person(other)
	if err != nil {
		return err
	}
	if err := hasMailbox(ctx, name); err != nil {
		return err
	}
	from(ctx).people[name].address = owner.address
	return addsAddress(ctx, name)
}

func confirmsAddress(ctx context.Context, name, with string) error {
	s := from(ctx)
	p, err := s.person(name)
	if err != nil {
		return err
	}
	code, err := p.code(ctx)
	if err != nil {
		return err
	}
	if with == "a code that was guessed" {
		code = another(code)
	}
	return s.tried(p.confirm(ctx, code), "%s confirms an address", name)
}

// another is a code that is not this one.
func another(code string) string {
	return code[:5] + map[bool]string{true: "1", false: "0"}[code[5] == '0']
}

func accountHasAddress(ctx context.Context, name, has string) error {
	p, err := from(ctx).person(name)
	if err != nil {
		return err
	}
	addresses, err := p.addresses(ctx)
	if err != nil {
		return err
	}
	if want := has == "an"; want != slices.Equal(addresses, []string{p.address}) || !want && len(addresses) > 0 {
		return fmt.Errorf("the account of %s has the addresses %q", name, addresses)
	}
	return nil
}

func mailRefusals() reasons {
	return reasons{
		"an e-mail address is needed":    formSaid("/register/password", "required"),
		"an invitation is needed":        formSaid("/token", "required"),
		"the address is somebody else's": anyOf(accountSaid("IN_USE"), addressInUse),
		"the code is wrong":              anyOf(accountSaid("INVALID_CODE"), formSaid("/verify-email", "invalid")),
		"the invitation is not valid":    formSaid("/token", "invalid"),
		"the link is too old":            accountSaid("EXPIRED_RECOVERY_TICKET"),
		"the link was used already":      accountSaid("RECOVERY_TICKET_ALREADY_USED"),
	}
}

// addressInUse accepts the page on which signing up ends when somebody else confirmed the address before.
func addressInUse(err error) bool {
	var end deadEnd
	return errors.As(err, &end) && strings.HasPrefix(end.path, "/register/steps/") && strings.HasSuffix(end.path, "/finish") && end.status == http.StatusOK
}
