package images

import (
	"context"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPullLoadsThePinnedDigest(t *testing.T) {
	t.Parallel()
	registry, image := newRegistry(t), localImage(t)
	entry := registry.publish(t, image)
	r, engine := newResolver(t, entry)

	row, err := resolveOne(t, r)

	require.NoError(t, err)
	ref := localRef("server", "1.2.3", entry.Upstream.Digest)
	assert.Equal(t, Resolved{Name: "server", Version: "1.2.3", Ref: ref, ImageID: idOf(t, image), Digest: entry.Upstream.Digest, Source: Pulled, Duration: row.Duration}, row)
	assert.Equal(t, map[string]string{ref: idOf(t, image)}, engine.images)
	assert.EqualValues(t, 3, registry.blobs.Load(), "the configuration and two layers, each once")

	again, err := resolveOne(t, r)
	require.NoError(t, err)
	assert.Equal(t, Present, again.Source)
	assert.Equal(t, "pulled earlier", again.Note)
	assert.Equal(t, 1, engine.loads)
}

func TestPullRefusesOtherBytesThanTheDigestNames(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		path func(image v1.Image, entry Entry) string // that is answered with other bytes
		says string
	}{
		{"index", func(_ v1.Image, e Entry) string { return "/manifests/" + e.Upstream.Digest }, "does not match requested digest"},
		{"manifest", func(i v1.Image, _ Entry) string { digest, _ := i.Digest(); return "/manifests/" + digest.String() }, "does not match requested digest"},
		{"configuration", func(i v1.Image, _ Entry) string { digest, _ := i.ConfigName(); return "/blobs/" + digest.String() }, "error verifying sha256 checksum"},
		{"layer", func(i v1.Image, _ Entry) string {
			layers, _ := i.Layers()
			digest, _ := layers[1].Digest()
			return "/blobs/" + digest.String()
		}, "error verifying sha256 checksum"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			registry, image := newRegistry(t), localImage(t)
			entry := registry.publish(t, image)
			registry.answers(func(w http.ResponseWriter, req *http.Request) bool {
				if !strings.HasSuffix(req.URL.Path, test.path(image, entry)) {
					return false
				}
				right := httptest.NewRecorder()
				registry.inner.ServeHTTP(right, req)
				maps.Copy(w.Header(), right.Header())
				content := right.Body.Bytes()
				content[len(content)-1] ^= 1
				_, _ = w.Write(content)
				return true
			})
			r, engine := newResolver(t, entry)

			_, err := resolveOne(t, r)

			require.ErrorContains(t, err, `resolve image "server": pull `+entry.Upstream.Pinned())
			assert.ErrorContains(t, err, test.says)
			assert.Zero(t, engine.loads)
		})
	}
}

func TestPullSaysWhyItHasNothing(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		status int
		says   string
	}{
		{"digest missing", 0, "has no such digest"},
		{"refused", http.StatusForbidden, "refuses to hand it out"},
		{"rate limited", http.StatusTooManyRequests, "limits the rate; log in or wait"},
		{"broken", http.StatusInternalServerError, "answered 500"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			registry := newRegistry(t)
			entry := registry.publish(t, localImage(t))
			if test.status == 0 {
				entry.Upstream.Digest = digestNumber("d")
			}
			registry.answers(func(w http.ResponseWriter, req *http.Request) bool {
				if test.status != 0 && strings.Contains(req.URL.Path, "/manifests/") {
					w.WriteHeader(test.status)
					return true
				}
				return false
			})
			r, engine := newResolver(t, entry)

			row, err := resolveOne(t, r)

			require.NoError(t, err)
			assert.Equal(t, Unavailable, row.Source)
			assert.False(t, row.Available())
			assert.Equal(t, "not pulled: "+registry.host+" "+test.says+"; and it cannot be built: nobody packages it; bring an archive server.tar", row.Note)
			assert.Zero(t, engine.loads)
		})
	}
}

func TestPullThatBreaksOffHalfWaySaysWhyAndLoadsNothing(t *testing.T) {
	t.Parallel()
	registry, image := newRegistry(t), localImage(t)
	entry := registry.publish(t, image)
	layers, err := image.Layers()
	require.NoError(t, err)
	last, err := layers[1].Digest()
	require.NoError(t, err)
	registry.answers(func(w http.ResponseWriter, req *http.Request) bool {
		broken := strings.HasSuffix(req.URL.Path, last.String())
		if broken {
			w.WriteHeader(http.StatusBadGateway)
		}
		return broken
	})
	r, engine := newResolver(t, entry)

	row, err := resolveOne(t, r)

	require.NoError(t, err)
	assert.Equal(t, Unavailable, row.Source)
	assert.Contains(t, row.Note, "not pulled: "+registry.host+" answered 502; ")
	assert.Empty(t, engine.images)
}

func TestPullThatFailsFallsThroughToTheRecipe(t *testing.T) {
	t.Parallel()
	registry, m := newRegistry(t), newMirror(t, oldTool(), oldLibrary())
	recipes, recipe := lockedTool(t, locked(t, oldLibrary(), oldTool()))
	made, err := m.builder(t).build(t.Context(), recipe, "1.0")
	require.NoError(t, err)
	entry := registry.entry("tool", digestNumber("d"))
	entry.Recipe, entry.NoRecipe, entry.Inputs, entry.Digest = "tool", "", recipe.Key(), made.Digest
	r, engine := newBuilding(t, m, recipes, entry)

	row, err := resolveOne(t, r)

	require.NoError(t, err)
	assert.Equal(t, BuiltHere, row.Source)
	assert.Equal(t, made.Digest, row.Digest)
	assert.Equal(t, "not pulled: "+registry.host+" has no such digest", row.Note)
	assert.Equal(t, made.Digest, engine.images[row.Ref])
}

func TestPullAsksARegistryThatIsDownOnce(t *testing.T) {
	t.Parallel()
	registry := newRegistry(t)
	registry.answers(func(http.ResponseWriter, *http.Request) bool { panic(http.ErrAbortHandler) })
	digest := digestNumber("d")
	r, _ := newResolver(t, registry.entry("one", digest), registry.entry("two", digest), registry.entry("three", digest))

	rows, err := r.Resolve(t.Context(), "one", "two", "three")

	require.NoError(t, err)
	for _, row := range rows {
		assert.Equal(t, Unavailable, row.Source)
		assert.Contains(t, row.Note, registry.host+" cannot be reached")
	}
	assert.EqualValues(t, 1, registry.pings.Load())
}

func TestPullWithoutDigestNeverAsks(t *testing.T) {
	t.Parallel()
	registry := newRegistry(t)
	entry := registry.entry("server", "")
	entry.Upstream.NoDigest = "nobody recorded one"
	r, _ := newResolver(t, entry)

	row, err := resolveOne(t, r)

	require.NoError(t, err)
	assert.Contains(t, row.Note, "not pulled: nobody recorded one")
	assert.Zero(t, registry.pings.Load())
}

func TestPullThatIsInterruptedIsAnError(t *testing.T) {
	t.Parallel()
	registry := newRegistry(t)
	entry := registry.publish(t, localImage(t))
	ctx, cancel := context.WithCancel(t.Context())
	registry.answers(func(_ http.ResponseWriter, req *http.Request) bool {
		if strings.Contains(req.URL.Path, "/manifests/") {
			cancel()
			<-req.Context().Done()
			return true
		}
		return false
	})
	r, _ := newResolver(t, entry)

	_, err := r.Resolve(ctx, "server")

	assert.ErrorIs(t, err, context.Canceled)
}

func TestResolveRefusesAnUnknownNameBeforeAnythingStarts(t *testing.T) {
	t.Parallel()
	registry := newRegistry(t)
	r, _ := newResolver(t, registry.entry("server", digestNumber("d")))

	_, err := r.Resolve(t.Context(), "server", "sevrer")

	require.EqualError(t, err, `resolve image "sevrer": it is not in the lock; known: server`)
	assert.Zero(t, registry.pings.Load())
}
