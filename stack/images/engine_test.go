package images

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"sync"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/random"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/stretchr/testify/require"
)

// memory is an engine that keeps ids in memory. Like a real one it loads a whole archive or nothing.
type memory struct {
	mu     sync.Mutex
	images map[string]string // id by reference
	loads  int
	ownIDs bool // names images by an id of its own, as engines with an image store of their own do
}

// ImageID implements Engine.
func (m *memory) ImageID(_ context.Context, ref string) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.images[ref], nil
}

// LoadArchive implements Engine.
func (m *memory) LoadArchive(_ context.Context, archive io.Reader) error {
	content, err := io.ReadAll(archive)
	if err != nil {
		// What a client makes of a broken upload: the cause is only in the words.
		return fmt.Errorf("upload to the engine: %s", err.Error())
	}
	open := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil }
	manifest, err := tarball.LoadManifest(open)
	if err != nil {
		return err
	}
	image, err := tarball.Image(open, nil)
	if err != nil {
		return err
	}
	if err := wholeImage(image); err != nil {
		return errors.Join(errors.New("the engine refuses the archive"), err)
	}
	id, err := image.ConfigName()
	if err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.loads++
	m.images[manifest[0].RepoTags[0]] = m.idFor(id.String())
	return nil
}

func (m *memory) idFor(digest string) string {
	if m.ownIDs {
		return "sha256:" + hashOf([]byte(digest))
	}
	return digest
}

// newResolver has an empty store, an empty images folder and an engine without images.
func newResolver(t *testing.T, entries ...Entry) (*Resolver, *memory) {
	t.Helper()
	store, err := OpenStore(t.TempDir())
	require.NoError(t, err)
	engine := &memory{images: map[string]string{}}
	return &Resolver{Lock: Lock{entries}, Engine: engine, Store: store, ImagesDir: t.TempDir(), Env: noEnv}, engine
}

func noEnv(string) string { return "" }

// environment answers like os.Getenv for one variable.
func environment(name, value string) func(string) string {
	return func(asked string) string {
		if asked == name {
			return value
		}
		return ""
	}
}

// resolveOne resolves the only image of a resolver's lock.
func resolveOne(t *testing.T, r *Resolver) (Resolved, error) {
	t.Helper()
	rows, err := r.Resolve(t.Context(), r.Lock.Names()...)
	if err != nil {
		return Resolved{}, err
	}
	return rows[0], nil
}

// sampleImage is an image of an architecture, with two layers that no other image has.
func sampleImage(t *testing.T, architecture string) v1.Image {
	t.Helper()
	image, err := random.Image(2048, 2)
	require.NoError(t, err)
	config, err := image.ConfigFile()
	require.NoError(t, err)
	config = config.DeepCopy()
	config.OS, config.Architecture = "linux", architecture
	image, err = mutate.ConfigFile(image, config)
	require.NoError(t, err)
	return image
}

func localImage(t *testing.T) v1.Image {
	t.Helper()
	return sampleImage(t, runtime.GOARCH)
}

// idOf is what an engine without ids of its own calls an image.
func idOf(t *testing.T, image v1.Image) string {
	t.Helper()
	id, err := image.ConfigName()
	require.NoError(t, err)
	return id.String()
}

// digestNumber makes a well-formed digest nothing has.
func digestNumber(digit string) string { return "sha256:" + strings.Repeat(digit, 64) }
