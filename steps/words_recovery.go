package steps

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"strings"

	"matrixstack/stack"
)

// registerRecovery holds the words about the way back in for who forgot the password.
func registerRecovery(r Registrar) {
	r.When(`^(\w+) asks for a way back in$`, asksWayBack)
	r.When(`^(\w+) sets a new password through the (link in the mail|same link)$`, setsNewPasswordThroughLink)
	r.When(`^(\w+) sets the password "([^"]+)" through the link in the mail$`, setsPasswordThroughLink)
	r.When(`^a day passes for the link in the mail to (\w+)$`, dayPassesForLink)
	r.When(`^somebody asks for a way back in with an address nobody has$`, asksWayBackForNobody)
	r.Then(`^no mail goes to that address$`, noMailGoesThere)
	r.Then(`^somebody is answered as if it were the address of (\w+)$`, answeredAsIfKnown)
	r.Then(`^the mail to (\w+) comes from the accounts, and answers go to the operator$`, mailComesFromAccounts)
}

// askWayBack gives an address to the page for those who forgot their password.
func askWayBack(ctx context.Context, browser *http.Client, site stack.Site, address string) (page, error) {
	at, err := visit(ctx, browser, &url.URL{Scheme: "https", Host: site.AuthHost(), Path: "/recover"}, "")
	if err != nil {
		return at, err
	}
	if _, form := at.fields["email"]; !form {
		return at, fmt.Errorf("ask for a way back in: the page %s (status %d) takes no address; it says %q", at.url.Path, at.status, at.text)
	}
	at, err = at.submit(ctx, browser, "", url.Values{"email": {address}})
	if err == nil && len(at.errors) > 0 {
		err = refusal{at.url.Path, at.errors}
	}
	return at, err
}

// asksWayBack uses a browser in which nobody is signed in.
func asksWayBack(ctx context.Context, name string) error {
	s := from(ctx)
	p, err := s.person(name)
	if err != nil {
		return err
	}
	p.browser = newBrowser(s.http())
	_, err = askWayBack(ctx, p.browser, p.site, p.address)
	return s.tried(err, "%s asks for a way back in", name)
}

// setsNewPasswordThroughLink reads the mail, unless the link is known already.
func setsNewPasswordThroughLink(ctx context.Context, name, which string) error {
	s := from(ctx)
	p, err := s.person(name)
	if err != nil {
		return err
	}
	if which == "link in the mail" {
		return s.followLink(ctx, p, "another "+p.password)
	}
	return s.tried(p.setPasswordByLink(ctx, "yet another "+p.password), "%s sets a password through the same link", name)
}

// dayPassesForLink turns the clock of the link, for which nobody can wait.
func dayPassesForLink(ctx context.Context, name string) error {
	s := from(ctx)
	p, err := s.person(name)
	if err != nil {
		return err
	}
	if p.link, err = s.linkFor(ctx, p.site, p.address); err != nil {
		return err
	}
	return s.passes(ctx, p.site, "1 day", "user_recovery_tickets SET expires_at = expires_at", "ticket", p.link.Query().Get("ticket"))
}

func setsPasswordThroughLink(ctx context.Context, name, password string) error {
	s := from(ctx)
	p, err := s.person(name)
	if err != nil {
		return err
	}
	return s.followLink(ctx, p, password)
}

func (s *scenario) followLink(ctx context.Context, p *person, password string) error {
	var err error
	if p.link, err = s.linkFor(ctx, p.site, p.address); err != nil {
		return err
	}
	if err = p.setPasswordByLink(ctx, password); err == nil {
		p.oldPassword, p.password = p.password, password
	}
	return s.tried(err, "%s sets a password through the link", p.name)
}

// setPasswordByLink opens the page the link leads to, and does what that page does.
func (p *person) setPasswordByLink(ctx context.Context, password string) error {
	at, err := visit(ctx, p.browser, p.link, "")
	if err != nil {
		return fmt.Errorf("follow the link to %s: %w", p.link.Host, err)
	}
	if at.status != http.StatusOK {
		return fmt.Errorf("follow the link to %s: page %s has status %d", p.link.Host, at.url.Path, at.status)
	}
	const query = `mutation($t: String!, $p: String!) { done: setPasswordByRecovery(input: {ticket: $t, newPassword: $p}) { status } }`
	return p.change(ctx, query, map[string]any{"t": p.link.Query().Get("ticket"), "p": password}, "ALLOWED")
}

func asksWayBackForNobody(ctx context.Context) error {
	s := from(ctx)
	s.post.asked = "nobody-" + s.suffix + "@mail.test"
	var err error
	s.post.answer, err = askWayBack(ctx, newBrowser(s.http()), s.stack.World.Sites[0], s.post.asked)
	return s.tried(err, "somebody asks for a way back in")
}

// answeredAsIfKnown asks with an address that is known, and compares what the browser shows but for the address itself.
func answeredAsIfKnown(ctx context.Context, name string) error {
	s := from(ctx)
	if err := s.held(); err != nil {
		return err
	}
	p, err := s.person(name)
	if err != nil {
		return err
	}
	known, err := askWayBack(ctx, newBrowser(s.http()), p.site, p.address)
	if err != nil {
		return err
	}
	shown := func(at page, address string) string {
		return fmt.Sprint(at.status, " ", path.Dir(at.url.Path), " ", strings.ReplaceAll(at.text, address, "the address"))
	}
	if got, want := shown(s.post.answer, s.post.asked), shown(known, p.address); got != want {
		return fmt.Errorf("an address nobody has is answered with %q, one that is known with %q", got, want)
	}
	return nil
}

// noMailGoesThere waits until MAS has done what it was asked: a mail would be there by then.
func noMailGoesThere(ctx context.Context) error {
	s := from(ctx)
	done := fmt.Sprintf("queue_jobs WHERE status = 'completed' AND payload->>'user_recovery_session_id' = '%s'", path.Base(s.post.answer.url.Path))
	if err := s.inAccounts(ctx, s.stack.World.Sites[0], done); err != nil {
		return err
	}
	mails, err := s.mails(ctx, s.post.asked)
	if err == nil && len(mails) > 0 {
		err = fmt.Errorf("%d mails went to %s", len(mails), s.post.asked)
	}
	return err
}

func mailComesFromAccounts(ctx context.Context, name string) error {
	s := from(ctx)
	if err := s.held(); err != nil {
		return err
	}
	p, err := s.person(name)
	if err != nil {
		return err
	}
	m, err := s.nextMail(ctx, p.address)
	if err != nil {
		return err
	}
	if domain := "@" + p.site.ServerName; m.From.Address != "accounts"+domain || len(m.ReplyTo) != 1 || m.ReplyTo[0].Address != "operator"+domain {
		return fmt.Errorf("the mail %q comes from %s, and answers go to %v", m.Subject, m.From.Address, m.ReplyTo)
	}
	return nil
}

// mailOnce does what a noise about mails consists of, once.
func (s *scenario) mailOnce(ctx context.Context, what string, p *person) error {
	switch what {
	case "asking for a code":
		return p.addAddress(ctx, p.password)
	case "asking for the code again":
		const query = `mutation($i: ID!) { done: resendEmailAuthenticationCode(input: {id: $i, language: "en"}) { status } }`
		return p.change(ctx, query, map[string]any{"i": p.confirming}, "RESENT")
	case "guessing the code":
		if err := p.confirm(ctx, "guess"); !accountSaid("INVALID_CODE")(err) {
			return err
		}
		return nil
	}
	_, err := askWayBack(ctx, newBrowser(s.http()), p.site, p.address)
	return err
}
