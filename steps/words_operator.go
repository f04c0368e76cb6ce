package steps

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/id"

	"matrixstack/stack"
)

func usesMadeUpToken(ctx context.Context) error {
	s := from(ctx)
	client, err := s.anonymous(s.stack.World.Sites[0])
	if err != nil {
		return err
	}
	client.AccessToken = "mat_" + strings.Repeat(s.suffix, 4) + "_abcdef"
	_, err = client.Whoami(ctx)
	return s.tried(err, "somebody uses a made-up token")
}

func operatorChangesAccount(ctx context.Context, how, name string) error {
	s := from(ctx)
	p, err := s.person(name)
	if err != nil {
		return err
	}
	if how == "erases" {
		return s.erase(ctx, p)
	}
	command := map[string][]string{"locks": {"lock-user"}, "unlocks": {"unlock-user"}, "deactivates": {"lock-user", "--deactivate"}}[how]
	if err := s.manage(ctx, append(command, p.username)...); err != nil || how != "deactivates" {
		return err
	}
	// MAS locks at once and deactivates in the background, a moment later.
	return eventually(ctx, func(ctx context.Context) error {
		since, err := s.stack.SQL(ctx, p.site, "mas", fmt.Sprintf("SELECT deactivated_at FROM users WHERE username = '%s'", p.username))
		if err == nil && since == "" {
			err = fmt.Errorf("deactivate %s: MAS has not done it yet", name)
		}
		return err
	})
}

// erase ends an account for good and has the homeserver hide what its owner said from who was not there. The tool of MAS 1.8.0 only
// deactivates; its admin API erases, and tells the homeserver in the background, a moment later.
func (s *scenario) erase(ctx context.Context, p *person) error {
	operator, base := s.accountsAdmin(ctx, p.site)
	var found struct{ Data struct{ ID string } }
	if err := getJSON(ctx, operator, base+"users/by-username/"+p.username, &found); err != nil {
		return fmt.Errorf("erase %s: %w", p.name, err)
	}
	if err := s.accounts(ctx, p.site, "users/"+found.Data.ID+"/deactivate", []byte(`{"skip_erase": false}`), nil); err != nil {
		return fmt.Errorf("erase %s: %w", p.name, err)
	}
	return eventually(ctx, func(ctx context.Context) error {
		known, err := s.stack.SQL(ctx, p.site, "synapse", fmt.Sprintf("SELECT count(*) FROM erased_users WHERE user_id = '%s'", p.userID()))
		if err == nil && known != "1" {
			err = fmt.Errorf("erase %s: the homeserver does not know of it", p.name)
		}
		return err
	})
}

// operatorManages has the operator use one command of the tool on somebody's account.
func operatorManages(command string) func(context.Context, string) error {
	return func(ctx context.Context, name string) error {
		s := from(ctx)
		p, err := s.person(name)
		if err != nil {
			return err
		}
		return s.manage(ctx, command, p.username)
	}
}

func operatorGivesPassword(ctx context.Context, name string) error {
	s := from(ctx)
	p, err := s.person(name)
	if err != nil {
		return err
	}
	p.oldPassword, p.password = p.password, "from the operator "+s.suffix
	return s.manage(ctx, "set-password", p.username, p.password)
}

// operatorMakesAdministrator makes the account, too: where the homeserver keeps accounts, that is the operator's way.
func operatorMakesAdministrator(ctx context.Context, siteName, name string) error {
	s := from(ctx)
	p, err := s.introduce(name, siteName)
	if err != nil {
		return err
	}
	return s.signUpAdministrator(ctx, p, "phone")
}

// manage runs the tool MAS gives operators.
func (s *scenario) manage(ctx context.Context, command ...string) error {
	_, err := s.stack.Exec(ctx, "mas", append([]string{"mas-cli", "manage"}, command...)...)
	return err
}

// asksForAdminRights signs in once more and asks for the scope that makes an administrator.
func asksForAdminRights(ctx context.Context, name string) error {
	s := from(ctx)
	p, err := s.person(name)
	if err != nil {
		return err
	}
	plain := s.http()
	client, err := registerClient(ctx, plain, p, redirectURI)
	if err != nil {
		return err
	}
	a, err := client.begin(false, "urn:synapse:admin:*")
	if err != nil {
		return err
	}
	back, err := p.walk(ctx, a.start, redirectURI, func(context.Context) error { return nil })
	if err != nil {
		return s.tried(err, "%s asks for administrator rights", name)
	}
	made, err := a.finish(ctx, plain, back)
	if err != nil {
		return s.tried(err, "%s asks for administrator rights", name)
	}
	return s.tried(s.open(ctx, p, "console", made), "%s asks for administrator rights", name)
}

// adminAPI asks the homeserver's admin API where the operator reaches it: from the inside.
func (s *scenario) adminAPI(ctx context.Context, name string) error {
	p, err := s.person(name)
	if err != nil {
		return err
	}
	inside, err := s.console(ctx, p)
	if err != nil {
		return err
	}
	_, err = inside.MakeRequest(ctx, http.MethodGet, inside.BuildURL(mautrix.SynapseAdminURLPath{"v2", "users", id.UserID(p.userID())}), nil, nil)
	return err
}

// console is the homeserver's admin API for a person, with the rights they asked for, if they did.
func (s *scenario) console(ctx context.Context, p *person) (*mautrix.Client, error) {
	d := p.first
	if console, ok := p.devices["console"]; ok {
		d = console
	}
	return s.inside(ctx, p.site, d.session.accessToken)
}

// inside is a client that reaches a homeserver where the operator and the accounts do: past the proxy.
func (s *scenario) inside(ctx context.Context, site stack.Site, token string) (*mautrix.Client, error) {
	endpoint, err := s.stack.Endpoint(ctx, site.Component("synapse"), "8008/tcp")
	if err != nil {
		return nil, err
	}
	client, err := mautrix.NewClient("http://"+endpoint, "", token)
	if err != nil {
		return nil, fmt.Errorf("reach the homeserver of %s from the inside: %w", site.Name, err)
	}
	return client, nil
}

func mayUseAdminAPI(ctx context.Context, name string) error {
	s := from(ctx)
	if err := s.held(); err != nil {
		return err
	}
	return s.adminAPI(ctx, name)
}

func mayNotUseAdminAPI(ctx context.Context, name string) error {
	s := from(ctx)
	err := s.adminAPI(ctx, name)
	if err == nil {
		return fmt.Errorf("the admin API lets %s in", name)
	}
	if !answered(mautrix.MForbidden)(err) {
		return fmt.Errorf("the admin API refused %s for another reason: %w", name, err)
	}
	return nil
}
