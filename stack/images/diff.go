package images

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// side is one of two locks that are compared, with the recipes beside it.
type side struct {
	lock    Lock
	recipes fs.FS
}

// Differences lists what differs between two pins or locks. Each is told by the name of an entry, both then; by a lock file, with the
// recipes beside it; or by a git revision. dir is the folder stack/images of a working copy.
func Differences(ctx context.Context, dir, old, current string) ([]Change, error) {
	found, err := differences(ctx, dir, old, current)
	if err != nil {
		return nil, fmt.Errorf("compare %s with %s: %w", old, current, err)
	}
	return found, nil
}

func differences(ctx context.Context, dir, old, current string) ([]Change, error) {
	if here, err := readSide(os.DirFS(dir)); err == nil {
		before, okBefore := here.lock.Entry(old)
		after, okAfter := here.lock.Entry(current)
		if okBefore && okAfter {
			return here.compare(before, here, after)
		}
	}
	before, err := openSide(ctx, dir, old)
	if err != nil {
		return nil, err
	}
	after, err := openSide(ctx, dir, current)
	if err != nil {
		return nil, err
	}
	var all []Change
	for _, name := range append(before.lock.Names(), missing(before.lock, after.lock)...) {
		was, _ := before.lock.Entry(name)
		is, _ := after.lock.Entry(name)
		found, err := before.compare(was, after, is)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}

// missing lists the images of a lock that an older one does not have.
func missing(old, current Lock) []string {
	var names []string
	for _, name := range current.Names() {
		if _, ok := old.Entry(name); !ok {
			names = append(names, name)
		}
	}
	return names
}

// compare lists what differs between an entry of one side and one of the other; an entry without a name is not there.
func (s side) compare(was Entry, other side, is Entry) ([]Change, error) {
	var before, after contents
	var errBefore, errAfter error
	image := is.Name
	if was.Name != "" {
		before, errBefore = contentsOf(was, s.recipes)
	}
	if is.Name != "" {
		after, errAfter = contentsOf(is, other.recipes)
	}
	switch {
	case image == "":
		image = was.Name
	case was.Name != "" && was.Name != image:
		image = was.Name + " -> " + image
	}
	return changes(image, before, after), errors.Join(errBefore, errAfter)
}

// openSide reads a lock file or a git revision.
func openSide(ctx context.Context, dir, named string) (side, error) {
	if info, err := os.Stat(named); err == nil && !info.IsDir() {
		content, err := os.ReadFile(named)
		if err != nil {
			return side{}, err
		}
		return parseSide(content, os.DirFS(filepath.Join(filepath.Dir(named), "recipes")))
	}
	command := exec.CommandContext(ctx, "git", "archive", "--format=zip", named, ".")
	command.Dir = dir
	archive, err := output(command)
	if errors.Is(err, exec.ErrNotFound) {
		return side{}, fmt.Errorf("read revision %q: %w; install git", named, err)
	}
	if err != nil {
		return side{}, fmt.Errorf("%q is no file, no revision of a working copy that has a lock, and not both are images of the lock; name two of one kind", named)
	}
	files, err := zip.NewReader(strings.NewReader(archive), int64(len(archive)))
	if err != nil {
		return side{}, fmt.Errorf("read revision %q: %w", named, err)
	}
	return readSide(files)
}

func readSide(dir fs.FS) (side, error) {
	content, err := fs.ReadFile(dir, "images.lock.json")
	if err != nil {
		return side{}, err
	}
	recipes, err := fs.Sub(dir, "recipes")
	if err != nil {
		return side{}, err
	}
	return parseSide(content, recipes)
}

func parseSide(content []byte, recipes fs.FS) (side, error) {
	lock, err := readLock(content)
	return side{lock, recipes}, errors.Join(append(lock.doubles(), err)...)
}
