package images

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// partPrefix begins the names of files that are being written; the id of the process that does follows.
const partPrefix = ".part-"

// writeWhole writes a file so that it is either whole and checked, or not there.
func writeWhole(file string, content io.Reader, check func() error) error {
	part, err := writePart(file, content)
	if err != nil {
		return err
	}
	defer os.Remove(part)
	if check != nil {
		if err := check(); err != nil {
			return err
		}
	}
	return os.Rename(part, file)
}

// writePart writes the whole of a file beside it, under another name.
func writePart(file string, content io.Reader) (string, error) {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return "", err
	}
	part, err := os.CreateTemp(filepath.Dir(file), fmt.Sprintf("%s%d-*", partPrefix, os.Getpid()))
	var cannot *fs.PathError
	if errors.As(err, &cannot) {
		return "", fmt.Errorf("write %s: %w; let yourself write in its folder", file, cannot.Err)
	}
	if err != nil {
		return "", err
	}
	_, err = io.Copy(part, content)
	if err := errors.Join(err, part.Chmod(0o644), part.Close()); err != nil {
		return "", errors.Join(err, os.Remove(part.Name()))
	}
	return part.Name(), nil
}

// draft is what a file is to hold.
type draft struct {
	path    string
	content []byte
}

// writeAll replaces files in their order, after all of them are on the disk. replacing is told of each; it may be nil.
func writeAll(drafts []draft, replacing func(path string)) error {
	parts := make([]string, len(drafts))
	for i, d := range drafts {
		if err := sweep(filepath.Dir(d.path)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
		var err error
		if parts[i], err = writePart(d.path, bytes.NewReader(d.content)); err != nil {
			return err
		}
		defer os.Remove(parts[i])
	}
	for i, d := range drafts {
		if replacing != nil {
			replacing(d.path)
		}
		if err := os.Rename(parts[i], d.path); err != nil {
			return err
		}
	}
	return nil
}
