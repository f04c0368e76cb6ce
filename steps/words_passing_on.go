package steps

import (
	"context"
	"errors"
	"fmt"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/crypto"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"
)

// registerPassingOn holds the words about keys that devices ask for, of the homeserver and of each other.
func registerPassingOn(r Registrar) {
	r.When(`^(\w+) takes every key that the (\w+) of (\w+) left with the homeserver$`, takesEveryKey)
	r.When(`^the (\w+) of (\w+) asks the (\w+) of (\w+) for the key of "([^"]+)"$`, asksForKey)
	r.When(`^the (\w+) of (\w+) leaves new keys with the homeserver$`, leavesNewKeys)
}

// takesEveryKey claims one-time keys of a device until the homeserver has none left, or gives the one that may be used again.
func takesEveryKey(ctx context.Context, taker, called, name string) error {
	const more = 500 // than any client leaves
	s := from(ctx)
	mallory, err := s.device(taker)
	if err != nil {
		return err
	}
	d, err := s.deviceOf(name, called)
	if err != nil {
		return err
	}
	user, deviceID := d.owner.userID(), d.client.DeviceID
	taken := map[id.KeyID]bool{}
	for range more {
		answer, err := mallory.client.ClaimKeys(ctx, &mautrix.ReqClaimKeys{OneTimeKeys: mautrix.OneTimeKeysRequest{user: {deviceID: id.KeyAlgorithmSignedCurve25519}}})
		if err != nil {
			return fmt.Errorf("take a key of the %s of %s: %w", called, name, err)
		}
		last := true
		for key, content := range answer.OneTimeKeys[user][deviceID] {
			if taken[key] && !content.Fallback {
				return fmt.Errorf("the homeserver gave the key %s of the %s of %s away twice", key, called, name)
			}
			taken[key], last = true, content.Fallback
		}
		if last && len(taken) < 2 {
			return fmt.Errorf("the %s of %s left no keys with the homeserver", called, name)
		}
		if last {
			return nil
		}
	}
	return fmt.Errorf("the homeserver still has keys of the %s of %s after %d", called, name, more)
}

// leavesNewKeys waits until the homeserver counts keys of a device again.
func leavesNewKeys(ctx context.Context, called, name string) error {
	d, err := from(ctx).deviceOf(name, called)
	if err != nil {
		return err
	}
	return eventually(ctx, func(ctx context.Context) error {
		counted, err := d.client.UploadKeys(ctx, &mautrix.ReqUploadKeys{})
		if err == nil && counted.OneTimeKeyCounts.SignedCurve25519 == 0 {
			err = fmt.Errorf("the homeserver has no keys of the %s of %s", called, name)
		}
		return err
	})
}

// asksForKey waits until the other device has answered, whatever it says.
func asksForKey(ctx context.Context, called, name, otherCalled, other, text string) error {
	s := from(ctx)
	d, err := s.deviceOf(name, called)
	if err != nil {
		return err
	}
	asked, err := s.deviceOf(other, otherCalled)
	if err != nil {
		return err
	}
	locked, err := s.locked(ctx, d, text)
	if err != nil {
		return err
	}
	// Whom a device is asked by it knows from what it heard last, and it answers once.
	if _, err := asked.crypto.Machine().FetchKeys(ctx, []id.UserID{d.owner.userID()}, true); err != nil {
		return fmt.Errorf("hear as the %s of %s of the devices of %s: %w", otherCalled, other, name, err)
	}
	machine, session := d.crypto.Machine(), locked.Content.AsEncrypted().SessionID
	whom := map[id.UserID][]id.DeviceID{asked.owner.userID(): {asked.client.DeviceID}}
	if err := machine.SendRoomKeyRequest(ctx, locked.RoomID, asked.crypto.Machine().OwnIdentity().IdentityKey, session, "", whom); err != nil {
		return fmt.Errorf("ask the %s of %s for a key: %w", otherCalled, other, err)
	}
	var refused error
	err = eventually(ctx, func(ctx context.Context) error {
		key, err := machine.CryptoStore.GetGroupSession(ctx, locked.RoomID, session)
		if errors.Is(err, crypto.ErrGroupSessionWithheld) {
			var withheld *event.RoomKeyWithheldEventContent
			withheld, err = machine.CryptoStore.GetWithheldGroupSession(ctx, locked.RoomID, session)
			refused = withheld
			return err
		}
		if err == nil && key == nil {
			err = fmt.Errorf("the %s of %s does not answer", otherCalled, other)
		}
		return err
	})
	if err != nil {
		return err
	}
	return s.tried(refused, "%s asks the %s of %s for a key", name, otherCalled, other)
}

func passingOnRefusals() reasons {
	withheld := func(code event.RoomKeyWithheldCode) func(error) bool {
		return func(err error) bool {
			var said *event.RoomKeyWithheldEventContent
			return errors.As(err, &said) && said.Code == code
		}
	}
	return reasons{
		"nobody vouches for the device": withheld(event.RoomKeyWithheldUnverified),
		"the key was meant for others":  withheld(event.RoomKeyWithheldUnauthorized),
	}
}
