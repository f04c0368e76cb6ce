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
	sessions, err := d.crypto.Machine().CryptoStore.GetGroupSessionsForRoom(ctx, roomID).AsList()
	if err != nil || len(sessions) == 0 {
		return errors.Join(fmt.Errorf("%s has no keys of %q", name, room), err)
	}
	for _, session := range sessions {
		if err := d.backUp(ctx, key, version.Version, session); err != nil {
			return err
		}
	}
	return s.tried(nil, "%s backs up the keys", name)
}

func (d *device) backUp(ctx context.Context, key *backup.MegolmBackupKey, version id.KeyBackupVersion, session *crypto.InboundGroupSession) error {
	exported, err := session.Internal.Export(session.Internal.FirstKnownIndex())
	if err != nil {
		return fmt.Errorf("export a key: %w", err)
	}
	locked, err := backup.EncryptSessionData(key, backup.MegolmSessionData{
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
	_, err = d.client.PutKeysInBackupForRoomAndSession(ctx, version, session.RoomID, session.ID(), &mautrix.ReqKeyBackupData{
		FirstMessageIndex: int(session.Internal.FirstKnownIndex()), IsVerified: true, SessionData: data,
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
