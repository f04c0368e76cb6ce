package steps

import (
	"context"
	"errors"
	"fmt"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/crypto"
	"maunium.net/go/mautrix/crypto/ssss"
	"maunium.net/go/mautrix/event"
)

// registerEncryption holds the words about keys and whom they make trusted.
func registerEncryption(r Registrar) {
	r.Given(`^(\w+) has a security key$`, hasSecurityKey)
	r.When(`^(\w+) (?:backs up|begins a new backup of) the keys of "([^"]+)"$`, backsUpKeys)
	r.When(`^(\w+) allows a new security key in the account$`, allowsNewSecurityKey)
	r.When(`^(\w+) and (\w+) compare signs that are (the same|different)$`, compareSigns)
	r.When(`^(\w+) backs up less of the keys of "([^"]+)" afterwards$`, backsUpLess)
	r.When(`^(\w+) enters the security key of (\w+) on the (\w+)$`, entersSecurityKey)
	r.When(`^(\w+) goes on backing up the keys of "([^"]+)" where they went before$`, goesOnBackingUp)
	r.When(`^(\w+) makes a new security key$`, makesSecurityKey)
	r.When(`^(\w+) restores the keys on the (\w+)$`, restoresKeys)
	r.Then(`^(\w+) (trusts|does not trust) (\w+)$`, trusts)
	r.Then(`^(\w+) alone is shown that (?:she|he) trusts (\w+)$`, aloneIsShownTrust)
	r.Then(`^(\w+) can decrypt "([^"]+)" on the (\w+)$`, canDecrypt)
	r.Then(`^(\w+) cannot decrypt "([^"]+)" on the (\w+)$`, cannotDecrypt)
	r.Then(`^"([^"]+)" and "([^"]+)" were locked with different keys$`, lockedWithDifferentKeys)
	r.Then(`^the (\w+) of (\w+) (is|is not) verified$`, deviceIsVerified)
}

// aloneIsShownTrust asks for the keys of both, as each of them. The key that somebody signs others' keys with, and what it signed, are
// for their owner. Source: client-server API, section "Cross-signing".
func aloneIsShownTrust(ctx context.Context, name, other string) error {
	s := from(ctx)
	if err := s.held(); err != nil {
		return err
	}
	d, trusted, err := s.deviceAndOther(name, other)
	if err != nil {
		return err
	}
	them, err := s.device(other)
	if err != nil {
		return err
	}
	me := d.owner.userID()
	shown := func(to *device) (key, signed bool, err error) {
		keys, err := to.client.QueryKeys(ctx, &mautrix.ReqQueryKeys{DeviceKeys: mautrix.DeviceKeysRequest{me: {}, trusted.userID(): {}}})
		if err != nil {
			return false, false, fmt.Errorf("ask for keys as %s: %w", to.owner.name, err)
		}
		_, key = keys.UserSigningKeys[me]
		return key, len(keys.MasterKeys[trusted.userID()].Signatures[me]) > 0, nil
	}
	err = eventually(ctx, func(context.Context) error {
		key, signed, err := shown(d)
		if err == nil && (!key || !signed) {
			err = fmt.Errorf("%s is not shown that she trusts %s: the key %t, its signature %t", name, other, key, signed)
		}
		return err
	})
	if err != nil {
		return err
	}
	key, signed, err := shown(them)
	if err == nil && (key || signed) {
		err = fmt.Errorf("%s is shown whom %s trusts: the key %t, its signature %t", other, name, key, signed)
	}
	return err
}

func (s *scenario) deviceOf(name, deviceName string) (*device, error) {
	p, err := s.person(name)
	if err != nil {
		return nil, err
	}
	d, ok := p.devices[deviceName]
	if !ok {
		return nil, fmt.Errorf("%s has no device %q; known: %s", name, deviceName, known(p.devices))
	}
	return d, nil
}

func hasSecurityKey(ctx context.Context, name string) error {
	s := from(ctx)
	d, err := s.device(name)
	if err != nil {
		return err
	}
	if d.owner.securityKey, err = d.makeSecurityKey(ctx); err != nil {
		return fmt.Errorf("make a security key for %s: %w", name, err)
	}
	return nil
}

// errNotAllowed says that the homeserver wants to be told in the account first.
var errNotAllowed = errors.New("the homeserver asks to allow it in the account first")

// makesSecurityKey replaces the keys of the person, without a word in the account unless that was given before.
func makesSecurityKey(ctx context.Context, name string) error {
	s := from(ctx)
	d, err := s.device(name)
	if err != nil {
		return err
	}
	asked := false
	key, _, err := d.crypto.Machine().GenerateAndUploadCrossSigningKeys(ctx, func(*mautrix.RespUserInteractive) any {
		asked = true
		return nil
	}, "")
	if asked {
		err = errNotAllowed
	}
	if err == nil {
		d.owner.securityKey = key
	}
	return s.tried(err, "%s makes a new security key", name)
}

func allowsNewSecurityKey(ctx context.Context, name string) error {
	s := from(ctx)
	p, err := s.person(name)
	if err != nil {
		return err
	}
	account, err := p.accountID(ctx)
	if err != nil {
		return err
	}
	var done struct {
		Allowed struct{ User struct{ ID string } } `json:"allowUserCrossSigningReset"`
	}
	err = p.account(ctx, `mutation($u: ID!) { allowUserCrossSigningReset(input: {userId: $u}) { user { id } } }`, map[string]any{"u": account}, &done)
	return s.tried(err, "%s allows a new security key", name)
}

func entersSecurityKey(ctx context.Context, name, owner, deviceName string) error {
	s := from(ctx)
	d, err := s.deviceOf(name, deviceName)
	if err != nil {
		return err
	}
	p, err := s.person(owner)
	if err != nil {
		return err
	}
	return s.tried(d.enterSecurityKey(ctx, p.securityKey), "%s enters the security key of %s", name, owner)
}

func deviceIsVerified(ctx context.Context, deviceName, name, is string) error {
	s := from(ctx)
	d, err := s.deviceOf(name, deviceName)
	if err != nil {
		return err
	}
	verified, err := d.isVerified(ctx)
	if err != nil {
		return fmt.Errorf("ask whether the %s of %s is verified: %w", deviceName, name, err)
	}
	if verified != (is == "is") {
		return fmt.Errorf("the %s of %s: verified is %v", deviceName, name, verified)
	}
	return nil
}

func compareSigns(ctx context.Context, first, second, how string) error {
	s := from(ctx)
	a, err := s.device(first)
	if err != nil {
		return err
	}
	b, err := s.device(second)
	if err != nil {
		return err
	}
	return s.tried(compare(ctx, a, b, how == "the same"), "%s and %s compare signs", first, second)
}

func trusts(ctx context.Context, name, how, other string) error {
	s := from(ctx)
	if err := s.held(); err != nil {
		return err
	}
	d, p, err := s.deviceAndOther(name, other)
	if err != nil {
		return err
	}
	return eventually(ctx, func(ctx context.Context) error {
		is, err := d.trusts(ctx, p.userID())
		if err == nil && is != (how == "trusts") {
			err = fmt.Errorf("%s trusts %s: %v", name, other, is)
		}
		return err
	})
}

// locked fetches a message from the homeserver as it is kept there, encrypted.
func (s *scenario) locked(ctx context.Context, d *device, text string) (*event.Event, error) {
	room, sent, err := s.where(text)
	if err != nil {
		return nil, err
	}
	evt, err := d.client.GetEvent(ctx, room, sent)
	if err != nil {
		return nil, fmt.Errorf("ask for %q as %s: %w", text, d.owner.name, err)
	}
	if evt.Type != event.EventEncrypted {
		return nil, fmt.Errorf("%q is stored as %s, not encrypted", text, evt.Type.Type)
	}
	evt.RoomID = room
	if err := evt.Content.ParseRaw(evt.Type); err != nil && !errors.Is(err, event.ErrContentAlreadyParsed) {
		return nil, fmt.Errorf("read %q: %w", text, err)
	}
	return evt, nil
}

// decrypt fetches a message from the homeserver and opens it with the keys of a device.
func (s *scenario) decrypt(ctx context.Context, name, text, deviceName string) (*event.Event, error) {
	d, err := s.deviceOf(name, deviceName)
	if err != nil {
		return nil, err
	}
	evt, err := s.locked(ctx, d, text)
	if err != nil {
		return nil, err
	}
	return d.decrypt(ctx, evt)
}

func canDecrypt(ctx context.Context, name, text, deviceName string) error {
	s := from(ctx)
	if err := s.held(); err != nil {
		return err
	}
	return eventually(ctx, func(ctx context.Context) error {
		evt, err := s.decrypt(ctx, name, text, deviceName)
		if err != nil {
			return err
		}
		if said := evt.Content.AsMessage().Body; said != text {
			return fmt.Errorf("%s decrypts %q where %q was said", name, said, text)
		}
		return nil
	})
}

// cannotDecrypt wants the key to be missing, and nothing else to be wrong.
func cannotDecrypt(ctx context.Context, name, text, deviceName string) error {
	s := from(ctx)
	_, err := s.decrypt(ctx, name, text, deviceName)
	if err == nil {
		return fmt.Errorf("%s decrypts %q on the %s", name, text, deviceName)
	}
	if !errors.Is(err, crypto.ErrNoSessionFound) && !errors.Is(err, crypto.ErrGroupSessionWithheld) {
		return fmt.Errorf("%s cannot decrypt %q for another reason: %w", name, text, err)
	}
	return nil
}

func lockedWithDifferentKeys(ctx context.Context, first, second string) error {
	s := from(ctx)
	if err := s.held(); err != nil {
		return err
	}
	var sessions []string
	for _, text := range []string{first, second} {
		_, sent, err := s.where(text)
		if err != nil {
			return err
		}
		session, err := s.stack.SQL(ctx, s.stack.World.Sites[0], "synapse", fmt.Sprintf("SELECT json::json->'content'->>'session_id' FROM event_json WHERE event_id = '%s'", sent))
		if err != nil {
			return err
		}
		if session == "" {
			return fmt.Errorf("%q is not stored encrypted", text)
		}
		sessions = append(sessions, session)
	}
	if sessions[0] == sessions[1] {
		return fmt.Errorf("%q and %q were locked with the same key", first, second)
	}
	return nil
}

func encryptionRefusals() reasons {
	return reasons{
		"the security key is wrong":         func(err error) bool { return errors.Is(err, ssss.ErrIncorrectSSSSKey) },
		"it must be allowed in the account": func(err error) bool { return errors.Is(err, errNotAllowed) },
	}
}
