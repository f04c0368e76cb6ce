package steps

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/oauth2"
	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/id"
)

// registerAccounts holds the words about people, their sessions and devices.
func registerAccounts(r Registrar) {
	r.Given(`^(\w+) has an account$`, hasAccount)
	r.Given(`^(\w+) has an account on (\w+)$`, hasAccountOn)
	r.Given(`^(\w+) has no account yet$`, hasNoAccount)
	r.Given(`^(\w+) has no account yet on (\w+)$`, hasNoAccountOn)
	r.When(`^(\w+) renews the session$`, renewsSession)
	r.When(`^(\w+) signs in on the (\w+)$`, signsInOn)
	r.When(`^(\w+) signs in with an older client$`, signsInWithOlderClient)
	r.When(`^(\w+) signs in with the password "([^"]+)"$`, signsInWithPassword)
	r.When(`^(\w+) signs out$`, signsOut)
	r.When(`^(\w+) signs out of the (\w+)$`, signsOutOf)
	r.When(`^(\w+) signs up$`, signsUp)
	r.When(`^(\w+) signs up as "([^"]+)"$`, signsUpAs)
	r.When(`^(\w+) signs up in a browser$`, signsUpInBrowser)
	r.When(`^(\w+) signs up under the name of (\w+)$`, signsUpUnderNameOf)
	r.When(`^(\w+) signs up with the password "([^"]+)"$`, signsUpWithPassword)
	r.Then(`^(\w+) is refused because (.+)$`, isRefusedBecause)
	r.Then(`^(\w+) is signed in$`, isSignedIn)
	r.Then(`^(\w+) is signed in on (\d+) devices$`, isSignedInOnDevices)
	r.Then(`^the browser was photographed at (\d+) pages$`, photographedAtPages)
	r.Then(`^the homeserver shows (\w+) under the name "([^"]+)"$`, homeserverShowsName)
	r.Then(`^the old session of (\w+) cannot be renewed again$`, oldSessionIsOver)
}

func hasAccount(ctx context.Context, name string) error { return hasAccountOn(ctx, name, "alpha") }

func hasAccountOn(ctx context.Context, name, site string) error {
	s := from(ctx)
	p, err := s.introduce(name, site)
	if err != nil {
		return err
	}
	return s.signUp(ctx, p, "phone")
}

func hasNoAccount(ctx context.Context, name string) error { return hasNoAccountOn(ctx, name, "alpha") }

func hasNoAccountOn(ctx context.Context, name, site string) error {
	_, err := from(ctx).introduce(name, site)
	return err
}

func signsUp(ctx context.Context, name string) error {
	s := from(ctx)
	p, err := s.person(name)
	if err != nil {
		return err
	}
	return s.tried(s.signUp(ctx, p, "phone"), "%s signs up", name)
}

func signsUpAs(ctx context.Context, name, username string) error {
	s := from(ctx)
	p, err := s.person(name)
	if err != nil {
		return err
	}
	p.username = username
	return s.tried(s.signUp(ctx, p, "phone"), "%s signs up as %q", name, username)
}

func signsUpUnderNameOf(ctx context.Context, name, other string) error {
	s := from(ctx)
	taken, err := s.person(other)
	if err != nil {
		return err
	}
	return signsUpAs(ctx, name, taken.username)
}

func signsUpWithPassword(ctx context.Context, name, password string) error {
	s := from(ctx)
	p, err := s.person(name)
	if err != nil {
		return err
	}
	p.password = password
	return s.tried(s.signUp(ctx, p, "phone"), "%s signs up with password %q", name, password)
}

// signsInOn returns once everybody the person shares a room with knows of the new device: what they
// write from then on must be readable on it.
func signsInOn(ctx context.Context, name, device string) error {
	s := from(ctx)
	p, err := s.person(name)
	if err != nil {
		return err
	}
	if err := s.tried(s.signIn(ctx, p, device), "%s signs in on the %s", name, device); err != nil || s.last.err != nil {
		return err
	}
	return s.awaitDevice(ctx, p, p.devices[device].session.deviceID)
}

// awaitDevice waits until the other people's devices have heard of a new one.
func (s *scenario) awaitDevice(ctx context.Context, p *person, device id.DeviceID) error {
	for _, other := range s.people {
		for _, d := range other.devices {
			if !d.sharesRoom(ctx, p.userID()) || d.session.deviceID == device {
				continue
			}
			if err := d.meets(ctx, p, device); err != nil {
				return err
			}
		}
	}
	return nil
}

// meets waits until the device has heard of one of somebody: libraries neither write nor listen to others.
func (d *device) meets(ctx context.Context, p *person, device id.DeviceID) error {
	return eventually(ctx, func(ctx context.Context) error {
		knows, err := d.knows(ctx, p.userID(), device)
		if err == nil && !knows {
			err = fmt.Errorf("%s's %s has not heard of the new device of %s", d.owner.name, d.name, p.name)
		}
		return err
	})
}

// knows tells whether a device has heard of one of somebody. Who never wrote to them follows nobody's devices yet,
// and asks the homeserver for all of them before the first message: then the homeserver must have heard.
func (d *device) knows(ctx context.Context, user id.UserID, device id.DeviceID) (bool, error) {
	if d.other != nil {
		return d.other.knows(ctx, user, device)
	}
	followed, err := d.crypto.Machine().CryptoStore.GetDevices(ctx, user)
	if err != nil {
		return false, fmt.Errorf("look up devices: %w", err)
	}
	if followed != nil {
		_, ok := followed[device]
		return ok, nil
	}
	keys, err := d.client.QueryKeys(ctx, &mautrix.ReqQueryKeys{DeviceKeys: mautrix.DeviceKeysRequest{user: mautrix.DeviceIDList{}}})
	if err != nil {
		return false, fmt.Errorf("ask for devices: %w", err)
	}
	_, ok := keys.DeviceKeys[user][device]
	return ok, nil
}

// sharesRoom tells whether the device is in an encrypted room with somebody: only then it follows their devices.
func (d *device) sharesRoom(ctx context.Context, user id.UserID) bool {
	d.mu.Lock()
	rooms := make([]id.RoomID, 0, len(d.joined))
	for room := range d.joined {
		rooms = append(rooms, room)
	}
	d.mu.Unlock()
	return slices.ContainsFunc(rooms, func(room id.RoomID) bool {
		encrypted, err := d.client.StateStore.IsEncrypted(ctx, room)
		return err == nil && encrypted && d.client.StateStore.IsInRoom(ctx, room, user)
	})
}

func signsInWithPassword(ctx context.Context, name, password string) error {
	s := from(ctx)
	p, err := s.person(name)
	if err != nil {
		return err
	}
	right := p.password
	p.password = password
	p.browser = newBrowser(s.http()) // a browser that remembers nothing
	err = s.signIn(ctx, p, "laptop")
	p.password = right
	return s.tried(err, "%s signs in with password %q", name, password)
}

func signsInWithOlderClient(ctx context.Context, name string) error {
	s := from(ctx)
	p, err := s.person(name)
	if err != nil {
		return err
	}
	return s.tried(s.passwordSignIn(ctx, p, "old phone"), "%s signs in with an older client", name)
}

func signsOut(ctx context.Context, name string) error {
	s := from(ctx)
	d, err := s.device(name)
	if err != nil {
		return err
	}
	if err := s.signOut(ctx, d); err != nil {
		return err
	}
	// The token must die at the homeserver, which asks MAS now and then.
	err = eventually(ctx, func(ctx context.Context) error {
		if _, err := d.client.Whoami(ctx); err != nil {
			s.last = outcome{what: name + " uses the session", err: err}
			return nil
		}
		return fmt.Errorf("the homeserver still takes the token of %s", name)
	})
	return err
}

// signsOutOf ends the session of one of several devices, and returns once those the person shares a room with know of it.
func signsOutOf(ctx context.Context, name, deviceName string) error {
	s := from(ctx)
	d, err := s.deviceOf(name, deviceName)
	if err != nil {
		return err
	}
	if err := s.signOut(ctx, d); err != nil {
		return err
	}
	for _, other := range s.people {
		for _, theirs := range other.devices {
			if theirs == d || !theirs.sharesRoom(ctx, d.owner.userID()) {
				continue
			}
			err := eventually(ctx, func(ctx context.Context) error {
				knows, err := theirs.knows(ctx, d.owner.userID(), d.session.deviceID)
				if err == nil && knows {
					err = fmt.Errorf("%s's %s still counts the %s of %s among the devices", other.name, theirs.name, deviceName, name)
				}
				return err
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func renewsSession(ctx context.Context, name string) error {
	s := from(ctx)
	d, err := s.device(name)
	if err != nil {
		return err
	}
	if d.session.client == nil {
		return fmt.Errorf("renew the session of %s: it was not made by MAS, so there is nothing to renew", name)
	}
	d.old = d.session
	d.session, err = d.session.client.refresh(ctx, s.http(), d.session)
	if err != nil {
		return s.tried(err, "%s renews the session", name)
	}
	d.client.AccessToken = d.session.accessToken
	return s.tried(nil, "%s renews the session", name)
}

// oldSessionIsOver tries the refresh token that was traded in. MAS takes it until its successor was used, which being signed in did.
func oldSessionIsOver(ctx context.Context, name string) error {
	s := from(ctx)
	d, err := s.device(name)
	if err != nil {
		return err
	}
	if d.old.refreshToken == "" || d.old.refreshToken == d.session.refreshToken || d.old.accessToken == d.session.accessToken {
		return fmt.Errorf("renewing gave %s no new tokens", name)
	}
	_, err = d.session.client.refresh(ctx, s.http(), d.old)
	if err == nil {
		return fmt.Errorf("the old session of %s could be renewed again", name)
	}
	var refused *oauth2.RetrieveError
	if !errors.As(err, &refused) || refused.ErrorCode != "invalid_grant" {
		return fmt.Errorf("renewing the old session of %s was not refused as it should be: %w", name, err)
	}
	return nil
}

func isSignedIn(ctx context.Context, name string) error {
	s := from(ctx)
	if err := s.held(); err != nil {
		return err
	}
	p, err := s.person(name)
	if err != nil {
		return err
	}
	if len(p.devices) == 0 {
		return fmt.Errorf("%s is not signed in anywhere", name)
	}
	for _, d := range p.devices {
		who, err := d.client.Whoami(ctx)
		if err != nil {
			return fmt.Errorf("ask the homeserver who %s is: %w", name, err)
		}
		if who.UserID != p.userID() || who.DeviceID != d.session.deviceID {
			return fmt.Errorf("the homeserver takes %s on the %s for %s on device %s, not %s on %s", name, d.name, who.UserID, who.DeviceID, p.userID(), d.session.deviceID)
		}
	}
	return nil
}

func isSignedInOnDevices(ctx context.Context, name string, count int) error {
	d, err := from(ctx).device(name)
	if err != nil {
		return err
	}
	if err := isSignedIn(ctx, name); err != nil {
		return err
	}
	devices, err := d.client.GetDevicesInfo(ctx)
	if err != nil {
		return fmt.Errorf("list the devices of %s: %w", name, err)
	}
	if len(devices.Devices) != count {
		return fmt.Errorf("the homeserver lists %d devices of %s, not %d", len(devices.Devices), name, count)
	}
	return nil
}

func homeserverShowsName(ctx context.Context, name, shown string) error {
	d, err := from(ctx).device(name)
	if err != nil {
		return err
	}
	return eventually(ctx, func(ctx context.Context) error {
		profile, err := d.client.GetDisplayName(ctx, d.owner.userID())
		if err != nil {
			return fmt.Errorf("ask for the name of %s: %w", name, err)
		}
		if profile.DisplayName != shown {
			return fmt.Errorf("the homeserver shows %s as %q, not %q", name, profile.DisplayName, shown)
		}
		return nil
	})
}

func signsUpInBrowser(ctx context.Context, name string) error {
	s := from(ctx)
	p, err := s.person(name)
	if err != nil {
		return err
	}
	return s.tried(s.signUpInChromium(ctx, p, "phone"), "%s signs up in a browser", name)
}

func photographedAtPages(ctx context.Context, count int) error {
	s := from(ctx)
	if len(s.pictures) != count {
		return fmt.Errorf("the browser was photographed at %d pages, not %d: %s", len(s.pictures), count, strings.Join(s.pictures, ", "))
	}
	return nil
}
