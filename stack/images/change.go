package images

import (
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
)

// Change is one thing that another pin of an image changes, in an operator's words.
type Change struct {
	Image  string
	What   string // "version", "tag", "digest", "Debian openssl"
	Before string // empty when it is new
	After  string // empty when it is gone
}

// contents is what a pin stands for, by what an operator calls it.
type contents struct {
	image []Change                     // After alone is set
	sets  map[string]map[string]string // "Debian" -> package -> version
}

// contentsOf reads what an entry pins, the packages of its recipe among them.
func contentsOf(e Entry, recipes fs.FS) (contents, error) {
	c := contents{image: e.facts(), sets: map[string]map[string]string{}}
	if e.Recipe == "" {
		return c, nil
	}
	r, err := ReadRecipe(recipes, e.Recipe)
	if err != nil {
		return contents{}, err
	}
	c.sets, err = r.packageSets()
	return c, err
}

func (e Entry) facts() []Change {
	facts := []Change{{What: "version", After: e.Version}}
	if u := e.Upstream; u != nil {
		facts = append(facts, Change{What: "repository", After: u.Repository}, Change{What: "tag", After: u.Tag}, Change{What: "digest", After: u.Digest})
		for _, platform := range slices.Sorted(maps.Keys(u.Platforms)) {
			facts = append(facts, Change{What: "digest for " + platform, After: u.Platforms[platform]})
		}
	}
	return append(facts, Change{What: "digest when built", After: e.Digest})
}

// packageSets lists the packages of a recipe with their versions.
func (r Recipe) packageSets() (map[string]map[string]string, error) {
	sets := map[string]map[string]string{"Debian": versions(r.debs)}
	if r.Python != nil {
		sets["Python"] = map[string]string{}
		for _, found := range requirement().FindAllStringSubmatch(string(r.requirements), -1) {
			sets["Python"][found[1]] = found[2]
		}
	}
	if r.Go != nil {
		sets["Go"] = map[string]string{r.Go.Module: r.Go.Version, "toolchain": r.Go.Toolchain}
	}
	if r.NPM != nil {
		packages, err := lockedPackages(r.packages)
		if err != nil {
			return nil, err
		}
		sets["npm"] = map[string]string{}
		for _, p := range packages {
			sets["npm"][p.path] = p.Version
		}
	}
	return sets, nil
}

// changes lists what differs, packages after the rest.
func changes(image string, before, after contents) []Change {
	was, is := map[string]string{}, map[string]string{}
	var order []string
	for _, c := range after.image {
		order, is[c.What] = append(order, c.What), c.After
	}
	for _, c := range before.image {
		if was[c.What] = c.After; !slices.Contains(order, c.What) {
			order = append(order, c.What)
		}
	}
	var found []Change
	for _, what := range order {
		if was[what] != is[what] {
			found = append(found, Change{image, what, was[what], is[what]})
		}
	}
	for _, kind := range []string{"Debian", "Python", "Go", "npm"} {
		for _, m := range moves(before.sets[kind], after.sets[kind]) {
			found = append(found, Change{image, kind + " " + m.Package, m.From, m.To})
		}
	}
	return found
}

// ChangeTable writes changes as plain text.
func ChangeTable(w io.Writer, changes []Change) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "image\twhat\tbefore\tafter")
	for _, c := range changes {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", c.Image, c.What, shown(c.Before), shown(c.After))
	}
	return table.Flush()
}

// shown is a value as tables have it: digests short, nothing as a dash.
func shown(value string) string {
	if value == "" {
		return "-"
	}
	if strings.HasPrefix(value, "sha256:") {
		return value[:min(len(value), len("sha256:")+12)]
	}
	return value
}

// moves compares two sets of packages by name.
func moves(before, after map[string]string) []Move {
	names := maps.Clone(before)
	if names == nil {
		names = map[string]string{}
	}
	maps.Copy(names, after)
	var moved []Move
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if before[name] != after[name] {
			moved = append(moved, Move{name, before[name], after[name]})
		}
	}
	return moved
}

func versions(debs []Deb) map[string]string {
	made := map[string]string{}
	for _, d := range debs {
		made[d.Name] = d.Version
	}
	return made
}

func describeMoves(moved []Move) string {
	var said []string
	for _, m := range moved {
		switch {
		case m.From == "":
			said = append(said, m.Package+" "+m.To+" is new")
		case m.To == "":
			said = append(said, m.Package+" is gone")
		default:
			said = append(said, fmt.Sprintf("%s %s -> %s", m.Package, m.From, m.To))
		}
	}
	return strings.Join(said, ", ")
}
