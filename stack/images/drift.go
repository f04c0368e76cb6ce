package images

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

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
	if errors.Is(err, errNoRegistry) {
		return Resolved{Source: Unavailable, Note: err.Error()}, nil
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
		return Resolved{}, fmt.Errorf("%w; and it cannot be resolved again: %w", gone, err)
	}
	made, err := r.builder.build(ctx, recipe.with(today), e.Version)
	if err != nil {
		return Resolved{}, err
	}
	row, err := r.loadBuilt(ctx, e, made)
	row.Moved = moves(versions(recipe.debs), versions(today))
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
