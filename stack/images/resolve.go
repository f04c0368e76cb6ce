package images

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

// Engine is what images needs of a container engine.
type Engine interface {
	// ImageID returns the engine's id of an image, or "" when it has none of that name.
	ImageID(ctx context.Context, ref string) (string, error)
	// LoadArchive loads a docker-archive.
	LoadArchive(ctx context.Context, archive io.Reader) error
}

// Source is where an image came from.
type Source string

// The five steps of resolution, in order.
const (
	Override    Source = "override"
	Present     Source = "present"
	Pulled      Source = "pulled"
	BuiltHere   Source = "built"
	Unavailable Source = "unavailable"
)

// Resolved is the answer for one image.
type Resolved struct {
	Name     string
	Version  string // the software inside must say this
	Ref      string // what the engine runs
	ImageID  string // what the engine calls it; a container of another one is not this image
	Digest   string // pinned digest it satisfies; of the override otherwise
	Source   Source
	Note     string
	Moved    []Move // Debian packages that are not the locked ones
	Duration time.Duration
}

// Available tells whether there is something to run.
func (r Resolved) Available() bool { return r.Source != Unavailable }

// Resolver finds an image for each name.
type Resolver struct {
	Lock      Lock
	Recipes   fs.FS
	Engine    Engine
	Store     Store
	ImagesDir string // archives the operator brings
	Strict    bool   // refuse drift
	Env       func(string) string
	Progress  func(line string)

	builder    *builder
	once       sync.Once
	registries registries
}

// Resolve returns one row for each name, in order. What cannot be had is a row; only what is wrong is an error.
func (r *Resolver) Resolve(ctx context.Context, names ...string) ([]Resolved, error) {
	r.prepare()
	entries := make([]Entry, len(names))
	for i, name := range names {
		var ok bool
		if entries[i], ok = r.Lock.Entry(name); !ok {
			return nil, fmt.Errorf("resolve image %q: it is not in the lock; known: %s", name, strings.Join(r.Lock.Names(), ", "))
		}
	}
	rows := make([]Resolved, len(names))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(2) // two cores
	for i, entry := range entries {
		group.Go(func() error {
			begin := time.Now()
			row, err := r.resolve(ctx, entry)
			if err != nil {
				return fmt.Errorf("resolve image %q: %w", entry.Name, err)
			}
			row.Name, row.Duration = entry.Name, time.Since(begin)
			if row.Version == "" {
				row.Version = entry.Version
			}
			rows[i] = row
			return nil
		})
	}
	return rows, group.Wait()
}

func (r *Resolver) prepare() {
	r.once.Do(func() {
		if r.Recipes == nil {
			r.Recipes = Recipes()
		}
		if r.Env == nil {
			r.Env = os.Getenv
		}
		if r.builder == nil {
			r.builder = &builder{store: r.Store, env: r.Env, say: r.Progress}
		}
	})
}

// resolve tries the five steps in order.
func (r *Resolver) resolve(ctx context.Context, e Entry) (Resolved, error) {
	for _, step := range []func(context.Context, Entry) (Resolved, error){r.override, r.present} {
		row, err := step(ctx, e)
		if err != nil || row.Source != "" {
			return row, err
		}
	}
	row, reason, err := r.pull(ctx, e)
	if err != nil || row.Source != "" {
		return row, err
	}
	if e.Recipe == "" {
		return Resolved{Source: Unavailable, Note: fmt.Sprintf("%s; and it cannot be built: %s; bring an archive %s.tar", reason, e.NoRecipe, e.Name)}, nil
	}
	row, err = r.build(ctx, e)
	if row.Note == "" {
		row.Note = reason
	}
	return row, err
}
