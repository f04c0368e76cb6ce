package steps

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/cucumber/godog"
	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/pushrules"
	"maunium.net/go/mautrix/pushrules/pushgateway"

	"matrixstack/stack"
)

// registerPush holds the words about devices that sleep until a push gateway wakes them.
func registerPush(r Registrar) {
	r.Given(`^(\w+) has muted "([^"]+)"( but for mentions)?$`, hasMuted)
	r.Given(`^(\w+) waits for the word "([^"]+)"$`, waitsForWord)
	r.Given(`^the (\w+) of (\w+) is woken through (.+?)( by ids only)?$`, isWokenThrough)
	r.Given(`^the push gateway of (\w+) (fails|hangs up|keeps everybody waiting|no longer knows the phone|no longer knows somebody else|talks nonsense)$`, gatewayTurns)
	r.When(`^(\w+) reads "([^"]+)" once the (\w+) has rung$`, readsOnceRung)
	r.When(`^(\w+) switches the (\w+) (off|on)$`, switches)
	r.When(`^the (\w+) of (\w+) rings for "([^"]+)"$`, isToldOf)
	r.When(`^the push gateway of (\w+) recovers$`, gatewayRecovers)
	r.Then(`^nothing wakes the (\w+) of (\w+) any more$`, nothingWakes)
	r.Then(`^the (\w+) of (\w+) is still woken$`, isStillWoken)
	r.Then(`^the (\w+) of (\w+) is told of "([^"]+)"$`, isToldOf)
	r.Then(`^the (\w+) of (\w+) is told of "([^"]+)" but not of "([^"]+)"$`, isToldOfButNot)
	r.Then(`^the (\w+) of (\w+) is told of the invitation to "([^"]+)"$`, isToldOfInvitation)
	r.Then(`^the (\w+) of (\w+) is told that (\w+) calls$`, isToldOfCall)
	r.Then(`^the (\w+) of (\w+) shows a badge of (\d+)$`, showsBadge)
	r.Then(`^the push gateway of (\w+) is never asked$`, gatewayIsNeverAsked)
	r.Then(`^the push gateway of (\w+) learns (every word|only ciphertext|only the ids|the sender and no word) of "([^"]+)"$`, gatewayLearns)
}

// hasMuted silences a room as clients do: with a rule before all others, or with one that mentions go before.
func hasMuted(ctx context.Context, name, room, mentions string) error {
	d, roomID, err := from(ctx).guest(name, room)
	if err != nil {
		return err
	}
	kind, rule := pushrules.RoomRule, &mautrix.ReqPutPushRule{Actions: []*pushrules.PushAction{}}
	if mentions == "" {
		kind = pushrules.OverrideRule
		rule.Conditions = []*pushrules.PushCondition{{Kind: pushrules.KindEventMatch, Key: "room_id", Pattern: roomID.String()}}
	}
	if err := d.client.PutPushRule(ctx, "global", kind, roomID.String(), rule); err != nil {
		return fmt.Errorf("mute %q as %s: %w", room, name, err)
	}
	return nil
}

// waitsForWord asks to be told of a word wherever it is said, before what holds for single rooms.
func waitsForWord(ctx context.Context, name, word string) error {
	d, err := from(ctx).device(name)
	if err != nil {
		return err
	}
	tell := []*pushrules.PushAction{{Action: pushrules.ActionNotify}, {Action: pushrules.ActionSetTweak, Tweak: pushrules.TweakHighlight, Value: true}}
	if err := d.client.PutPushRule(ctx, "global", pushrules.ContentRule, word, &mautrix.ReqPutPushRule{Actions: tell, Pattern: word}); err != nil {
		return fmt.Errorf("wait for the word %q as %s: %w", word, name, err)
	}
	return nil
}

// isWokenThrough gives a device a bell. Each has data of its own, as some gateways need to find the phone.
func isWokenThrough(ctx context.Context, called, name, what, idsOnly string) error {
	s := from(ctx)
	d, err := s.deviceOf(name, called)
	if err != nil {
		return err
	}
	b := &bell{}
	b.pusher.PushKey = d.owner.username + "-" + called
	b.pusher.Data = pushgateway.PusherData{"test.world.data": "of the " + called + " of " + name}
	if idsOnly != "" {
		b.pusher.Data["format"] = string(pushgateway.PushFormatEventIDOnly)
	}
	switch what {
	case "a push gateway":
		err = s.passOn(ctx, d, b, "world")
	case "a push gateway inside the deployment":
		err = s.passOn(ctx, d, b, "db")
	case "ntfy":
		b.useNtfy(stack.NtfyHost)
		err = s.listen(ctx, d, b)
	case "ntfy under a foreign address":
		b.useNtfy("ntfy.elsewhere.test")
	default:
		err = fmt.Errorf("nothing that wakes devices is called %q", what)
	}
	if errors.Is(err, stack.ErrElsewhere) {
		recordFrom(ctx).skip = err.Error()
		return fmt.Errorf("%w: %w", godog.ErrSkip, err)
	}
	if err != nil {
		return err
	}
	return d.hang(ctx, b)
}

func gatewayTurns(ctx context.Context, name, mood string) error {
	p, err := from(ctx).person(name)
	if err != nil {
		return err
	}
	if p.gateway == nil {
		return fmt.Errorf("no push gateway wakes a device of %s yet", name)
	}
	p.gateway.turn(mood)
	return nil
}

func gatewayRecovers(ctx context.Context, name string) error {
	p, err := from(ctx).person(name)
	if err != nil {
		return err
	}
	return p.gateway.recover(ctx)
}

// readsOnceRung reads a message no earlier than the device was woken for it, so that the badge is on its way before.
func readsOnceRung(ctx context.Context, name, text, called string) error {
	if err := isToldOf(ctx, called, name, text); err != nil {
		return err
	}
	return readsUpTo(ctx, name, text, "")
}

// switches ends or begins listening. A device stays off until the homeserver has told ntfy of something: what comes while the
// device listens again would prove nothing.
func switches(ctx context.Context, name, called, way string) error {
	s := from(ctx)
	d, err := s.deviceOf(name, called)
	if err != nil {
		return err
	}
	if d.bell == nil || d.bell.hush == nil {
		return fmt.Errorf("the %s of %s does not listen to ntfy", called, name)
	}
	if way == "off" {
		d.bell.hush()
		d.bell.told, err = s.lastPush(ctx, d)
		return err
	}
	err = eventually(ctx, func(ctx context.Context) error {
		told, err := s.lastPush(ctx, d)
		if err == nil && told == d.bell.told {
			err = fmt.Errorf("ntfy was told of nothing while the %s of %s was off", called, name)
		}
		return err
	})
	if err != nil {
		return err
	}
	return s.listen(ctx, d, d.bell)
}

// lastPush is when the homeserver last told a gateway of something for a device, as it notes itself.
func (s *scenario) lastPush(ctx context.Context, d *device) (string, error) {
	return s.stack.SQL(ctx, d.owner.site, "synapse", fmt.Sprintf("SELECT coalesce(last_success, 0) FROM pushers WHERE pushkey = '%s'", d.bell.pusher.PushKey))
}

// nothingWakes asks another device of the person where there is one: this one may be signed out.
func nothingWakes(ctx context.Context, called, name string) error {
	s := from(ctx)
	b, err := s.bellOf(name, called)
	if err != nil {
		return err
	}
	asks := s.people[name].devices[called]
	for other, d := range s.people[name].devices {
		if other != called {
			asks = d
		}
	}
	return eventually(ctx, func(ctx context.Context) error {
		keys, err := asks.wakened(ctx)
		if err != nil {
			return err
		}
		if slices.Contains(keys, b.pusher.PushKey) {
			return fmt.Errorf("the homeserver of %s still wakes the %s", name, called)
		}
		return nil
	})
}

func isStillWoken(ctx context.Context, called, name string) error {
	s := from(ctx)
	b, err := s.bellOf(name, called)
	if err != nil {
		return err
	}
	keys, err := s.people[name].devices[called].wakened(ctx)
	if err == nil && !slices.Contains(keys, b.pusher.PushKey) {
		err = fmt.Errorf("the homeserver of %s wakes the %s no more", name, called)
	}
	return err
}
