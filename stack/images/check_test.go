package images

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// verify looks at one image that a server runs, building nothing.
func verify(t *testing.T, entries ...Entry) []Checked {
	t.Helper()
	v := Verifier{Lock: indented(Lock{entries}), Recipes: fstest.MapFS{}, Used: []string{entries[0].Name}, Quick: true, Env: noEnv}
	rows, err := v.Verify(t.Context())
	require.NoError(t, err)
	return rows
}

func recordPlatforms(t *testing.T, _ *testRegistry, e *Entry) {
	t.Helper()
	found, err := new(registries).published(t.Context(), taggedAs(t, *e))
	require.NoError(t, err)
	e.Upstream.Platforms = found.Platforms
}

func TestVerifyComparesPinsWithTheRegistry(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change  func(t *testing.T, r *testRegistry, e *Entry)
		verdict Verdict
		says    string
	}{
		"as pinned":              {recordPlatforms, Holds, ""},
		"platforms not recorded": {func(*testing.T, *testRegistry, *Entry) {}, Holds, "platforms are not recorded; pin it anew"},
		"platforms of another digest": {func(_ *testing.T, _ *testRegistry, e *Entry) {
			e.Upstream.Platforms = map[string]string{"linux/arm64": digestNumber("a")}
		}, Broken, "its image for linux/arm64 is not there, the lock says " + digestNumber("a")},
		"moved tag": {func(t *testing.T, r *testRegistry, _ *Entry) {
			t.Helper()
			r.publishAs(t, "1.2.3", localImage(t), runtime.GOARCH)
		}, Broken, "; the pinned digest is still there"},
		"moved tag, lost digest": {func(_ *testing.T, _ *testRegistry, e *Entry) { e.Upstream.Digest = digestNumber("a") }, Broken, "pinned is " + digestNumber("a") + "; pinned: HOST has no such digest"},
		"lost tag":               {func(_ *testing.T, _ *testRegistry, e *Entry) { e.Upstream.Tag, e.Version = "1.2.9", "1.2.9" }, Broken, "HOST has no such tag; the pinned digest is still there"},
		"no digest": {func(_ *testing.T, _ *testRegistry, e *Entry) {
			e.Upstream.Digest, e.Upstream.NoDigest = "", "nobody knows"
		}, NoDigest, "nobody knows"},
		"rate limited": {func(_ *testing.T, r *testRegistry, _ *Entry) { r.refuses(http.StatusTooManyRequests) }, NotVerified, "HOST limits the rate; log in or wait"},
		"down":         {func(_ *testing.T, r *testRegistry, _ *Entry) { r.close() }, NotVerified, "HOST cannot be reached"},
		"refused":      {func(_ *testing.T, r *testRegistry, _ *Entry) { r.refuses(http.StatusUnauthorized) }, Broken, "HOST refuses to hand it out"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			registry := newRegistry(t)
			entry := registry.publish(t, localImage(t))
			test.change(t, registry, &entry)

			rows := verify(t, entry)

			require.Len(t, rows, 2)
			assert.Equal(t, Checked{Image: "server", What: "lock", Verdict: Holds}, rows[0])
			assert.Equal(t, test.verdict, rows[1].Verdict, rows[1].Remark)
			assert.Contains(t, rows[1].Remark, replaceHost(test.says, registry))
		})
	}
}

func TestVerifyComparesTheLockWithServersAndItself(t *testing.T) {
	t.Parallel()
	server := Entry{Name: "server", Version: "1.2.3", NoRecipe: "nobody packages it", Upstream: &Upstream{Repository: "example.org/server", Tag: "v1.2.4", NoDigest: "nobody knows"}}
	other := Entry{Name: "server-next", Of: "server", Version: "1.3", NoRecipe: "nobody packages it"}
	orphan := Entry{Name: "orphan", Version: "1", NoRecipe: "nobody packages it"}
	v := Verifier{Lock: indented(Lock{[]Entry{server, other, orphan}}), Recipes: fstest.MapFS{}, Used: []string{"server", "lost"}, Quick: true}

	rows, err := v.Verify(t.Context())

	require.NoError(t, err)
	assert.Equal(t, []Checked{
		{"lost", "lock", Broken, "a server runs it, the lock does not have it; add it"},
		{"server", "lock", Broken, `tag "v1.2.4" and version "1.2.3" of the lock disagree; correct one`},
		{"server", "example.org/server:v1.2.4", NoDigest, "nobody knows"},
		{"server-next", "lock", Holds, ""},
		{"orphan", "lock", Broken, "no server runs it, and it is no other version of one that does; remove it"},
	}, rows)
}

func TestVerifyBuildsRecipes(t *testing.T) {
	t.Parallel()
	registry, m := newRegistry(t), newMirror(t, oldTool(), oldLibrary())
	l := toolCopy(t, registry, m)
	look := func(change func(*Verifier, *Lock)) Checked {
		lock := lockOf(t, l)
		lock.Images[0].Upstream = nil
		v := Verifier{Recipes: os.DirFS(filepath.Join(l.Dir, "recipes")), Used: []string{"tool"}, Store: l.Store, Env: l.Env, trusted: true}
		change(&v, &lock)
		v.Lock = indented(lock)
		rows, err := v.Verify(t.Context())
		require.NoError(t, err)
		return rows[len(rows)-1]
	}
	elsewhere := func(v *Verifier) {
		store, err := OpenStore(t.TempDir())
		require.NoError(t, err)
		v.Store = store
	}

	assert.Equal(t, Checked{"tool", "recipe tool", Holds, "built earlier, in the store"}, look(func(*Verifier, *Lock) {}))
	assert.Equal(t, Checked{"tool", "recipe tool", Holds, "built now"}, look(func(v *Verifier, _ *Lock) { elsewhere(v) }))
	built := lockOf(t, l).Images[0].Digest
	assert.Equal(t, Checked{"tool", "recipe tool", Broken, "it builds " + built + ", the lock says " + digestNumber("a")},
		look(func(_ *Verifier, lock *Lock) { lock.Images[0].Digest = digestNumber("a") }))
	assert.Equal(t, Checked{"tool", "lock", Broken, "its recipe makes Debian tool 1.0, the lock says 1.1; run: make pin IMAGE=tool TAG=1.0"},
		look(func(v *Verifier, lock *Lock) { v.Quick, lock.Images[0].Version = true, "1.1" }))
	m.publish(t, newTool(), newLibrary(), oldLibrary())
	gone := look(func(v *Verifier, _ *Lock) { elsewhere(v) })
	assert.Equal(t, NotVerified, gone.Verdict)
	assert.Contains(t, gone.Remark, "the mirror no longer has it; re-lock it: make lock IMAGE=tool")
}

func TestCheckedTableIsAligned(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	require.NoError(t, CheckedTable(&out, []Checked{{"a", "lock", Holds, ""}, {"server", "recipe server", NotVerified, "down"}}))
	assert.Equal(t, "image   what           verdict       remark\na       lock           holds         \nserver  recipe server  not verified  down\n", out.String())
}
