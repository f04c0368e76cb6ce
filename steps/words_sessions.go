package steps

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/oauth2"
	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/id"
)

// registerSessions holds the words about sessions: how long they last, and who ends them.
func registerSessions(r Registrar) {
	r.When(`^(\w+) renews the session$`, renewsSession)
	r.When(`^(\w+) renews the session on the (\w+)$`, renewsSessionOn)
	r.When(`^(\w+) signs out$`, signsOut)
	r.When(`^(\w+) signs out of the (\w+)$`, signsOutOf)
	r.Then(`^(\w+) is signed in$`, isSignedIn)
	r.Then(`^(\w+) is signed in on (\d+) devices$`, isSignedInOnDevices)
	r.Then(`^(\w+) soon has to renew the session on the (\w+) again$`, hasToRenew)
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
	d, err := from(ctx).device(name)
	if err != nil {
		return err
	}
	return renewsSessionOn(ctx, name, d.name)
}

func renewsSessionOn(ctx context.Context, name, deviceName string) error {
	s := from(ctx)
	d, err := s.deviceOf(name, deviceName)
	if err != nil {
		return err
	}
	if d.session.refreshToken == "" {
		return fmt.Errorf("renew the session of %s: it lasts, so there is nothing to renew", name)
	}
	return s.tried(s.renew(ctx, d), "%s renews the session on the %s", name, deviceName)
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

// hasToRenew wants a token that somebody gets hold of to be good for minutes only: five, where MAS is told nothing else.
func hasToRenew(ctx context.Context, name, deviceName string) error {
	const most = 5 * time.Minute
	d, err := from(ctx).deviceOf(name, deviceName)
	if err != nil {
		return err
	}
	if left := time.Until(d.session.until).Round(time.Second); left <= 0 || left > most {
		return fmt.Errorf("the token on the %s of %s is good for %s, not for up to %s", deviceName, name, left, most)
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
	s := from(ctx)
	d, err := s.device(name)
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
	listed := len(devices.Devices)
	if s.run.live != nil { // an account that was there before has devices of its own
		listed = len(slices.DeleteFunc(devices.Devices, func(found mautrix.RespDeviceInfo) bool { return !d.owner.signedInOn(found.DeviceID) }))
	}
	if listed != count {
		return fmt.Errorf("the homeserver lists %d devices of %s, not %d", listed, name, count)
	}
	return nil
}

// signedInOn tells whether a device is one that the person signed in on in this scenario.
func (p *person) signedInOn(device id.DeviceID) bool {
	for _, d := range p.devices {
		if d.session.deviceID == device {
			return true
		}
	}
	return false
}
