package steps

import (
	"context"
	"errors"
	"fmt"

	"maunium.net/go/mautrix/crypto/backup"
	"maunium.net/go/mautrix/crypto/ssss"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"
)

// What a device does with keys, whichever library it uses.

// makeSecurityKey makes the person's keys and returns the one that opens them at the homeserver.
func (d *device) makeSecurityKey(ctx context.Context) (key string, err error) {
	if d.other != nil {
		err = d.other.tell(ctx, "makeSecurityKey", nil, &key)
		return key, err
	}
	return d.crypto.Machine().GenerateAndVerifyWithRecoveryKey(ctx)
}

// enterSecurityKey proves that the device is the person's.
func (d *device) enterSecurityKey(ctx context.Context, key string) error {
	if d.other != nil {
		return d.other.tell(ctx, "enterSecurityKey", args{"key": key}, nil)
	}
	return d.crypto.Machine().VerifyWithRecoveryKey(ctx, key)
}

// isVerified asks the homeserver whether the person's own key vouches for the device, as any other client does.
func (d *device) isVerified(ctx context.Context) (verified bool, err error) {
	if d.other != nil {
		err = d.other.tell(ctx, "isVerified", nil, &verified)
		return verified, err
	}
	_, verified, err = d.crypto.Machine().GetOwnVerificationStatus(ctx)
	return verified, err
}

// trusts tells whether the device takes the keys of a person for theirs.
func (d *device) trusts(ctx context.Context, user id.UserID) (trusted bool, err error) {
	if d.other != nil {
		err = d.other.tell(ctx, "trusts", args{"user": user}, &trusted)
		return trusted, err
	}
	if _, err := d.crypto.Machine().FetchKeys(ctx, []id.UserID{user}, true); err != nil {
		return false, fmt.Errorf("ask for the keys of %s: %w", user, err)
	}
	return d.crypto.Machine().IsUserTrusted(ctx, user)
}

// decrypt opens an encrypted event with the keys of the device.
func (d *device) decrypt(ctx context.Context, evt *event.Event) (*event.Event, error) {
	if d.other == nil {
		return d.crypto.Decrypt(ctx, evt)
	}
	var opened event.Event
	if err := d.other.tell(ctx, "decrypt", args{"room": evt.RoomID, "event": evt.ID}, &opened); err != nil {
		return nil, err
	}
	return &opened, opened.Content.ParseRaw(event.EventMessage)
}

// secrets opens what the person keeps locked at the homeserver.
func (d *device) secrets(ctx context.Context) (*ssss.Key, error) {
	id, metadata, err := d.crypto.Machine().SSSS.GetDefaultKeyData(ctx)
	if err != nil {
		return nil, fmt.Errorf("ask what opens the secrets of %s: %w", d.owner.name, err)
	}
	return metadata.VerifyRecoveryKey(id, d.owner.securityKey)
}

// keepBackupKey leaves the key of a backup with the person, and with a security key also locked at the homeserver,
// where each of the person's devices finds it.
func (d *device) keepBackupKey(ctx context.Context, key *backup.MegolmBackupKey) error {
	if d.owner.backupKey = key; d.owner.securityKey == "" {
		return nil
	}
	secrets, err := d.secrets(ctx)
	if err != nil {
		return err
	}
	return d.crypto.Machine().SSSS.SetEncryptedAccountData(ctx, event.AccountDataMegolmBackupKey, key.Bytes(), secrets)
}

// restoreKeys fetches the backup, which the device trusts because the person's backup key fits.
func (d *device) restoreKeys(ctx context.Context) error {
	if d.other != nil {
		return d.other.tell(ctx, "restoreKeys", nil, nil)
	}
	key := d.owner.backupKey
	if key == nil {
		secrets, err := d.secrets(ctx)
		if err != nil {
			return err
		}
		kept, err := d.crypto.Machine().SSSS.GetDecryptedAccountData(ctx, event.AccountDataMegolmBackupKey, secrets)
		if err != nil {
			return fmt.Errorf("open the key of the backup: %w", err)
		}
		if key, err = backup.MegolmBackupKeyFromBytes(kept); err != nil {
			return fmt.Errorf("read the key of the backup: %w", err)
		}
	}
	_, err := d.crypto.Machine().DownloadAndStoreLatestKeyBackup(ctx, key)
	return err
}

// awaitBackup waits until the other library has backed up the keys of a room, which it does by itself.
func (d *device) awaitBackup(ctx context.Context, room id.RoomID) error {
	return eventually(ctx, func(ctx context.Context) error {
		version, err := d.client.GetKeyBackupLatestVersion(ctx)
		if err != nil {
			return fmt.Errorf("ask for the backup of %s: %w", d.owner.name, err)
		}
		kept, err := d.client.GetKeyBackupForRoom(ctx, version.Version, room)
		if err == nil && len(kept.Sessions) == 0 {
			err = errors.New("the backup holds no keys of the room")
		}
		return err
	})
}
