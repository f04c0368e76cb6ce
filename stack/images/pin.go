package images

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"
)

// Wish is a pin that somebody asks for.
type Wish struct {
	Image     string    // entry of the lock
	Tag       string    // to pin; a bare version will do
	AsOf      time.Time // until when Python and npm packages may have been published; zero means now
	Downgrade bool      // an older version is meant
	Moved     bool      // what the tag names by now is meant, though another digest was recorded for it
}

// Plan is a pin that is ready to be written.
type Plan struct {
	Changes []Change
	Notes   []Note   // what operators must heed between the two versions
	Remarks []string // what could not be found out

	locker Locker
	files  []draft
	read   []byte // the lock that this plan changes
}

// Plan finds out what a pin needs: digests at the registry, packages of the recipe, the digest that building gives. It writes nothing.
func (l Locker) Plan(ctx context.Context, wish Wish) (Plan, error) {
	plan, err := l.plan(ctx, wish)
	if err != nil {
		return Plan{}, fmt.Errorf("pin %q: %w", wish.Image, err)
	}
	return plan, nil
}

func (l Locker) plan(ctx context.Context, wish Wish) (Plan, error) {
	lock, content, err := l.read()
	if err != nil {
		return Plan{}, err
	}
	entry, err := lock.find(wish.Image)
	if err != nil {
		return Plan{}, err
	}
	before := *entry
	tag, version, err := wish.allowed(before)
	if err != nil {
		return Plan{}, err
	}
	old, err := contentsOf(before, os.DirFS(filepath.Join(l.Dir, "recipes")))
	if err != nil {
		old = contents{image: before.facts()} // locks of the recipe that are missing or cut off are about to be replaced
	}
	plan := Plan{locker: l, read: content}
	entry.Version = version
	if err := errors.Join(lock.otherVersions()...); err != nil {
		return Plan{}, err
	}
	if entry.Upstream, plan.Remarks, err = upstream(ctx, before, tag, wish.Moved); err != nil {
		return Plan{}, err
	}
	after := contents{}
	if entry.Recipe != "" {
		if after.sets, plan.files, err = l.pinRecipe(ctx, before, entry, wish); err != nil {
			return Plan{}, err
		}
	}
	after.image = entry.facts()
	plan.Changes = changes(wish.Image, old, after)
	plan.files = append(plan.files, draft{l.lockPath(), indented(lock)})
	plan.Notes, err = NotesBetween(entry.root(), before.Version, version)
	return plan, err
}

// pinRecipe makes the recipe of an entry anew for its new version, and lists the packages it has then.
func (l Locker) pinRecipe(ctx context.Context, before Entry, entry *Entry, wish Wish) (map[string]map[string]string, []draft, error) {
	recipe, err := l.redeclared(ctx, before, wish, entry.Version)
	if err != nil {
		return nil, nil, err
	}
	made, err := l.remake(ctx, entry, recipe)
	if err != nil {
		return nil, nil, err
	}
	sets, err := made.recipe.packageSets()
	return sets, made.files, err
}

// Write puts the plan into the working copy.
func (p Plan) Write() error { return p.locker.write(p.read, p.files) }

// allowed says which tag and version to pin, unless they are older than what is pinned.
func (w Wish) allowed(e Entry) (tag, version string, err error) {
	tag, version, err = e.named(w.Tag)
	if err != nil {
		return "", "", err
	}
	older, err := newer(e.Version, version)
	if err != nil {
		return "", "", err
	}
	if older && !w.Downgrade {
		return "", "", fmt.Errorf("%s is older than the pinned %s, and servers seldom read what newer ones wrote; say --downgrade if it is meant", version, e.Version)
	}
	return tag, version, nil
}

// upstream asks the registry for a tag. Without its answer an image that can be built is pinned all the same, without a digest.
func upstream(ctx context.Context, e Entry, tag string, moved bool) (*Upstream, []string, error) {
	if e.Upstream == nil {
		return nil, nil, nil
	}
	pinned := *e.Upstream
	ref, err := name.NewTag(pinned.Repository + ":" + tag)
	if err != nil {
		return nil, nil, fmt.Errorf("read tag: %w", err)
	}
	found, err := new(registries).published(ctx, ref)
	if silent(err) && e.Recipe != "" {
		reason := ref.RegistryStr() + " " + unreachable(err, "tag")
		if tag == pinned.Tag {
			return &pinned, []string{reason + "; what is recorded of its digest stays"}, nil
		}
		pinned = Upstream{Repository: pinned.Repository, Tag: tag, NoDigest: "the registry was not heard when it was pinned: " + reason}
		return &pinned, []string{reason + "; the digest of " + tag + " stays unknown until it is pinned again, and the image is built"}, nil
	}
	if err != nil {
		if reason := unreachable(err, "tag"); reason != "" {
			return nil, nil, fmt.Errorf("ask for %s: %s %s%s", ref, ref.RegistryStr(), reason, remedy(err))
		}
		return nil, nil, fmt.Errorf("ask for %s: %w", ref, err)
	}
	if _, ok := found.Platforms[thisMachine().String()]; !ok {
		return nil, nil, fmt.Errorf("%s is not published for %s, only for %s", ref, thisMachine(), strings.Join(slices.Sorted(maps.Keys(found.Platforms)), ", "))
	}
	if tag == pinned.Tag && pinned.Digest != "" && found.Digest != pinned.Digest && !moved {
		return nil, nil, fmt.Errorf("tag %s was %s and is %s now, somebody moved it; say --moved to take what it is now", tag, pinned.Digest, found.Digest)
	}
	if found.Digest != pinned.Digest {
		pinned.Seen = []Sighting{{Where: "the registry, by stackctl pin", When: time.Now().UTC().Format(time.DateOnly)}}
	}
	pinned.Tag, pinned.Digest, pinned.NoDigest, pinned.Platforms = tag, found.Digest, "", found.Platforms
	return &pinned, nil, nil
}

// remedy is what to do about a registry that does not hand a tag out, where the reason does not say so already.
func remedy(err error) string {
	var answer *transport.Error
	switch {
	case !errors.As(err, &answer):
		return "; run it where it can be"
	case answer.StatusCode == http.StatusNotFound:
		return "; name one that is published"
	case answer.StatusCode == http.StatusTooManyRequests:
		return ""
	case answer.StatusCode >= http.StatusInternalServerError:
		return "; try again later"
	}
	return "; log in"
}

// redeclared is the recipe of an entry for another version and date, with recipe.json as it is to be.
func (l Locker) redeclared(ctx context.Context, e Entry, wish Wish, version string) (declared, error) {
	recipes := os.DirFS(filepath.Join(l.Dir, "recipes"))
	recipe, err := readDeclared(recipes, e.Recipe)
	if err != nil {
		return declared{}, err
	}
	if !wish.AsOf.IsZero() && recipe.Python == nil && recipe.NPM == nil {
		return declared{}, errors.New("only Python and npm packages can be had as of a date, and its recipe has none; leave out --as-of")
	}
	path := filepath.Join(l.Dir, "recipes", e.Recipe, "recipe.json")
	content, err := os.ReadFile(path)
	if err != nil {
		return declared{}, err
	}
	asOf := wish.AsOf
	if asOf.IsZero() {
		asOf = time.Now()
	}
	if content, err = l.builder().redeclare(ctx, content, recipe, e.Version, version, asOf); err != nil {
		return declared{}, err
	}
	recipe, err = parseDeclared(recipes, e.Recipe, content)
	return declared{recipe, []draft{{path, content}}}, err
}
