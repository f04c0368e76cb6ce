package images

import (
	"context"
	"fmt"
	"io/fs"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"
	"golang.org/x/sync/errgroup"
)

// Offer is what one source has for a pin.
type Offer struct {
	Image  string
	Pinned string // version
	Newest string // no pre-release; empty when it is not known
	Source string // a repository, or a package of a registry
	Remark string
}

// Newer tells whether the source has something newer than the pin.
func (o Offer) Newer() bool {
	is, err := newer(o.Newest, o.Pinned)
	return err == nil && is
}

// Lookout asks where software is published what is newer than the pins.
type Lookout struct {
	Lock     Lock
	Recipes  fs.FS
	Store    Store
	Env      func(string) string
	Progress func(line string)

	trusted    bool // take a mirror's word; for tests, whose mirror signs nothing
	registries registries
	suites     suites
}

// Offers asks for the named images, or for all. An entry that is another version of one is not asked for: it is where it is on
// purpose. What cannot be asked is a row that says so.
func (l *Lookout) Offers(ctx context.Context, names ...string) ([]Offer, error) {
	var entries []Entry
	for _, e := range l.Lock.Images {
		if e.Of == "" && len(names) == 0 {
			entries = append(entries, e)
		}
	}
	for _, image := range names {
		e, err := l.Lock.find(image)
		if err != nil {
			return nil, fmt.Errorf("look for newer versions of %q: %w", image, err)
		}
		if e.Of != "" {
			return nil, fmt.Errorf("look for newer versions of %q: it is kept as another version of %q; ask for that", image, e.Of)
		}
		entries = append(entries, *e)
	}
	defer l.suites.close()
	found := make([][]Offer, len(entries))
	group, asking := errgroup.WithContext(ctx)
	group.SetLimit(4) // registries of packages are slow to answer, not to ask
	for i, e := range entries {
		group.Go(func() error {
			found[i] = l.offers(asking, e)
			return asking.Err()
		})
	}
	if err := group.Wait(); err != nil {
		return nil, fmt.Errorf("look for newer versions: %w", err)
	}
	var all []Offer
	for _, offers := range found {
		all = append(all, offers...)
	}
	return all, nil
}

func (l *Lookout) offers(ctx context.Context, e Entry) []Offer {
	var found []Offer
	add := func(source, newest string, err error) {
		o := Offer{Image: e.Name, Pinned: e.Version, Newest: newest, Source: source}
		if err != nil {
			o.Newest, o.Remark = "", err.Error()
		}
		switch {
		case o.Newer():
			o.Remark = strings.Join(append([]string{"newer"}, l.Lock.others(e, newest)...), "; ")
		case newest != "" && newest != e.Version:
			o.Remark = "it lists none that is newer"
		}
		found = append(found, o)
	}
	if e.Upstream != nil {
		newest, err := l.newestTag(ctx, e)
		add(e.Upstream.Repository, newest, err)
	}
	if e.Recipe == "" {
		return found
	}
	b := &builder{store: l.Store, env: l.Env, say: l.Progress, trusted: l.trusted}
	recipe, err := ReadRecipe(l.Recipes, e.Recipe)
	if err != nil {
		add("recipe "+e.Recipe, "", err)
		return found
	}
	software, err := recipe.software(e.Version)
	if err != nil {
		add("recipe "+e.Recipe, "", err)
		return found
	}
	b.progress("%s: asking for newer versions", e.Name)
	if software.Registry != "Debian" {
		newest, err := b.newest(ctx, software, recipe)
		add(software.String(), newest, err)
	}
	return append(found, l.debianOffers(ctx, b, e, recipe)...)
}

// others names entries that have a newer version as well.
func (l Lock) others(e Entry, newest string) []string {
	var said []string
	for _, other := range l.Images {
		if other.Of == e.Name && other.Version == newest {
			said = append(said, "pinned as "+other.Name)
		}
	}
	return said
}

func (l *Lookout) newestTag(ctx context.Context, e Entry) (string, error) {
	repository, err := name.NewRepository(e.Upstream.Repository)
	if err != nil {
		return "", err
	}
	tags, err := l.registries.tags(ctx, repository)
	if reason := unreachable(err, "repository"); reason != "" {
		return "", fmt.Errorf("%s %s", repository.RegistryStr(), reason)
	}
	if err != nil {
		return "", err
	}
	found := newest(e.tagged(tags))
	if found == "" {
		return "", fmt.Errorf("it has no tag spelled like %s", e.Upstream.Tag)
	}
	return found, nil
}

// newest asks the registry of a software for its newest version that the recipe could take.
func (b *builder) newest(ctx context.Context, s Software, r Recipe) (string, error) {
	switch s.Registry {
	case "PyPI":
		return b.newestWheel(ctx, s.Package, r.Python.Version)
	case "Go":
		found, err := b.moduleVersions(ctx, s.Package)
		return newest(found), err
	default:
		found, err := b.npmVersions(ctx, s.Package)
		return newest(found), err
	}
}

// debianOffers resolves the Debian packages of a recipe as of today. They move within a suite without the software doing so.
func (l *Lookout) debianOffers(ctx context.Context, b *builder, e Entry, r Recipe) []Offer {
	o := Offer{Image: e.Name, Pinned: e.Version, Source: "Debian " + r.Debian.Suite}
	today, err := l.suites.resolve(ctx, b, r.Debian)
	if err != nil {
		o.Remark = err.Error()
		return []Offer{o}
	}
	moved := moves(versions(r.debs), versions(today))
	if len(moved) > 0 {
		o.Remark = fmt.Sprintf("%d packages moved: %s", len(moved), describeMoves(moved))
	}
	if r.Python == nil && r.Go == nil && r.NPM == nil {
		r.debs = today
		software, err := r.debianSoftware()
		if err != nil {
			o.Remark = err.Error()
		}
		o.Newest, o.Source = software.Version, o.Source+", "+software.Package
		return []Offer{o}
	}
	if len(moved) == 0 {
		return nil
	}
	return []Offer{o}
}
