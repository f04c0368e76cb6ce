package deploy

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"matrixstack/stack"
)

// Secrets are what a deployment keeps for good: all passwords and keys follow from the seed, but the key MAS signs with.
type Secrets struct {
	Seed   string
	MASKey []byte // PEM
}

const (
	seedFile   = "secrets/seed"
	masKeyFile = "secrets/mas-signing-key.pem"
)

// ReadSecrets takes the secrets of a deployment from its folder, and draws those that are not there.
func ReadSecrets(dir string) (Secrets, error) {
	seed, err := orElse(filepath.Join(dir, seedFile), func() ([]byte, error) {
		raw := make([]byte, 32)
		_, err := rand.Read(raw)
		return []byte(hex.EncodeToString(raw) + "\n"), err
	})
	if err != nil {
		return Secrets{}, err
	}
	s := Secrets{Seed: strings.TrimSpace(string(seed))}
	if raw, err := hex.DecodeString(s.Seed); err != nil || len(raw) < 32 {
		return Secrets{}, fmt.Errorf("read %s: it is not what was written there; restore it from a backup, or render into another folder", seedFile)
	}
	s.MASKey, err = orElse(filepath.Join(dir, masKeyFile), stack.NewRSAKey)
	return s, err
}

// orElse reads a file, or makes what will be written there.
func orElse(file string, make func() ([]byte, error)) ([]byte, error) {
	content, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		content, err = make()
	}
	if err != nil {
		return nil, fmt.Errorf("read secrets: %w", err)
	}
	return content, nil
}
