package images

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func unpack(t *testing.T, zipped []byte) string {
	t.Helper()
	r, err := gzip.NewReader(bytes.NewReader(zipped))
	require.NoError(t, err)
	content, err := io.ReadAll(r)
	require.NoError(t, err)
	return string(content)
}

// finished lists the builds a store holds.
func finished(t *testing.T, s Store) []string {
	t.Helper()
	entries, err := os.ReadDir(s.path("builds"))
	require.NoError(t, err)
	var keys []string
	for _, entry := range entries {
		if entry.IsDir() {
			keys = append(keys, entry.Name())
		}
	}
	return keys
}

// deadProcess is the id of a process that has ended.
func deadProcess(t *testing.T) int {
	t.Helper()
	command := exec.Command(os.Args[0], "-test.run=^$")
	require.NoError(t, command.Run())
	return command.Process.Pid
}

func TestOpenStoreRemovesWhatKilledBuildsLeft(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	kept := []string{fmt.Sprintf("%d-build-tool-1", os.Getpid()), "1-build-of-another-user", "notes"}
	for _, name := range append([]string{fmt.Sprintf("%d-build-tool-1", deadProcess(t))}, kept...) {
		require.NoError(t, os.MkdirAll(filepath.Join(dir, "tmp", name, "root"), 0o755))
	}

	require.NoError(t, os.MkdirAll(filepath.Join(dir, "downloads"), 0o755))
	downloads := []string{fmt.Sprintf(".part-%d-1", os.Getpid()), strings.Repeat("0", 64) + ".deb"}
	for _, name := range append([]string{fmt.Sprintf(".part-%d-1", deadProcess(t))}, downloads...) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, "downloads", name), nil, 0o644))
	}

	_, err := OpenStore(dir)

	require.NoError(t, err)
	assert.ElementsMatch(t, kept, names(t, dir, "tmp"))
	assert.ElementsMatch(t, downloads, names(t, dir, "downloads"))
}

// names lists a folder.
func names(t *testing.T, folder ...string) []string {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(folder...))
	require.NoError(t, err)
	var found []string
	for _, entry := range entries {
		found = append(found, entry.Name())
	}
	return found
}

func TestOpenStoreNamesTheSettingWhenItCannotWrite(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o644))

	_, err := OpenStore(file)

	assert.ErrorContains(t, err, "set STACK_STORE to a writable directory")
}
