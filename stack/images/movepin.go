package images

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// MovePin lets a version that the lock knows be the one that runs, and says so. What was pinned stays in the lock beside it: it is the
// way back. dir is the folder stack/images of a working copy.
func MovePin(dir, name, version string) (string, error) {
	path := filepath.Join(dir, "images.lock.json")
	content, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("move the pin of %q: %w; run it in a working copy", name, err)
	}
	lock, err := Parse(content, os.DirFS(filepath.Join(dir, "recipes")))
	if err != nil {
		return "", fmt.Errorf("move the pin of %q: %w", name, err)
	}
	to, ok := lock.Find(name, version)
	if !ok {
		return "", fmt.Errorf("move the pin of %q: the lock has it in %s, not in %s", name, strings.Join(lock.Versions(name), ", "), version)
	}
	from, _ := lock.Entry(name)
	if to.Name == from.Name {
		return fmt.Sprintf("%s stays pinned to %s", name, from.Version), nil
	}
	for i, e := range lock.Images {
		switch e.Name {
		case from.Name:
			lock.Images[i] = to
			lock.Images[i].Name, lock.Images[i].Of = from.Name, from.Of
		case to.Name:
			lock.Images[i] = from
			lock.Images[i].Name, lock.Images[i].Of = to.Name, to.Of
		}
	}
	if _, err := Parse(indented(lock), os.DirFS(filepath.Join(dir, "recipes"))); err != nil {
		return "", fmt.Errorf("move the pin of %q: %w", name, err)
	}
	if err := writeWhole(path, bytes.NewReader(indented(lock)), nil); err != nil {
		return "", fmt.Errorf("move the pin of %q: %w", name, err)
	}
	return fmt.Sprintf("%s is pinned to %s; %s stays in the lock as %q", name, to.Version, from.Version, to.Name), nil
}
