package images

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

// OverrideVariable is the setting that brings the image of that name.
func OverrideVariable(name string) string {
	return "STACK_IMAGE_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
}

// override finds an image the operator brings: by setting, or as an archive in the images folder.
func (r *Resolver) override(ctx context.Context, e Entry) (Resolved, error) {
	variable := OverrideVariable(e.Name)
	if ref := r.Env(variable); ref != "" {
		row, err := r.named(ctx, e, ref)
		if err != nil {
			return Resolved{}, fmt.Errorf("use %s=%q: %w", variable, ref, err)
		}
		row.Source, row.Note = Override, "not the pinned artefact: "+variable+"="+ref
		return row, nil
	}
	file, version, err := r.archive(e)
	if err != nil || file == "" {
		return Resolved{}, err
	}
	row, err := r.fromArchive(ctx, e, file, version)
	if err != nil {
		return Resolved{}, fmt.Errorf("use archive %s: %w; replace or remove it", filepath.Base(file), err)
	}
	row.Source, row.Note = Override, "not the pinned artefact: archive "+filepath.Base(file)
	return row, nil
}

// named takes an image by reference, from the engine or else its registry.
func (r *Resolver) named(ctx context.Context, e Entry, ref string) (Resolved, error) {
	parsed, err := name.ParseReference(ref)
	if err != nil {
		return Resolved{}, fmt.Errorf("read reference: %w", err)
	}
	version := ""
	if tag, ok := parsed.(name.Tag); ok && strings.Contains(ref, ":") {
		version = statedVersion(tag.TagStr())
	}
	id, err := r.Engine.ImageID(ctx, ref)
	if err != nil {
		return Resolved{}, err
	}
	if id != "" {
		return Resolved{Ref: ref, ImageID: id, Digest: id, Version: version}, nil
	}
	image, err := r.registries.image(ctx, parsed)
	if err != nil {
		return Resolved{}, fmt.Errorf("the engine does not have it and pulling failed: %w", err)
	}
	return r.intoEngine(ctx, e, image, version, fitsMachine)
}

// statedVersion is the version a tag names: "v1.144.0-alpine" names 1.144.0; "latest" names none.
func statedVersion(tag string) string {
	return strings.TrimPrefix(regexp.MustCompile(`^v?[0-9]+(\.[0-9]+)+`).FindString(tag), "v")
}

// archive finds <name>@<locked version>.tar, by the software's name too, else <name>.tar, else the only other version there is.
func (r *Resolver) archive(e Entry) (file, version string, err error) {
	if r.ImagesDir == "" {
		return "", "", nil
	}
	exact := "@" + e.Version + ".tar"
	candidates := []struct{ file, version string }{{e.Name + exact, e.Version}, {e.Name + ".tar", ""}}
	if e.Of != "" {
		candidates = slices.Insert(candidates, 1, struct{ file, version string }{e.Of + exact, e.Version})
	}
	for _, candidate := range candidates {
		path := filepath.Join(r.ImagesDir, candidate.file)
		if _, err := os.Stat(path); err == nil {
			return path, candidate.version, nil
		}
	}
	others, err := filepath.Glob(filepath.Join(r.ImagesDir, e.Name+"@*.tar"))
	if err != nil || len(others) == 0 {
		return "", "", err
	}
	if len(others) > 1 {
		return "", "", fmt.Errorf("choose an archive: %d versions of %q are in the images folder and none is the locked %s; keep one, or add %s@%s.tar", len(others), e.Name, e.Version, e.Name, e.Version)
	}
	version = strings.TrimSuffix(strings.TrimPrefix(filepath.Base(others[0]), e.Name+"@"), ".tar")
	return others[0], version, nil
}

func (r *Resolver) fromArchive(ctx context.Context, e Entry, file, version string) (Resolved, error) {
	image, err := tarball.ImageFromPath(file, nil)
	if err != nil {
		return Resolved{}, fmt.Errorf("it is truncated or not an image archive (docker save): %w", err)
	}
	return r.intoEngine(ctx, e, image, version, wholeImage)
}

// intoEngine loads an image that passes the check unless the engine has it, and names it after what it is.
func (r *Resolver) intoEngine(ctx context.Context, e Entry, image v1.Image, version string, check func(v1.Image) error) (Resolved, error) {
	digest, err := image.ConfigName()
	if err != nil {
		return Resolved{}, err
	}
	stated := e
	if version != "" {
		stated.Version = version
	}
	if row, err := r.loaded(ctx, stated, digest.String()); err != nil || row.Source != "" {
		row.Version = version
		return row, err
	}
	if err := check(image); err != nil {
		return Resolved{}, err
	}
	r.builder.progress("%s: loading into the engine", e.Name)
	ref := localRef(stated.Name, stated.Version, digest.String())
	if err := r.loadImage(ctx, ref, image); err != nil {
		return Resolved{}, err
	}
	row, err := r.taken(ctx, ref, digest.String(), Override)
	row.Version = version
	return row, err
}
