package images

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Software is what a recipe is made for: one package of a registry.
type Software struct {
	Registry string // "Debian", "PyPI", "Go" or "npm"
	Package  string
	Version  string // without the "v" of Go
}

// String implements fmt.Stringer.
func (s Software) String() string { return s.Registry + " " + s.Package }

// software finds it: the first Debian package or requirement, the Go module, or the one npm package of the version.
func (r Recipe) software(version string) (Software, error) {
	switch {
	case r.Python != nil && len(r.Python.Requirements) > 0:
		if found := requirement().FindStringSubmatch(r.Python.Requirements[0]); found != nil {
			return Software{"PyPI", found[1], found[2]}, nil
		}
		return Software{}, fmt.Errorf("requirement %q of the recipe names no exact version; write name==version", r.Python.Requirements[0])
	case r.Go != nil:
		return Software{"Go", r.Go.Module, strings.TrimPrefix(r.Go.Version, "v")}, nil
	case r.NPM != nil:
		var found []string
		for name, v := range r.NPM.Packages {
			if v == version {
				found = append(found, name)
			}
		}
		if len(found) != 1 {
			return Software{}, fmt.Errorf("%d npm packages of the recipe have version %s; exactly one must", len(found), version)
		}
		return Software{"npm", found[0], version}, nil
	case len(r.Debian.Include) > 0:
		return r.debianSoftware()
	}
	return Software{}, errors.New("the recipe includes nothing")
}

func (r Recipe) debianSoftware() (Software, error) {
	name := r.Debian.Include[0]
	i := slices.IndexFunc(r.debs, func(d Deb) bool { return d.Name == name })
	if i < 0 {
		return Software{}, fmt.Errorf("Debian package %q is not locked", name)
	}
	v, err := upstreamOf(r.debs[i].Version)
	if err != nil {
		return Software{}, fmt.Errorf("read version %q of Debian package %q: %w", r.debs[i].Version, name, err)
	}
	return Software{"Debian", name, v}, nil
}

// requirement reads name[extras]==version, as declared and at the beginning of a line of a lock.
func requirement() *regexp.Regexp {
	return regexp.MustCompile(`(?m)^([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?==([^\s;\\]+)`)
}

// redeclare rewrites a recipe.json for another version and date. It is text that people laid out, so only what moves is touched.
func (b *builder) redeclare(ctx context.Context, content []byte, r Recipe, from, version string, asOf time.Time) ([]byte, error) {
	if r.Python == nil && r.Go == nil && r.NPM == nil {
		return content, nil // Debian has what it has
	}
	is, err := r.software(from)
	if err != nil {
		return nil, err
	}
	date := asOf.UTC().Format(time.RFC3339)
	var moved []string // pairs: what is, what is to be
	switch {
	case r.Python != nil:
		old := r.Python.Requirements[0]
		moved = []string{quoted(r.Python.AsOf), quoted(date), quoted(old), quoted(strings.TrimSuffix(old, is.Version) + version)}
	case r.NPM != nil:
		moved = []string{quoted(r.NPM.AsOf), quoted(date), quoted(is.Version), quoted(version)}
	case is.Version != version:
		sum, err := b.moduleSum(ctx, r.Go.Module, "v"+version)
		if err != nil {
			return nil, err
		}
		moved = []string{quoted(r.Go.Version), quoted("v" + version), quoted(r.Go.Sum), quoted(sum)}
		if r.Go.LDFlags != "" {
			moved = append(moved, quoted(r.Go.LDFlags), quoted(strings.ReplaceAll(r.Go.LDFlags, is.Version, version)))
		}
	}
	for i := 0; i < len(moved); i += 2 {
		if n := bytes.Count(content, []byte(moved[i])); n != 1 {
			return nil, fmt.Errorf("rewrite recipe.json: %s stands there %d times; it must be once", moved[i], n)
		}
		content = bytes.Replace(content, []byte(moved[i]), []byte(moved[i+1]), 1)
	}
	return content, nil
}

func quoted(text string) string { return `"` + text + `"` }
