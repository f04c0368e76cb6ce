package steps

import (
	"context"
	"fmt"
	"slices"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/id"
)

// awaitNews waits until the device was told of its rooms for the first time: what happens from then on is news to it.
// Clients of another make sync before they say that they are there.
func (d *device) awaitNews(ctx context.Context) error {
	if d.other != nil {
		return nil
	}
	return d.seen(ctx, func(d *device) error {
		if !d.synced {
			return fmt.Errorf("the %s of %s was told nothing yet", d.name, d.owner.name)
		}
		return nil
	})
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
