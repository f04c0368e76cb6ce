package steps

import (
	"context"
	"errors"
	"slices"
	"strings"

	"matrixstack/stack/check"
)

// guests are the people of scenarios who need an account of the deployment, by name, those in place of whom there is nobody else first.
func guests(chosen selection) []string {
	names := []string{"Alice"}
	for _, pickle := range chosen.scenarios {
		for _, step := range pickle.Steps {
			if name := needsAccount.FindStringSubmatch(step.Text); name != nil && name[2] == "" && !slices.Contains(names, name[1]) {
				names = append(names, name[1])
			}
		}
	}
	return names
}

// lookIn gets an account for each guest, so that who gets none is said once, and not by every scenario. The first of them asks the rest.
func (s *scenario) lookIn(ctx context.Context, names []string) (first *person, found []check.Finding) {
	l := s.run.live
	for _, name := range names {
		if name != "Alice" && l.token == "" {
			continue // one account was given, and it is Alice's
		}
		p, err := s.introduce(name, "alpha")
		if err == nil {
			err = s.signUp(ctx, p, "check")
		}
		switch {
		case err != nil:
			found = append(found, l.noAccount(p, err))
			l.cannot[name] = "no account for " + name + " could be had"
		case name == "Alice":
			first = p
			found = append(found, check.Finding{Level: check.Good, About: "account", Where: p.site.ServerName, What: p.userID().String() + " signed in"})
		}
		if first == nil {
			l.without = "no account could be had"
			return nil, found
		}
	}
	return first, found
}

// noAccount says why somebody has no account, and what to set: something else for each reason.
func (l *live) noAccount(p *person, err error) check.Finding {
	f := check.Finding{Level: check.Mistake, About: "account for " + p.name, Where: p.site.ServerName, What: redact(oneLine(err.Error()))}
	var form refusal
	switch given := l.user != "" && l.user == p.username; {
	case tooMuch(err):
		f.Level, f.Set = check.Unseen, "nothing: its limits hold for a check, too, and let one address make few accounts in an hour; check again later, or pass --user"
	case given && anyOf(refusals()["the password is wrong"])(err):
		f.Set = "the password of " + l.user + " in the file of --password-file"
	case given:
		f.Set = "an account that signs in with a password, for --user"
	case errors.As(err, &form) && strings.HasSuffix(form.path, "/token"), strings.Contains(err.Error(), "m.login.registration_token was not passed"):
		f.Set = "a registration token that is not used up and good for two accounts: issue one with --usage-limit 2"
	case refusals()["registration is closed"](err):
		f.Set = "registration with a password for who has a token: password_registration_enabled and registration_token_required of MAS; or pass --user"
	default:
		f.Set = "sign-up with a password for who has a registration token; the log of who keeps the accounts says what was wrong with this one"
	}
	return f
}
