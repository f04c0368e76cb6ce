package images

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha512"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// npmTarball is a package as registries hand it out.
func npmTarball(t *testing.T) []byte {
	t.Helper()
	var out bytes.Buffer
	zipped := gzip.NewWriter(&out)
	archive := tar.NewWriter(zipped)
	for _, f := range []struct {
		name string
		mode int64
	}{{"package/package.json", 0o664}, {"package/bin/run", 0o775}, {"package/docs/much.md", 0o644}, {"package/../../escape", 0o644}} {
		require.NoError(t, archive.WriteHeader(&tar.Header{Name: f.name, Typeflag: tar.TypeReg, Mode: f.mode, Size: 2}))
		_, err := archive.Write([]byte("{}"))
		require.NoError(t, err)
	}
	require.NoError(t, archive.WriteHeader(&tar.Header{Name: "package/link", Typeflag: tar.TypeSymlink, Linkname: "/etc"}))
	require.NoError(t, archive.Close())
	require.NoError(t, zipped.Close())
	return out.Bytes()
}

func npmLockOf(tarball []byte) []byte {
	sum := sha512.Sum512(tarball)
	return fmt.Appendf(nil, `{"lockfileVersion": 3, "packages": {"": {"dependencies": {"@some/tool": "1.2.3"}},
		"node_modules/@some/tool": {"version": "1.2.3", "integrity": "sha512-%s"}}}`, base64.StdEncoding.EncodeToString(sum[:]))
}

func TestNPMPackagesComeFromTheSetRegistryAndAreChecked(t *testing.T) {
	t.Parallel()
	served := npmTarball(t)
	asked := 0
	registry := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		if r.URL.Path != "/mirror/@some/tool/-/tool-1.2.3.tgz" {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write(served)
	}))
	t.Cleanup(registry.Close)
	store, err := OpenStore(t.TempDir())
	require.NoError(t, err)
	b := &builder{store: store, env: environment("npm_config_registry", registry.URL+"/mirror/")}
	recipe := Recipe{NPM: &NPM{Drop: []string{"@some/tool/docs"}}, packages: npmLockOf(served)}
	for range 2 {
		made, err := b.npmLayer(t.Context(), recipe)
		require.NoError(t, err)
		listing, err := made.listing()
		require.NoError(t, err)
		assert.Len(t, listing, 8, "six folders, two files: %q", listing)
		assert.Equal(t, int64(0o755), made["opt/app/node_modules/@some/tool/bin/run"].mode)
		assert.Equal(t, int64(0o644), made["opt/app/node_modules/@some/tool/package.json"].mode, "the packer's umask leaves no trace")
	}
	assert.Equal(t, 1, asked, "the store keeps it")

	recipe.packages = npmLockOf([]byte("something else"))
	_, err = b.npmLayer(t.Context(), recipe)
	assert.ErrorContains(t, err, `download npm package "@some/tool": the registry sent sha512-`)
	b.env = environment("npm_config_registry", registry.URL)
	_, err = b.npmLayer(t.Context(), recipe)
	assert.ErrorIs(t, err, errNoRegistry)
}

func TestLockedPackagesNeedAHash(t *testing.T) {
	t.Parallel()
	for _, lock := range []string{
		`{"packages": {"node_modules/a": {"version": "1"}}}`,
		`{"packages": {"node_modules/a": {"version": "1", "integrity": "sha1-abc="}}}`,
		`{"packages": {"node_modules/a": {"integrity": "sha512-abc="}}}`,
	} {
		_, err := lockedPackages([]byte(lock))
		assert.EqualError(t, err, `read package-lock.json: "node_modules/a" has no version with a SHA-512`)
	}
}

func TestLockOfPackagesNamesNoRegistry(t *testing.T) {
	t.Parallel()
	locks, err := filepath.Glob("recipes/*/" + npmLockFile)
	require.NoError(t, err)
	for _, lock := range locks {
		content, err := os.ReadFile(lock)
		require.NoError(t, err)
		assert.NotContains(t, string(content), "resolved", "%s: the registry is the machine's", lock)
	}
}
