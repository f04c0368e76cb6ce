package stack

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// seededWorld is a database, a server that migrates it and something that only some runs start.
func seededWorld() (World, map[string]Image) {
	w := World{Components: []Component{
		{Name: "postgres", Image: "postgres", Env: map[string]string{"LOCALE": "C"}, Storage: []Storage{{Path: "/data", Seed: true}}},
		{
			Name: "synapse", Image: "synapse", Cmd: []string{"run"}, Storage: []Storage{{Path: "/media"}},
			Files: []File{{Path: "/homeserver.yaml", Content: []byte("a: 1")}, {Path: "/site.key", Content: []byte("key"), Private: true}},
		},
		{Name: "extra", Image: "extra", OnDemand: true},
	}}
	return w, map[string]Image{
		"postgres": {Ref: "postgres:1", ID: "sha256:aa"}, "synapse": {Ref: "synapse:1", ID: "sha256:bb"}, "extra": {Ref: "extra:1", ID: "sha256:cc"},
	}
}

func TestSeedsBelongToImagesAndConfiguration(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	w, images := seededWorld()
	same := newSeeds(root, w, images).dir
	assert.Equal(t, root, filepath.Dir(same))
	for name, c := range map[string]struct {
		change func(World, map[string]Image)
		moves  bool
	}{
		"nothing":                         {func(World, map[string]Image) {}, false},
		"another image":                   {func(_ World, i map[string]Image) { i["synapse"] = Image{Ref: "synapse:1", ID: "sha256:dd"} }, true},
		"another name of the same image":  {func(_ World, i map[string]Image) { i["synapse"] = Image{Ref: "synapse:2", ID: "sha256:bb"} }, false},
		"another setting":                 {func(w World, _ map[string]Image) { w.Components[1].Files[0].Content = []byte("a: 2") }, true},
		"another environment":             {func(w World, _ map[string]Image) { w.Components[0].Env["LOCALE"] = "en_US" }, true},
		"another command":                 {func(w World, _ map[string]Image) { w.Components[1].Cmd = []string{"walk"} }, true},
		"key material of another run":     {func(w World, _ map[string]Image) { w.Components[1].Files[1].Content = []byte("other") }, false},
		"another image of what is extra":  {func(_ World, i map[string]Image) { i["extra"] = Image{ID: "sha256:dd"} }, false},
		"a setting of what is extra":      {func(w World, _ map[string]Image) { w.Components[2].Cmd = []string{"run"} }, false},
		"a file less":                     {func(w World, _ map[string]Image) { w.Components[1].Files = w.Components[1].Files[1:] }, true},
		"another name of the same server": {func(w World, _ map[string]Image) { w.Components[1].Name = "synapse-2" }, true},
	} {
		w, images := seededWorld()
		c.change(w, images)
		assert.Equal(t, c.moves, newSeeds(root, w, images).dir != same, name)
	}
}

// TestSeedsSurviveTheNextRun holds what a warm start rests on: only key material and addresses differ between runs.
func TestSeedsSurviveTheNextRun(t *testing.T) {
	t.Parallel()
	var dirs []string
	for range 2 {
		authority, err := NewAuthority("test")
		require.NoError(t, err)
		w, err := NewWorld(TestSites(SignInMAS), Environment{Authority: authority, MASKey: authority.PEM()})
		require.NoError(t, err)
		s := newSeeds("/seeds", w, nil)
		assert.Equal(t, []string{"beta-postgres", "postgres"}, s.names)
		dirs = append(dirs, s.dir)
	}
	assert.Equal(t, dirs[0], dirs[1])
	w, err := NewWorld(TestSites(SignInSynapse), Environment{})
	require.NoError(t, err)
	assert.NotEqual(t, dirs[0], newSeeds("/seeds", w, nil).dir, "another way to sign in is another database")
}

func TestSeedsAreUsedOnlyWhenAllAreThere(t *testing.T) {
	t.Parallel()
	s := seeds{dir: t.TempDir(), names: []string{"beta-postgres", "postgres"}}
	assert.True(t, s.enabled())
	assert.False(t, s.complete())
	require.NoError(t, writeWhole(s.file("postgres"), strings.NewReader("tar")))
	assert.False(t, s.complete(), "one of two")
	require.NoError(t, writeWhole(s.file("beta-postgres"), strings.NewReader("tar")))
	assert.True(t, s.complete())

	w, images := seededWorld()
	off := newSeeds("", w, images)
	assert.False(t, off.enabled())
	assert.False(t, off.complete())
}

func TestSeedIsWholeOrNotThere(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	cut := io.MultiReader(strings.NewReader("half"), iotest.ErrReader(errors.New("the engine went away")))
	assert.ErrorContains(t, writeWhole(filepath.Join(dir, "postgres.tar"), cut), "the engine went away")
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Empty(t, entries)
}
