package steps

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
)

// registerOthers holds the words about accounts of others, and browsers of others.
func registerOthers(r Registrar) {
	r.When(`^(\w+) (allows a new security key|changes the name|changes the password|ends a session|gives a session a name|lists the sessions|reads the addresses) in the account of (\w+)$`, touchesAccountOf)
	r.When(`^(\w+) changes the password to "([^"]+)"$`, changesPasswordTo)
	r.When(`^(\w+) changes the password without knowing the old one$`, changesPasswordBlindly)
	r.When(`^(\w+) signs out in the browser$`, signsOutInBrowser)
	r.When(`^a page of somebody else signs (\w+) in at the accounts$`, foreignPageSignsIn)
	r.Then(`^a copy of the browser of (\w+) is signed out$`, copyIsSignedOut)
	r.Then(`^the form to sign up is taken from nobody$`, formIsTakenFromNobody)
}

// viewed is somebody's account as they see it themselves: names that others could guess or overhear.
type viewed struct {
	Viewer struct {
		ID       string
		Sessions struct {
			Edges []struct{ Node struct{ ID string } }
		} `json:"appSessions"`
	}
}

func touchesAccountOf(ctx context.Context, name, what, other string) error {
	s := from(ctx)
	p, err := s.person(name)
	if err != nil {
		return err
	}
	of, err := s.person(other)
	if err != nil {
		return err
	}
	query, variables, err := of.touch(ctx, what)
	if err != nil {
		return err
	}
	var answer struct{ Done *struct{ Status string } }
	err = p.account(ctx, query, variables, &answer)
	switch {
	case err == nil && answer.Done == nil:
		err = accountStatus{what + " in the account of " + other, "NOT_FOUND"} // a question about what is not there for them
	case err == nil && answer.Done.Status != "":
		err = doneUnless(answer.Done.Status)
	}
	return s.tried(err, "%s %s in the account of %s", name, what, other)
}

// touch is the question that does something to an account which only its owner may do, with what it takes to name it.
func (p *person) touch(ctx context.Context, what string) (query string, variables map[string]any, err error) {
	var seen viewed
	const look = `query { viewer { ... on User { id appSessions(first: 5, state: ACTIVE) { edges { node { ... on Oauth2Session { id } } } } } } }`
	if err := p.account(ctx, look, nil, &seen); err != nil {
		return "", nil, err
	}
	if len(seen.Viewer.Sessions.Edges) == 0 {
		return "", nil, fmt.Errorf("the account of %s lists no sessions", p.name)
	}
	query = map[string]string{
		"allows a new security key": `mutation($u: ID!) { done: allowUserCrossSigningReset(input: {userId: $u}) { user { id } } }`,
		"changes the name":          `mutation($u: ID!) { done: setDisplayName(input: {userId: $u, displayName: "somebody else"}) { status } }`,
		"changes the password":      `mutation($u: ID!) { done: setPassword(input: {userId: $u, currentPassword: "tea", newPassword: "correct horse battery staple"}) { status } }`,
		"ends a session":            `mutation($s: ID!) { done: endOauth2Session(input: {oauth2SessionId: $s}) { status } }`,
		"gives a session a name":    `mutation($s: ID!) { done: setOauth2SessionName(input: {oauth2SessionId: $s, humanName: "mine"}) { status } }`,
		"lists the sessions":        `query($u: ID!) { done: user(id: $u) { appSessions(first: 5) { totalCount } } }`,
		"reads the addresses":       `query($u: ID!) { done: user(id: $u) { emails(first: 5) { edges { node { email } } } } }`,
	}[what]
	variables = map[string]any{"u": seen.Viewer.ID}
	if strings.Contains(query, "$s:") {
		variables = map[string]any{"s": seen.Viewer.Sessions.Edges[0].Node.ID}
	}
	return query, variables, nil
}

// doneUnless tells what was refused from what was done.
func doneUnless(status string) error {
	switch status {
	case "SET", "ALLOWED", "ENDED", "UPDATED":
		return nil
	}
	return accountStatus{"touch the account of somebody else", status}
}

func changesPasswordTo(ctx context.Context, name, fresh string) error {
	s := from(ctx)
	p, err := s.person(name)
	if err != nil {
		return err
	}
	return s.tried(p.changePasswordAtMAS(ctx, fresh), "%s changes the password to %q", name, fresh)
}

func changesPasswordBlindly(ctx context.Context, name string) error {
	s := from(ctx)
	p, err := s.person(name)
	if err != nil {
		return err
	}
	right := p.password
	p.password = "not my password at all"
	err = p.changePasswordAtMAS(ctx, "another "+right)
	p.password = right
	return s.tried(err, "%s changes the password without knowing the old one", name)
}

// foreignPageSignsIn sends a form as a page of somebody else can, which does not know what guards the forms of this browser.
func foreignPageSignsIn(ctx context.Context, name string) error {
	s := from(ctx)
	p, err := s.person(name)
	if err != nil {
		return err
	}
	browser := newBrowser(s.http())
	at, err := visit(ctx, browser, p.loginPage(), "")
	if err != nil {
		return err
	}
	elsewhere, err := visit(ctx, newBrowser(s.http()), p.loginPage(), "")
	if err != nil {
		return err
	}
	if at.fields["csrf"] == "" || elsewhere.fields["csrf"] == "" {
		return fmt.Errorf("the page to sign in at has no form, but says %q", at.text)
	}
	at.fields = elsewhere.fields // what guards the forms of another browser
	at, err = at.submit(ctx, browser, "", url.Values{"username": {p.username}, "password": {p.password}})
	if err == nil && at.status != http.StatusOK {
		err = deadEnd{p.name, at.url.Path, at.status, at.errors}
	}
	return s.tried(err, "%s is signed in by a page of somebody else", name)
}

// formIsTakenFromNobody sends the form to sign up without having been shown it.
func formIsTakenFromNobody(ctx context.Context) error {
	s := from(ctx)
	site := s.stack.World.Sites[0]
	stranger := &person{name: "somebody", username: "somebody-" + s.suffix, password: "correct horse battery " + s.suffix, site: site, browser: newBrowser(s.http())}
	at, err := visit(ctx, stranger.browser, stranger.loginPage(), "")
	if err != nil {
		return err
	}
	at.url = at.url.ResolveReference(&url.URL{Path: "/register/password"})
	fields, err := stranger.answers(ctx, at.url.Path)
	if err != nil {
		return err
	}
	if at, err = at.submit(ctx, stranger.browser, "", fields); err != nil {
		return err
	}
	if at.status != http.StatusMethodNotAllowed {
		return fmt.Errorf("the form to sign up is taken: it leads to %s, with status %d", at.url.Path, at.status)
	}
	return nil
}

func (p *person) loginPage() *url.URL {
	return &url.URL{Scheme: "https", Host: p.site.AuthHost(), Path: "/login"}
}

// signsOutInBrowser also keeps what a copy of the browser made before would have.
func signsOutInBrowser(ctx context.Context, name string) error {
	s := from(ctx)
	p, err := s.person(name)
	if err != nil {
		return err
	}
	if p.copied, err = cookiejar.New(nil); err != nil {
		return err
	}
	p.copied.SetCookies(p.loginPage(), p.browser.Jar.Cookies(p.loginPage()))
	if signedIn, err := p.copyIsSignedIn(ctx, s); err != nil || !signedIn {
		return errors.Join(err, fmt.Errorf("a copy of the browser of %s is not signed in to begin with", name))
	}
	return s.tried(p.signOutInBrowser(ctx), "%s signs out in the browser", name)
}

// signOutInBrowser presses the button for it on the first page of the accounts.
func (p *person) signOutInBrowser(ctx context.Context) error {
	at, err := visit(ctx, p.browser, &url.URL{Scheme: "https", Host: p.site.AuthHost(), Path: "/"}, "")
	if err != nil {
		return err
	}
	at.url = at.url.ResolveReference(&url.URL{Path: "/logout"})
	at, err = at.submit(ctx, p.browser, "", nil)
	if err == nil && at.url.Path != "/login" {
		err = deadEnd{p.name, at.url.Path, at.status, at.errors}
	}
	return err
}

// copyIsSignedIn asks the accounts, with a copy of the person's browser, who looks.
func (p *person) copyIsSignedIn(ctx context.Context, s *scenario) (bool, error) {
	double := person{name: p.name, site: p.site, browser: newBrowser(s.http())}
	double.browser.Jar = p.copied
	id, err := double.accountID(ctx)
	return id != "", err
}

func copyIsSignedOut(ctx context.Context, name string) error {
	s := from(ctx)
	if err := s.held(); err != nil {
		return err
	}
	p, err := s.person(name)
	if err != nil {
		return err
	}
	signedIn, err := p.copyIsSignedIn(ctx, s)
	if err == nil && signedIn {
		err = fmt.Errorf("a copy of the browser of %s is signed in still", name)
	}
	return err
}

func otherRefusals() reasons {
	return reasons{
		"it is not her account":   anyOf(accountSaid("NOT_FOUND"), accountSaid("Unauthorized")),
		"the form is not its own": onlyPage("/login"),
	}
}
