package images

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPresentBelievesIDsNotNames(t *testing.T) {
	t.Parallel()
	pinned := digestNumber("a")
	ours := localRef("server", "1.0", pinned)
	entry := Entry{Name: "server", Version: "1.0", Recipe: "gone", Digest: pinned}
	for _, test := range []struct {
		name     string
		images   map[string]string
		recorded string
		taken    bool
	}{
		{"our name, the pinned id", map[string]string{ours: pinned}, "", true},
		{"our name, another id", map[string]string{ours: digestNumber("b")}, "", false},
		{"our name, the id recorded when it was loaded", map[string]string{ours: digestNumber("b")}, digestNumber("b"), true},
		{"our name, neither the pinned nor the recorded id", map[string]string{ours: digestNumber("c")}, digestNumber("b"), false},
		{"another name, the pinned id", map[string]string{"server:1.0": pinned}, "", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r, engine := newResolver(t, entry)
			engine.images = test.images
			if test.recorded != "" {
				require.NoError(t, r.record(pinned, test.recorded))
			}

			row, err := r.present(t.Context(), entry)

			require.NoError(t, err)
			if !test.taken {
				assert.Empty(t, row.Source)
				return
			}
			assert.Equal(t, Resolved{Source: Present, Ref: ours, ImageID: test.images[ours], Digest: pinned, Note: "built earlier"}, row)
		})
	}
}

func TestPresentTakesWhatWasPulledByDigest(t *testing.T) {
	t.Parallel()
	entry := Entry{Name: "server", Version: "1.0", Upstream: &Upstream{Repository: "example.org/server", Tag: "1.0", Digest: digestNumber("a")}, NoRecipe: "none"}
	r, engine := newResolver(t, entry)
	engine.images["example.org/server@"+digestNumber("a")] = digestNumber("c")

	row, err := resolveOne(t, r)

	require.NoError(t, err)
	assert.Equal(t, Present, row.Source)
	assert.Equal(t, "example.org/server@"+digestNumber("a"), row.Ref)
	assert.Equal(t, digestNumber("c"), row.ImageID)
	assert.Equal(t, "pulled earlier", row.Note)
}

func TestImageOfAnEngineWithItsOwnIDsIsFoundAgain(t *testing.T) {
	t.Parallel()
	registry := newRegistry(t)
	r, engine := newResolver(t, registry.publish(t, localImage(t)))
	engine.ownIDs = true

	first, err := resolveOne(t, r)
	require.NoError(t, err)
	second, err := resolveOne(t, r)
	require.NoError(t, err)

	assert.Equal(t, []Source{Pulled, Present}, []Source{first.Source, second.Source})
	assert.Equal(t, first.ImageID, second.ImageID)
	assert.Equal(t, 1, engine.loads)
}
