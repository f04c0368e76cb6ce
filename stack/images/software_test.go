package images

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestRedeclaringTouchesOnlyWhatMoves(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)
	for name, test := range map[string]struct{ before, after, says string }{
		"python": {
			`{"python": {"version": "3.11", "requirements": ["a-b[c]==1.0", "d==1.0"], "asOf": "2025-01-01T00:00:00Z"},  "config": {}}`,
			`{"python": {"version": "3.11", "requirements": ["a-b[c]==1.1", "d==1.0"], "asOf": "2026-02-01T00:00:00Z"},  "config": {}}`, "",
		},
		"npm": {
			`{"npm": {"packages": {"a": "1.0", "b": "2.0"}, "asOf": "2025-01-01T00:00:00Z"}}`,
			`{"npm": {"packages": {"a": "1.1", "b": "2.0"}, "asOf": "2026-02-01T00:00:00Z"}}`, "",
		},
		"two npm packages of that version": {
			`{"npm": {"packages": {"a": "1.0", "b": "1.0"}, "asOf": "2025-01-01T00:00:00Z"}}`, "",
			"2 npm packages of the recipe have version 1.0; exactly one must",
		},
		"no exact requirement": {
			`{"python": {"version": "3.11", "requirements": ["a>=1.0"], "asOf": "2025-01-01T00:00:00Z"}}`, "",
			`requirement "a>=1.0" of the recipe names no exact version; write name==version`,
		},
		"ambiguous": {
			`{"npm": {"packages": {"a": "1.0"}, "asOf": "2025-01-01T00:00:00Z"}, "config": {"env": ["1.0"]}}`, "",
			`rewrite recipe.json: "1.0" stands there 2 times; it must be once`,
		},
		"debian": {`{"debian": {"include": ["a"]}}`, `{"debian": {"include": ["a"]}}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var r Recipe
			require.NoError(t, strictJSON([]byte(test.before), &r))
			after, err := (&builder{}).redeclare(t.Context(), []byte(test.before), r, "1.0", "1.1", at)
			if test.says != "" {
				require.EqualError(t, err, test.says)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, test.after, string(after))
		})
	}
}

func TestRecipesMakeTheVersionsOfTheLock(t *testing.T) {
	t.Parallel()
	lock, err := Load()
	require.NoError(t, err)
	for _, e := range lock.Images {
		assert.Empty(t, e.versionProblems(Recipes()), e.Name)
	}
}

func TestNewestLeavesOutPreReleasesAndOtherFlavours(t *testing.T) {
	t.Parallel()
	synapse := Entry{Version: "1.144.0", Upstream: &Upstream{Tag: "v1.144.0"}}
	assert.Equal(t, "1.163.2", newest(synapse.tagged([]string{"v1.99.0", "v1.163.2", "v1.164.0rc1", "latest", "v1.170", "1.180.0", "develop"})))
	postgres := Entry{Version: "15.18", Upstream: &Upstream{Tag: "15.18-bookworm"}}
	assert.Equal(t, "18.1", newest(postgres.tagged([]string{"18.1-bookworm", "18-bookworm", "19beta1-bookworm", "18.2-alpine", "15.19-bookworm"})))
	assert.Empty(t, newest([]string{"43.1.0-rc.0", "latest"}))
}

func TestUpstreamVersionOfADebianVersion(t *testing.T) {
	t.Parallel()
	for debian, want := range map[string]string{"2.53.3+ds1-2": "2.53.3", "1:26.1-1+deb12u1": "26.1", "2.11.0-2+b4": "2.11.0", "15.18-0+deb12u1": "15.18"} {
		got, err := upstreamOf(debian)
		require.NoError(t, err)
		assert.Equal(t, want, got)
	}
}
