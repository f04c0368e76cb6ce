package stack

import (
	"errors"
	"path"
	"strings"
	"time"
)

// mediaFiles are the files of what people uploaded, inside the storage of the homeserver. What was looked up for a preview, or was
// announced and never came, is not missed. Source: synapse/media/filepath.py.
func mediaFiles(rows []map[string]string) (files []string) {
	const null = `\N`
	for _, row := range rows {
		if id := row["media_id"]; row["url_cache"] == null && row["media_length"] != null && len(id) > 4 {
			files = append(files, path.Join("media_store/local_content", id[:2], id[2:4], id[4:]))
		}
	}
	return files
}

// rowsOf reads the rows of a table as pg_restore writes them.
func rowsOf(said string) (rows []map[string]string) {
	var columns []string
	for line := range strings.Lines(said) {
		line = strings.TrimSuffix(line, "\n")
		if _, list, begins := strings.Cut(line, " ("); begins && strings.HasPrefix(line, "COPY ") {
			list, _, _ = strings.Cut(list, ")")
			columns = strings.Split(list, ", ")
			continue
		}
		values := strings.Split(line, "\t")
		if columns == nil || line == `\.` || len(values) != len(columns) {
			columns = nil
			continue
		}
		row := map[string]string{}
		for i, column := range columns {
			row[column] = values[i]
		}
		rows = append(rows, row)
	}
	return rows
}

// dumpedAt reads when a dump was made in what pg_restore lists of it.
func dumpedAt(listed string) (time.Time, error) {
	const begins = "; Archive created at "
	for line := range strings.Lines(listed) {
		if at, ok := strings.CutPrefix(line, begins); ok {
			return time.Parse("2006-01-02 15:04:05 MST", strings.TrimSpace(at))
		}
	}
	return time.Time{}, errors.New("it does not say when it was made")
}

// lastLine is what a tool said last.
func lastLine(said string) string {
	lines := strings.Split(strings.TrimSpace(said), "\n")
	return lines[len(lines)-1]
}
