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

func TestMoveKeepsTheWayBack(t *testing.T) {
	t.Parallel()
	dir := twoVersions(t)
	said, err := Locker{Dir: dir}.Move(map[string]string{"tool": "v2.0"})
	require.NoError(t, err)
	assert.Equal(t, []string{`tool is pinned to 2.0; 1.0 stays in the lock as "tool-next"`}, said)
	content, err := os.ReadFile(filepath.Join(dir, "images.lock.json"))
	require.NoError(t, err)
	lock, err := Parse(content, os.DirFS(filepath.Join(dir, "recipes")))
	require.NoError(t, err)
	now, _ := lock.Entry("tool")
	before, _ := lock.Entry("tool-next")
	assert.Equal(t, []string{"2.0", "", digestNumber("b")}, []string{now.Version, now.Of, now.Upstream.Digest})
	assert.Equal(t, []string{"1.0", "tool", digestNumber("a")}, []string{before.Version, before.Of, before.Upstream.Digest})
}

func TestMoveLeavesTheLockAloneWhenItCannot(t *testing.T) {
	t.Parallel()
	dir := twoVersions(t)
	path := filepath.Join(dir, "images.lock.json")
	before, err := os.ReadFile(path)
	require.NoError(t, err)
	unchanged := func() {
		t.Helper()
		after, err := os.ReadFile(path)
		require.NoError(t, err)
		assert.Equal(t, string(before), string(after))
	}
	l := Locker{Dir: dir}
	_, err = l.Move(map[string]string{"tool": "3.0"})
	require.EqualError(t, err, `move the pin of "tool": the lock has it in 1.0, 2.0, not in 3.0; pin that first`)
	unchanged()
	_, err = l.Move(map[string]string{"tool": "2.0", "zoo": "1.0"})
	require.ErrorContains(t, err, `move the pin of "zoo"`)
	unchanged() // all or none
	require.NoError(t, os.Chmod(path, 0o444))
	_, err = l.Move(map[string]string{"tool": "2.0"})
	require.EqualError(t, err, "move pins: images.lock.json is read-only; make it writable: chmod u+w "+path)
	unchanged()
	_, err = Locker{Dir: t.TempDir()}.Move(map[string]string{"tool": "2.0"})
	assert.ErrorContains(t, err, "run it in a working copy")
}

func TestSomebodyElsesWorkIsNotUndone(t *testing.T) {
	t.Parallel()
	l := Locker{Dir: twoVersions(t)}
	_, read, err := l.read()
	require.NoError(t, err)
	_, err = l.Move(map[string]string{"tool": "2.0"})
	require.NoError(t, err)
	require.EqualError(t, l.write(read, nil), "images.lock.json was changed meanwhile; run it again")
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
