package images

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// pinDir, pinMirror, pinMove and pinEnd tell a child process of this test what to pin or move and before which file to wait for its end.
const pinDir, pinMirror, pinMove, pinEnd = "IMAGES_TEST_PIN", "IMAGES_TEST_PIN_MIRROR", "IMAGES_TEST_PIN_MOVE", "IMAGES_TEST_PIN_END"

// TestPinOfAChildProcess does nothing by itself: it is what TestKilledPinLeavesTheOldLockWhole runs and kills.
func TestPinOfAChildProcess(t *testing.T) {
	t.Parallel()
	if os.Getenv(pinDir) == "" {
		return
	}
	store, err := OpenStore(t.TempDir())
	require.NoError(t, err)
	l := Locker{Dir: os.Getenv(pinDir), Store: store, Env: environment("STACK_DEBIAN_MIRROR", os.Getenv(pinMirror)), trusted: true}
	l.replacing = func(path string) {
		if filepath.Base(path) == os.Getenv(pinEnd) {
			require.NoError(t, os.WriteFile(filepath.Join(l.Dir, "reached"), nil, 0o644))
			_ = os.Stdout.Close() // tells the parent
			select {}
		}
	}
	if to := os.Getenv(pinMove); to != "" {
		_, err = l.Move(map[string]string{"tool": to})
		require.NoError(t, err)
		return
	}
	plan, err := l.Plan(t.Context(), Wish{Image: "tool", Tag: "1.1"})
	require.NoError(t, err)
	require.NoError(t, plan.Write())
}

func TestKilledMoveLeavesTheOldLockWhole(t *testing.T) {
	t.Parallel()
	l := Locker{Dir: twoVersions(t)}
	before, err := os.ReadFile(l.lockPath())
	require.NoError(t, err)

	killPin(t, pinDir+"="+l.Dir, pinMove+"=2.0", pinEnd+"=images.lock.json")

	require.FileExists(t, filepath.Join(l.Dir, "reached"), "it was killed while it wrote")
	after, err := os.ReadFile(l.lockPath())
	require.NoError(t, err)
	assert.Equal(t, string(before), string(after))
	_, err = l.Move(map[string]string{"tool": "2.0"})
	require.NoError(t, err, "the next one is not in its way")
	for _, name := range names(t, l.Dir) {
		assert.False(t, strings.HasPrefix(name, partPrefix), "%s is left", name)
	}
}

func TestKilledPinLeavesTheOldLockWhole(t *testing.T) {
	t.Parallel()
	for _, end := range []string{"recipe.json", "debs.lock.json", "images.lock.json"} {
		t.Run("before "+end, func(t *testing.T) {
			t.Parallel()
			registry, m := newRegistry(t), newMirror(t, oldTool(), oldLibrary())
			l := toolCopy(t, registry, m)
			before, err := os.ReadFile(l.lockPath())
			require.NoError(t, err)
			m.publish(t, newTool(), newLibrary(), oldLibrary())
			registry.refuses(http.StatusTooManyRequests)

			killPin(t, pinDir+"="+l.Dir, pinMirror+"="+m.url, pinEnd+"="+end)

			require.FileExists(t, filepath.Join(l.Dir, "reached"), "it was killed while it wrote")
			after, err := os.ReadFile(l.lockPath())
			require.NoError(t, err)
			assert.Equal(t, string(before), string(after))
			require.True(t, json.Valid(after))

			plan, err := l.Plan(t.Context(), Wish{Image: "tool", Tag: "1.1"})
			require.NoError(t, err, "the next one is not in its way")
			require.NoError(t, plan.Write())
			content, err := os.ReadFile(l.lockPath())
			require.NoError(t, err)
			_, err = Parse(content, os.DirFS(filepath.Join(l.Dir, "recipes")))
			require.NoError(t, err)
			for _, folder := range []string{l.Dir, filepath.Join(l.Dir, "recipes", "tool")} {
				for _, name := range names(t, folder) {
					assert.False(t, strings.HasPrefix(name, partPrefix), "%s is left in %s", name, folder)
				}
			}
		})
	}
}

// killPin runs the child until it waits, and kills it.
func killPin(t *testing.T, env ...string) {
	t.Helper()
	child := ofAChild(t, "TestPinOfAChildProcess", env...)
	said, err := child.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, child.Start())
	_, _ = said.Read(make([]byte, 1)) // ends when the child closes it, or with the child
	require.NoError(t, child.Process.Kill())
	require.Error(t, child.Wait())
}

func TestPinKilledWhileTheRegistryAnswersHasWrittenNothing(t *testing.T) {
	t.Parallel()
	registry := newRegistry(t)
	entry := registry.entry("tool", registry.publishAs(t, "1.0", localImage(t), runtime.GOARCH))
	entry.Version, entry.Upstream.Tag = "1.0", "1.0"
	l := workingCopy(t, entry)
	before := names(t, l.Dir)
	asked := make(chan struct{}, 8)
	registry.answers(func(_ http.ResponseWriter, req *http.Request) bool {
		if !strings.Contains(req.URL.Path, "/manifests/") {
			return false
		}
		asked <- struct{}{}
		<-req.Context().Done()
		return true
	})
	killOnceItAsked(t, asked, "TestPinOfAChildProcess", pinDir+"="+l.Dir)

	assert.Equal(t, before, names(t, l.Dir))
}
