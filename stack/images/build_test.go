package images

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestBuildTwiceGivesEqualDigestsAndFiles(t *testing.T) {
	t.Parallel()
	m := newMirror(t, oldTool(), oldLibrary())
	_, recipe := lockedTool(t, locked(t, oldLibrary(), oldTool()))
	var made [2]Built
	var listings [2]string
	for i := range made {
		var err error
		made[i], err = m.builder(t).build(t.Context(), recipe, "1.0")
		require.NoError(t, err)
		content, err := os.ReadFile(made[i].Files)
		require.NoError(t, err)
		listings[i] = string(content)
	}
	assert.Equal(t, made[0].Digest, made[1].Digest)
	assert.Equal(t, listings[0], listings[1])
	assert.NotEqual(t, made[0].File, made[1].File, "each in its own store")
}

func TestBuildMakesAnImageOfWhatTheRecipeSays(t *testing.T) {
	t.Parallel()
	m := newMirror(t, oldTool(), oldLibrary())
	_, recipe := lockedTool(t, locked(t, oldLibrary(), oldTool()))

	made, err := m.builder(t).build(t.Context(), recipe, "1:1.0+a~b")

	require.NoError(t, err)
	image, err := tarball.ImageFromPath(made.File, nil)
	require.NoError(t, err)
	require.NoError(t, wholeImage(image))
	assert.Equal(t, made.Digest, idOf(t, image))
	config, err := image.ConfigFile()
	require.NoError(t, err)
	assert.Equal(t, "1970-01-01T00:00:00Z", config.Created.Format("2006-01-02T15:04:05Z07:00"))
	assert.Equal(t, []string{"tool"}, config.Config.Entrypoint)
	assert.Equal(t, map[string]string{"matrix-stack.recipe": "tool"}, config.Config.Labels)
	assert.Equal(t, "matrix-stack/tool:1-1.0-a-b-"+made.Digest[7:19], localRef("tool", "1:1.0+a~b", made.Digest))

	listing, err := os.ReadFile(made.Files)
	require.NoError(t, err)
	for _, line := range []string{"/bin 20777 0 usr/bin", "/usr/bin/old 00755 0 ", "/usr/bin/tool 00755 0 ", "/var/tool 50750 7 ", "/tmp 51777 0 ", "/root 50700 0 "} {
		assert.Contains(t, string(listing), line)
	}
	assert.NotContains(t, string(listing), "/usr/share/doc", "dropped")
	assert.NotContains(t, string(listing), "\n/bin/old", "merged into /usr")
}

func TestBuildTakesTheStoresResultForEqualInputs(t *testing.T) {
	t.Parallel()
	m := newMirror(t, oldTool(), oldLibrary())
	_, recipe := lockedTool(t, locked(t, oldLibrary(), oldTool()))
	b := m.builder(t)
	first, err := b.build(t.Context(), recipe, "1.0")
	require.NoError(t, err)
	b.say = func(line string) { t.Errorf("nothing is left to do, yet: %s", line) }

	second, err := b.build(t.Context(), recipe, "1.0")

	require.NoError(t, err)
	assert.Equal(t, first, second)
	assert.Equal(t, 1, m.requests(oldTool().path()))
}

func TestKeyChangesWithEveryInput(t *testing.T) {
	t.Parallel()
	debs := locked(t, oldLibrary(), oldTool())
	_, recipe := lockedTool(t, debs)
	keys := map[string]string{recipe.Key(): "unchanged"}
	for name, change := range map[string]func(r *Recipe){
		"package":      func(r *Recipe) { r.debs = locked(t, oldLibrary(), newTool()) },
		"requirements": func(r *Recipe) { r.requirements = []byte("synapse==1") },
		"added file":   func(r *Recipe) { r.added = map[string][]byte{"start.py": []byte("x")} },
		"command":      func(r *Recipe) { r.Config.Cmd = []string{"run"} },
		"dropped":      func(r *Recipe) { r.Debian.Drop = nil },
	} {
		_, changed := lockedTool(t, debs)
		change(&changed)
		assert.Empty(t, keys[changed.Key()], "%s gives the key of another", name)
		keys[changed.Key()] = name
	}
	_, same := lockedTool(t, debs)
	assert.Equal(t, "unchanged", keys[same.Key()])
}

func TestBuildNamesWhatTheMirrorDoes(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, mirror, says string }{
		{"not a URL", "mirror.example/debian", `STACK_DEBIAN_MIRROR="mirror.example/debian" is not a URL`},
		{"nobody there", "http://127.0.0.1:1/debian", "check the network, or set STACK_DEBIAN_MIRROR"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, recipe := lockedTool(t, locked(t, oldTool()))
			store, err := OpenStore(t.TempDir())
			require.NoError(t, err)
			b := &builder{store: store, env: environment("STACK_DEBIAN_MIRROR", test.mirror)}

			_, err = b.build(t.Context(), recipe, "1.0")

			require.ErrorContains(t, err, `build "tool": `)
			assert.ErrorContains(t, err, test.says)
			assert.False(t, strings.Contains(err.Error(), "\n"), "one line")
		})
	}
}
