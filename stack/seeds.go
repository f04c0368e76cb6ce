package stack

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// seedsVersion is part of every key: raise it when seeds are planted differently.
const seedsVersion = 2

const migrationDeadline = 3 * time.Minute // of all servers, on a loaded machine

// seeds are migrated databases kept for the next boot, under a key made of the images and
// the configuration that wrote them. A change of either starts from an empty database.
type seeds struct {
	dir   string
	names []string // components that have a seed
}

func newSeeds(root string, w World, images map[string]Image) seeds {
	if root == "" {
		return seeds{}
	}
	hash := sha256.New()
	encode := json.NewEncoder(hash)
	_ = encode.Encode(seedsVersion)
	var s seeds
	for _, c := range w.Components {
		if c.OnDemand {
			continue
		}
		kept := slices.DeleteFunc(slices.Clone(c.Files), func(f File) bool { return f.Private })
		_ = encode.Encode([]any{c.Name, images[c.Image].ID, c.Env, c.Cmd, kept})
		if slices.ContainsFunc(c.Storage, func(st Storage) bool { return st.Seed }) {
			s.names = append(s.names, c.Name)
		}
	}
	s.dir = filepath.Join(root, hex.EncodeToString(hash.Sum(nil))[:16])
	return s
}

func (s seeds) enabled() bool { return s.dir != "" }

// complete tells whether every database has its seed.
func (s seeds) complete() bool {
	if !s.enabled() {
		return false
	}
	for _, name := range s.names {
		if _, err := os.Stat(s.file(name)); err != nil {
			return false
		}
	}
	return true
}

func (s seeds) file(name string) string { return filepath.Join(s.dir, name+".tar") }

// restore puts the seed of a component into its container before the first start.
func (s seeds) restore(ctx context.Context, engine *Engine, c Component, id string) error {
	for _, storage := range c.Storage {
		if !storage.Seed {
			continue
		}
		content, err := os.Open(s.file(c.Name))
		if err != nil {
			return fmt.Errorf("restore seed of %q: %w", c.Name, err)
		}
		defer content.Close()
		if err := engine.unpack(ctx, id, filepath.Dir(storage.Path), content); err != nil {
			return fmt.Errorf("restore seed of %q: %w; remove %s to start from an empty database", c.Name, err, s.dir)
		}
	}
	return nil
}

// keep writes the storage of a stopped component as its seed.
func (s seeds) keep(ctx context.Context, engine *Engine, c Component, id string) error {
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return fmt.Errorf("keep seed of %q: %w", c.Name, err)
	}
	for _, storage := range c.Storage {
		if !storage.Seed {
			continue
		}
		content, err := engine.pack(ctx, id, storage.Path)
		if err != nil {
			return fmt.Errorf("keep seed of %q: %w", c.Name, err)
		}
		defer content.Close()
		if err := writeWhole(s.file(c.Name), content); err != nil {
			return fmt.Errorf("keep seed of %q: %w", c.Name, err)
		}
	}
	return nil
}

// plant stops the migrated servers, keeps their databases and starts them again.
func (s *Stack) plant(ctx context.Context, seeds seeds) error {
	if err := s.migrated(ctx); err != nil {
		return err
	}
	var again []string
	for _, c := range s.World.Components {
		if slices.Contains(seeds.names, c.Name) || slices.ContainsFunc(c.Needs, func(n string) bool { return slices.Contains(seeds.names, n) }) {
			again = append(again, c.Name)
		}
	}
	for _, name := range again { // those that write to a database first
		if !slices.Contains(seeds.names, name) {
			if err := s.Halt(ctx, name); err != nil {
				return err
			}
		}
	}
	for _, name := range seeds.names {
		if err := s.Halt(ctx, name); err != nil {
			return err
		}
		n := s.nodes[name]
		if err := seeds.keep(ctx, s.engine, n.Component, n.container.GetContainerID()); err != nil {
			return err
		}
	}
	s.options.Progress("migrated databases kept for the next boot")
	return s.startAll(ctx, again)
}

// migrated waits until no server migrates its database in the background any more: a seed kept earlier would
// let every boot from it go on with that.
func (s *Stack) migrated(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, migrationDeadline)
	defer cancel()
	for _, c := range s.World.Components {
		if c.Migrating == "" {
			continue
		}
		site, _ := s.World.Site(c.Site)
		for left := ""; left != "0"; {
			if left != "" {
				select {
				case <-ctx.Done():
					return fmt.Errorf("keep databases for the next boot: %q still has %s background migrations after %s", c.Name, left, migrationDeadline)
				case <-time.After(time.Second / 2):
				}
			}
			var err error
			if left, err = s.SQL(ctx, site, "synapse", c.Migrating); err != nil {
				return err
			}
		}
	}
	return nil
}

// writeWhole writes a file so that it is either whole or not there.
func writeWhole(path string, content io.Reader) error {
	part, err := os.CreateTemp(filepath.Dir(path), ".part-*")
	if err != nil {
		return err
	}
	defer os.Remove(part.Name())
	if _, err := io.Copy(part, content); err != nil {
		part.Close()
		return err
	}
	if err := part.Close(); err != nil {
		return err
	}
	return os.Rename(part.Name(), path)
}
