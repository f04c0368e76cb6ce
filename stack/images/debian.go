package images

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"
	"pault.ag/go/debian/deb"
)

// Deb is one locked Debian package.
type Deb struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	Path    string `json:"path"` // below the mirror
	SHA256  string `json:"sha256"`
}

// errGone is a locked package the mirror no longer has: Debian drops old versions at every point release.
var errGone = errors.New("the mirror no longer has it")

// fetchDebs downloads packages into the store and returns their files in order.
func (b *builder) fetchDebs(ctx context.Context, debs []Deb) ([]string, error) {
	files := make([]string, len(debs))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(6)
	for i, d := range debs {
		group.Go(func() error {
			var err error
			files[i], err = b.fetchDeb(ctx, d)
			return err
		})
	}
	return files, group.Wait()
}

func (b *builder) fetchDeb(ctx context.Context, d Deb) (string, error) {
	file := b.store.download(d.SHA256 + ".deb")
	if _, err := os.Stat(file); err == nil {
		return file, nil
	}
	mirror, err := b.mirror(ctx)
	if err != nil {
		return "", err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, mirror+"/"+d.Path, nil)
	if err != nil {
		return "", fmt.Errorf("download package %q: %w", d.Name, err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", fmt.Errorf("download package %q: %w; check the network, or set STACK_DEBIAN_MIRROR", d.Name, err)
	}
	defer answer.Body.Close()
	switch answer.StatusCode {
	case http.StatusOK:
	case http.StatusNotFound, http.StatusGone:
		return "", fmt.Errorf("download package %s=%s: %w", d.Name, d.Version, errGone)
	default:
		return "", fmt.Errorf("download package %q: mirror answered %s; try again, or set STACK_DEBIAN_MIRROR", d.Name, answer.Status)
	}
	hash := sha256.New()
	err = writeWhole(file, io.TeeReader(answer.Body, hash), func() error {
		if got := hex.EncodeToString(hash.Sum(nil)); got != d.SHA256 {
			return fmt.Errorf("mirror sent %s, locked is %s; use another mirror (STACK_DEBIAN_MIRROR)", got, d.SHA256)
		}
		return nil
	})
	if err != nil {
		return "", fmt.Errorf("download package %q: %w", d.Name, err)
	}
	return file, nil
}

// debianLayer extracts packages into one tree. No maintainer script runs and no root is needed: owners, modes and links come
// from the packages themselves.
func (b *builder) debianLayer(ctx context.Context, r Recipe) (tree, error) {
	files, err := b.fetchDebs(ctx, r.debs)
	if err != nil {
		return nil, err
	}
	t := tree{}
	// Debian's merged /usr, made by a maintainer script until trixie.
	for _, dir := range []string{"bin", "sbin", "lib", "lib64"} {
		t.put("usr/"+dir, node{dir: true, mode: 0o755})
		t[dir] = node{link: "usr/" + dir, mode: 0o777}
	}
	for i, file := range files {
		if err := t.addDeb(file, func(name string) bool { return !dropped(name, r.Debian.Drop) }); err != nil {
			return nil, fmt.Errorf("extract package %q: %w", r.debs[i].Name, err)
		}
	}
	return t, nil
}

func dropped(name string, drop []string) bool {
	return slices.ContainsFunc(drop, func(d string) bool { return name == d || strings.HasPrefix(name, d+"/") })
}

func (t tree) addDeb(file string, keep func(string) bool) error {
	open, err := os.Open(file)
	if err != nil {
		return err
	}
	defer open.Close()
	archive, err := deb.Load(open, file)
	if err != nil {
		return err
	}
	defer archive.Close()
	for {
		header, err := archive.Data.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := t.addDebFile(header, archive.Data, keep); err != nil {
			return err
		}
	}
}

func (t tree) addDebFile(header *tar.Header, content io.Reader, keep func(string) bool) error {
	name := mergedUsr(strings.Trim(path.Clean("/"+header.Name), "/"))
	if name == "" || !keep(name) {
		return nil
	}
	n := node{mode: header.Mode & 0o7777, owner: header.Uid}
	switch header.Typeflag {
	case tar.TypeDir:
		if existing, ok := t[name]; ok && (existing.link != "" || existing.dir) {
			return nil
		}
		n.dir = true
	case tar.TypeSymlink:
		n.link = header.Linkname
	case tar.TypeLink:
		linked, ok := t[mergedUsr(strings.Trim(path.Clean("/"+header.Linkname), "/"))]
		if !ok {
			return nil // its target was dropped
		}
		n = linked
	case tar.TypeReg:
		var err error
		if n.content, err = io.ReadAll(content); err != nil {
			return err
		}
	default:
		return nil // device nodes have no place in an image
	}
	t.put(name, n)
	return nil
}

// mergedUsr maps the directories that merged /usr turned into links.
func mergedUsr(name string) string {
	top, _, _ := strings.Cut(name, "/")
	if name != top && slices.Contains([]string{"bin", "sbin", "lib", "lib64"}, top) {
		return "usr/" + name
	}
	return name
}
