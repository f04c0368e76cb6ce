package images

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// twoVersions is a folder with a lock of one software in two versions.
func twoVersions(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	lock := Lock{[]Entry{
		{Name: "tool", Version: "1.0", NoRecipe: "nobody packages it", Upstream: &Upstream{Repository: "example.org/tool", Tag: "1.0", Digest: digestNumber("a")}},
		{Name: "tool-next", Of: "tool", Version: "2.0", NoRecipe: "nobody packages it", Upstream: &Upstream{Repository: "example.org/tool", Tag: "2.0", Digest: digestNumber("b")}},
	}}
	require.NoError(t, os.WriteFile(filepath.Join(dir, "images.lock.json"), indented(lock), 0o644))
	require.NoError(t, os.Mkdir(filepath.Join(dir, "recipes"), 0o755))
	return dir
}

func TestMovePinKeepsTheWayBack(t *testing.T) {
	t.Parallel()
	dir := twoVersions(t)
	said, err := MovePin(dir, "tool", "v2.0")
	require.NoError(t, err)
	assert.Equal(t, `tool is pinned to 2.0; 1.0 stays in the lock as "tool-next"`, said)
	content, err := os.ReadFile(filepath.Join(dir, "images.lock.json"))
	require.NoError(t, err)
	lock, err := Parse(content, os.DirFS(filepath.Join(dir, "recipes")))
	require.NoError(t, err)
	now, _ := lock.Entry("tool")
	before, _ := lock.Entry("tool-next")
	assert.Equal(t, []string{"2.0", "", digestNumber("b")}, []string{now.Version, now.Of, now.Upstream.Digest})
	assert.Equal(t, []string{"1.0", "tool", digestNumber("a")}, []string{before.Version, before.Of, before.Upstream.Digest})
}

func TestMovePinLeavesTheLockAloneWhenItCannot(t *testing.T) {
	t.Parallel()
	dir := twoVersions(t)
	before, err := os.ReadFile(filepath.Join(dir, "images.lock.json"))
	require.NoError(t, err)
	_, err = MovePin(dir, "tool", "3.0")
	require.EqualError(t, err, `move the pin of "tool": the lock has it in 1.0, 2.0, not in 3.0`)
	after, err := os.ReadFile(filepath.Join(dir, "images.lock.json"))
	require.NoError(t, err)
	assert.Equal(t, before, after)
	_, err = MovePin(t.TempDir(), "tool", "2.0")
	assert.ErrorContains(t, err, "run it in a working copy")
}

func TestFindTakesTheBeginningOfAVersionWhenOneFits(t *testing.T) {
	t.Parallel()
	lock := Lock{[]Entry{{Name: "db", Version: "15.18"}, {Name: "db-17", Of: "db", Version: "17.11"}, {Name: "db-18", Of: "db", Version: "18.6"}, {Name: "db-18-old", Of: "db", Version: "18.5"}}}
	found, ok := lock.Find("db", "17")
	require.True(t, ok)
	assert.Equal(t, "db-17", found.Name)
	_, ok = lock.Find("db", "18")
	assert.False(t, ok, "two fit")
	_, ok = lock.Find("db", "1")
	assert.False(t, ok, "1 is not the beginning of 15.18")
}
