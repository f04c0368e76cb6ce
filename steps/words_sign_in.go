package steps

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"golang.org/x/oauth2"
	"maunium.net/go/mautrix"
)

// registerSignIn holds the words about ways to sign in, and what accounts are allowed to.
func registerSignIn(r Registrar) {
	r.When(`^(\w+) (approves|rejects) the code that the (\w+) shows$`, answersCode)
	r.When(`^(\w+) asks for administrator rights$`, asksForAdminRights)
	r.When(`^(\w+) goes on where (\w+) stopped signing up$`, goesOnSigningUp)
	r.When(`^(\w+) lets (\w+) sign in and come back to somebody else$`, letsComeBackElsewhere)
	r.When(`^(\w+) registers a client with a way back (to somebody else|without encryption)$`, registersBadRedirect)
	r.When(`^(\w+) removes the (\w+) without the password$`, removesDeviceUnasked)
	r.When(`^(\w+) signs in through the browser with an older client$`, signsInByRedirect)
	r.When(`^(\w+) signs in with the (old|current) password$`, signsInWithOldOrNew)
	r.When(`^(\w+) signs out everywhere$`, signsOutEverywhere)
	r.When(`^(\w+) trades the code of (\w+) for a session$`, tradesCodeOf)
	r.When(`^somebody uses a token that was made up$`, usesMadeUpToken)
	r.When(`^the operator (locks|unlocks|deactivates|erases) the account of (\w+)$`, operatorChangesAccount)
	r.When(`^the operator ends all sessions of (\w+)$`, operatorManages("kill-sessions"))
	r.When(`^the operator gives (\w+) another password$`, operatorGivesPassword)
	r.When(`^the operator makes (\w+) an administrator$`, operatorManages("promote-admin"))
	r.When(`^the operator makes (\w+) an ordinary person again$`, operatorManages("demote-admin"))
	r.When(`^the operator of (\w+) makes (\w+) an administrator$`, operatorMakesAdministrator)
	r.Then(`^(\w+) may not use the admin API of the homeserver$`, mayNotUseAdminAPI)
	r.Then(`^(\w+) may use the admin API of the homeserver$`, mayUseAdminAPI)
	r.Then(`^the (\w+) of (\w+) is signed out$`, isSignedOut)
	r.Then(`^the (\w+) of (\w+) is still signed in$`, isStillSignedIn)
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

// removesDeviceUnasked does what whoever finds an open phone could do.
func removesDeviceUnasked(ctx context.Context, name, deviceName string) error {
	s := from(ctx)
	d, err := s.deviceOf(name, deviceName)
	if err != nil {
		return err
	}
	err = d.owner.first.client.DeleteDevice(ctx, d.session.deviceID, &mautrix.ReqDeleteDevice[any]{})
	return s.tried(err, "%s removes the %s without the password", name, deviceName)
}

// isSignedOut wants the token refused by the homeserver.
func isSignedOut(ctx context.Context, deviceName, name string) error {
	s := from(ctx)
	if err := s.held(); err != nil {
		return err
	}
	d, err := s.deviceOf(name, deviceName)
	if err != nil {
		return err
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
	d, err := s.deviceOf(name, deviceName)
	if err != nil {
		return err
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
		"the account is locked":       anyOf(accountPage, accountSaid("ACCOUNT_LOCKED"), answered(mautrix.RespError{ErrCode: "M_USER_LOCKED"})),
		"the account is gone":         anyOf(accountPage, answered(mautrix.RespError{ErrCode: "M_USER_DEACTIVATED"}), answered(mautrix.MForbidden), onPage("invalid credentials")),
		"the code was rejected":       anyOf(oauth("access_denied"), saidByOther("user_cancelled")),
		"the code is somebody else's": oauth("invalid_grant"),
		"the rights are for operators": func(err error) bool {
			var end deadEnd
			var answer statusError
			return errors.As(err, &end) && strings.HasPrefix(end.path, "/consent/") || errors.As(err, &answer) && strings.Contains(answer.body, "Missing urn:mas:admin scope")
		},
		"the way back can be overheard":    wayBack,
		"the way back is not its own":      anyOf(wayBack, onlyPage("/authorize")),
		"it is somebody else's sign-up":    onlyPage("/finish"),
		"nobody can say whose token it is": answeredWith(http.StatusServiceUnavailable),
		"the password is asked for":        asksForPassword,
		"the token is unknown":             answered(mautrix.MUnknownToken),
	}
}

// asksForPassword accepts that the homeserver wants to know first that it is really the person: 401 without an error, as a token
// that it does not take would be.
func asksForPassword(err error) bool {
	var answer mautrix.HTTPError
	return answeredWith(http.StatusUnauthorized)(err) && errors.As(err, &answer) && answer.RespError == nil
}

// wayBack accepts that a client may not let people come back there.
func wayBack(err error) bool {
	var answer statusError
	return errors.As(err, &answer) && strings.Contains(answer.body, "invalid_redirect_uri")
}

// onlyPage accepts that MAS leads no further than to a page that says what is wrong.
func onlyPage(path string) func(error) bool {
	return func(err error) bool {
		var end deadEnd
		return errors.As(err, &end) && strings.HasSuffix(end.path, path) && end.status >= http.StatusBadRequest && end.status < http.StatusBadGateway
	}
}

// accountPage accepts the page on which MAS says that an account cannot be used.
func accountPage(err error) bool {
	var end deadEnd
	return errors.As(err, &end) && end.status == http.StatusOK && end.path == "/login"
}
