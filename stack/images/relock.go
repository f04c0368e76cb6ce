package images

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Locker writes locks: what people declared becomes exact versions, hashes and the digest building gives.
type Locker struct {
	Dir      string // folder stack/images of a working copy
	Store    Store
	Env      func(string) string
	Progress func(line string)

	trusted   bool              // take a mirror's word; for tests, whose mirror signs nothing
	replacing func(path string) // is told of each file before it is replaced; for tests, which end there
}

// Relock resolves the recipe of an image anew, builds it and records what came out. Until all is done nothing is written.
func (l Locker) Relock(ctx context.Context, name string) error {
	lock, content, err := l.read()
	if err != nil {
		return fmt.Errorf("lock %q: %w", name, err)
	}
	entry, err := lock.find(name)
	if err != nil {
		return fmt.Errorf("lock %q: %w", name, err)
	}
	if entry.Recipe == "" {
		return fmt.Errorf("lock %q: it has no recipe: %s", name, entry.NoRecipe)
	}
	recipe, err := readDeclared(os.DirFS(filepath.Join(l.Dir, "recipes")), entry.Recipe)
	if err != nil {
		return fmt.Errorf("lock %q: %w", name, err)
	}
	made, err := l.remake(ctx, entry, declared{recipe: recipe})
	if err != nil {
		return fmt.Errorf("lock %q: %w", name, err)
	}
	if err := l.write(content, append(made.files, draft{l.lockPath(), indented(lock)})); err != nil {
		return fmt.Errorf("lock %q: %w", name, err)
	}
	return nil
}

func (l Locker) lockPath() string { return filepath.Join(l.Dir, "images.lock.json") }

func (l Locker) builder() *builder {
	return &builder{store: l.Store, env: l.Env, say: l.Progress, trusted: l.trusted}
}

// read reads the lock of the working copy, which may be stale, and its text.
func (l Locker) read() (Lock, []byte, error) {
	content, err := os.ReadFile(l.lockPath())
	if err != nil {
		return Lock{}, nil, fmt.Errorf("%w; run it in a working copy", err)
	}
	is, err := os.Stat(l.lockPath())
	if err != nil {
		return Lock{}, nil, err
	}
	if is.Mode().Perm()&0o200 == 0 { // who made it so does not want it replaced either
		return Lock{}, nil, errors.New("images.lock.json is read-only; make it writable: chmod u+w " + l.lockPath())
	}
	lock, err := readLock(content)
	return lock, content, errors.Join(append(lock.doubles(), err)...)
}

// find returns the entry of a name, to be changed.
func (l Lock) find(name string) (*Entry, error) {
	at := slices.IndexFunc(l.Images, func(e Entry) bool { return e.Name == name })
	if at < 0 {
		return nil, fmt.Errorf("no such image; known: %s", strings.Join(l.Names(), ", "))
	}
	return &l.Images[at], nil
}

// declared is a recipe and the files that are to be written with it.
type declared struct {
	recipe Recipe
	files  []draft
}

// remake resolves and builds a recipe, and notes in its entry what came out.
func (l Locker) remake(ctx context.Context, entry *Entry, d declared) (declared, error) {
	b := l.builder()
	recipe, err := b.resolve(ctx, d.recipe)
	if err != nil {
		return declared{}, err
	}
	is, err := recipe.software(entry.Version)
	if err != nil {
		return declared{}, err
	}
	if is.Version != entry.Version {
		return declared{}, fmt.Errorf("its recipe gives %s %s, not %s; for another version add an entry with a recipe of its own", is, is.Version, entry.Version)
	}
	made, err := b.build(ctx, recipe, entry.Version)
	if err != nil {
		return declared{}, err
	}
	entry.Inputs, entry.Digest = recipe.Key(), made.Digest
	files, err := l.drafts(recipe, made)
	return declared{recipe, append(d.files, files...)}, err
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

// drafts are the locks of a recipe and the listing of what it builds.
func (l Locker) drafts(recipe Recipe, made Built) ([]draft, error) {
	listing, err := os.ReadFile(made.Files)
	if err != nil {
		return nil, err
	}
	packed, err := pack(listing)
	if err != nil {
		return nil, err
	}
	in := func(file string) string { return filepath.Join(l.Dir, "recipes", recipe.Name, file) }
	files := []draft{
		{in("debs.lock.json"), indented(debLock{Suite: recipe.Debian.Suite, Packages: recipe.debs})},
		{in(listingFile), packed},
	}
	if recipe.Python != nil {
		files = append(files, draft{in("requirements.lock"), recipe.requirements})
	}
	if recipe.NPM != nil {
		files = append(files, draft{in(npmLockFile), recipe.packages})
	}
	return files, nil
}

// write replaces files of the working copy, the lock last: until it changes, the old one is still what counts, and says what is
// stale. read is the lock that was started from; somebody else's work since then is not undone.
func (l Locker) write(read []byte, files []draft) error {
	now, err := os.ReadFile(l.lockPath())
	if err != nil {
		return err
	}
	if !bytes.Equal(now, read) {
		return errors.New("images.lock.json was changed meanwhile; run it again")
	}
	return writeAll(files, l.replacing)
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
