package steps

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"matrixstack/stack"
)

// flaws are what a backup can suffer from, by what the feature says of it. Each spoils a folder.
func flaws() map[string]func(folder string) error {
	return map[string]func(folder string) error{
		"that was torn while it was written": func(folder string) error { return os.Remove(filepath.Join(folder, "backup.json")) },
		"of which half a dump is left": func(folder string) error {
			file := filepath.Join(folder, "synapse.dump.tar")
			is, err := os.Stat(file)
			if err != nil {
				return err
			}
			return os.Truncate(file, is.Size()/2)
		},
		"without the signing key": func(folder string) error {
			return resealed(folder, func(*stack.Backup) error {
				return without(filepath.Join(folder, "synapse-0.tar"), "signing.key")
			})
		},
		"of another version": func(folder string) error {
			return resealed(folder, func(b *stack.Backup) error {
				b.Versions["synapse"] = "1.153.0"
				return nil
			})
		},
		"without the database of the homeserver": func(folder string) error {
			return resealed(folder, func(*stack.Backup) error { return os.Remove(filepath.Join(folder, "synapse.dump.tar")) })
		},
	}
}

// resealed spoils a backup and writes down what is left of it, as if it had been taken so.
func resealed(folder string, spoil func(*stack.Backup) error) error {
	b, err := stack.ReadBackup(folder)
	if err != nil {
		return err
	}
	if err := spoil(&b); err != nil {
		return fmt.Errorf("spoil the backup: %w", err)
	}
	return b.Seal(folder)
}

// without copies a tar, less the files of one name.
func without(file, name string) error {
	content, err := os.Open(file)
	if err != nil {
		return err
	}
	defer content.Close()
	less, err := os.Create(file + ".less")
	if err != nil {
		return err
	}
	defer less.Close()
	from, to := tar.NewReader(content), tar.NewWriter(less)
	for {
		header, err := from.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if strings.HasSuffix(header.Name, "/"+name) {
			continue
		}
		if err := to.WriteHeader(header); err != nil {
			return err
		}
		if _, err := io.Copy(to, from); err != nil {
			return err
		}
	}
	if err := to.Close(); err != nil {
		return err
	}
	return os.Rename(less.Name(), file)
}
