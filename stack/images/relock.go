package images

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// Locker writes locks: what people declared becomes exact versions, hashes and the digest building gives.
type Locker struct {
	Dir      string // folder stack/images of a working copy
	Store    Store
	Env      func(string) string
	Progress func(line string)
}

// Relock resolves the recipe of an image anew, builds it and records what came out. Until all is done nothing is written.
func (l Locker) Relock(ctx context.Context, name string) error {
	recipes := os.DirFS(filepath.Join(l.Dir, "recipes"))
	lockPath := filepath.Join(l.Dir, "images.lock.json")
	content, err := os.ReadFile(lockPath)
	if err != nil {
		return fmt.Errorf("lock %q: %w; run it in a working copy", name, err)
	}
	var lock Lock
	if err := strictJSON(content, &lock); err != nil {
		return fmt.Errorf("lock %q: read images.lock.json: %w", name, err)
	}
	at := slices.IndexFunc(lock.Images, func(e Entry) bool { return e.Name == name })
	if at < 0 {
		return fmt.Errorf("lock %q: no such image; known: %v", name, lock.Names())
	}
	entry := &lock.Images[at]
	if entry.Recipe == "" {
		return fmt.Errorf("lock %q: it has no recipe: %s", name, entry.NoRecipe)
	}
	recipe, err := readDeclared(recipes, entry.Recipe)
	if err != nil {
		return fmt.Errorf("lock %q: %w", name, err)
	}
	b := &builder{store: l.Store, env: l.Env, say: l.Progress}
	if recipe, err = b.resolve(ctx, recipe); err != nil {
		return fmt.Errorf("lock %q: %w", name, err)
	}
	made, err := b.build(ctx, recipe, entry.Version)
	if err != nil {
		return fmt.Errorf("lock %q: %w", name, err)
	}
	entry.Inputs, entry.Digest = recipe.Key(), made.Digest
	return l.write(lockPath, lock, recipe, made)
}

// resolve looks up exact versions and hashes of everything a recipe declares.
func (b *builder) resolve(ctx context.Context, r Recipe) (Recipe, error) {
	var err error
	if r.debs, err = b.resolveDebs(ctx, r.Debian); err != nil {
		return r, err
	}
	if r.Python != nil {
		if r.requirements, err = b.resolveWheels(ctx, *r.Python); err != nil {
			return r, err
		}
	}
	if r.NPM != nil {
		r.packages, err = b.resolveNPM(ctx, r.Name, *r.NPM)
	}
	return r, err
}

func (l Locker) write(lockPath string, lock Lock, recipe Recipe, made Built) error {
	dir := filepath.Join(l.Dir, "recipes", recipe.Name)
	listing, err := os.ReadFile(made.Files)
	if err != nil {
		return fmt.Errorf("lock %q: %w", recipe.Name, err)
	}
	packed, err := pack(listing)
	if err != nil {
		return fmt.Errorf("lock %q: %w", recipe.Name, err)
	}
	files := map[string][]byte{
		filepath.Join(dir, "debs.lock.json"): indented(debLock{Suite: recipe.Debian.Suite, Packages: recipe.debs}),
		filepath.Join(dir, listingFile):      packed,
	}
	if recipe.Python != nil {
		files[filepath.Join(dir, "requirements.lock")] = recipe.requirements
	}
	if recipe.NPM != nil {
		files[filepath.Join(dir, npmLockFile)] = recipe.packages
	}
	for file, content := range files {
		if err := writeWhole(file, bytes.NewReader(content), nil); err != nil {
			return fmt.Errorf("lock %q: %w", recipe.Name, err)
		}
	}
	// Last: until the lock itself changes, the old one is still what counts, and says that it is stale.
	if err := writeWhole(lockPath, bytes.NewReader(indented(lock)), nil); err != nil {
		return fmt.Errorf("lock %q: %w", recipe.Name, err)
	}
	return nil
}

// listingFile keeps a hash of every file of the image, to name the first that differs.
const listingFile = "files.lock.gz"

func pack(listing []byte) ([]byte, error) {
	var packed bytes.Buffer
	w, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(listing); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return packed.Bytes(), nil
}

func indented(value any) []byte {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	_ = encoder.Encode(value) // plain data always encodes
	return out.Bytes()
}
