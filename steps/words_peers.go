package steps

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/id"
)

// registerPeers holds the words about homeservers that are away, or not to be spoken to.
func registerPeers(r Registrar) {
	r.Given(`^the operator lets (\w+) speak to nobody but "([^"]+)"$`, letsSpeakOnlyTo)
	r.When(`^(\w+) says "([^"]+)" in "([^"]+)" while (\S+) is away$`, saysWhileAway)
	r.When(`^(\w+) signs in on the (\w+) while (\S+) is away$`, signsInWhileAway)
	r.Then(`^(\w+) knows (\w+) by name$`, knowsByName)
	r.Then(`^the homeserver of (\w+) shows "([^"]+)" of "([^"]+)" in this order$`, showsInOrder)
}

func letsSpeakOnlyTo(ctx context.Context, siteName, peer string) error {
	s := from(ctx)
	site, err := s.site(siteName)
	if err != nil {
		return err
	}
	restore, err := s.stack.Rewrite(ctx, site.Component("synapse"), "/data/homeserver.yaml", func(content string) (string, error) {
		return content + "\nfederation_domain_whitelist: [" + peer + "]\n", nil
	})
	s.mended = append(s.mended, restore)
	return err
}

// saysWhileAway says one thing after another while a server is stopped.
func saysWhileAway(ctx context.Context, name, texts, room, component string) error {
	s := from(ctx)
	return s.whileAway(ctx, component, func() error {
		for text := range strings.SplitSeq(texts, ", ") {
			if err := says(ctx, name, text, room); err != nil {
				return err
			}
			if err := s.held(); err != nil {
				return err
			}
		}
		return nil
	})
}

// signsInWhileAway makes a device that a stopped homeserver hears of only once it is back.
func signsInWhileAway(ctx context.Context, name, device, component string) error {
	s := from(ctx)
	p, err := s.person(name)
	if err != nil {
		return err
	}
	if err := s.whileAway(ctx, component, func() error { return s.signIn(ctx, p, device) }); err != nil {
		return err
	}
	return s.awaitDevice(ctx, p, p.devices[device].session.deviceID)
}

// whileAway does something while a server is stopped, then starts it again.
func (s *scenario) whileAway(ctx context.Context, component string, do func() error) error {
	if err := s.stack.Halt(ctx, component); err != nil {
		return err
	}
	back := false
	s.mended = append(s.mended, func(ctx context.Context) error {
		if back {
			return nil
		}
		return s.stack.Resume(ctx, component)
	})
	if err := do(); err != nil {
		return err
	}
	err := s.stack.Resume(ctx, component)
	back = err == nil
	return err
}

// showsInOrder asks for the history: a device that was away itself would show when it came back, not what arrived.
func showsInOrder(ctx context.Context, name, texts, room string) error {
	s := from(ctx)
	d, roomID, err := s.guest(name, room)
	if err != nil {
		return err
	}
	var want []id.EventID
	for text := range strings.SplitSeq(texts, ", ") {
		want = append(want, s.sent[text])
	}
	return eventually(ctx, func(ctx context.Context) error {
		past, err := d.client.Messages(ctx, roomID, "", "", mautrix.DirectionBackward, nil, 100)
		if err != nil {
			return fmt.Errorf("ask for the history as %s: %w", name, err)
		}
		var got []id.EventID
		for _, evt := range slices.Backward(past.Chunk) {
			if slices.Contains(want, evt.ID) {
				got = append(got, evt.ID)
			}
		}
		if !slices.Equal(got, want) {
			return fmt.Errorf("%d of %d messages arrived for %s, or in another order: %v, not %v", len(got), len(want), name, got, want)
		}
		return nil
	})
}

func knowsByName(ctx context.Context, name, other string) error {
	return from(ctx).isKnownAs(ctx, name, other, other)
}

// isKnownAs asks for the name of a person, as clients do that show it.
func (s *scenario) isKnownAs(ctx context.Context, name, other, alias string) error {
	d, p, err := s.deviceAndOther(name, other)
	if err != nil {
		return err
	}
	return eventually(ctx, func(ctx context.Context) error {
		known, err := d.client.GetProfile(ctx, p.userID())
		if err != nil {
			return fmt.Errorf("ask who %s is, as %s: %w", other, name, err)
		}
		if known.DisplayName != alias {
			return fmt.Errorf("%s knows %s as %q", name, other, known.DisplayName)
		}
		return nil
	})
}

func peerRefusals() reasons {
	return reasons{
		"alpha does not speak to the other homeserver": func(err error) bool {
			var answer statusError
			forbidden := answered(mautrix.MForbidden)(err) || errors.As(err, &answer) && answer.status == http.StatusForbidden
			return forbidden && strings.Contains(err.Error(), "Federation denied with")
		},
	}
}
