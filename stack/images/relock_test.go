package images

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// workingCopy is a folder like stack/images, with these images in its lock.
func workingCopy(t *testing.T, entries ...Entry) Locker {
	t.Helper()
	store, err := OpenStore(t.TempDir())
	require.NoError(t, err)
	l := Locker{Dir: t.TempDir(), Store: store, Env: noEnv}
	require.NoError(t, os.MkdirAll(filepath.Join(l.Dir, "recipes", "tool"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(l.Dir, "recipes", "tool", "recipe.json"), []byte(toolRecipe), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(l.Dir, "images.lock.json"), indented(Lock{entries}), 0o644))
	return l
}

func TestRelockNamesWhatItCannotDoAndWritesNothing(t *testing.T) {
	t.Parallel()
	l := workingCopy(t, brought(), Entry{Name: "tool", Version: "1.0", Recipe: "tool"}, Entry{Name: "lost", Version: "1.0", Recipe: "lost"})
	l.Env = environment("STACK_DEBIAN_MIRROR", "nowhere")
	path := filepath.Join(l.Dir, "images.lock.json")
	before, err := os.ReadFile(path)
	require.NoError(t, err)
	for image, says := range map[string]string{
		"tol":  `lock "tol": no such image; known: mas, tool, lost`,
		"mas":  `lock "mas": it has no recipe: nobody packages it`,
		"lost": `recipe "lost" is unknown; known: [tool]`,
		"tool": `STACK_DEBIAN_MIRROR="nowhere" is not a URL`,
	} {
		assert.ErrorContains(t, l.Relock(t.Context(), image), says)
	}
	after, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, string(before), string(after))

	assert.ErrorContains(t, Locker{Dir: t.TempDir()}.Relock(t.Context(), "tool"), "run it in a working copy")
}

func TestRelockWritesALockThatParses(t *testing.T) {
	t.Parallel()
	m := newMirror(t, oldTool(), oldLibrary())
	l := workingCopy(t, Entry{Name: "tool", Version: "1.0", Recipe: "tool"})
	_, recipe := lockedTool(t, locked(t, oldLibrary(), oldTool()))
	made, err := m.builder(t).build(t.Context(), recipe, "1.0")
	require.NoError(t, err)
	entry := Entry{Name: "tool", Version: "1.0", Recipe: "tool", Inputs: recipe.Key(), Digest: made.Digest}

	files, err := l.drafts(recipe, made)
	require.NoError(t, err)
	_, before, err := l.read()
	require.NoError(t, err)
	require.NoError(t, l.write(before, append(files, draft{l.lockPath(), indented(Lock{[]Entry{entry}})})))
	require.ErrorContains(t, l.write(before, files), "images.lock.json was changed meanwhile; run it again")

	content, err := os.ReadFile(filepath.Join(l.Dir, "images.lock.json"))
	require.NoError(t, err)
	lock, err := Parse(content, os.DirFS(filepath.Join(l.Dir, "recipes")))
	require.NoError(t, err)
	assert.Equal(t, []Entry{entry}, lock.Images)
	zipped, err := os.ReadFile(filepath.Join(l.Dir, "recipes", "tool", listingFile))
	require.NoError(t, err)
	listing, err := os.ReadFile(made.Files)
	require.NoError(t, err)
	assert.Equal(t, string(listing), unpack(t, zipped))
	info, err := os.Stat(filepath.Join(l.Dir, "images.lock.json"))
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o644), info.Mode().Perm(), "everybody may read a lock")
}

func TestFoldersFollowTheSettings(t *testing.T) {
	t.Parallel()
	store, err := DefaultStore(environment("STACK_STORE", "/srv/store"))
	require.NoError(t, err)
	assert.Equal(t, "/srv/store", store)
	for variable, want := range map[string]string{"STACK_IMAGES": "/srv", "XDG_DATA_HOME": "/srv/matrix-stack/images"} {
		folder, err := DefaultImagesDir(environment(variable, "/srv"))
		require.NoError(t, err)
		assert.Equal(t, want, folder)
	}
}
