package images

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const wantedDigest = "; it must be sha256: and 64 hexadecimal digits"

// toolEntry is an entry without mistakes, and the recipes it needs.
func toolEntry(t *testing.T) (Entry, fstest.MapFS) {
	t.Helper()
	files, recipe := lockedTool(t, locked(t, oldLibrary(), oldTool()))
	return Entry{
		Name: "tool", Version: "1.0", Recipe: "tool", Inputs: recipe.Key(), Digest: digestNumber("a"),
		Upstream: &Upstream{Repository: "example.org/tool", Tag: "1.0", Digest: digestNumber("b")},
	}, files
}

func TestLoadReadsTheLockOfThisProgram(t *testing.T) {
	t.Parallel()
	lock, err := Load()
	require.NoError(t, err)
	assert.Subset(t, lock.Names(), []string{"postgres", "synapse", "synapse-next", "mas", "traefik", "heisenbridge", "ngircd"})
	assert.NotContains(t, lock.Buildable(), "mas")
	synapse, ok := lock.Entry("synapse")
	require.True(t, ok)
	assert.Equal(t, "docker.io/matrixdotorg/synapse@"+synapse.Upstream.Digest, synapse.Upstream.Pinned())
	_, ok = lock.Entry("no such image")
	assert.False(t, ok)
}

func TestParseNamesEachMistake(t *testing.T) {
	t.Parallel()
	const relock = "run: go run -tags goolm ./scripts/stackctl lock tool"
	for _, test := range []struct {
		name  string
		spoil func(e *Entry)
		says  string
	}{
		{"none", func(*Entry) {}, ""},
		{"name", func(e *Entry) { e.Name = "Tool!" }, `image "Tool!": name must be lower-case letters, digits and hyphens`},
		{"version", func(e *Entry) { e.Version = "" }, "version is missing"},
		{"no repository", func(e *Entry) { e.Upstream.Repository = "" }, "upstream needs repository and tag"},
		{"no tag", func(e *Entry) { e.Upstream.Tag = "" }, "upstream needs repository and tag"},
		{"upstream digest missing", func(e *Entry) { e.Upstream.Digest = "" }, "upstream digest is missing; add it, or say in noDigest why none is known"},
		{"upstream digest short", func(e *Entry) { e.Upstream.Digest = "sha256:abc" }, `upstream digest "sha256:abc" is malformed` + wantedDigest},
		{"upstream digest not hexadecimal", func(e *Entry) { e.Upstream.Digest = digestNumber("x") }, "is malformed" + wantedDigest},
		{"upstream digest of another algorithm", func(e *Entry) { e.Upstream.Digest = "md5" + digestNumber("a")[6:] }, "is malformed" + wantedDigest},
		{"digest missing", func(e *Entry) { e.Digest = "" }, "digest is missing; " + relock},
		{"digest malformed", func(e *Entry) { e.Digest = strings.ToUpper(digestNumber("a")) }, "is malformed" + wantedDigest},
		{"unknown recipe", func(e *Entry) { e.Recipe = "tol" }, `recipe "tol" is unknown; known: [tool]`},
		{"recipe and none", func(e *Entry) { e.NoRecipe = "nobody packages it" }, "it has a recipe and a reason for having none; remove one"},
		{"neither", func(e *Entry) { e.Recipe = "" }, "it has neither a recipe nor a reason in noRecipe"},
		{"stale", func(e *Entry) { e.Inputs = "0" }, "the lock is stale, its recipe or locked packages changed; " + relock},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			entry, recipes := toolEntry(t)
			test.spoil(&entry)

			lock, err := Parse(indented(Lock{[]Entry{entry}}), recipes)

			if test.says == "" {
				require.NoError(t, err)
				assert.Equal(t, Lock{[]Entry{entry}}, lock)
				return
			}
			require.ErrorContains(t, err, "images.lock.json: image ")
			assert.ErrorContains(t, err, test.says)
			assert.NotContains(t, err.Error(), "\n", "one mistake, one line")
		})
	}
}

func TestAStaleLockStillTellsItsNames(t *testing.T) {
	t.Parallel()
	entry, recipes := toolEntry(t)
	entry.Inputs = "0"
	content := indented(Lock{[]Entry{entry}})
	_, err := Parse(content, recipes)
	require.ErrorContains(t, err, "the lock is stale")

	names, err := namesIn(content)

	require.NoError(t, err, "who locks an image anew has a stale lock")
	assert.Equal(t, []string{"tool"}, names)
}

func TestParseRefusesAnotherVersionOfNothing(t *testing.T) {
	t.Parallel()
	for _, of := range []string{"tol", "tool"} {
		entry, recipes := toolEntry(t)
		entry.Of = of
		_, err := Parse(indented(Lock{[]Entry{entry}}), recipes)
		assert.EqualError(t, err, fmt.Sprintf(`images.lock.json: image "tool": it is another version of %q, which is no pin; name one`, of))
	}
}

func TestParseReportsAllMistakesAtOnce(t *testing.T) {
	t.Parallel()
	entry, recipes := toolEntry(t)
	twin, other := entry, entry
	twin.Digest = "sha256:1"
	other.Name, other.Version, other.Upstream = "other", "", &Upstream{Repository: "example.org/other", Tag: "1"}

	_, err := Parse(indented(Lock{[]Entry{entry, twin, other}}), recipes)

	require.Error(t, err)
	assert.Equal(t, []string{
		`images.lock.json: two images are named "tool"; remove one`,
		`images.lock.json: image "tool": digest "sha256:1" is malformed` + wantedDigest,
		`images.lock.json: image "other": version is missing`,
		`images.lock.json: image "other": upstream digest is missing; add it, or say in noDigest why none is known`,
	}, strings.Split(err.Error(), "\n"))
}

func TestALockWithAnEntryTwiceIsNeitherComparedNorChanged(t *testing.T) {
	t.Parallel()
	entry := brought()
	l := workingCopy(t, entry, entry)
	const says = `images.lock.json: two images are named "mas"; remove one`
	_, err := Differences(t.Context(), t.TempDir(), l.lockPath(), l.lockPath())
	require.ErrorContains(t, err, says)
	_, err = l.Plan(t.Context(), Wish{Image: "mas", Tag: "9.9.9"})
	require.EqualError(t, err, `pin "mas": `+says)
	require.EqualError(t, l.Relock(t.Context(), "mas"), `lock "mas": `+says)
	_, err = l.Move(map[string]string{"mas": "9.9.9"})
	require.EqualError(t, err, "move pins: "+says)
}

func TestParseRefusesWhatIsNotALock(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, content, says string }{
		{"empty", "", "it is empty"},
		{"unknown field", `{"images": [{"name": "tool", "digets": "sha256:1"}]}`, `unknown field "digets"`},
		{"cut off", `{"images": [{"name": "tool"`, "it is cut off"},
		{"a comma too many", "{\"images\": [\n{\"name\": \"tool\"},\n]}", "line 3: invalid character ']' looking for beginning of value"},
		{"a number for a name", "{\"images\": [\n{\"name\": 7}]}", "line 2: json: cannot unmarshal number"},
		{"two of them", `{"images": []} {"images": []}`, "something follows the end of it"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := Parse([]byte(test.content), fstest.MapFS{})
			require.ErrorContains(t, err, "read images.lock.json: ")
			assert.ErrorContains(t, err, test.says)
			assert.ErrorContains(t, err, "fix it or restore it from git")
		})
	}
}
