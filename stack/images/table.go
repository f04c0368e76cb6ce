package images

import (
	"fmt"
	"io"
	"text/tabwriter"
)

// ProvenanceTable writes where each image came from, as plain text.
func ProvenanceTable(w io.Writer, rows []Resolved) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "image\tversion\tsource\tdigest\tremark")
	for _, r := range rows {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", r.Name, r.Version, r.Source, shown(r.Digest), r.Note)
	}
	return table.Flush()
}
