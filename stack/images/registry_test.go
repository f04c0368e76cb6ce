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
	index := mutate.AppendManifests(empty.Index,
		mutate.IndexAddendum{Add: sampleImage(t, "s390x"), Descriptor: v1.Descriptor{Platform: &v1.Platform{OS: "linux", Architecture: "s390x"}}},
		mutate.IndexAddendum{Add: image, Descriptor: v1.Descriptor{Platform: &v1.Platform{OS: "linux", Architecture: runtime.GOARCH}}})
	tag, err := name.NewTag(r.host + "/team/server:1.2.3")
	require.NoError(t, err)
	require.NoError(t, remote.WriteIndex(tag, index))
	digest, err := index.Digest()
	require.NoError(t, err)
	return r.entry("server", digest.String())
}

func (r *testRegistry) entry(image, digest string) Entry {
	return Entry{Name: image, Version: "1.2.3", Upstream: &Upstream{Repository: r.host + "/team/server", Tag: "1.2.3", Digest: digest}, NoRecipe: "nobody packages it"}
}
