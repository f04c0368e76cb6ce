package steps

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"maunium.net/go/mautrix"
)

// reasons tells for each reason a feature names whether a server gave just that one.
type reasons map[string]func(error) bool

// refusals lists every reason for which somebody is refused; one line for each area.
func refusals() reasons {
	all := reasons{}
	for _, area := range []reasons{
		accountRefusals(),
		appRefusals(),
		encryptionRefusals(),
		federationRefusals(),
		bridgeRefusals(),
		callRefusals(),
		leftBehindRefusals(),
		lengthRefusals(),
		mailRefusals(),
		mediaRefusals(),
		moderationRefusals(),
		otherRefusals(),
		passingOnRefusals(),
		peerRefusals(),
		relayRefusals(),
		roomRefusals(),
		signInRefusals(),
		strangerRefusals(),
	} {
		maps.Copy(all, area)
	}
	return all
}

// isRefusedBecause wants that what a person tried last was refused, for the reason the server gave.
func isRefusedBecause(ctx context.Context, name, reason string) error {
	s := from(ctx)
	accept, ok := refusals()[reason]
	if !ok {
		return fmt.Errorf("no reason %q; known: %s", reason, known(refusals()))
	}
	if !strings.HasPrefix(s.last.what, name+" ") {
		return fmt.Errorf("%s tried nothing last; it was: %s", name, s.last.what)
	}
	return s.refused(accept)
}

func accountRefusals() reasons {
	exclusive := mautrix.RespError{ErrCode: "M_EXCLUSIVE"} // a homeserver that keeps accounts itself keeps names for bridges, too
	return reasons{
		"the name is taken":        anyOf(onPage("exists"), answered(mautrix.MUserInUse, exclusive)),
		"the name is reserved":     anyOf(onPage("username-banned"), answered(exclusive)),
		"the password is too weak": anyOf(onPage("password is too weak"), accountSaid("INVALID_NEW_PASSWORD"), answered(mautrix.RespError{ErrCode: "M_PASSWORD_TOO_SHORT"})),
		"the password is wrong":    anyOf(onPage("invalid credentials"), accountSaid("INCORRECT_PASSWORD"), accountSaid("WRONG_PASSWORD"), answered(mautrix.MForbidden)),
		"the session is over":      answered(mautrix.MUnknownToken),
		"registration is closed": func(err error) bool {
			var end deadEnd
			return errors.As(err, &end) && end.path == "/register" && end.status == http.StatusOK
		},
	}
}

func roomRefusals() reasons {
	return reasons{
		"it is none of their business":      answered(mautrix.MForbidden),
		"it is the name of somebody else":   answered(mautrix.MForbidden),
		"it is the place of somebody else":  answered(mautrix.MForbidden),
		"none of its people is in the room": statusOf(http.StatusForbidden),
		"the place is filled":               answered(mautrix.RespError{ErrCode: "M_CANNOT_OVERWRITE_MEDIA"}),
		"the backup was given up":           answered(mautrix.RespError{ErrCode: "M_WRONG_ROOM_KEYS_VERSION"}),
		"the ban stands":                    answered(mautrix.RespError{ErrCode: "M_BAD_STATE"}),
		"the address is taken":              answeredWith(http.StatusConflict),
		"the address leads elsewhere":       answered(mautrix.RespError{ErrCode: "M_BAD_ALIAS"}),
		"the operator shut the room":        answeredInWords("This room has been blocked on this server"),
		"the operator wants it unlisted":    answeredInWords("Not allowed to publish room"),
		"the reaction was given already":    answered(mautrix.RespError{ErrCode: "M_DUPLICATE_ANNOTATION"}),
		"the role does not allow it":        answered(mautrix.MForbidden),
		"the room is closed to strangers":   answered(mautrix.MForbidden, mautrix.MNotFound),
	}
}

// anyOf accepts what one of several would.
func anyOf(accept ...func(error) bool) func(error) bool {
	return func(err error) bool {
		return slices.ContainsFunc(accept, func(accepts func(error) bool) bool { return accepts(err) })
	}
}

// answered accepts any of the given Matrix errors.
func answered(wanted ...mautrix.RespError) func(error) bool {
	return func(err error) bool {
		return slices.ContainsFunc(wanted, func(w mautrix.RespError) bool { return errors.Is(err, w) })
	}
}

// answeredInWords accepts an answer of the homeserver that has no code but says so.
func answeredInWords(words string) func(error) bool {
	return func(err error) bool {
		var answer mautrix.HTTPError
		return errors.As(err, &answer) && answer.RespError != nil && answer.RespError.Err == words
	}
}

// answeredWith accepts an answer of the homeserver with one of the given statuses.
func answeredWith(statuses ...int) func(error) bool {
	return func(err error) bool {
		var answer mautrix.HTTPError
		return errors.As(err, &answer) && answer.Response != nil && slices.Contains(statuses, answer.Response.StatusCode)
	}
}

// onPage accepts a page that says so.
func onPage(sign string) func(error) bool {
	return func(err error) bool {
		var page refusal
		return errors.As(err, &page) && slices.ContainsFunc(page.codes, func(said string) bool { return strings.Contains(strings.ToLower(said), sign) })
	}
}
