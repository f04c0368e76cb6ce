package images

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
)

// OfferTable writes what sources have, as plain text, and below it what to heed on the way there.
func OfferTable(w io.Writer, offers []Offer) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "image\tpinned\tnewest\tsource\tremark")
	highest := map[string]Offer{}
	for _, o := range offers {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", o.Image, o.Pinned, shown(o.Newest), o.Source, o.Remark)
		if best := highest[o.Image]; o.Newer() && newest([]string{best.Newest, o.Newest}) == o.Newest {
			highest[o.Image] = o
		}
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for _, o := range offers {
		best, ok := highest[o.Image]
		if !ok {
			continue
		}
		delete(highest, o.Image)
		notes, err := NotesBetween(o.Image, best.Pinned, best.Newest)
		if err != nil {
			return err
		}
		if err := NoteList(w, fmt.Sprintf("%s %s -> %s", o.Image, best.Pinned, best.Newest), notes); err != nil {
			return err
		}
	}
	return nil
}

// NoteList writes what to heed on a way between two versions, or nothing when nothing is known.
func NoteList(w io.Writer, way string, notes []Note) error {
	if len(notes) == 0 {
		return nil
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "\n%s, to heed:\n", way)
	var sources []string
	for _, n := range notes {
		fmt.Fprintf(table, "  %s\t%s\n", n.Version, n.Note)
		if !slices.Contains(sources, n.Source) {
			sources = append(sources, n.Source)
		}
	}
	fmt.Fprintf(table, "  taken from %s; what came later is not in it\n", strings.Join(sources, "; "))
	return table.Flush()
}
