package stack

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"
)

// belongings are what the database of a homeserver says must be in the files beside it.
type belongings struct {
	media   []string // paths of what people uploaded
	signers []string // names of the keys that signed what its people said; none when nobody said anything
}

// among refuses files that lack some of it. file is the archive that has them.
func (b belongings) among(there map[string]bool, file string) error {
	missing := slices.DeleteFunc(slices.Clone(b.media), func(file string) bool { return there[file] })
	if len(missing) > 0 {
		return Refused{fmt.Sprintf("it lacks %d of the %d files that people uploaded, %s among them; take one whose files are from after its databases", len(missing), len(b.media), missing[0])}
	}
	key, err := contentIn(file, "signing.key")
	if err != nil {
		return err
	}
	for _, name := range keyNames(key) {
		if slices.Contains(b.signers, name) {
			return nil
		}
	}
	if len(b.signers) == 0 {
		return nil
	}
	return Refused{fmt.Sprintf("its signing key is %s, and what people said is signed with %s; take one whose key and database belong together",
		strings.Join(keyNames(key), ", "), strings.Join(b.signers, ", "))}
}

// contentIn reads one file of an archive; "" when it is not there.
func contentIn(file, inside string) (string, error) {
	content, err := os.Open(file)
	if err != nil {
		return "", fmt.Errorf("read the backup: %w", err)
	}
	defer content.Close()
	for archive := tar.NewReader(content); ; {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return "", nil
		}
		if err != nil {
			return "", fmt.Errorf("read the backup: %w", err)
		}
		if _, path, _ := strings.Cut(header.Name, "/"); path == inside {
			found, err := io.ReadAll(archive)
			return string(found), err
		}
	}
}

// keyNames are the names of the keys in a file of signing keys: each line has a kind, a name and the key.
func keyNames(file string) (names []string) {
	for line := range strings.Lines(file) {
		if words := strings.Fields(line); len(words) == 3 {
			names = append(names, words[0]+":"+words[1])
		}
	}
	return names
}

// signers are the names of the keys with which a homeserver signed events.
func signers(rows []map[string]string, server string) (names []string) {
	signature := regexp.MustCompile(`"` + regexp.QuoteMeta(server) + `":\{("ed25519:[^}]+)\}`)
	for _, row := range rows {
		for _, found := range signature.FindAllStringSubmatch(row["json"], -1) {
			for name := range strings.SplitSeq(found[1], `","`) {
				name, _, _ = strings.Cut(strings.TrimPrefix(name, `"`), `"`)
				names = appendNew(names, name)
			}
		}
	}
	return names
}

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
