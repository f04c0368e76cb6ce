package stack

import (
	"archive/tar"
	"context"
	"fmt"
	"path"
	"slices"
	"strings"
)

// Lost lists what a component wrote that would not survive a new container: outside its storage, and not rendered for it.
// What lies in temp folders may be lost.
func (s *Stack) Lost(ctx context.Context, name string) ([]string, error) {
	n, err := s.node(name)
	if err != nil {
		return nil, err
	}
	written, err := s.engine.written(ctx, n.container.GetContainerID())
	if err != nil {
		return nil, fmt.Errorf("ask what %q wrote: %w", name, err)
	}
	made, err := s.engine.inspect(ctx, n.container.GetContainerID())
	if err != nil {
		return nil, fmt.Errorf("ask where %q keeps what it wrote: %w", name, err)
	}
	expected := map[string]bool{}
	for _, st := range n.Storage {
		expected[st.Path] = true
	}
	for _, mounted := range made.Mounts {
		if !expected[mounted.Destination] { // the image asked for it, and the engine forgets it with the container
			return []string{mounted.Destination}, nil
		}
	}
	for _, f := range n.Files {
		expected[f.Path] = true
	}
	return slices.DeleteFunc(written, func(file string) bool {
		holdsOthers := slices.ContainsFunc(written, func(other string) bool { return strings.HasPrefix(other, file+"/") })
		return temporary(file) || expected[file] || holdsOthers || isParent(file, expected)
	}), nil
}

// temporary tells whether a file may be gone with its container.
func temporary(file string) bool {
	return slices.ContainsFunc([]string{"/tmp", "/run", "/var/run", "/var/tmp", "/dev"}, func(dir string) bool {
		return file == dir || strings.HasPrefix(file, dir+"/")
	})
}

// isParent tells whether a folder holds one of the files.
func isParent(folder string, files map[string]bool) bool {
	for file := range files {
		for dir := path.Dir(file); dir != "/"; dir = path.Dir(dir) {
			if dir == folder {
				return true
			}
		}
	}
	return false
}

// Strange lists storage of a component that belongs to none of the users it runs as.
func (s *Stack) Strange(ctx context.Context, name string) ([]string, error) {
	n, err := s.node(name)
	if err != nil {
		return nil, err
	}
	users, err := s.engine.runsAs(ctx, n.container.GetContainerID())
	if err != nil {
		return nil, fmt.Errorf("ask as whom %q runs: %w", name, err)
	}
	var strange []string
	for _, st := range n.Storage {
		found, err := s.lies(ctx, n, st.Path)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(users, found.Uid) {
			strange = append(strange, fmt.Sprintf("%s of user %d, while it runs as %v", st.Path, found.Uid, users))
		}
	}
	return strange, nil
}

// Open lists configuration of a component that others than its user and group may read, or others than its user may change.
func (s *Stack) Open(ctx context.Context, name string) ([]string, error) {
	n, err := s.node(name)
	if err != nil {
		return nil, err
	}
	const own = 0o640
	var open []string
	for _, f := range n.Files {
		found, err := s.lies(ctx, n, f.Path)
		if err != nil {
			return nil, err
		}
		if mode := found.FileInfo().Mode().Perm(); mode&^own != 0 {
			open = append(open, fmt.Sprintf("%s (%s)", f.Path, mode))
		}
	}
	return open, nil
}

// lies tells whom a file or folder inside a component belongs to, and who may read it.
func (s *Stack) lies(ctx context.Context, n *node, path string) (*tar.Header, error) {
	content, err := s.engine.pack(ctx, n.container.GetContainerID(), path)
	if err != nil {
		return nil, err
	}
	defer content.Close()
	header, err := tar.NewReader(content).Next()
	if err != nil {
		return nil, fmt.Errorf("ask whom %q of %q belongs to: %w", path, n.Name, err)
	}
	return header, nil
}
