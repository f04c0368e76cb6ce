package images

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Move lets versions that the lock knows be the ones that run, by image, and says so: all of them or none. What was pinned stays in the
// lock beside them: it is the way back.
func (l Locker) Move(reached map[string]string) (said []string, err error) {
	lock, content, err := l.read()
	if err != nil {
		return nil, fmt.Errorf("move pins: %w", err)
	}
	for _, name := range slices.Sorted(maps.Keys(reached)) {
		moved, err := lock.move(name, reached[name])
		if err != nil {
			return nil, fmt.Errorf("move the pin of %q: %w", name, err)
		}
		said = append(said, moved)
	}
	after := indented(lock)
	if _, err := Parse(after, os.DirFS(filepath.Join(l.Dir, "recipes"))); err != nil {
		return nil, fmt.Errorf("move pins: %w", err)
	}
	if err := l.write(content, []draft{{l.lockPath(), after}}); err != nil {
		return nil, fmt.Errorf("move pins: %w", err)
	}
	return said, nil
}

// move exchanges the entry of an image for that of another version of it.
func (l Lock) move(name, version string) (string, error) {
	to, ok := l.Find(name, version)
	if !ok {
		return "", fmt.Errorf("the lock has it in %s, not in %s; pin that first", strings.Join(l.Versions(name), ", "), version)
	}
	from, _ := l.Entry(name)
	if to.Name == from.Name {
		return fmt.Sprintf("%s stays pinned to %s", name, from.Version), nil
	}
	for i, e := range l.Images {
		switch e.Name {
		case from.Name:
			l.Images[i] = to
			l.Images[i].Name, l.Images[i].Of = from.Name, from.Of
		case to.Name:
			l.Images[i] = from
			l.Images[i].Name, l.Images[i].Of = to.Name, to.Of
		}
	}
	return fmt.Sprintf("%s is pinned to %s; %s stays in the lock as %q", name, to.Version, from.Version, to.Name), nil
}
