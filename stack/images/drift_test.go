package images

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// lockTool resolves, builds and locks the recipe against a mirror, as Relock does.
func lockTool(t *testing.T, m *mirror) (fstest.MapFS, Entry) {
	t.Helper()
	b := m.builder(t)
	debs, err := b.resolveDebs(t.Context(), Debian{Suite: "bookworm", Include: []string{"tool"}})
	require.NoError(t, err)
	files, recipe := lockedTool(t, debs)
	made, err := b.build(t.Context(), recipe, "1.0")
	require.NoError(t, err)
	listing, err := os.ReadFile(made.Files)
	require.NoError(t, err)
	zipped, err := pack(listing)
	require.NoError(t, err)
	files["tool/"+listingFile] = &fstest.MapFile{Data: zipped}
	return files, Entry{Name: "tool", Version: "1.0", Recipe: "tool", Inputs: recipe.Key(), Digest: made.Digest}
}

// newBuilding is a resolver on another machine, which has built nothing yet.
func newBuilding(t *testing.T, m *mirror, recipes fstest.MapFS, entry Entry) (*Resolver, *memory) {
	t.Helper()
	_, err := Parse(indented(Lock{[]Entry{entry}}), recipes)
	require.NoError(t, err)
	r, engine := newResolver(t, entry)
	r.Recipes, r.builder = recipes, m.builder(t)
	r.Store = r.builder.store
	return r, engine
}

func newTool() tinyDeb {
	return tinyDeb{"tool", "1:1.1-1", "libtool, libnew", map[string]string{"./usr/bin/tool": "tool one point one"}}
}

func newLibrary() tinyDeb {
	return tinyDeb{"libnew", "0.1", "", map[string]string{"./usr/lib/libnew.so": "new"}}
}

func TestResolveDebsLocksWhatTheSuiteHasToday(t *testing.T) {
	t.Parallel()
	needsApt(t)
	m := newMirror(t, oldTool(), oldLibrary())

	debs, err := m.builder(t).resolveDebs(t.Context(), Debian{Suite: "bookworm", Include: []string{"tool"}})
	require.NoError(t, err)
	assert.Equal(t, locked(t, oldLibrary(), oldTool()), debs)

	debs, err = m.builder(t).resolveDebs(t.Context(), Debian{Suite: "bookworm", Include: []string{"tool"}, Without: []string{"libtool"}})
	require.NoError(t, err)
	assert.Equal(t, locked(t, oldTool()), debs)

	_, err = m.builder(t).resolveDebs(t.Context(), Debian{Suite: "bookworm", Include: []string{"tol"}})
	assert.ErrorContains(t, err, `resolve packages of suite "bookworm": apt-get`)
	assert.ErrorContains(t, err, "Unable to locate package tol")
}

func TestBuildFromTheLockGivesTheLockedDigest(t *testing.T) {
	t.Parallel()
	needsApt(t)
	m := newMirror(t, oldTool(), oldLibrary())
	recipes, entry := lockTool(t, m)
	r, engine := newBuilding(t, m, recipes, entry)

	row, err := resolveOne(t, r)

	require.NoError(t, err)
	ref := localRef("tool", "1.0", entry.Digest)
	assert.Equal(t, Resolved{Name: "tool", Version: "1.0", Ref: ref, ImageID: entry.Digest, Digest: entry.Digest, Source: BuiltHere, Note: "nobody publishes it as an image", Duration: row.Duration}, row)
	assert.Equal(t, map[string]string{ref: entry.Digest}, engine.images)

	again, err := resolveOne(t, r)
	require.NoError(t, err)
	assert.Equal(t, Present, again.Source)
	assert.Equal(t, 1, engine.loads)
}

func TestDriftBuildsWhatTheSuiteHasTodayAndSaysWhatMoved(t *testing.T) {
	t.Parallel()
	needsApt(t)
	m := newMirror(t, oldTool(), oldLibrary())
	recipes, entry := lockTool(t, m)
	m.publish(t, newTool(), newLibrary(), oldLibrary())
	r, engine := newBuilding(t, m, recipes, entry)

	row, err := resolveOne(t, r)

	require.NoError(t, err)
	assert.Equal(t, BuiltHere, row.Source)
	assert.Equal(t, []Move{{"libnew", "", "0.1"}, {"tool", "1:1.0-1", "1:1.1-1"}}, row.Moved)
	assert.Equal(t, "drifted from the lock: libnew 0.1 is new, tool 1:1.0-1 -> 1:1.1-1; re-lock it: go run -tags goolm ./scripts/stackctl lock tool", row.Note)
	assert.NotEqual(t, entry.Digest, row.Digest)
	assert.Equal(t, row.Digest, engine.images[row.Ref])

	again, err := resolveOne(t, r)
	require.NoError(t, err)
	assert.Equal(t, row.Moved, again.Moved, "it stays drifted")
	assert.Equal(t, row.Digest, again.Digest)
	assert.Equal(t, 1, engine.loads)
	assert.Equal(t, 1, m.requests(newTool().path()), "and is not built again")
}

func TestDriftIsRefusedWhenStrict(t *testing.T) {
	t.Parallel()
	needsApt(t)
	m := newMirror(t, oldTool(), oldLibrary())
	recipes, entry := lockTool(t, m)
	m.publish(t, newTool(), newLibrary(), oldLibrary())
	r, engine := newBuilding(t, m, recipes, entry)
	r.Strict = true

	_, err := resolveOne(t, r)

	require.ErrorIs(t, err, errGone)
	assert.ErrorContains(t, err, "tool=1:1.0-1")
	assert.ErrorContains(t, err, "STRICT refuses other packages than the locked ones; re-lock it: go run -tags goolm ./scripts/stackctl lock tool")
	assert.Zero(t, engine.loads)
	assert.Empty(t, finished(t, r.Store))
}

func TestOtherBytesForALockedPackageAreNotDrift(t *testing.T) {
	t.Parallel()
	needsApt(t)
	m := newMirror(t, oldTool(), oldLibrary())
	recipes, entry := lockTool(t, m)
	m.corrupt(oldTool())
	r, engine := newBuilding(t, m, recipes, entry)

	_, err := resolveOne(t, r)

	require.ErrorContains(t, err, `download package "tool": mirror sent `)
	assert.NotErrorIs(t, err, errGone)
	assert.Zero(t, engine.loads)
	assert.NoFileExists(t, r.Store.download(hashOf(oldTool().archive(t))+".deb"))
	parts, err := filepath.Glob(r.Store.download(".part-*"))
	require.NoError(t, err)
	assert.Empty(t, parts)
}

func TestAnotherDigestFromUnchangedInputsNamesTheFirstFile(t *testing.T) {
	t.Parallel()
	needsApt(t)
	m := newMirror(t, oldTool(), oldLibrary())
	for _, test := range []struct{ name, from, to, says string }{
		{"content", "/usr/bin/tool 00755 0 " + hashOf([]byte("tool one"))[:12], "/usr/bin/tool 00755 0 000000000000", "/usr/bin/tool differs"},
		{"owner", "/var/tool 50750 7 ", "/var/tool 50750 8 ", "/var/tool differs"},
		{"missing", "/usr/bin/tool ", "/usr/bin/a tool ", "/usr/bin/a tool is missing"},
		{"configuration only", "", "", "no file differs, the image configuration does"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			recipes, entry := lockTool(t, m)
			entry.Digest = digestNumber("a")
			r, engine := newBuilding(t, m, recipes, entry)
			recipes["tool/"+listingFile].Data = edited(t, recipes["tool/"+listingFile].Data, test.from, test.to)

			_, err := resolveOne(t, r)

			require.ErrorContains(t, err, "built from unchanged inputs it is sha256:")
			assert.ErrorContains(t, err, "the lock says "+digestNumber("a")+": "+test.says+"; ")
			assert.Zero(t, engine.loads)
			assert.Empty(t, finished(t, r.Store), "a wrong build is not kept")
		})
	}
}

// edited replaces text in a packed listing.
func edited(t *testing.T, zipped []byte, from, to string) []byte {
	t.Helper()
	listing := unpack(t, zipped)
	require.Contains(t, listing, from)
	zipped, err := pack([]byte(strings.Replace(listing, from, to, 1)))
	require.NoError(t, err)
	return zipped
}

func TestDriftThatCannotBeResolvedSaysBoth(t *testing.T) {
	t.Parallel()
	needsApt(t)
	m := newMirror(t, oldTool(), oldLibrary())
	recipes, entry := lockTool(t, m)
	m.publish(t, oldLibrary())
	r, engine := newBuilding(t, m, recipes, entry)

	_, err := resolveOne(t, r)

	require.ErrorIs(t, err, errGone)
	assert.ErrorContains(t, err, "; and it cannot be resolved again: ")
	assert.ErrorContains(t, err, "Unable to locate package tool")
	assert.NotContains(t, err.Error(), "\n", "one line")
	assert.Zero(t, engine.loads)
}
