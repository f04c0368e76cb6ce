package steps

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/crypto"
	"maunium.net/go/mautrix/crypto/backup"
	"maunium.net/go/mautrix/crypto/signatures"
	"maunium.net/go/mautrix/id"
)

// backsUpKeys stores the keys of a room at the homeserver, locked with a key that only the person has.
func backsUpKeys(ctx context.Context, name, room string) error {
	s := from(ctx)
	d, roomID, err := s.guest(name, room)
	if err != nil {
		return err
	}
	if d.other != nil {
		return s.tried(d.awaitBackup(ctx, roomID), "%s backs up the keys", name)
	}
	key, err := backup.NewMegolmBackupKey()
	if err != nil {
		return fmt.Errorf("make a key for the backup of %s: %w", name, err)
	}
	if err := d.keepBackupKey(ctx, key); err != nil {
		return fmt.Errorf("keep the key of the backup of %s: %w", name, err)
	}
	auth := backup.MegolmAuthData{PublicKey: id.Ed25519(base64.RawStdEncoding.EncodeToString(key.PublicKey().Bytes())), Signatures: signatures.Signatures{}}
	version, err := d.client.CreateKeyBackupVersion(ctx, &mautrix.ReqRoomKeysVersionCreate[backup.MegolmAuthData]{Algorithm: id.KeyBackupAlgorithmMegolmBackupV1, AuthData: auth})
	if err != nil {
		return s.tried(err, "%s backs up the keys", name)
	}
	s.backupBefore, s.keyBackup = s.keyBackup, keyBackup{key, version.Version}
	return s.tried(d.backUpRoom(ctx, s.keyBackup, roomID, 0), "%s backs up the keys", name)
}

// goesOnBackingUp is what a device does that has not heard of a newer backup.
func goesOnBackingUp(ctx context.Context, name, room string) error {
	s := from(ctx)
	d, roomID, err := s.guest(name, room)
	if err != nil {
		return err
	}
	if s.backupBefore.key == nil {
		return fmt.Errorf("%s has one backup only", name)
	}
	return s.tried(d.backUpRoom(ctx, s.backupBefore, roomID, 0), "%s goes on backing up the keys", name)
}

// keyBackup is where a person's keys are backed up in the scenario.
type keyBackup struct {
	key     *backup.MegolmBackupKey
	version id.KeyBackupVersion
}

// backsUpLess is what a device does that came to a conversation later: it knows the same keys, but not from the beginning.
func backsUpLess(ctx context.Context, name, room string) error {
	s := from(ctx)
	d, roomID, err := s.guest(name, room)
	if err != nil {
		return err
	}
	if s.keyBackup.key == nil {
		return fmt.Errorf("%s has backed up nothing yet", name)
	}
	return s.tried(d.backUpRoom(ctx, s.keyBackup, roomID, 1), "%s backs up less", name)
}

// backUpRoom backs up what the device knows of the keys of a room, but for that many messages at the beginning of each.
func (d *device) backUpRoom(ctx context.Context, to keyBackup, room id.RoomID, without uint32) error {
	var sessions []*crypto.InboundGroupSession
	err := eventually(ctx, func(ctx context.Context) (err error) {
		sessions, err = d.crypto.Machine().CryptoStore.GetGroupSessionsForRoom(ctx, room).AsList()
		if err == nil && len(sessions) == 0 {
			err = fmt.Errorf("%s has no keys of %s", d.owner.name, room)
		}
		return err
	})
	if err != nil {
		return err
	}
	for _, session := range sessions {
		if err := d.backUp(ctx, to, session, session.Internal.FirstKnownIndex()+without); err != nil {
			return err
		}
	}
	return nil
}

func (d *device) backUp(ctx context.Context, to keyBackup, session *crypto.InboundGroupSession, first uint32) error {
	exported, err := session.Internal.Export(first)
	if err != nil {
		return fmt.Errorf("export a key: %w", err)
	}
	locked, err := backup.EncryptSessionData(to.key, backup.MegolmSessionData{
		Algorithm: id.AlgorithmMegolmV1, ForwardingKeyChain: []string{}, SenderClaimedKeys: backup.SenderClaimedKeys{Ed25519: session.SigningKey},
		SenderKey: session.SenderKey, SessionKey: string(exported),
	})
	if err != nil {
		return fmt.Errorf("lock a key: %w", err)
	}
	data, err := json.Marshal(locked)
	if err != nil {
		return fmt.Errorf("lock a key: %w", err)
	}
	if bytes.Contains(data, exported) {
		return errors.New("the backup would hold a key in the open")
	}
	_, err = d.client.PutKeysInBackupForRoomAndSession(ctx, to.version, session.RoomID, session.ID(), &mautrix.ReqKeyBackupData{
		FirstMessageIndex: int(first), IsVerified: true, SessionData: data,
	})
	if err != nil {
		return fmt.Errorf("back up a key: %w", err)
	}
	return nil
}

func restoresKeys(ctx context.Context, name, deviceName string) error {
	s := from(ctx)
	d, err := s.deviceOf(name, deviceName)
	if err != nil {
		return err
	}
	return s.tried(d.restoreKeys(ctx), "%s restores the keys", name)
}
