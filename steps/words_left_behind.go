package steps

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"maunium.net/go/mautrix"
)

// registerLeftBehind holds the words about codes and tokens that lie about after a sign-in.
func registerLeftBehind(r Registrar) {
	r.When(`^(\w+) tries (.+) that (\w+) left behind$`, triesWhatWasLeft)
}

func triesWhatWasLeft(ctx context.Context, name, what, other string) error {
	s := from(ctx)
	p, err := s.person(other)
	if err != nil {
		return err
	}
	try, ok := leftBehind()[what]
	if !ok {
		return fmt.Errorf("nobody leaves %q behind; known: %s", what, known(leftBehind()))
	}
	g, err := s.guestOf(ctx, p)
	if err != nil {
		return err
	}
	return s.tried(try(ctx, g), "%s tries %s", name, what)
}

func leftBehindRefusals() reasons {
	said := func(codes ...string) func(error) bool {
		return func(err error) bool {
			var answer statusError
			if !errors.As(err, &answer) {
				return false
			}
			for _, code := range codes {
				if strings.Contains(answer.body, `"`+code+`"`) {
					return true
				}
			}
			return false
		}
	}
	return reasons{
		"it is worth nothing any more": anyOf(said("invalid_grant"), answered(mautrix.MUnknownToken), answered(mautrix.MForbidden)),
		"it is for another client":     said("invalid_grant", "unauthorized_client"),
	}
}
