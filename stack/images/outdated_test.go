package images

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestOutdatedReadsTheTagsOfARegistry(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		before func(r *testRegistry)
		tags   []string
		want   Offer
	}{
		"newer":            {nil, []string{"1.10.0", "1.9.0", "2.0.0rc1", "2.0.0-beta.1", "latest", "3", "v4.0.0"}, Offer{Newest: "1.10.0", Remark: "newer"}},
		"up to date":       {nil, nil, Offer{Newest: "1.2.3"}},
		"rate limited":     {func(r *testRegistry) { r.refuses(http.StatusTooManyRequests) }, nil, Offer{Remark: "HOST limits the rate; log in or wait"}},
		"refused":          {func(r *testRegistry) { r.refuses(http.StatusForbidden) }, nil, Offer{Remark: "HOST refuses to hand it out"}},
		"down":             {func(r *testRegistry) { r.close() }, nil, Offer{Remark: "HOST cannot be reached"}},
		"no such there":    {func(r *testRegistry) { r.refuses(http.StatusNotFound) }, nil, Offer{Remark: "HOST has no such repository"}},
		"only older known": {nil, []string{"1.0.0"}, Offer{Newest: "1.2.3"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			registry := newRegistry(t)
			entry := registry.publish(t, localImage(t))
			for _, tag := range test.tags {
				registry.publishAs(t, tag, localImage(t), runtime.GOARCH)
			}
			if test.before != nil {
				test.before(registry)
			}
			next := Entry{Name: "server-next", Of: "server", Version: "1.9.0", NoRecipe: "nobody packages it"}
			middle := Entry{Name: "server-middle", Of: "server", Version: "1.8.0", NoRecipe: "nobody packages it"}
			l := Lookout{Lock: Lock{[]Entry{entry, next, middle}}, Recipes: fstest.MapFS{}, Env: noEnv}

			offers, err := l.Offers(t.Context())

			require.NoError(t, err)
			test.want.Image, test.want.Pinned, test.want.Source = "server", "1.2.3", entry.Upstream.Repository
			test.want.Remark = replaceHost(test.want.Remark, registry)
			pinned := Offer{"server", "1.2.3", "1.9.0", "the lock, server-next", "newer"}
			assert.Equal(t, []Offer{pinned, test.want}, offers, "what is kept as another version is no pin of its own")
		})
	}
}

func TestOutdatedRefusesNamesNobodyAsksFor(t *testing.T) {
	t.Parallel()
	l := Lookout{Lock: Lock{[]Entry{{Name: "server", Version: "1"}, {Name: "next", Of: "server", Version: "2"}}}}
	_, err := l.Offers(t.Context(), "sever")
	require.EqualError(t, err, `look for newer versions of "sever": no such image; known: server, next`)
	_, err = l.Offers(t.Context(), "next")
	require.EqualError(t, err, `look for newer versions of "next": it is kept as another version of "server"; ask for that`)
}

func TestOutdatedReadsWhatTheSuiteHasToday(t *testing.T) {
	t.Parallel()
	registry, m := newRegistry(t), newMirror(t, oldTool(), oldLibrary())
	copied := toolCopy(t, registry, m)
	lock := lockOf(t, copied)
	lock.Images[0].Upstream = nil
	look := func() Offer {
		l := Lookout{Lock: lock, Recipes: os.DirFS(filepath.Join(copied.Dir, "recipes")), Store: copied.Store, Env: copied.Env, trusted: true}
		offers, err := l.Offers(t.Context(), "tool")
		require.NoError(t, err)
		require.Len(t, offers, 1)
		return offers[0]
	}
	want := Offer{Image: "tool", Pinned: "1.0", Newest: "1.0", Source: "Debian bookworm, tool"}
	assert.Equal(t, want, look())

	m.publish(t, newTool(), newLibrary(), oldLibrary())
	got := look()

	assert.True(t, got.Newer())
	assert.Equal(t, "1.1", got.Newest)
	assert.Equal(t, "2 packages moved: libnew 0.1 is new, tool 1:1.0-1 -> 1:1.1-1", got.Remark)
	assert.Empty(t, names(t, copied.Store.path("tmp")), "what apt fetched is gone")
}

func TestOfferTableEndsWithWhatToHeed(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	require.NoError(t, OfferTable(&out, []Offer{
		{"mas", "1.8.0", "", "ghcr.io/mas", "ghcr.io cannot be reached"},
		{"synapse", "1.144.0", "1.147.1", "PyPI matrix-synapse", "newer"},
		{"synapse", "1.144.0", "1.148.0", "docker.io/synapse", "newer"},
	}))
	table, heed, _ := strings.Cut(out.String(), "\n\n")
	assert.Equal(t, "image    pinned   newest   source               remark\nmas      1.8.0    -        ghcr.io/mas          ghcr.io cannot be reached\n"+
		"synapse  1.144.0  1.147.1  PyPI matrix-synapse  newer\nsynapse  1.144.0  1.148.0  docker.io/synapse    newer", table)
	assert.True(t, strings.HasPrefix(heed, "synapse 1.144.0 -> 1.148.0, to heed:\n  1.146.0  "), heed)
	assert.Contains(t, heed, "\n  1.148.0  ")
	assert.NotContains(t, heed, "  1.150.0  ")
	assert.Contains(t, heed, "taken from Synapse")
}

func TestNotesAreAboutPinnedImagesAndInOrder(t *testing.T) {
	t.Parallel()
	lock, err := Load()
	require.NoError(t, err)
	notes, err := Notes()
	require.NoError(t, err)
	last := map[string]string{}
	for _, n := range notes {
		e, ok := lock.Entry(n.Image)
		assert.True(t, ok && e.Of == "", n.Image)
		assert.NotEmpty(t, n.Note)
		assert.NotEmpty(t, n.Source)
		if before := last[n.Image]; before != "" {
			later, err := newer(n.Version, before)
			require.NoError(t, err)
			assert.True(t, later, "%s %s stands after %s", n.Image, n.Version, before)
		}
		last[n.Image] = n.Version
	}
}

func TestNotesBetweenTwoVersionsHoldEitherWay(t *testing.T) {
	t.Parallel()
	read := func(from, to string) (versions []string) {
		notes, err := NotesBetween("postgres", from, to)
		require.NoError(t, err)
		for _, n := range notes {
			versions = append(versions, n.Version)
		}
		return versions
	}
	assert.Empty(t, read("15.18", "15.19"))
	assert.Equal(t, []string{"16", "17"}, read("15.18", "17.7"))
	assert.Equal(t, []string{"16", "17"}, read("17.7", "15.18"))
}
