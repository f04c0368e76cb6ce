package steps

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"maunium.net/go/mautrix"

	"matrixstack/stack"
)

// registerOwnAccount holds the words about what people change in their own accounts.
func registerOwnAccount(r Registrar) {
	r.When(`^(\w+) changes the name to "([^"]+)" in the account$`, changesName)
	r.When(`^(\w+) changes the password( and signs out everywhere else)?$`, changesPassword)
	r.When(`^(\w+) deletes the account( without the password)?$`, deletesAccount)
	r.When(`^(\w+) ends the session of the (\w+) in the account$`, endsSession)
	r.Then(`^the homeserver tells (\w+) that passwords are changed elsewhere$`, tellsPasswordsElsewhere)
	r.Then(`^the password of (\w+) is kept as nothing but a hash that is slow to guess$`, keepsSlowHash)
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
		return accountStatus{"ask the account of " + p.name, answer.Errors[0].Message}
	}
	if err := json.Unmarshal(answer.Data, into); err != nil {
		return fmt.Errorf("ask the account of %s: %w", p.name, err)
	}
	return nil
}

func changesPassword(ctx context.Context, name, alone string) error {
	s := from(ctx)
	p, err := s.person(name)
	if err != nil {
		return err
	}
	p.oldPassword = p.password
	fresh := "another " + p.password
	switch {
	case p.site.SignIn != stack.SignInMAS:
		err = p.changePasswordAtHomeserver(ctx, fresh, alone != "")
	case alone != "":
		return errors.New("MAS signs nobody out when a password changes")
	default:
		err = p.changePasswordAtMAS(ctx, fresh)
	}
	if err == nil {
		p.password = fresh
	}
	return s.tried(err, "%s changes the password", name)
}

func (p *person) changePasswordAtMAS(ctx context.Context, fresh string) error {
	const query = `mutation($u: ID!, $old: String!, $new: String!) { done: setPassword(input: {userId: $u, currentPassword: $old, newPassword: $new}) { status } }`
	return p.change(ctx, query, map[string]any{"old": p.password, "new": fresh}, "ALLOWED")
}

func (p *person) changePasswordAtHomeserver(ctx context.Context, fresh string, alone bool) error {
	client := p.first.client
	_, err := client.MakeRequest(ctx, http.MethodPost, client.BuildClientURL("v3", "account", "password"), map[string]any{
		"new_password": fresh, "logout_devices": alone,
		"auth": map[string]any{"type": mautrix.AuthTypePassword, "password": p.password, "identifier": mautrix.UserIdentifier{Type: mautrix.IdentifierTypeUser, User: p.username}},
	}, nil)
	return err
}

// accountID is what the accounts call the account that the browser is signed in to; empty when it is in none.
func (p *person) accountID(ctx context.Context) (string, error) {
	var seen struct{ Viewer struct{ ID string } }
	err := p.account(ctx, `query { viewer { ... on User { id } } }`, nil, &seen)
	return seen.Viewer.ID, err
}

// change lets a person change something of their own account; $u stands for whose it is, and the change is called done.
func (p *person) change(ctx context.Context, query string, variables map[string]any, wanted string) error {
	var err error
	if variables["u"], err = p.accountID(ctx); err != nil {
		return err
	}
	var answer struct{ Done struct{ Status string } }
	err = p.account(ctx, query, variables, &answer)
	if err == nil && answer.Done.Status != wanted {
		err = accountStatus{"change the account of " + p.name, answer.Done.Status}
	}
	return err
}

func changesName(ctx context.Context, name, shown string) error {
	s := from(ctx)
	p, err := s.person(name)
	if err != nil {
		return err
	}
	const query = `mutation($u: ID!, $name: String) { done: setDisplayName(input: {userId: $u, displayName: $name}) { status } }`
	return s.tried(p.change(ctx, query, map[string]any{"name": shown}, "SET"), "%s changes the name", name)
}

func deletesAccount(ctx context.Context, name, without string) error {
	s := from(ctx)
	p, err := s.person(name)
	if err != nil {
		return err
	}
	password := p.password
	if without != "" {
		password = ""
	}
	return s.tried(p.deactivate(ctx, password), "%s deletes the account", name)
}

// deactivate ends an account for good, where it is kept.
func (p *person) deactivate(ctx context.Context, password string) error {
	if p.site.SignIn == stack.SignInMAS {
		return p.deleteAtMAS(ctx, password)
	}
	client := p.first.client
	request := map[string]any{"erase": true}
	if password != "" {
		request["auth"] = map[string]any{"type": mautrix.AuthTypePassword, "password": password, "identifier": mautrix.UserIdentifier{Type: mautrix.IdentifierTypeUser, User: p.username}}
	}
	_, err := client.MakeRequest(ctx, http.MethodPost, client.BuildClientURL("v3", "account", "deactivate"), request, nil)
	return err
}

func (p *person) deleteAtMAS(ctx context.Context, password string) error {
	const query = `mutation($p: String!) { done: deactivateUser(input: {hsErase: true, password: $p}) { status } }`
	return p.change(ctx, query, map[string]any{"p": password}, "DEACTIVATED")
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

// keepsSlowHash looks into the database for how a password is kept.
func keepsSlowHash(ctx context.Context, name string) error {
	s := from(ctx)
	p, err := s.person(name)
	if err != nil {
		return err
	}
	database, begins := "mas", "$argon2id$"
	query := "SELECT hashed_password FROM user_passwords JOIN users USING (user_id) WHERE username = '" + p.username + "'"
	if p.site.SignIn != stack.SignInMAS {
		database, begins = "synapse", "$2b$"
		query = "SELECT password_hash FROM users WHERE name = '" + string(p.userID()) + "'"
	}
	kept, err := s.stack.SQL(ctx, p.site, database, query)
	if err != nil {
		return err
	}
	if kept == "" || !strings.HasPrefix(kept, begins) || strings.Contains(kept, p.password) {
		return fmt.Errorf("the password of %s is kept as %.10q..., which does not begin with %s", name, kept, begins)
	}
	return nil
}

// tellsPasswordsElsewhere looks at what clients offer their owner. Source: client-server API, section "Capabilities negotiation".
func tellsPasswordsElsewhere(ctx context.Context, name string) error {
	d, err := from(ctx).device(name)
	if err != nil {
		return err
	}
	can, err := d.client.Capabilities(ctx)
	if err != nil {
		return fmt.Errorf("ask the homeserver of %s what it can do: %w", name, err)
	}
	if can.ChangePassword.IsEnabled() {
		return fmt.Errorf("the homeserver of %s lets clients offer to change a password that it does not keep", name)
	}
	return nil
}
