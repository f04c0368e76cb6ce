package images

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"
)

// tinyDeb is a Debian package made up for a test.
type tinyDeb struct {
	name, version, depends string
	files                  map[string]string // content by path
}

func (d tinyDeb) path() string {
	return fmt.Sprintf("pool/main/%c/%s/%s_%s_amd64.deb", d.name[0], d.name, d.name, d.version)
}

func (d tinyDeb) control() string {
	text := fmt.Sprintf("Package: %s\nVersion: %s\nArchitecture: amd64\nMaintainer: Nobody <nobody@example.org>\n", d.name, d.version)
	if d.depends != "" {
		text += "Depends: " + d.depends + "\n"
	}
	return text + "Description: made for a test\n"
}

// archive is the package as a file: an ar of three members.
func (d tinyDeb) archive(t *testing.T) []byte {
	t.Helper()
	var out bytes.Buffer
	out.WriteString("!<arch>\n")
	for _, member := range []struct {
		name    string
		content []byte
	}{
		{"debian-binary", []byte("2.0\n")},
		{"control.tar.gz", packed(t, map[string]string{"./control": d.control()})},
		{"data.tar.gz", packed(t, d.files)},
	} {
		fmt.Fprintf(&out, "%-16s%-12d%-6d%-6d%-8s%-10d`\n", member.name, 0, 0, 0, "100644", len(member.content))
		out.Write(member.content)
		if len(member.content)%2 == 1 {
			out.WriteByte('\n')
		}
	}
	return out.Bytes()
}

func packed(t *testing.T, files map[string]string) []byte {
	t.Helper()
	var out bytes.Buffer
	compressed := gzip.NewWriter(&out)
	archive := tar.NewWriter(compressed)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		require.NoError(t, archive.WriteHeader(&tar.Header{Name: name, Typeflag: tar.TypeReg, Mode: 0o755, Size: int64(len(files[name]))}))
		_, err := archive.Write([]byte(files[name]))
		require.NoError(t, err)
	}
	require.NoError(t, archive.Close())
	require.NoError(t, compressed.Close())
	return out.Bytes()
}

// mirror is a Debian mirror in this process.
type mirror struct {
	url   string
	mu    sync.Mutex
	files map[string][]byte // by path
	asked map[string]int
	gate  func(req *http.Request) // may hold a request up
}

func newMirror(t *testing.T, packages ...tinyDeb) *mirror {
	t.Helper()
	m := &mirror{asked: map[string]int{}}
	m.publish(t, packages...)
	server := httptest.NewServer(m)
	t.Cleanup(server.Close)
	m.url = server.URL + "/debian"
	return m
}

// ServeHTTP implements http.Handler.
func (m *mirror) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	path := strings.TrimPrefix(req.URL.Path, "/debian/")
	m.mu.Lock()
	content, ok := m.files[path]
	m.asked[path]++
	gate := m.gate
	m.mu.Unlock()
	if gate != nil && strings.HasPrefix(path, "pool/") {
		gate(req)
	}
	if !ok {
		http.NotFound(w, req)
		return
	}
	http.ServeContent(w, req, path, time.Unix(0, 0), bytes.NewReader(content))
}

// publish makes these packages all that the mirror has, as a point release does.
func (m *mirror) publish(t *testing.T, packages ...tinyDeb) {
	t.Helper()
	files := map[string][]byte{}
	var index strings.Builder
	for _, d := range packages {
		content := d.archive(t)
		files[d.path()] = content
		fmt.Fprintf(&index, "%sFilename: %s\nSize: %d\nSHA256: %s\n\n", d.control(), d.path(), len(content), hashOf(content))
	}
	files["dists/bookworm/main/binary-amd64/Packages"] = []byte(index.String())
	files["dists/bookworm/Release"] = fmt.Appendf(nil, "Origin: Debian\nSuite: stable\nCodename: bookworm\nDate: Sat, 10 Jun 2023 08:53:33 UTC\nArchitectures: amd64\nComponents: main\nSHA256:\n %s %d main/binary-amd64/Packages\n",
		hashOf([]byte(index.String())), index.Len())
	m.mu.Lock()
	defer m.mu.Unlock()
	m.files = files
}

// holdUp lets gate delay every download.
func (m *mirror) holdUp(gate func(*http.Request)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.gate = gate
}

// corrupt changes what the mirror sends for a package, keeping its length.
func (m *mirror) corrupt(d tinyDeb) {
	m.mu.Lock()
	defer m.mu.Unlock()
	content := bytes.Clone(m.files[d.path()])
	content[len(content)-1] ^= 1
	m.files[d.path()] = content
}

func (m *mirror) requests(path string) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.asked[path]
}

// builder builds from the mirror into a store of its own.
func (m *mirror) builder(t *testing.T) *builder {
	t.Helper()
	store, err := OpenStore(t.TempDir())
	require.NoError(t, err)
	return &builder{store: store, env: environment("STACK_DEBIAN_MIRROR", m.url), trusted: true}
}

func oldTool() tinyDeb {
	return tinyDeb{"tool", "1:1.0-1", "libtool", map[string]string{"./usr/bin/tool": "tool one", "./bin/old": "kept below usr", "./usr/share/doc/tool": "dropped"}}
}

func oldLibrary() tinyDeb {
	return tinyDeb{"libtool", "2.0", "", map[string]string{"./usr/lib/libtool.so": "library"}}
}

const toolRecipe = `{
  "debian": {"suite": "bookworm", "include": ["tool"], "drop": ["usr/share/doc"]},
  "users": [{"name": "tool", "id": 7, "home": "/var/tool"}],
  "dirs": [{"path": "/var/tool", "owner": 7, "mode": "0750"}],
  "config": {"entrypoint": ["tool"], "env": ["PATH=/usr/bin"]}
}`

// lockedTool is the recipe with these packages locked.
func lockedTool(t *testing.T, debs []Deb) (fstest.MapFS, Recipe) {
	t.Helper()
	files := fstest.MapFS{
		"tool/recipe.json":    {Data: []byte(toolRecipe)},
		"tool/debs.lock.json": {Data: indented(debLock{Suite: "bookworm", Packages: debs})},
	}
	recipe, err := ReadRecipe(files, "tool")
	require.NoError(t, err)
	return files, recipe
}

// locked is what apt would lock for packages of the mirror.
func locked(t *testing.T, packages ...tinyDeb) []Deb {
	t.Helper()
	var debs []Deb
	for _, d := range packages {
		debs = append(debs, Deb{d.name, d.version, d.path(), hashOf(d.archive(t))})
	}
	return debs
}

// needsApt skips where there is no apt-get to resolve packages with.
func needsApt(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("apt-get"); err != nil {
		t.Skip("apt-get is missing, Debian packages cannot be resolved here: ", err)
	}
}
