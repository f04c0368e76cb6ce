package images

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/stretchr/testify/require"
)

// testRegistry is a registry in this process. answer may take a request away from it.
type testRegistry struct {
	host   string
	inner  http.Handler
	answer atomic.Pointer[func(http.ResponseWriter, *http.Request) bool]
	blobs  atomic.Int32 // asked for
	pings  atomic.Int32
	close  func()
}

func newRegistry(t *testing.T) *testRegistry {
	t.Helper()
	made := &testRegistry{inner: registry.New(registry.Logger(log.New(io.Discard, "", 0)))}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		switch {
		case req.URL.Path == "/v2/":
			made.pings.Add(1)
		case req.Method == http.MethodGet && strings.Contains(req.URL.Path, "/blobs/"):
			made.blobs.Add(1)
		}
		if answer := made.answer.Load(); answer != nil && (*answer)(w, req) {
			return
		}
		made.inner.ServeHTTP(w, req)
	}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // clients try TLS first
	server.Start()
	t.Cleanup(server.Close)
	made.close = server.Close
	address, err := url.Parse(server.URL)
	require.NoError(t, err)
	made.host = address.Host
	return made
}

func (r *testRegistry) answers(answer func(http.ResponseWriter, *http.Request) bool) {
	r.answer.Store(&answer)
}

// publish pushes an image inside an index, as servers are published, and returns the entry that pins the index.
func (r *testRegistry) publish(t *testing.T, image v1.Image) Entry {
	t.Helper()
	return r.entry("server", r.publishAs(t, "1.2.3", image, runtime.GOARCH))
}

// publishAs pushes under a tag and returns the digest of the index, which is for s390x as well.
func (r *testRegistry) publishAs(t *testing.T, tagged string, image v1.Image, architecture string) string {
	t.Helper()
	index := mutate.AppendManifests(empty.Index,
		mutate.IndexAddendum{Add: sampleImage(t, "s390x"), Descriptor: v1.Descriptor{Platform: &v1.Platform{OS: "linux", Architecture: "s390x"}}},
		mutate.IndexAddendum{Add: image, Descriptor: v1.Descriptor{Platform: &v1.Platform{OS: "linux", Architecture: architecture}}},
		mutate.IndexAddendum{Add: empty.Image, Descriptor: v1.Descriptor{Platform: &v1.Platform{OS: "unknown", Architecture: "unknown"}}})
	tag, err := name.NewTag(r.host + "/team/server:" + tagged)
	require.NoError(t, err)
	require.NoError(t, remote.WriteIndex(tag, index))
	digest, err := index.Digest()
	require.NoError(t, err)
	return digest.String()
}

// refuses answers what is asked of manifests and tags with a status.
func (r *testRegistry) refuses(status int) {
	r.answers(func(w http.ResponseWriter, req *http.Request) bool {
		if !strings.Contains(req.URL.Path, "/manifests/") && !strings.Contains(req.URL.Path, "/tags/") {
			return false
		}
		w.WriteHeader(status)
		return true
	})
}

// limits answers that somebody asked too often.
func (r *testRegistry) limits(retryAfter string) {
	r.answers(func(w http.ResponseWriter, req *http.Request) bool {
		if !strings.Contains(req.URL.Path, "/manifests/") {
			return false
		}
		w.Header().Set("Retry-After", retryAfter)
		w.WriteHeader(http.StatusTooManyRequests)
		return true
	})
}

func (r *testRegistry) entry(image, digest string) Entry {
	return Entry{Name: image, Version: "1.2.3", Upstream: &Upstream{Repository: r.host + "/team/server", Tag: "1.2.3", Digest: digest}, NoRecipe: "nobody packages it"}
}

// replaceHost writes the address of a registry for HOST.
func replaceHost(text string, r *testRegistry) string {
	return strings.ReplaceAll(text, "HOST", r.host)
}

func taggedAs(t *testing.T, e Entry) name.Reference {
	t.Helper()
	tag, err := name.NewTag(e.Upstream.Repository + ":" + e.Upstream.Tag)
	require.NoError(t, err)
	return tag
}
