package images

import (
	"archive/tar"
	"bytes"
	"fmt"
	"io"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
)

// tree is the content of a layer by path, without leading slash.
type tree map[string]node

// node is one file, directory or symbolic link of a layer.
type node struct {
	mode    int64
	owner   int // uid and gid
	link    string
	dir     bool
	content []byte
	source  string // file on disk that holds the content, for what is too large to hold
}

func (n node) kind() byte {
	switch {
	case n.dir:
		return tar.TypeDir
	case n.link != "":
		return tar.TypeSymlink
	}
	return tar.TypeReg
}

func (n node) open() (io.ReadCloser, int64, error) {
	if n.source == "" {
		return io.NopCloser(bytes.NewReader(n.content)), int64(len(n.content)), nil
	}
	file, err := os.Open(n.source)
	if err != nil {
		return nil, 0, err
	}
	info, err := file.Stat()
	if err != nil {
		file.Close()
		return nil, 0, err
	}
	return file, info.Size(), nil
}

// put adds a file.
func (t tree) put(name string, n node) {
	for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
		if _, ok := t[dir]; !ok {
			t[dir] = node{dir: true, mode: 0o755}
		}
	}
	t[name] = n
}

// addDisk adds a directory of the machine below prefix. Modes are reduced to what a program needs,
// so that the umask of the machine leaves no trace.
func (t tree) addDisk(root, prefix string, keep func(name string) bool) error {
	return filepath.WalkDir(root, func(file string, entry os.DirEntry, err error) error {
		if err != nil || file == root {
			return err
		}
		name, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		if !keep(name) {
			if entry.IsDir() {
				return filepath.SkipDir
			}
			return nil
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		inside := path.Join(prefix, filepath.ToSlash(name))
		switch {
		case entry.IsDir():
			t.put(inside, node{dir: true, mode: 0o755})
		case info.Mode()&os.ModeSymlink != 0:
			target, err := os.Readlink(file)
			if err != nil {
				return err
			}
			t.put(inside, node{link: target, mode: 0o777})
		default:
			mode := int64(0o644)
			if info.Mode()&0o100 != 0 {
				mode = 0o755
			}
			t.put(inside, node{source: file, mode: mode})
		}
		return nil
	})
}

// extract writes the tree to a directory of the machine, to run programs from it.
func (t tree) extract(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(t)) {
		n, file := t[name], filepath.Join(dir, name)
		var err error
		switch n.kind() {
		case tar.TypeDir:
			err = os.MkdirAll(file, 0o755)
		case tar.TypeSymlink:
			err = os.Symlink(n.link, file)
		default:
			err = os.WriteFile(file, n.content, os.FileMode(n.mode&0o755|0o600))
		}
		if err != nil {
			return fmt.Errorf("extract %q: %w", name, err)
		}
	}
	return nil
}
