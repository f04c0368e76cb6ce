package steps

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/oauth2"
	"maunium.net/go/mautrix"

	"matrixstack/stack"
)

// registerSignIn holds the words about ways to sign in, and what accounts are allowed to.
func registerSignIn(r Registrar) {
	r.When(`^(\w+) (approves|rejects) the code that the (\w+) shows$`, answersCode)
	r.When(`^(\w+) asks for administrator rights$`, asksForAdminRights)
	r.When(`^(\w+) changes the password$`, changesPassword)
	r.When(`^(\w+) ends the session of the (\w+) in the account$`, endsSession)
	r.When(`^(\w+) registers a client with a way back to somebody else$`, registersForeignRedirect)
	r.When(`^(\w+) signs in through the browser with an older client$`, signsInByRedirect)
	r.When(`^(\w+) signs in with the (old|current) password$`, signsInWithOldOrNew)
	r.When(`^(\w+) signs out everywhere$`, signsOutEverywhere)
	r.When(`^(\w+) trades the code of (\w+) for a session$`, tradesCodeOf)
	r.When(`^somebody uses a token that was made up$`, usesMadeUpToken)
	r.When(`^the operator (locks|unlocks|deactivates) the account of (\w+)$`, operatorChangesAccount)
	r.When(`^the operator makes (\w+) an administrator$`, operatorPromotes)
	r.Then(`^(\w+) may not use the admin API of the homeserver$`, mayNotUseAdminAPI)
	r.Then(`^(\w+) may use the admin API of the homeserver$`, mayUseAdminAPI)
	r.Then(`^the (\w+) of (\w+) is signed out$`, isSignedOut)
	r.Then(`^the (\w+) of (\w+) is still signed in$`, isStillSignedIn)
}

// account asks the account pages of MAS, as the signed-in browser of a person does.
func (p *person) account(ctx context.Context, query string, variables map[string]any, into any) error {
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		return fmt.Errorf("ask the account of %s: %w", p.name, err)
	}
	var answer struct {
		Data   json.RawMessage `json:"data"`
		Errors []struct {
			Message string `json:"message"`
		} `json:"errors"`
	}
	address := url.URL{Scheme: "https", Host: p.site.AuthHost(), Path: "/graphql"}
	if err := postJSON(ctx, p.browser, address.String(), body, &answer); err != nil {
		return fmt.Errorf("ask the account of %s: %w", p.name, err)
	}
	if len(answer.Errors) > 0 {
		return fmt.Errorf("ask the account of %s: %s", p.name, answer.Errors[0].Message)
	}
	if err := json.Unmarshal(answer.Data, into); err != nil {
		return fmt.Errorf("ask the account of %s: %w", p.name, err)
	}
	return nil
}

func changesPassword(ctx context.Context, name string) error {
	s := from(ctx)
	p, err := s.person(name)
	if err != nil {
		return err
	}
	p.oldPassword = p.password
	fresh := "another " + p.password
	if p.site.SignIn == stack.SignInMAS {
		err = p.changePasswordAtMAS(ctx, fresh)
	} else {
		err = p.changePasswordAtHomeserver(ctx, fresh)
	}
	if err == nil {
		p.password = fresh
	}
	return s.tried(err, "%s changes the password", name)
}

func (p *person) changePasswordAtMAS(ctx context.Context, fresh string) error {
	var viewer struct{ Viewer struct{ ID string } }
	if err := p.account(ctx, `query { viewer { ... on User { id } } }`, nil, &viewer); err != nil {
		return err
	}
	var done struct{ SetPassword struct{ Status string } }
	err := p.account(ctx, `mutation($u: ID!, $old: String!, $new: String!) { setPassword(input: {userId: $u, currentPassword: $old, newPassword: $new}) { status } }`,
		map[string]any{"u": viewer.Viewer.ID, "old": p.password, "new": fresh}, &done)
	if err == nil && done.SetPassword.Status != "ALLOWED" {
		err = fmt.Errorf("change the password of %s: %s", p.name, done.SetPassword.Status)
	}
	return err
}

func (p *person) changePasswordAtHomeserver(ctx context.Context, fresh string) error {
	client := p.first.client
	_, err := client.MakeRequest(ctx, http.MethodPost, client.BuildClientURL("v3", "account", "password"), map[string]any{
		"new_password": fresh, "logout_devices": false,
		"auth": map[string]any{"type": mautrix.AuthTypePassword, "password": p.password, "identifier": mautrix.UserIdentifier{Type: mautrix.IdentifierTypeUser, User: p.username}},
	}, nil)
	return err
}

func signsInWithOldOrNew(ctx context.Context, name, which string) error {
	s := from(ctx)
	p, err := s.person(name)
	if err != nil {
		return err
	}
	password := p.password
	if which == "old" {
		password = p.oldPassword
	}
	return signsInWithPassword(ctx, name, password)
}

// endsSession finds the session by the device its scope names.
func endsSession(ctx context.Context, name, deviceName string) error {
	s := from(ctx)
	p, err := s.person(name)
	if err != nil {
		return err
	}
	d, ok := p.devices[deviceName]
	if !ok {
		return fmt.Errorf("%s has no device %q; known: %s", name, deviceName, known(p.devices))
	}
	var listed struct {
		Viewer struct {
			Sessions struct {
				Edges []struct{ Node struct{ ID, Scope string } }
			} `json:"appSessions"`
		}
	}
	const query = `query { viewer { ... on User { appSessions(first: 20, state: ACTIVE) { edges { node { ... on Oauth2Session { id scope } } } } } } }`
	if err := p.account(ctx, query, nil, &listed); err != nil {
		return err
	}
	for _, edge := range listed.Viewer.Sessions.Edges {
		if strings.Contains(edge.Node.Scope, string(d.session.deviceID)) {
			var done struct {
				Ended struct{ Status string } `json:"endOauth2Session"`
			}
			err := p.account(ctx, `mutation($s: ID!) { endOauth2Session(input: {oauth2SessionId: $s}) { status } }`, map[string]any{"s": edge.Node.ID}, &done)
			if err == nil && done.Ended.Status != "ENDED" {
				err = fmt.Errorf("end the session of the %s: %s", deviceName, done.Ended.Status)
			}
			return s.tried(err, "%s ends the session of the %s", name, deviceName)
		}
	}
	return fmt.Errorf("the account of %s lists %d sessions, none of the %s", name, len(listed.Viewer.Sessions.Edges), deviceName)
}

// isSignedOut wants the token refused by the homeserver.
func isSignedOut(ctx context.Context, deviceName, name string) error {
	s := from(ctx)
	if err := s.held(); err != nil {
		return err
	}
	p, err := s.person(name)
	if err != nil {
		return err
	}
	d, ok := p.devices[deviceName]
	if !ok {
		return fmt.Errorf("%s has no device %q; known: %s", name, deviceName, known(p.devices))
	}
	return eventually(ctx, func(ctx context.Context) error {
		_, err := d.client.Whoami(ctx)
		if err == nil {
			return fmt.Errorf("the homeserver still takes the %s of %s", deviceName, name)
		}
		if !answered(mautrix.MUnknownToken)(err) {
			return fmt.Errorf("ask as the %s of %s: %w", deviceName, name, err)
		}
		return nil
	})
}

func isStillSignedIn(ctx context.Context, deviceName, name string) error {
	s := from(ctx)
	p, err := s.person(name)
	if err != nil {
		return err
	}
	d, ok := p.devices[deviceName]
	if !ok {
		return fmt.Errorf("%s has no device %q; known: %s", name, deviceName, known(p.devices))
	}
	if _, err := d.client.Whoami(ctx); err != nil {
		return fmt.Errorf("the homeserver does not take the %s of %s any more: %w", deviceName, name, err)
	}
	return nil
}

func signsOutEverywhere(ctx context.Context, name string) error {
	s := from(ctx)
	d, err := s.device(name)
	if err != nil {
		return err
	}
	_, err = d.client.LogoutAll(ctx)
	return s.tried(err, "%s signs out everywhere", name)
}

func signInRefusals() reasons {
	oauth := func(codes ...string) func(error) bool {
		return func(err error) bool {
			var refused *oauth2.RetrieveError
			return errors.As(err, &refused) && slices.Contains(codes, refused.ErrorCode)
		}
	}
	return reasons{
		"the account is locked":       anyOf(accountPage, answered(mautrix.RespError{ErrCode: "M_USER_LOCKED"})),
		"the account is gone":         anyOf(accountPage, answered(mautrix.RespError{ErrCode: "M_USER_DEACTIVATED"}), answered(mautrix.MForbidden), onPage("invalid credentials")),
		"the code was rejected":       oauth("access_denied"),
		"the code is somebody else's": oauth("invalid_grant"),
		"the rights are for operators": func(err error) bool {
			var end deadEnd
			return errors.As(err, &end) && strings.HasPrefix(end.path, "/consent/")
		},
		"the way back is not its own": func(err error) bool {
			var answer statusError
			return errors.As(err, &answer) && strings.Contains(answer.body, "invalid_redirect_uri")
		},
		"nobody can say whose token it is": answeredWith(http.StatusServiceUnavailable),
		"the token is unknown":             answered(mautrix.MUnknownToken),
	}
}

// accountPage accepts the page on which MAS says that an account cannot be used.
func accountPage(err error) bool {
	var end deadEnd
	return errors.As(err, &end) && end.status == http.StatusOK && end.path == "/login"
}
