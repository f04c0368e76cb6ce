package steps

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"matrixstack/stack"
)

// flaw spoils the folder of a backup.
type flaw func(ctx context.Context, s *stack.Stack, folder string) error

// flaws are what backups can suffer from, by what the feature says of it.
func flaws() map[string]flaw {
	return map[string]flaw{
		"that was torn while it was written": func(_ context.Context, _ *stack.Stack, folder string) error {
			return os.Remove(filepath.Join(folder, "backup.json"))
		},
		"of which half a dump is left": func(_ context.Context, _ *stack.Stack, folder string) error {
			return halve(filepath.Join(folder, "synapse.dump.tar"))
		},
		"of another version": func(_ context.Context, _ *stack.Stack, folder string) error {
			return resealed(folder, func(b *stack.Backup) error {
				b.Versions["synapse"] = "1.153.0"
				return nil
			})
		},
		"without the database of the homeserver": func(_ context.Context, _ *stack.Stack, folder string) error {
			return resealed(folder, func(*stack.Backup) error { return os.Remove(filepath.Join(folder, "synapse.dump.tar")) })
		},
		"with the database of another homeserver": fromElsewhere,
		"without the signing key": changed("synapse-0.tar", func(name string, _ []byte) ([]byte, bool) {
			return nil, !strings.HasSuffix(name, "/signing.key")
		}),
		"with the signing key of another homeserver": changed("synapse-0.tar", func(name string, _ []byte) ([]byte, bool) {
			if strings.HasSuffix(name, "/signing.key") {
				return []byte("ed25519 a_other bm9ib2R5IGV2ZXIgc2lnbmVkIGFueXRoaW5nIHdpdGg\n"), true
			}
			return nil, true
		}),
		"without half of the files people uploaded": everySecondUpload,
		"with an empty dump":                        changed("mas.dump.tar", func(string, []byte) ([]byte, bool) { return []byte{}, true }),
		"with a dump that ends too early": changed("synapse.dump.tar", func(_ string, content []byte) ([]byte, bool) {
			return content[:len(content)-100], true
		}),
		"with accounts of another day": changed("mas.dump.tar", func(_ string, content []byte) ([]byte, bool) { return dumpedEarlier(content), true }),
	}
}

// changed is a backup with other contents in one of its archives, written down as if it had been taken so.
func changed(archive string, change func(name string, content []byte) (other []byte, stays bool)) flaw {
	return func(_ context.Context, _ *stack.Stack, folder string) error {
		return resealed(folder, func(*stack.Backup) error { return rewriteTar(filepath.Join(folder, archive), change) })
	}
}

func everySecondUpload(ctx context.Context, s *stack.Stack, folder string) error {
	count := 0
	return changed("synapse-0.tar", func(name string, _ []byte) ([]byte, bool) {
		if strings.Contains(name, "/local_content/") && !strings.HasSuffix(name, "/") {
			count++
		}
		return nil, count%2 == 0 || !strings.Contains(name, "/local_content/")
	})(ctx, s, folder)
}

func fromElsewhere(ctx context.Context, s *stack.Stack, folder string) error {
	return resealed(folder, func(b *stack.Backup) error {
		other := filepath.Join(folder, "other")
		defer os.RemoveAll(other)
		if _, err := s.BackUp(ctx, "beta", other); err != nil {
			return err
		}
		b.Until = time.Now()
		return os.Rename(filepath.Join(other, "synapse.dump.tar"), filepath.Join(folder, "synapse.dump.tar"))
	})
}

func halve(file string) error {
	is, err := os.Stat(file)
	if err != nil {
		return err
	}
	return os.Truncate(file, is.Size()/2)
}

// dumpedEarlier is a dump with last year in its head, where behind the magic word, versions, sizes and compression stand second, minute,
// hour, day, month and year, each a sign and four bytes. Source: PostgreSQL, pg_backup_archiver.c, WriteHead.
func dumpedEarlier(content []byte) []byte {
	const head, number = 11, 5
	compression := number
	if content[6] > 14 { // from 1.15 on it is one byte
		compression = 1
	}
	spoiled := slices.Clone(content)
	spoiled[head+compression+5*number+1]--
	return spoiled
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

// rewriteTar copies a tar with other contents of its files, and without those that do not stay. No content means the same.
func rewriteTar(file string, change func(name string, content []byte) (other []byte, stays bool)) error {
	was, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var made bytes.Buffer
	from, to := tar.NewReader(bytes.NewReader(was)), tar.NewWriter(&made)
	for {
		header, err := from.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		content, err := io.ReadAll(from)
		if err != nil {
			return err
		}
		other, stays := change(header.Name, content)
		if !stays {
			continue
		}
		if other != nil {
			content, header.Size = other, int64(len(other))
		}
		if err := to.WriteHeader(header); err != nil {
			return err
		}
		if _, err := to.Write(content); err != nil {
			return err
		}
	}
	if err := to.Close(); err != nil {
		return err
	}
	return os.WriteFile(file, made.Bytes(), 0o600)
}
