package images

import (
	"bytes"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func sampleNodes() map[string]node {
	return map[string]node{
		"etc/app.conf":        {content: []byte("a = 1\n"), mode: 0o644},
		"usr/bin/app":         {content: []byte("program"), mode: 0o4755},
		"usr/bin/app-link":    {link: "app", mode: 0o777},
		"usr/share/a b/c.txt": {content: []byte("spaces"), mode: 0o644, owner: 7},
		"usr":                 {dir: true, mode: 0o755},
		"var/app":             {dir: true, mode: 0o750, owner: 7},
	}
}

func treeOf(nodes map[string]node, order []string) tree {
	t := tree{}
	for _, name := range order {
		t.put(name, nodes[name])
	}
	return t
}

func TestLayerDoesNotDependOnTheOrderOfInsertion(t *testing.T) {
	t.Parallel()
	nodes := sampleNodes()
	order := slices.Sorted(maps.Keys(nodes))
	var want bytes.Buffer
	require.NoError(t, treeOf(nodes, order).write(&want))
	for range 10 {
		rand.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		var got bytes.Buffer
		require.NoError(t, treeOf(nodes, order).write(&got))
		assert.Equal(t, want.Bytes(), got.Bytes(), "inserted as %v", order)
	}
}

func TestListingSaysWhatEveryPathIs(t *testing.T) {
	t.Parallel()
	nodes := sampleNodes()

	lines, err := treeOf(nodes, slices.Sorted(maps.Keys(nodes))).listing()

	require.NoError(t, err)
	assert.Equal(t, []string{
		"/etc 50755 0 ",
		"/etc/app.conf 00644 0 " + hashOf([]byte("a = 1\n"))[:12],
		"/usr 50755 0 ",
		"/usr/bin 50755 0 ",
		"/usr/bin/app 04755 0 " + hashOf([]byte("program"))[:12],
		"/usr/bin/app-link 20777 0 app",
		"/usr/share 50755 0 ",
		"/usr/share/a b 50755 0 ",
		"/usr/share/a b/c.txt 00644 7 " + hashOf([]byte("spaces"))[:12],
		"/var 50755 0 ",
		"/var/app 50750 7 ",
	}, lines)
}

func TestFirstDifferenceNamesThePath(t *testing.T) {
	t.Parallel()
	base := []string{"/a 00644 0 111", "/b c 00644 0 222", "/b d 20777 0 to here", "/e 50755 0 ", ""}
	for _, test := range []struct {
		name string
		got  []string
		says string
	}{
		{"content", []string{"/a 00644 0 111", "/b c 00644 0 999", "/b d 20777 0 to here", "/e 50755 0 ", ""}, "/b c differs"},
		{"mode", []string{"/a 00600 0 111", "/b c 00644 0 999", "/b d 20777 0 to here", "/e 50755 0 ", ""}, "/a differs"},
		{"link", []string{"/a 00644 0 111", "/b c 00644 0 222", "/b d 20777 0 to there", "/e 50755 0 ", ""}, "/b d differs"},
		{"missing", []string{"/a 00644 0 111", "/b d 20777 0 to here", "/e 50755 0 ", ""}, "/b c is missing"},
		{"new", []string{"/a 00644 0 111", "/aa 00644 0 111", "/b c 00644 0 222", "/b d 20777 0 to here", ""}, "/aa is new"},
		{"none", base, "no file differs, the image configuration does"},
		{"none but the last newline", base[:4], "no file differs, the image configuration does"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.says, firstDifference(base, test.got))
		})
	}
}

func TestFilesOfTheMachineLoseWhatItsUmaskLeft(t *testing.T) {
	t.Parallel()
	var archives [2]bytes.Buffer
	for i, modes := range [][2]os.FileMode{{0o644, 0o755}, {0o600, 0o700}} {
		root := t.TempDir()
		require.NoError(t, os.Mkdir(filepath.Join(root, "lib"), modes[1]))
		require.NoError(t, os.WriteFile(filepath.Join(root, "lib", "module.py"), []byte("code"), modes[0]))
		require.NoError(t, os.WriteFile(filepath.Join(root, "run"), []byte("script"), modes[1]))
		require.NoError(t, os.WriteFile(filepath.Join(root, "RECORD"), []byte("left out"), modes[0]))
		require.NoError(t, os.Symlink("run", filepath.Join(root, "link")))
		made := tree{}
		require.NoError(t, made.addDisk(root, "opt/app", wheelFile))
		require.NoError(t, made.write(&archives[i]))
		assert.ElementsMatch(t, []string{"opt", "opt/app", "opt/app/lib", "opt/app/lib/module.py", "opt/app/run", "opt/app/link"}, slices.Collect(maps.Keys(made)))
	}
	assert.Equal(t, archives[0].Bytes(), archives[1].Bytes())
}

func TestExtractWritesWhatTheTreeHolds(t *testing.T) {
	t.Parallel()
	nodes, dir := sampleNodes(), t.TempDir()

	require.NoError(t, treeOf(nodes, slices.Sorted(maps.Keys(nodes))).extract(dir))

	content, err := os.ReadFile(filepath.Join(dir, "usr/bin/app-link"))
	require.NoError(t, err)
	assert.Equal(t, "program", string(content))
	info, err := os.Stat(filepath.Join(dir, "usr/bin/app"))
	require.NoError(t, err)
	assert.NotZero(t, info.Mode()&0o100, "it can run")
}
