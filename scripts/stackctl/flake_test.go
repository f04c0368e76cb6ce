package main

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestFlakeKnowsTheDependencies compares the vendorHash of flake.nix with what go.mod asks for: Nix builds nothing with another.
func TestFlakeKnowsTheDependencies(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("../../vendor"); err == nil {
		t.Skip("the dependencies are vendored already: this is Nix, which has compared them")
	}
	vendored := filepath.Join(t.TempDir(), "vendor")
	vendor := exec.CommandContext(t.Context(), "go", "mod", "vendor", "-o", vendored)
	vendor.Dir = "../.."
	out, err := vendor.CombinedOutput()
	require.NoError(t, err, "%s", out)
	flake, err := os.ReadFile("../../flake.nix")
	require.NoError(t, err)
	want := `vendorHash = "` + narHash(t, vendored) + `"`
	if !strings.Contains(string(flake), want) {
		t.Errorf("the packages that Go imports moved; write into flake.nix: %s", want)
	}
}

func TestNarHashIsWhatNixSays(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "b"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "a"), []byte("hello\n"), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "b", "c"), nil, 0o644))
	assert.Equal(t, "sha256-Z4O2dHfuZoeHzXjtiJUYwn3ZLta69RWAM2s4uCt3Woc=", narHash(t, dir))
}

// narHash hashes a directory as Nix does: the SHA-256 of its Nix archive.
func narHash(t *testing.T, dir string) string {
	t.Helper()
	hash := sha256.New()
	writeWords(t, hash, "nix-archive-1")
	writeNar(t, hash, dir)
	return "sha256-" + base64.StdEncoding.EncodeToString(hash.Sum(nil))
}

func writeNar(t *testing.T, w io.Writer, path string) {
	t.Helper()
	info, err := os.Stat(path)
	require.NoError(t, err)
	if !info.IsDir() {
		content, err := os.ReadFile(path)
		require.NoError(t, err)
		writeWords(t, w, "(", "type", "regular", "contents", string(content), ")")
		return
	}
	entries, err := os.ReadDir(path)
	require.NoError(t, err)
	writeWords(t, w, "(", "type", "directory")
	for _, entry := range entries {
		writeWords(t, w, "entry", "(", "name", entry.Name(), "node")
		writeNar(t, w, filepath.Join(path, entry.Name()))
		writeWords(t, w, ")")
	}
	writeWords(t, w, ")")
}

// writeWords writes strings as a Nix archive holds them: length first, padded to eight bytes.
func writeWords(t *testing.T, w io.Writer, words ...string) {
	t.Helper()
	for _, word := range words {
		require.NoError(t, binary.Write(w, binary.LittleEndian, uint64(len(word))))
		_, err := io.WriteString(w, word+string(make([]byte, (8-len(word)%8)%8)))
		require.NoError(t, err)
	}
}
