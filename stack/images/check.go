package images

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"text/tabwriter"

	"github.com/google/go-containerregistry/pkg/name"
)

// Verdict is what a look at a pin gave.
type Verdict string

// The verdicts on a pin.
const (
	Holds       Verdict = "holds"
	NoDigest    Verdict = "no digest"    // none was ever known, so it is not pulled either
	NotVerified Verdict = "not verified" // who could tell cannot be asked
	Broken      Verdict = "broken"
)

// Checked is one look at one pin.
type Checked struct {
	Image   string
	What    string // "lock", "use", the repository, or the recipe
	Verdict Verdict
	Remark  string
}

// Verifier looks whether pins still hold.
type Verifier struct {
	Lock     []byte // images.lock.json
	Recipes  fs.FS
	Used     []string // images that servers are declared with
	Store    Store
	Quick    bool // build nothing
	Env      func(string) string
	Progress func(line string)

	trusted    bool // take a mirror's word; for tests, whose mirror signs nothing
	registries registries
}

// NewVerifier verifies the lock this program was built with.
func NewVerifier() *Verifier { return &Verifier{Lock: lockFile, Recipes: Recipes()} }

// Verify looks at every pin: at the lock itself, at registries and at what recipes build. Only what keeps it from looking is an error.
func (v *Verifier) Verify(ctx context.Context) ([]Checked, error) {
	lock, err := readLock(v.Lock)
	if err != nil {
		return nil, err
	}
	rows := lock.lacks(v.Used)
	for _, e := range lock.Images {
		rows = append(rows, e.agreement(v.Recipes, v.Used)...)
		if e.Upstream != nil {
			rows = append(rows, v.published(ctx, e))
		}
		if e.Recipe != "" && !v.Quick && len(e.recipeProblems(v.Recipes)) == 0 {
			rows = append(rows, v.built(ctx, e))
		}
		if ctx.Err() != nil {
			return nil, fmt.Errorf("verify pins: %w", ctx.Err())
		}
	}
	return rows, nil
}

// published compares a pin with its registry.
func (v *Verifier) published(ctx context.Context, e Entry) Checked {
	u := e.Upstream
	row := Checked{Image: e.Name, What: u.Repository + ":" + u.Tag}
	if u.Digest == "" {
		row.Verdict, row.Remark = NoDigest, u.NoDigest
		return row
	}
	tag, errTag := name.NewTag(row.What)
	digest, errDigest := name.NewDigest(u.Pinned())
	if err := errors.Join(errTag, errDigest); err != nil {
		row.Verdict, row.Remark = Broken, err.Error()
		return row
	}
	found, err := v.registries.published(ctx, tag)
	row.Verdict, row.Remark = verdictOn(err, tag.RegistryStr(), "tag")
	if err == nil && found.Digest == u.Digest {
		row.Verdict, row.Remark = u.recorded(found)
		return row
	}
	if row.Verdict == NotVerified {
		return row
	}
	if err == nil {
		row.Verdict, row.Remark = Broken, fmt.Sprintf("the tag is %s now, pinned is %s", found.Digest, u.Digest)
	}
	if _, err := v.registries.published(ctx, digest); err != nil {
		_, reason := verdictOn(err, tag.RegistryStr(), "digest")
		row.Remark += "; pinned: " + reason
	} else {
		row.Remark += "; the pinned digest is still there"
	}
	return row
}

// recorded compares the platforms of the lock with those of the index it pins.
func (u Upstream) recorded(found published) (Verdict, string) {
	if len(u.Platforms) == 0 {
		return Holds, "platforms are not recorded; pin it anew"
	}
	for platform, digest := range u.Platforms {
		if found.Platforms[platform] != digest {
			return Broken, fmt.Sprintf("its image for %s is %s, the lock says %s; pin it anew", platform, cmp.Or(found.Platforms[platform], "not there"), digest)
		}
	}
	return Holds, ""
}

// verdictOn tells a registry that cannot be asked from one that says no.
func verdictOn(err error, registry, thing string) (Verdict, string) {
	switch reason := unreachable(err, thing); {
	case err == nil:
		return Holds, ""
	case reason == "":
		return Broken, err.Error()
	case silent(err):
		return NotVerified, registry + " " + reason
	default:
		return Broken, registry + " " + reason
	}
}

// built compares what a recipe builds with the lock. What was built from the same inputs before is in the store.
func (v *Verifier) built(ctx context.Context, e Entry) Checked {
	row := Checked{Image: e.Name, What: "recipe " + e.Recipe, Verdict: Broken}
	recipe, err := ReadRecipe(v.Recipes, e.Recipe)
	if err != nil {
		row.Remark = err.Error()
		return row
	}
	_, stored := v.Store.find(recipe.Key())
	b := &builder{store: v.Store, env: v.Env, say: v.Progress, trusted: v.trusted}
	made, err := b.build(ctx, recipe, e.Version)
	var connection *url.Error
	switch {
	case errors.Is(err, errGone):
		row.Verdict, row.Remark = NotVerified, fmt.Sprintf("%v; re-lock it: make lock IMAGE=%s", err, e.Name)
	case errors.Is(err, errNoRegistry), errors.As(err, &connection):
		row.Verdict, row.Remark = NotVerified, err.Error()
	case err != nil:
		row.Remark = err.Error()
	case made.Digest != e.Digest:
		row.Remark = fmt.Sprintf("it builds %s, the lock says %s", made.Digest, e.Digest)
	case stored:
		row.Verdict, row.Remark = Holds, "built earlier, in the store"
	default:
		row.Verdict, row.Remark = Holds, "built now"
	}
	return row
}

// CheckedTable writes verdicts as plain text.
func CheckedTable(w io.Writer, rows []Checked) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "image\twhat\tverdict\tremark")
	for _, r := range rows {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", r.Image, r.What, r.Verdict, r.Remark)
	}
	return table.Flush()
}
