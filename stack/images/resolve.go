package images

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
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
	mu         sync.Mutex
	registries map[string]error // those that did not answer; each is asked once
}

// Resolve returns one row for each name, in order. What cannot be had is a row; only what is wrong is an error.
func (r *Resolver) Resolve(ctx context.Context, names ...string) ([]Resolved, error) {
	r.prepare()
	rows := make([]Resolved, len(names))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(2) // two cores
	for i, name := range names {
		entry, ok := r.Lock.Entry(name)
		if !ok {
			return nil, fmt.Errorf("resolve image %q: it is not in the lock; known: %s", name, strings.Join(r.Lock.Names(), ", "))
		}
		group.Go(func() error {
			begin := time.Now()
			row, err := r.resolve(ctx, entry)
			if err != nil {
				return fmt.Errorf("resolve image %q: %w", name, err)
			}
			row.Name, row.Duration = name, time.Since(begin)
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
		r.registries = map[string]error{}
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

// present finds an image the engine has already. A name proves nothing: its id must be the pinned one.
func (r *Resolver) present(ctx context.Context, e Entry) (Resolved, error) {
	if pinned := e.Upstream.Pinned(); pinned != "" {
		id, err := r.Engine.ImageID(ctx, pinned)
		if err != nil {
			return Resolved{}, err
		}
		if id != "" {
			return Resolved{Source: Present, Ref: pinned, ImageID: id, Digest: e.Upstream.Digest, Note: "pulled earlier"}, nil
		}
		row, err := r.loaded(ctx, e, e.Upstream.Digest)
		if err != nil || row.Source != "" {
			row.Note = "pulled earlier"
			return row, err
		}
	}
	if e.Recipe == "" {
		return Resolved{}, nil
	}
	row, err := r.loaded(ctx, e, e.Digest)
	row.Note = "built earlier"
	return row, err
}

// loaded tells whether the engine holds the image with that pinned digest under our name for it.
func (r *Resolver) loaded(ctx context.Context, e Entry, digest string) (Resolved, error) {
	ref := localRef(e.Name, e.Version, digest)
	id, err := r.Engine.ImageID(ctx, ref)
	if err != nil || id == "" || id != digest && id != r.recorded(digest) {
		return Resolved{}, err
	}
	return Resolved{Source: Present, Ref: ref, ImageID: id, Digest: digest}, nil
}

// recorded is the id the engine gave to an image when it was loaded. Engines with an image store of
// their own do not use the configuration digest.
func (r *Resolver) recorded(digest string) string {
	id, err := os.ReadFile(r.Store.path("ids", strings.TrimPrefix(digest, "sha256:")))
	if err != nil {
		return ""
	}
	return string(id)
}

func (r *Resolver) record(digest, id string) error {
	return writeWhole(r.Store.path("ids", strings.TrimPrefix(digest, "sha256:")), strings.NewReader(id), nil)
}

// build makes the image from its recipe, and tells drift from error.
func (r *Resolver) build(ctx context.Context, e Entry) (Resolved, error) {
	recipe, err := ReadRecipe(r.Recipes, e.Recipe)
	if err != nil {
		return Resolved{}, err
	}
	made, err := r.builder.build(ctx, recipe, e.Version)
	if errors.Is(err, errGone) {
		return r.drifted(ctx, e, recipe, err)
	}
	if err != nil {
		return Resolved{}, err
	}
	if made.Digest != e.Digest {
		err := fmt.Errorf("built from unchanged inputs it is %s, the lock says %s: %s; the builder or this machine is at fault, report it", made.Digest, e.Digest, r.difference(e, made))
		return Resolved{}, errors.Join(err, os.RemoveAll(filepath.Dir(made.File)))
	}
	return r.loadBuilt(ctx, e, made)
}

// difference names the first file that is not what the lock recorded.
func (r *Resolver) difference(e Entry, made Built) string {
	packed, err := r.Recipes.Open(e.Recipe + "/" + listingFile)
	if err != nil {
		return "which file differs is unknown, the recipe has no " + listingFile
	}
	defer packed.Close()
	unpacked, err := gzip.NewReader(packed)
	if err != nil {
		return "which file differs is unknown: " + err.Error()
	}
	want, err := io.ReadAll(unpacked)
	if err != nil {
		return "which file differs is unknown: " + err.Error()
	}
	got, err := os.ReadFile(made.Files)
	if err != nil {
		return "which file differs is unknown: " + err.Error()
	}
	return firstDifference(strings.Split(string(want), "\n"), strings.Split(string(got), "\n"))
}

// drifted builds with what the suite has today, since a locked package is gone from the mirror.
func (r *Resolver) drifted(ctx context.Context, e Entry, recipe Recipe, gone error) (Resolved, error) {
	relock := fmt.Sprintf("re-lock it: go run -tags goolm ./scripts/stackctl lock %s", e.Name)
	if r.Strict {
		return Resolved{}, fmt.Errorf("%w; STRICT refuses other packages than the locked ones; %s", gone, relock)
	}
	r.builder.progress("%s: %s; resolving again in suite %s", e.Name, errGone, recipe.Debian.Suite)
	today, err := r.builder.resolveDebs(ctx, recipe.Debian)
	if err != nil {
		return Resolved{}, errors.Join(gone, err)
	}
	made, err := r.builder.build(ctx, recipe.with(today), e.Version)
	if err != nil {
		return Resolved{}, err
	}
	row, err := r.loadBuilt(ctx, e, made)
	row.Moved = moves(recipe.debs, today)
	row.Note = "drifted from the lock: " + describeMoves(row.Moved) + "; " + relock
	return row, err
}

func (r *Resolver) loadBuilt(ctx context.Context, e Entry, made Built) (Resolved, error) {
	row, err := r.loaded(ctx, e, made.Digest)
	if err != nil || row.Source != "" {
		row.Source = BuiltHere
		return row, err
	}
	archive, err := os.Open(made.File)
	if err != nil {
		return Resolved{}, err
	}
	defer archive.Close()
	r.builder.progress("%s: loading into the engine", e.Name)
	if err := r.Engine.LoadArchive(ctx, archive); err != nil {
		return Resolved{}, err
	}
	return r.taken(ctx, localRef(e.Name, e.Version, made.Digest), made.Digest, BuiltHere)
}

// taken records what the engine calls an image it has just loaded.
func (r *Resolver) taken(ctx context.Context, ref, digest string, source Source) (Resolved, error) {
	id, err := r.Engine.ImageID(ctx, ref)
	if err != nil {
		return Resolved{}, err
	}
	if id == "" {
		return Resolved{}, fmt.Errorf("the engine loaded it but does not know %q", ref)
	}
	return Resolved{Source: source, Ref: ref, ImageID: id, Digest: digest}, r.record(digest, id)
}
