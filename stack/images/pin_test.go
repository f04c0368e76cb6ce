package images

import (
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// lockOf reads the lock of a working copy.
func lockOf(t *testing.T, l Locker) Lock {
	t.Helper()
	lock, _, err := l.read()
	require.NoError(t, err)
	return lock
}

func TestPinRecordsWhatTheRegistryHasAndSaysWhatChanges(t *testing.T) {
	t.Parallel()
	registry := newRegistry(t)
	entry := registry.publish(t, localImage(t))
	entry.Upstream.Seen = []Sighting{{"a public project", "2026-01-01"}}
	l := workingCopy(t, entry)
	image := localImage(t)
	digest := registry.publishAs(t, "1.10.0", image, runtime.GOARCH)

	plan, err := l.Plan(t.Context(), Wish{Image: "server", Tag: "1.10.0"})
	require.NoError(t, err)
	assert.Equal(t, Lock{[]Entry{entry}}, lockOf(t, l), "nothing is written before it was shown")
	require.NoError(t, plan.Write())

	got := lockOf(t, l).Images[0]
	child, err := image.Digest()
	require.NoError(t, err)
	assert.Equal(t, "1.10.0", got.Version)
	assert.Equal(t, "1.10.0", got.Upstream.Tag)
	assert.Equal(t, digest, got.Upstream.Digest)
	assert.Len(t, got.Upstream.Platforms, 2, "what describes the images is no platform")
	assert.Equal(t, child.String(), got.Upstream.Platforms["linux/"+runtime.GOARCH])
	require.Len(t, got.Upstream.Seen, 1)
	assert.Equal(t, "the registry, by stackctl pin", got.Upstream.Seen[0].Where)
	assert.Contains(t, plan.Changes, Change{"server", "version", "1.2.3", "1.10.0"})
	assert.Contains(t, plan.Changes, Change{"server", "digest", entry.Upstream.Digest, digest})

	again, err := l.Plan(t.Context(), Wish{Image: "server", Tag: "v1.10.0"})
	require.NoError(t, err, "a bare version will do")
	assert.Empty(t, again.Changes)
}

func TestPinRefusesInOneLineAndWritesNothing(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		wish   Wish
		before func(t *testing.T, registry *testRegistry)
		says   string // HOST stands for the registry
	}{
		"unknown image":        {Wish{Image: "sever", Tag: "1.2.4"}, nil, `pin "sever": no such image; known: server`},
		"downgrade":            {Wish{Image: "server", Tag: "1.2.2"}, nil, `pin "server": 1.2.2 is older than the pinned 1.2.3, and servers seldom read what newer ones wrote; say --downgrade if it is meant`},
		"no such tag":          {Wish{Image: "server", Tag: "1.2.4"}, nil, `pin "server": ask for HOST/team/server:1.2.4: HOST has no such tag; name one that is published`},
		"a tag of other words": {Wish{Image: "server", Tag: "latest"}, nil, `pin "server": tag "latest" names no version the way "1.2.3" does; name one that does`},
		"missing platform": {Wish{Image: "server", Tag: "1.3.0"}, func(t *testing.T, r *testRegistry) {
			t.Helper()
			r.publishAs(t, "1.3.0", sampleImage(t, "riscv64"), "riscv64")
		}, `pin "server": HOST/team/server:1.3.0 is not published for linux/` + runtime.GOARCH + `, only for linux/riscv64, linux/s390x`},
		"refused":      {Wish{Image: "server", Tag: "1.2.4"}, func(_ *testing.T, r *testRegistry) { r.refuses(http.StatusUnauthorized) }, `pin "server": ask for HOST/team/server:1.2.4: HOST refuses to hand it out; log in`},
		"rate limited": {Wish{Image: "server", Tag: "1.2.4"}, func(_ *testing.T, r *testRegistry) { r.refuses(http.StatusTooManyRequests) }, `pin "server": ask for HOST/team/server:1.2.4: HOST limits the rate; log in or wait`},
		"broken":       {Wish{Image: "server", Tag: "1.2.4"}, func(_ *testing.T, r *testRegistry) { r.refuses(http.StatusBadGateway) }, `pin "server": ask for HOST/team/server:1.2.4: HOST answered 502; try again later`},
		"down":         {Wish{Image: "server", Tag: "1.2.4"}, func(_ *testing.T, r *testRegistry) { r.close() }, `pin "server": ask for HOST/team/server:1.2.4: HOST cannot be reached; run it where it can be`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			registry := newRegistry(t)
			l := workingCopy(t, registry.publish(t, localImage(t)))
			if test.before != nil {
				test.before(t, registry)
			}
			before, err := os.ReadFile(l.lockPath())
			require.NoError(t, err)

			_, err = l.Plan(t.Context(), test.wish)

			require.EqualError(t, err, replaceHost(test.says, registry))
			after, err := os.ReadFile(l.lockPath())
			require.NoError(t, err)
			assert.Equal(t, string(before), string(after))
		})
	}
}

func TestPinSaysHowLongARegistryWantsToBeLeftAlone(t *testing.T) {
	t.Parallel()
	for retryAfter, says := range map[string]string{"30": "for 30 s", "Thu, 26 Nov 2026 02:00:00 GMT": "until Thu, 26 Nov 2026 02:00:00 GMT"} {
		registry := newRegistry(t)
		l := workingCopy(t, registry.publish(t, localImage(t)))
		registry.limits(retryAfter)
		_, err := l.Plan(t.Context(), Wish{Image: "server", Tag: "1.2.4"})
		require.EqualError(t, err, replaceHost(`pin "server": ask for HOST/team/server:1.2.4: HOST limits the rate; log in, or wait `+says, registry))
	}
}

func TestPinTakesATagThatMovedOnlyWhenToldSo(t *testing.T) {
	t.Parallel()
	registry := newRegistry(t)
	entry := registry.publish(t, localImage(t))
	l := workingCopy(t, entry)
	moved := registry.publishAs(t, "1.2.3", localImage(t), runtime.GOARCH)

	_, err := l.Plan(t.Context(), Wish{Image: "server", Tag: "1.2.3"})
	require.ErrorContains(t, err, "tag 1.2.3 was "+entry.Upstream.Digest+" and is "+moved+" now, somebody moved it; say --moved")

	plan, err := l.Plan(t.Context(), Wish{Image: "server", Tag: "1.2.3", Moved: true})
	require.NoError(t, err)
	require.NoError(t, plan.Write())
	assert.Equal(t, moved, lockOf(t, l).Images[0].Upstream.Digest)
}

func TestPinDowngradesWhenToldSo(t *testing.T) {
	t.Parallel()
	registry := newRegistry(t)
	l := workingCopy(t, registry.publish(t, localImage(t)))
	registry.publishAs(t, "1.2.0", localImage(t), runtime.GOARCH)

	plan, err := l.Plan(t.Context(), Wish{Image: "server", Tag: "1.2.0", Downgrade: true})

	require.NoError(t, err)
	require.NoError(t, plan.Write())
	assert.Equal(t, "1.2.0", lockOf(t, l).Images[0].Version)
}

// toolCopy is a working copy whose image "tool" has a recipe, locked from a mirror, and an upstream.
func toolCopy(t *testing.T, registry *testRegistry, m *mirror) Locker {
	t.Helper()
	needsApt(t)
	upstream := &Upstream{Repository: registry.host + "/team/server", Tag: "v1.0", Digest: digestNumber("b")}
	l := workingCopy(t, Entry{Name: "tool", Version: "1.0", Recipe: "tool", Upstream: upstream})
	l.Env, l.trusted = environment("STACK_DEBIAN_MIRROR", m.url), true
	require.NoError(t, l.Relock(t.Context(), "tool"))
	return l
}

func TestPinMovesTheRecipeThoughTheRegistryIsDown(t *testing.T) {
	t.Parallel()
	registry, m := newRegistry(t), newMirror(t, oldTool(), oldLibrary())
	l := toolCopy(t, registry, m)
	registry.close()
	m.publish(t, newTool(), newLibrary(), oldLibrary())

	_, err := l.Plan(t.Context(), Wish{Image: "tool", Tag: "1.2"})
	require.ErrorContains(t, err, `pin "tool": its recipe gives Debian tool 1.1, not 1.2`)
	_, err = l.Plan(t.Context(), Wish{Image: "tool", Tag: "v1.1", AsOf: time.Unix(0, 0)})
	require.ErrorContains(t, err, "only Python and npm packages can be had as of a date")

	plan, err := l.Plan(t.Context(), Wish{Image: "tool", Tag: "v1.1"})
	require.NoError(t, err)
	require.NoError(t, plan.Write())

	assert.Equal(t, []string{registry.host + " cannot be reached; the digest of v1.1 stays unknown until it is pinned again, and the image is built"}, plan.Remarks)
	assert.Contains(t, plan.Changes, Change{"tool", "Debian tool", "1:1.0-1", "1:1.1-1"})
	assert.Contains(t, plan.Changes, Change{"tool", "Debian libnew", "", "0.1"})
	content, err := os.ReadFile(l.lockPath())
	require.NoError(t, err)
	lock, err := Parse(content, os.DirFS(filepath.Join(l.Dir, "recipes")))
	require.NoError(t, err, "lock and recipe agree")
	assert.Equal(t, &Upstream{Repository: registry.host + "/team/server", Tag: "v1.1", NoDigest: "the registry was not heard when it was pinned: " + registry.host + " cannot be reached"}, lock.Images[0].Upstream)
}

func TestPinRefusesToMakeTwoEntriesTheSame(t *testing.T) {
	t.Parallel()
	registry := newRegistry(t)
	entry := registry.publish(t, localImage(t))
	registry.publishAs(t, "1.3.0", localImage(t), runtime.GOARCH)
	next := registry.entry("server-next", digestNumber("e"))
	next.Of, next.Version, next.Upstream.Tag = "server", "1.3.0", "1.3.0"
	l := workingCopy(t, entry, next)

	_, err := l.Plan(t.Context(), Wish{Image: "server", Tag: "1.3.0"})

	assert.ErrorContains(t, err, `images "server" and "server-next" are both version 1.3.0; remove one, or let them change places: make upgrade HOP=server=1.3.0`)
}
