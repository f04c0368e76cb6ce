// Package images decides which image runs for each server of the stack: brought by the operator, present,
// pulled by digest, or built from locked package sources.
package images

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
)

//go:embed images.lock.json
var lockFile []byte

//go:embed recipes
var recipeFiles embed.FS

// Recipes is the folder of recipes, one directory each.
func Recipes() fs.FS {
	sub, err := fs.Sub(recipeFiles, "recipes")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return sub
}

// Lock pins every image the stack can run.
type Lock struct {
	Images []Entry `json:"images"`
}

// Entry pins one image.
type Entry struct {
	Name     string    `json:"name"`               // what components call it: "synapse"
	Of       string    `json:"of,omitempty"`       // name of the entry it is another version of: "synapse"
	Version  string    `json:"version"`            // of the software inside
	Upstream *Upstream `json:"upstream,omitempty"` // where it is published; nil when nobody publishes it
	Recipe   string    `json:"recipe,omitempty"`   // folder under recipes/
	NoRecipe string    `json:"noRecipe,omitempty"` // why it cannot be built from package registries
	Inputs   string    `json:"inputs,omitempty"`   // hash of the recipe and its locks when Digest was recorded
	Digest   string    `json:"digest,omitempty"`   // configuration digest ("image ID") that building must give
}

// Pinned is the name by which an engine gets exactly the published image; empty when its digest is not known.
func (e Entry) Pinned() string {
	if e.Upstream == nil || e.Upstream.Digest == "" {
		return ""
	}
	return e.Upstream.Repository + ":" + e.Upstream.Tag + "@" + e.Upstream.Digest
}

// Unpinned says why no digest of the published image is known.
func (e Entry) Unpinned() string {
	if e.Upstream == nil {
		return "nobody publishes it"
	}
	return e.Upstream.NoDigest
}

// BuiltRef is the name the image gets in an engine when it is built from its recipe; empty when it has none.
func (e Entry) BuiltRef() string {
	if e.Recipe == "" || e.Digest == "" {
		return ""
	}
	return localRef(e.Name, e.Version, e.Digest)
}

// Upstream is the published image. Repository, tag and digest stand together, in this order, and what belongs to the digest
// follows it: so renovate.json finds them.
type Upstream struct {
	Repository string `json:"repository"`
	Tag        string `json:"tag"`
	Digest     string `json:"digest,omitempty"`   // of the multi-architecture index
	NoDigest   string `json:"noDigest,omitempty"` // why none is known; such an image is never pulled

	Platforms map[string]string `json:"platforms,omitempty"` // "linux/amd64" -> digest of its image in the index
	Seen      []Sighting        `json:"seen,omitempty"`
}

// Sighting is where and when a digest was seen.
type Sighting struct {
	Where string `json:"where"`
	When  string `json:"when"`
}

// Pinned is the reference to pull, or "" when no digest is known.
func (u *Upstream) Pinned() string {
	if u == nil || u.Digest == "" {
		return ""
	}
	return u.Repository + "@" + u.Digest
}

// Load returns the lock this program was built with.
func Load() (Lock, error) { return Parse(lockFile, Recipes()) }

// Names lists the images of the lock this program was built with, whatever is wrong with them: who locks one anew has a stale lock.
func Names() ([]string, error) { return namesIn(lockFile) }

func namesIn(content []byte) ([]string, error) {
	lock, err := readLock(content)
	return lock.Names(), err
}

// Parse reads a lock and reports everything that is wrong with it at once.
func Parse(content []byte, recipes fs.FS) (Lock, error) {
	lock, err := readLock(content)
	if err != nil {
		return Lock{}, err
	}
	problems := lock.doubles()
	for _, e := range lock.Images {
		for _, problem := range e.problems(recipes) {
			problems = append(problems, fmt.Errorf("images.lock.json: image %q: %w", e.Name, problem))
		}
	}
	problems = append(problems, lock.otherVersions()...)
	if err := errors.Join(problems...); err != nil {
		return Lock{}, err
	}
	return lock, nil
}

// readLock reads the text of a lock, whatever stands in it.
func readLock(content []byte) (lock Lock, err error) {
	if err := strictJSON(content, &lock); err != nil {
		return Lock{}, fmt.Errorf("read images.lock.json: %w; fix it or restore it from git", err)
	}
	return lock, nil
}

// doubles reports names that two entries have: which of them counts nobody can tell.
func (l Lock) doubles() (problems []error) {
	seen := map[string]int{}
	for _, e := range l.Images {
		if seen[e.Name]++; seen[e.Name] == 2 {
			problems = append(problems, fmt.Errorf("images.lock.json: two images are named %q; remove one", e.Name))
		}
	}
	return problems
}

// otherVersions reports entries that say they are another version of something that is no pin itself.
func (l Lock) otherVersions() (problems []error) {
	for _, e := range l.Images {
		if e.Of == "" {
			continue
		}
		switch of, ok := l.Entry(e.Of); {
		case !ok || of.Of != "":
			problems = append(problems, fmt.Errorf("images.lock.json: image %q: it is another version of %q, which is no pin; name one", e.Name, e.Of))
		case of.Version == e.Version:
			problems = append(problems, fmt.Errorf("images.lock.json: images %q and %q are both version %s; remove one, or let them change places: make upgrade HOP=%s=%s", e.Of, e.Name, e.Version, e.Of, e.Version))
		}
	}
	return problems
}

func isName(s string) bool   { return regexp.MustCompile(`^[a-z0-9][a-z0-9-]*$`).MatchString(s) }
func isDigest(s string) bool { return regexp.MustCompile(`^sha256:[0-9a-f]{64}$`).MatchString(s) }

func (e Entry) problems(recipes fs.FS) []error {
	var problems []error
	report := func(format string, args ...any) { problems = append(problems, fmt.Errorf(format, args...)) }
	if !isName(e.Name) {
		report("name must be lower-case letters, digits and hyphens")
	}
	if e.Version == "" {
		report("version is missing")
	}
	if u := e.Upstream; u != nil {
		switch {
		case u.Repository == "" || u.Tag == "":
			report("upstream needs repository and tag")
		case u.Digest == "" && u.NoDigest == "":
			report("upstream digest is missing; add it, or say in noDigest why none is known")
		case u.Digest != "" && !isDigest(u.Digest):
			report("upstream digest %q is malformed; it must be sha256: and 64 hexadecimal digits", u.Digest)
		}
	}
	switch {
	case e.Recipe == "" && e.NoRecipe == "":
		report("it has neither a recipe nor a reason in noRecipe")
	case e.Recipe != "" && e.NoRecipe != "":
		report("it has a recipe and a reason for having none; remove one")
	case e.Recipe != "":
		problems = append(problems, e.recipeProblems(recipes)...)
	}
	return problems
}

func (e Entry) recipeProblems(recipes fs.FS) []error {
	relock := fmt.Sprintf("run: go run -tags goolm ./scripts/stackctl lock %s", e.Name)
	if _, err := fs.Stat(recipes, e.Recipe+"/recipe.json"); err != nil {
		return []error{fmt.Errorf("recipe %q is unknown; known: %v", e.Recipe, recipeNames(recipes))}
	}
	recipe, err := ReadRecipe(recipes, e.Recipe)
	if err != nil {
		return []error{err}
	}
	if e.Digest == "" {
		return []error{fmt.Errorf("digest is missing; %s", relock)}
	}
	if !isDigest(e.Digest) {
		return []error{fmt.Errorf("digest %q is malformed; it must be sha256: and 64 hexadecimal digits", e.Digest)}
	}
	if e.Inputs != recipe.Key() {
		return []error{fmt.Errorf("the lock is stale, its recipe or locked packages changed; %s", relock)}
	}
	return nil
}

func recipeNames(recipes fs.FS) []string {
	var names []string
	entries, err := fs.ReadDir(recipes, ".")
	if err != nil {
		return nil
	}
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}

// Entry finds an image by name.
func (l Lock) Entry(name string) (Entry, bool) {
	i := slices.IndexFunc(l.Images, func(e Entry) bool { return e.Name == name })
	if i < 0 {
		return Entry{}, false
	}
	return l.Images[i], true
}

// Names lists the images in the order of the lock.
func (l Lock) Names() []string {
	var names []string
	for _, e := range l.Images {
		names = append(names, e.Name)
	}
	return names
}

// versionsOf lists the entries of one software: its pin, then others of it.
func (l Lock) versionsOf(name string) []Entry {
	var found []Entry
	for _, e := range l.Images {
		if e.Name == name || e.Of == name {
			found = append(found, e)
		}
	}
	return found
}

// Versions lists the versions of one software that the lock has.
func (l Lock) Versions(name string) []string {
	var versions []string
	for _, e := range l.versionsOf(name) {
		versions = append(versions, e.Version)
	}
	return versions
}

// Find finds the entry of one software in a version, of which the end may be left out when one entry fits: "17" is 17.11.
func (l Lock) Find(name, version string) (Entry, bool) {
	version = strings.TrimPrefix(version, "v")
	var fitting []Entry
	for _, e := range l.versionsOf(name) {
		if e.Version == version {
			return e, true
		}
		if strings.HasPrefix(e.Version, version+".") {
			fitting = append(fitting, e)
		}
	}
	if len(fitting) != 1 {
		return Entry{}, false
	}
	return fitting[0], true
}
