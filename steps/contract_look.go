package steps

import (
	"context"
	"fmt"
	"image"
	"maps"
	"slices"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/id"
)

// What the homeserver tells of a life. Everything is asked for anew: what a device remembers proves nothing.

// merged holds the keys of both maps.
func merged[V any](a, b map[string]V) map[string]bool {
	keys := map[string]bool{}
	for _, m := range []map[string]V{a, b} {
		for key := range m {
			keys[key] = true
		}
	}
	return keys
}

func lookAtProfiles(ctx context.Context, l *life) (any, error) {
	names := map[string]string{}
	for _, name := range []string{"Alice", "Bob"} {
		d, err := l.s.device(name)
		if err != nil {
			return nil, err
		}
		profile, err := d.client.GetDisplayName(ctx, d.owner.userID())
		if err != nil {
			return nil, fmt.Errorf("ask for the profile of %s: %w", name, err)
		}
		names[name] = profile.DisplayName
	}
	return names, nil
}

func lookAtDevices(ctx context.Context, l *life) (any, error) {
	found := map[string]any{}
	for _, name := range []string{"Alice", "Bob"} {
		d, err := l.s.device(name)
		if err != nil {
			return nil, err
		}
		listed, err := d.client.GetDevicesInfo(ctx)
		if err != nil {
			return nil, fmt.Errorf("list the devices of %s: %w", name, err)
		}
		for _, device := range listed.Devices {
			if l.since(device.DeviceID) {
				found[name+" "+string(device.DeviceID)] = device.DisplayName
			}
		}
		keys, err := l.keysOf(ctx, d)
		if err != nil {
			return nil, err
		}
		for device, its := range keys.DeviceKeys[d.owner.userID()] {
			if l.since(device) {
				found["keys of "+name+" "+string(device)] = its.Keys
			}
		}
	}
	return found, nil
}

// keysOf asks for the keys of a device's owner.
func (l *life) keysOf(ctx context.Context, d *device) (*mautrix.RespQueryKeys, error) {
	keys, err := d.client.QueryKeys(ctx, &mautrix.ReqQueryKeys{DeviceKeys: mautrix.DeviceKeysRequest{d.owner.userID(): {}}})
	if err != nil {
		return nil, fmt.Errorf("ask for the keys of %s: %w", d.owner.name, err)
	}
	return keys, nil
}

func lookAtSigning(ctx context.Context, l *life) (any, error) {
	d, err := l.s.device("Alice")
	if err != nil {
		return nil, err
	}
	keys, err := l.keysOf(ctx, d)
	if err != nil {
		return nil, err
	}
	user := d.owner.userID()
	return map[string]any{
		"master": keys.MasterKeys[user].Keys, "self-signing": keys.SelfSigningKeys[user].Keys, "user-signing": keys.UserSigningKeys[user].Keys,
		"signatures of the phone": keys.DeviceKeys[user][d.session.deviceID].Signatures,
	}, nil
}

func lookAtBackup(ctx context.Context, l *life) (any, error) {
	d, home, err := l.s.guest("Alice", homeRoom)
	if err != nil {
		return nil, err
	}
	version, err := d.client.GetKeyBackupLatestVersion(ctx)
	if err != nil {
		return nil, fmt.Errorf("ask for the backup of Alice: %w", err)
	}
	kept, err := d.client.GetKeyBackupForRoom(ctx, version.Version, home)
	if err != nil {
		return nil, fmt.Errorf("ask for the keys in the backup of Alice: %w", err)
	}
	return map[string]any{"version": version.Version, "public key": version.AuthData.PublicKey, "count": version.Count, "sessions": slices.Sorted(maps.Keys(kept.Sessions))}, nil
}

// lookAtWords asks for everything that was said: word by word, and in the order in which each room has it.
func lookAtWords(ctx context.Context, l *life) (any, error) {
	found := map[string]any{}
	for _, room := range []string{homeRoom, talkRoom, abroadRoom} {
		d, roomID, err := l.s.guest("Alice", room)
		if err != nil {
			return nil, err
		}
		past, err := d.client.Messages(ctx, roomID, "", "", mautrix.DirectionBackward, nil, 200)
		if err != nil {
			return nil, fmt.Errorf("ask for the history of %q: %w", room, err)
		}
		var order []id.EventID
		for _, evt := range slices.Backward(past.Chunk) {
			order = append(order, evt.ID)
		}
		found["order in "+room] = l.ofTheLife(order)
		for _, said := range l.sayingsIn(roomID) {
			evt, err := d.client.GetEvent(ctx, roomID, said)
			if err != nil {
				return nil, fmt.Errorf("ask for something said in %q: %w", room, err)
			}
			found[string(said)] = []any{evt.Sender, evt.Type.Type, evt.Timestamp, evt.Content.Raw}
		}
	}
	return found, nil
}

// lookAtOpenFile also asks for the small version that clients show.
func lookAtOpenFile(ctx context.Context, l *life) (any, error) {
	data, err := l.fetch(ctx, l.open)
	if err != nil {
		return nil, err
	}
	small, err := l.small(ctx, l.open)
	if err != nil {
		return nil, err
	}
	return map[string]any{"content": sha256Hex(data), "small version": small}, nil
}

func lookAtLockedFile(ctx context.Context, l *life) (any, error) {
	data, err := l.fetch(ctx, l.locked)
	if err != nil {
		return nil, err
	}
	return sha256Hex(data), nil
}

// fetch downloads a file of the life.
func (l *life) fetch(ctx context.Context, file picture) ([]byte, error) {
	d, err := l.s.device("Bob")
	if err != nil {
		return nil, err
	}
	data, err := d.client.DownloadBytes(ctx, file.uri)
	if err != nil {
		return nil, fmt.Errorf("fetch a file of Alice: %w", err)
	}
	return data, nil
}

// small is the size of the small version of a picture.
func (l *life) small(ctx context.Context, file picture) (image.Point, error) {
	d, err := l.s.device("Bob")
	if err != nil {
		return image.Point{}, err
	}
	answer, err := d.client.DownloadThumbnail(ctx, file.uri, 60, 80)
	if err != nil {
		return image.Point{}, fmt.Errorf("fetch the small version of a picture: %w", err)
	}
	defer answer.Body.Close()
	shown, _, err := image.Decode(answer.Body)
	if err != nil {
		return image.Point{}, fmt.Errorf("open the small version of a picture: %w", err)
	}
	return shown.Bounds().Size(), nil
}

// lookAtSigningKey asks as other homeservers do.
func lookAtSigningKey(ctx context.Context, l *life) (any, error) {
	site := l.s.stack.World.Sites[0]
	var told struct {
		Keys map[string]any `json:"verify_keys"`
	}
	if err := getJSON(ctx, l.s.http(), "https://"+site.MatrixHost()+"/_matrix/key/v2/server", &told); err != nil {
		return nil, fmt.Errorf("ask for the signing key: %w", err)
	}
	return told.Keys, nil
}

func lookAtRegistrationTokens(ctx context.Context, l *life) (any, error) {
	site := l.s.stack.World.Sites[0]
	var told struct {
		Data []struct {
			Attributes struct {
				Token string `json:"token"`
				Valid bool   `json:"valid"`
				Limit int    `json:"usage_limit"`
				Used  int    `json:"times_used"`
			} `json:"attributes"`
		} `json:"data"`
	}
	operator, base := l.s.accountsAdmin(ctx, site)
	if err := getJSON(ctx, operator, base+"user-registration-tokens", &told); err != nil {
		return nil, fmt.Errorf("ask for the registration tokens: %w", err)
	}
	found := map[string]any{}
	for _, token := range told.Data {
		hash := sha256Hex([]byte(token.Attributes.Token)) // a token is a secret, and what is found may be shown
		found[hash[:8]] = []any{token.Attributes.Valid, token.Attributes.Limit, token.Attributes.Used}
	}
	return found, nil
}
