package images

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
)

// ProvenanceTable writes where each image came from, as plain text.
func ProvenanceTable(w io.Writer, rows []Resolved) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "image\tversion\tsource\tdigest\tremark")
	for _, r := range rows {
		digest := "-"
		if r.Digest != "" {
			digest = r.Digest[:min(len(r.Digest), len("sha256:")+12)]
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", r.Name, r.Version, r.Source, digest, r.Note)
	}
	return table.Flush()
}

// moves compares two package sets by name.
func moves(from, to []Deb) []Move {
	before, after := versions(from), versions(to)
	var moved []Move
	for _, d := range from {
		if after[d.Name] != d.Version {
			moved = append(moved, Move{d.Name, d.Version, after[d.Name]})
		}
	}
	for _, d := range to {
		if _, ok := before[d.Name]; !ok {
			moved = append(moved, Move{d.Name, "", d.Version})
		}
	}
	slices.SortFunc(moved, func(a, b Move) int { return strings.Compare(a.Package, b.Package) })
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
