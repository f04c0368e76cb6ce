package images

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"
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
	var names []string
	for _, entry := range entries {
		if entry.IsDir() {
			names = append(names, entry.Name())
		}
	}
	return names
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

	store, err := OpenStore(dir)

	require.NoError(t, err)
	left, err := filepath.Glob(store.path("tmp", "*"))
	require.NoError(t, err)
	for i := range left {
		left[i] = filepath.Base(left[i])
	}
	assert.ElementsMatch(t, kept, left)
}

func TestOpenStoreNamesTheSettingWhenItCannotWrite(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o644))

	_, err := OpenStore(file)

	assert.ErrorContains(t, err, "set STACK_STORE to a writable directory")
}

func TestCancelledBuildLeavesNothing(t *testing.T) {
	t.Parallel()
	m := newMirror(t, oldTool(), oldLibrary())
	_, recipe := lockedTool(t, locked(t, oldLibrary(), oldTool()))
	b := m.builder(t)
	ctx, cancel := context.WithCancel(t.Context())
	m.holdUp(func(req *http.Request) {
		cancel()
		<-req.Context().Done()
	})

	_, err := b.build(ctx, recipe, "1.0")

	require.ErrorIs(t, err, context.Canceled)
	assert.Empty(t, finished(t, b.store))
	for _, pattern := range []string{"tmp/*", "downloads/*", "downloads/.*"} {
		left, err := filepath.Glob(b.store.path(pattern))
		require.NoError(t, err)
		assert.Empty(t, left)
	}
	_, found := b.store.find(recipe.Key())
	assert.False(t, found)

	m.holdUp(nil)
	_, err = b.build(t.Context(), recipe, "1.0")
	require.NoError(t, err, "the next one is not in its way")
}

func TestTwoBuildersOfOneKeyBuildOnce(t *testing.T) {
	t.Parallel()
	m := newMirror(t, oldTool(), oldLibrary())
	_, recipe := lockedTool(t, locked(t, oldLibrary(), oldTool()))
	first := m.builder(t)
	store, err := OpenStore(first.store.dir) // as another process does
	require.NoError(t, err)
	second := &builder{store: store, env: first.env, trusted: true}
	var fetched, built atomic.Int32
	count := func(line string) {
		switch {
		case strings.Contains(line, "fetching"):
			fetched.Add(1)
		case strings.Contains(line, "built in"):
			built.Add(1)
		}
	}
	first.say, second.say = count, count
	started := make(chan struct{})
	m.holdUp(func(*http.Request) { <-started })

	var made [2]Built
	group := errgroup.Group{}
	group.Go(func() (err error) { made[0], err = first.build(t.Context(), recipe, "1.0"); return })
	group.Go(func() (err error) {
		close(started)
		made[1], err = second.build(t.Context(), recipe, "1.0")
		return
	})

	require.NoError(t, group.Wait())
	assert.Equal(t, made[0], made[1])
	assert.EqualValues(t, 1, fetched.Load())
	assert.EqualValues(t, 1, built.Load())
	assert.Equal(t, []string{recipe.Key()}, finished(t, first.store))
}
