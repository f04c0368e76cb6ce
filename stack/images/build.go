package images

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/google/go-containerregistry/pkg/compression"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

// builder builds recipes into a store.
type builder struct {
	store   Store
	env     func(string) string
	say     func(line string)
	trusted bool // take a mirror's word; for tests, whose mirror signs nothing

	mirrorOnce sync.Once
	mirrorURL  string
	mirrorErr  error
}

func (b *builder) progress(format string, args ...any) {
	if b.say != nil {
		b.say(fmt.Sprintf(format, args...))
	}
}

// build returns the image of a recipe, from the store when it was built before.
func (b *builder) build(ctx context.Context, r Recipe, version string) (Built, error) {
	key := r.Key()
	if found, ok := b.store.find(key); ok {
		return found, nil
	}
	guard := b.store.guard(key)
	if _, err := guard.TryLockContext(ctx, time.Second); err != nil {
		return Built{}, fmt.Errorf("build %q: wait for another build of it: %w", r.Name, err)
	}
	defer guard.Unlock() //nolint:errcheck // closing the file releases it in any case
	if found, ok := b.store.find(key); ok {
		return found, nil // built while waiting
	}
	begin := time.Now()
	work, done, err := b.store.scratch("build-" + r.Name)
	if err != nil {
		return Built{}, err
	}
	defer done()
	result, discard, err := b.store.scratch("result-" + r.Name)
	if err != nil {
		return Built{}, err
	}
	defer discard()
	digest, err := b.assemble(ctx, r, version, work, result)
	if err != nil {
		return Built{}, fmt.Errorf("build %q: %w", r.Name, err)
	}
	if err := os.Chmod(result, 0o755); err != nil {
		return Built{}, fmt.Errorf("build %q: %w", r.Name, err)
	}
	b.progress("%s: built in %s", r.Name, time.Since(begin).Round(time.Second))
	return b.store.keep(key, result, Built{Digest: digest})
}

// assemble makes the layers in work and leaves image.tar and files.txt in result.
func (b *builder) assemble(ctx context.Context, r Recipe, version, work, result string) (string, error) {
	b.progress("%s: fetching %d Debian packages", r.Name, len(r.debs))
	debian, err := b.debianLayer(ctx, r)
	if err != nil {
		return "", err
	}
	layers := []tree{debian}
	app, err := b.appLayer(ctx, r, debian, work)
	if err != nil {
		return "", err
	}
	if len(app) > 0 {
		layers = append(layers, app)
	}
	layers = append(layers, r.own(debian))
	image, err := r.image(layers, work)
	if err != nil {
		return "", err
	}
	digest, err := image.ConfigName()
	if err != nil {
		return "", err
	}
	tag, err := name.NewTag(localRef(r.Name, version, digest.String()))
	if err != nil {
		return "", err
	}
	if err := tarball.WriteToFile(filepath.Join(result, "image.tar"), tag, image); err != nil {
		return "", err
	}
	listing, err := listLayers(layers)
	if err != nil {
		return "", err
	}
	return digest.String(), os.WriteFile(filepath.Join(result, "files.txt"), []byte(strings.Join(listing, "\n")+"\n"), 0o644)
}

// appLayer makes what the recipe adds to Debian's packages; empty when that is nothing.
func (b *builder) appLayer(ctx context.Context, r Recipe, debian tree, work string) (tree, error) {
	switch {
	case r.Python != nil:
		return b.pythonLayer(ctx, r, debian, work)
	case r.Go != nil:
		return b.goLayer(ctx, r, work)
	case r.NPM != nil:
		return b.npmLayer(ctx, r)
	}
	return tree{}, nil
}

// localRef is the name an image gets in the engine. It carries the digest, so that two builds never share one.
func localRef(image, version, digest string) string {
	clean := strings.Map(func(r rune) rune {
		if strings.ContainsRune("+~:", r) {
			return '-'
		}
		return r
	}, version)
	return fmt.Sprintf("matrix-stack/%s:%s-%s", image, clean, strings.TrimPrefix(digest, "sha256:")[:12])
}

func listLayers(layers []tree) ([]string, error) {
	merged := tree{}
	for _, layer := range layers {
		maps.Copy(merged, layer)
	}
	return merged.listing()
}

// image puts layers and configuration together. Every time in it is the epoch.
func (r Recipe) image(layers []tree, dir string) (v1.Image, error) {
	var image v1.Image = empty.Image
	for i, t := range layers {
		file := filepath.Join(dir, fmt.Sprintf("layer-%d.tar", i))
		if err := writeLayer(file, t); err != nil {
			return nil, err
		}
		layer, err := tarball.LayerFromFile(file, tarball.WithCompression(compression.None))
		if err != nil {
			return nil, err
		}
		if image, err = mutate.AppendLayers(image, layer); err != nil {
			return nil, err
		}
	}
	file, err := image.ConfigFile()
	if err != nil {
		return nil, err
	}
	file = file.DeepCopy()
	file.Architecture, file.OS, file.Created = "amd64", "linux", v1.Time{Time: time.Unix(0, 0).UTC()}
	file.Config = v1.Config{
		Env: r.Config.Env, Entrypoint: r.Config.Entrypoint, Cmd: r.Config.Cmd, User: r.Config.User,
		WorkingDir: r.Config.WorkingDir, StopSignal: r.Config.StopSignal, Volumes: set(r.Config.Volumes), ExposedPorts: set(r.Config.Ports),
		Labels: map[string]string{"matrix-stack.recipe": r.Name},
	}
	return mutate.ConfigFile(image, file)
}

func writeLayer(file string, t tree) error {
	open, err := os.Create(file)
	if err != nil {
		return err
	}
	if err := t.write(open); err != nil {
		open.Close()
		return err
	}
	return open.Close()
}

func set(values []string) map[string]struct{} {
	if len(values) == 0 {
		return nil
	}
	made := map[string]struct{}{}
	for _, v := range values {
		made[v] = struct{}{}
	}
	return made
}

func hashOf(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}
