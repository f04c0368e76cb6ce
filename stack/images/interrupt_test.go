package images

import (
	"context"
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

// childStore and childMirror tell a child process of this test what to build.
const childStore, childMirror = "IMAGES_TEST_STORE", "IMAGES_TEST_MIRROR"

// TestBuildOfAChildProcess does nothing by itself: it is what TestKilledBuildIsSweptAndInNobodysWay runs and kills.
func TestBuildOfAChildProcess(t *testing.T) {
	t.Parallel()
	if os.Getenv(childStore) == "" {
		return
	}
	store, err := OpenStore(os.Getenv(childStore))
	require.NoError(t, err)
	_, recipe := lockedTool(t, locked(t, oldLibrary(), oldTool()))
	b := &builder{store: store, env: environment("STACK_DEBIAN_MIRROR", os.Getenv(childMirror)), trusted: true}
	_, err = b.build(t.Context(), recipe, "1.0")
	require.NoError(t, err)
}

// ofAChild is a test to run in a process of its own. A killed one clears nothing, so its files are in a folder of the parent's.
func ofAChild(t *testing.T, test string, env ...string) *exec.Cmd {
	t.Helper()
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+test+"$")
	child.Env = append(append(os.Environ(), "TMPDIR="+t.TempDir()), env...)
	return child
}

// killOnceItAsked runs a test in a process of its own, and kills that once it is heard.
func killOnceItAsked(t *testing.T, asked <-chan struct{}, test string, env ...string) {
	t.Helper()
	child := ofAChild(t, test, env...)
	require.NoError(t, child.Start())
	ended := make(chan error, 1)
	go func() { ended <- child.Wait() }()
	select {
	case <-asked:
	case err := <-ended:
		t.Fatalf("the child ended before it could be killed: %v", err)
	}
	require.NoError(t, child.Process.Kill())
	require.Error(t, <-ended)
}

func TestKilledBuildIsSweptAndInNobodysWay(t *testing.T) {
	t.Parallel()
	m := newMirror(t, oldTool(), oldLibrary())
	asked := make(chan struct{}, 8)
	m.holdUp(func(req *http.Request) {
		asked <- struct{}{}
		<-req.Context().Done()
	})
	dir := t.TempDir()
	killOnceItAsked(t, asked, "TestBuildOfAChildProcess", childStore+"="+dir, childMirror+"="+m.url)
	require.NotEmpty(t, names(t, dir, "tmp"), "the child was at work")

	m.holdUp(nil)
	store, err := OpenStore(dir)
	require.NoError(t, err)
	assert.Empty(t, names(t, dir, "tmp"))
	assert.Empty(t, finished(t, store))

	_, recipe := lockedTool(t, locked(t, oldLibrary(), oldTool()))
	b := &builder{store: store, env: environment("STACK_DEBIAN_MIRROR", m.url), trusted: true}
	_, err = b.build(t.Context(), recipe, "1.0")
	require.NoError(t, err)
	assert.Equal(t, []string{recipe.Key()}, finished(t, store))
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
