package upgrade

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
)

// Write keeps a record in a folder, as machines read it and as people do. A later verdict on the same hop replaces it.
func (r Record) Write(folder string) error {
	name := strings.Join([]string{r.Component, r.From, r.To}, "-")
	return write(folder, name, r, r.Print)
}

// Write keeps the verdict on a drill in a folder.
func (d Drill) Write(folder string) error { return write(folder, "drill", d, d.Print) }

func write(folder, name string, record any, show func(io.Writer)) error {
	content, err := json.MarshalIndent(record, "", "  ")
	if err != nil {
		return fmt.Errorf("keep the verdict: %w", err)
	}
	var text strings.Builder
	show(&text)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return fmt.Errorf("keep the verdict: %w", err)
	}
	for suffix, content := range map[string]string{".json": string(content) + "\n", ".txt": text.String()} {
		if err := os.WriteFile(filepath.Join(folder, name+suffix), []byte(content), 0o644); err != nil {
			return fmt.Errorf("keep the verdict: %w", err)
		}
	}
	return nil
}

// Print shows the verdict on a hop to people.
func (r Record) Print(w io.Writer) {
	fmt.Fprintf(w, "%s\n", r.Hop)
	table(w, r.Items)
	fmt.Fprintf(w, "  verdict   %s\n  way back  %s", r.Verdict, r.WayBack)
	if r.Why != "" {
		fmt.Fprintf(w, ": %s", r.Why)
	}
	fmt.Fprintf(w, "\n  people were cut off for %.1fs; the hop took %.1fs\n", r.CutOff, r.Duration)
}

// Print shows the verdict on a drill to people.
func (d Drill) Print(w io.Writer) {
	fmt.Fprintln(w, "backup and restore")
	table(w, d.Items)
	fmt.Fprintf(w, "  verdict  %s\n  backing up took %.1fs, restoring %.1fs; what was written in the %.1fs between is gone\n", d.Verdict, d.BackUp, d.Duration, d.Window)
}

func table(w io.Writer, items []Item) {
	rows := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, i := range items {
		fmt.Fprintln(rows, strings.TrimRight(fmt.Sprintf("  %s\t%s\t%s", i.Item, i.Outcome, i.Why), "\t"))
	}
	rows.Flush()
}
