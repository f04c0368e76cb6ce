package stack

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
)

// Secrets derives every password and key of a world from one seed, so that the same seed
// renders the same configuration byte for byte. Deployments use a random seed.
type Secrets struct{ seed, key string }

// NewSecrets makes the secrets that belong to seed.
func NewSecrets(seed string) Secrets { return Secrets{seed: seed} }

// NewDeployedSecrets makes the secrets that belong to a random seed. Peers tell its signing key from others by a name of its own.
func NewDeployedSecrets(seed string) Secrets {
	s := NewSecrets(seed)
	s.key = "a_" + s.Hex("name of the signing key")[:6]
	return s
}

func (s Secrets) keyName() string { return cmp.Or(s.key, "a_test") }

// Hex returns the 64 hexadecimal characters of the secret called label.
func (s Secrets) Hex(label string) string { return hex.EncodeToString(s.bytes(label)) }

// SigningKey returns a homeserver signing key file for the secret called label.
func (s Secrets) SigningKey(label string) string {
	return "ed25519 " + s.keyName() + " " + base64.RawStdEncoding.EncodeToString(s.bytes(label)) + "\n"
}

// ULID returns a 26-character identifier for the secret called label, as MAS wants for clients.
func (s Secrets) ULID(label string) string {
	const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	id := []byte("01")
	for _, b := range s.bytes(label)[:24] {
		id = append(id, crockford[b%32])
	}
	return string(id)
}

func (s Secrets) bytes(label string) []byte {
	mac := hmac.New(sha256.New, []byte(s.seed))
	mac.Write([]byte(label))
	return mac.Sum(nil)
}
