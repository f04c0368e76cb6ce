package images

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// lockedCopy is a working copy with the image "tool", whose recipe locks these packages.
func lockedCopy(t *testing.T, version string, debs []Deb, others ...Entry) Locker {
	t.Helper()
	l := workingCopy(t, append([]Entry{{Name: "tool", Version: version, Recipe: "tool", Digest: digestNumber("a")}}, others...)...)
	require.NoError(t, os.WriteFile(filepath.Join(l.Dir, "recipes/tool/debs.lock.json"), indented(debLock{"bookworm", debs}), 0o644))
	return l
}

func TestDiffTellsWhatCameWentAndMoved(t *testing.T) {
	t.Parallel()
	upstream := &Upstream{Repository: "example.org/mas", Tag: "v1.8.0", Digest: digestNumber("b")}
	gone := Entry{Name: "mas", Version: "1.8.0", NoRecipe: "nobody packages it", Upstream: upstream}
	old := lockedCopy(t, "1.0", locked(t, oldTool(), oldLibrary()), gone)
	current := lockedCopy(t, "1.1", locked(t, newTool(), newLibrary()), Entry{Name: "irc", Version: "2", NoRecipe: "nobody packages it"})
	want := []Change{
		{"tool", "version", "1.0", "1.1"},
		{"tool", "Debian libnew", "", "0.1"},
		{"tool", "Debian libtool", "2.0", ""},
		{"tool", "Debian tool", "1:1.0-1", "1:1.1-1"},
		{"mas", "version", "1.8.0", ""},
		{"mas", "repository", "example.org/mas", ""},
		{"mas", "tag", "v1.8.0", ""},
		{"mas", "digest", digestNumber("b"), ""},
		{"irc", "version", "", "2"},
	}

	found, err := Differences(t.Context(), t.TempDir(), old.lockPath(), current.lockPath())

	require.NoError(t, err)
	assert.Equal(t, want, found)
	same, err := Differences(t.Context(), t.TempDir(), old.lockPath(), old.lockPath())
	require.NoError(t, err)
	assert.Empty(t, same)
}

func TestDiffComparesTwoImagesOfOneLock(t *testing.T) {
	t.Parallel()
	other := Entry{Name: "tool-next", Of: "tool", Version: "1.1", NoRecipe: "nobody packages it"}
	l := lockedCopy(t, "1.0", locked(t, oldLibrary()), other)

	found, err := Differences(t.Context(), l.Dir, "tool", "tool-next")

	require.NoError(t, err)
	assert.Equal(t, []Change{
		{"tool -> tool-next", "version", "1.0", "1.1"},
		{"tool -> tool-next", "digest when built", digestNumber("a"), ""},
		{"tool -> tool-next", "Debian libtool", "2.0", ""},
	}, found)
}

func TestDiffReadsRevisions(t *testing.T) {
	t.Parallel()
	l := lockedCopy(t, "1.0", locked(t, oldTool()))
	git := func(args ...string) {
		command := exec.CommandContext(t.Context(), "git", append([]string{"-c", "user.name=a", "-c", "user.email=a@example.org"}, args...)...)
		command.Dir = l.Dir
		out, err := command.CombinedOutput()
		require.NoError(t, err, "%s", out)
	}
	git("init", "--quiet")
	git("add", ".")
	git("commit", "--quiet", "--message", "before")
	git("tag", "before")
	moved := lockedCopy(t, "1.1", locked(t, newTool()))

	found, err := Differences(t.Context(), l.Dir, "before", moved.lockPath())

	require.NoError(t, err)
	assert.Equal(t, []Change{{"tool", "version", "1.0", "1.1"}, {"tool", "Debian tool", "1:1.0-1", "1:1.1-1"}}, found)
	_, err = Differences(t.Context(), l.Dir, "before", "tol")
	require.ErrorContains(t, err, `compare before with tol: "tol" is no file, no revision of a working copy that has a lock, and not both are images of the lock; name two of one kind`)
	assert.NotContains(t, err.Error(), "\n")
}

func TestPackagesOfEveryKindAreCompared(t *testing.T) {
	t.Parallel()
	lock, err := Load()
	require.NoError(t, err)
	for image, want := range map[string]struct{ kind, name string }{
		"synapse": {"Python", "matrix-synapse"}, "traefik": {"Go", "github.com/traefik/traefik/v3"}, "js-client": {"npm", "matrix-js-sdk"}, "ntfy": {"Debian", "ntfy"},
	} {
		e, ok := lock.Entry(image)
		require.True(t, ok)
		c, err := contentsOf(e, Recipes())
		require.NoError(t, err)
		assert.Contains(t, c.sets[want.kind][want.name], e.Version, image)
	}
	synapse, err := ReadRecipe(Recipes(), "synapse")
	require.NoError(t, err)
	sets, err := synapse.packageSets()
	require.NoError(t, err)
	assert.Len(t, sets["Python"], bytes.Count(synapse.requirements, []byte("==")), "each wheel that is locked")
}

func TestChangeTableShortensDigests(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	require.NoError(t, ChangeTable(&out, []Change{{"tool", "digest", digestNumber("a"), digestNumber("b")}, {"tool", "Debian libnew", "", "0.1"}}))
	assert.Equal(t, "image  what           before               after\ntool   digest         sha256:aaaaaaaaaaaa  sha256:bbbbbbbbbbbb\ntool   Debian libnew  -                    0.1\n", out.String())
}
