package images

import (
	"io/fs"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestReadRecipeNamesEachMistake(t *testing.T) {
	t.Parallel()
	lock := &fstest.MapFile{Data: []byte(`{"suite": "bookworm", "packages": []}`)}
	recipe := func(content string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(content)} }
	for _, test := range []struct {
		name  string
		files fstest.MapFS
		says  string
	}{
		{"unknown", fstest.MapFS{"tool/recipe.json": recipe(`{}`)}, `recipe "app" is unknown; known: [tool]`},
		{"unknown field", fstest.MapFS{"app/recipe.json": recipe(`{"debain": {}}`)}, `read recipe.json: json: unknown field "debain"`},
		{
			"several",
			fstest.MapFS{"app/recipe.json": recipe(`{"debian": {"suite": "buster"}, "files": [{"source": "run.sh", "path": "/run.sh", "mode": "9"}], "dirs": [{"path": "/d", "mode": "x"}]}`)},
			`recipe "app": suite "buster" is none of Debian; use bookworm or trixie, or sid for what no release carries; file "run.sh" is missing from its folder; mode "9" is not an octal number; mode "x" is not an octal number`,
		},
		{"two languages", fstest.MapFS{"app/recipe.json": recipe(`{"debian": {"suite": "trixie"}, "python": {}, "go": {}}`)}, "it has more than one of Python, Go and npm; split it"},
		{"not locked", fstest.MapFS{"app/recipe.json": recipe(`{"debian": {"suite": "trixie"}}`)}, "no locked Debian packages; run: go run -tags goolm ./scripts/stackctl lock app"},
		{"wheels not locked", fstest.MapFS{"app/recipe.json": recipe(`{"debian": {"suite": "trixie"}, "python": {}}`), "app/debs.lock.json": lock}, "no locked wheels; run: go run -tags goolm ./scripts/stackctl lock app"},
		{"packages not locked", fstest.MapFS{"app/recipe.json": recipe(`{"debian": {"suite": "trixie"}, "npm": {}}`), "app/debs.lock.json": lock}, "no locked npm packages; run: go run -tags goolm ./scripts/stackctl lock app"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := ReadRecipe(test.files, "app")
			require.ErrorContains(t, err, `recipe "app"`)
			assert.ErrorContains(t, err, test.says)
		})
	}
}

func TestEveryRecipeIsUsedByTheLock(t *testing.T) {
	t.Parallel()
	lock, err := Load()
	require.NoError(t, err)
	used := map[string]bool{}
	for _, e := range lock.Images {
		used[e.Recipe] = true
	}
	folders, err := fs.ReadDir(Recipes(), ".")
	require.NoError(t, err)
	for _, folder := range folders {
		assert.True(t, used[folder.Name()], "recipe %q builds no image of the lock", folder.Name())
		assert.FileExists(t, "recipes/"+folder.Name()+"/"+listingFile, "without it a wrong digest cannot name a file")
	}
}
