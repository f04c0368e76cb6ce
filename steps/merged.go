package steps

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"matrixstack/steps/report"
)

// logEntry is one line of a server's log.
type logEntry struct {
	at      time.Time
	server  string
	text    string
	own     bool // it is about the scenario
	marked  bool // and says so by itself
	request int  // number of the request it tells of, from 1; 0 when none is known
}

// lastWords is how many lines of a server that stopped are about every scenario: they may say why.
const lastWords = 15

// merge puts the logs of all servers in the order of time and marks what is about the scenario: by the names of its people and
// rooms, by what it asked and when, and by what servers call a request in all its lines.
func merge(e Evidence) []logEntry {
	var all []logEntry
	for _, server := range slices.Sorted(maps.Keys(e.Logs)) {
		for _, line := range parseLog(server, e.Start[server]) {
			line.own = true // what is wrong since then is wrong for everybody
			all = append(all, line)
		}
		entries := parseLog(server, e.Logs[server])
		stopped := slices.ContainsFunc(e.States, func(s report.State) bool { return s.Server == server && !s.Good })
		for i := range entries {
			line := &entries[i]
			line.marked = e.Alone || stopped && i >= len(entries)-lastWords || slices.ContainsFunc(e.Marks, func(mark string) bool { return strings.Contains(line.text, mark) })
			line.request = asked(*line, e.Requests)
			line.own = line.marked || line.request > 0 && !namesOthers(line.text, e.Marks)
		}
		joined(entries, e.Marks)
		continued(entries)
		all = append(all, entries...)
	}
	slices.SortStableFunc(all, func(a, b logEntry) int { return a.at.Compare(b.at) })
	for i := range all {
		all[i].text = hide(all[i].text, e.Secrets)
		if !all[i].own {
			all[i].request = 0
		}
	}
	return all
}

// parseLog reads lines that begin with the moment the engine got them. Key material that spans lines is left out.
func parseLog(server, log string) []logEntry {
	base64 := regexp.MustCompile(`^[A-Za-z0-9+/=\\]*$`)
	var entries []logEntry
	var last time.Time
	inKey := false
	for line := range strings.Lines(log) {
		at, text, _ := strings.Cut(strings.TrimRight(line, "\r\n"), " ")
		if moment, err := time.Parse(time.RFC3339Nano, at); err == nil {
			last = moment
		} else {
			text = strings.TrimRight(line, "\r\n")
		}
		text = colors().ReplaceAllString(text, "")
		if inKey {
			ends := strings.Contains(text, "-----END ")
			inKey = !ends && base64.MatchString(text)
			if ends || inKey {
				continue
			}
		}
		inKey = strings.Contains(text, "PRIVATE KEY-----") && !strings.Contains(text, "-----END ")
		entries = append(entries, logEntry{at: last, server: server, text: text})
	}
	return entries
}

// asked finds the request of the scenario that a line tells of: the same method and path, while it was going on. Several fit when
// something is asked again and again; servers tell of a request when it ends, so the one that ended nearest is meant.
func asked(line logEntry, requests []report.Request) int {
	const early, late = 30 * time.Millisecond, 300 * time.Millisecond // clocks differ, and logs lag
	found := 0
	var nearest time.Duration
	for i, q := range requests {
		end := q.At.Add(time.Duration(q.Seconds * float64(time.Second)))
		if line.at.Before(q.At.Add(-early)) || line.at.After(end.Add(late)) || !tells(line.text, q) {
			continue
		}
		if distance := line.at.Sub(end).Abs(); found == 0 || distance < nearest {
			found, nearest = i+1, distance
		}
	}
	return found
}

// tells looks for method and path of a request in a line.
func tells(text string, q report.Request) bool {
	if len(q.Path) < 2 || !strings.Contains(text, q.Method) {
		return false
	}
	plain, err := url.PathUnescape(q.Path)
	if err != nil {
		plain = q.Path
	}
	for _, path := range []string{q.Path, plain} {
		if at := strings.Index(text, path); at >= 0 {
			rest := text[at+len(path):]
			if rest == "" || strings.ContainsAny(rest[:1], " ?\"',;)}") {
				return true
			}
		}
	}
	return false
}

// suffixed finds scenarios by what makes the names of their people unique, and by what their clients call themselves.
var suffixed = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?:@[\w.]+-|scenario/)([0-9a-f]{8})\b`) })

// namesOthers tells whether a line speaks of people of another scenario, and of none of this one.
func namesOthers(text string, marks []string) bool {
	for _, name := range suffixed().FindAllStringSubmatch(text, -1) {
		if !slices.Contains(marks, name[1]) {
			return true
		}
	}
	return false
}

// joined lets all lines of a request be about the scenario, or none. Synapse and MAS call each request by method and number.
func joined(entries []logEntry, marks []string) {
	id := regexp.MustCompile(`(?:^|[\s\[])([A-Za-z_]+-\d+)[\s\]:]`)
	type fate struct {
		own, foreign bool
		request      int
	}
	fates, names := map[string]*fate{}, make([]string, len(entries))
	for i, line := range entries {
		found := id.FindStringSubmatch(line.text)
		if found == nil {
			continue
		}
		names[i] = found[1]
		if fates[found[1]] == nil {
			fates[found[1]] = &fate{}
		}
		f := fates[found[1]]
		f.own = f.own || line.own
		f.foreign = f.foreign || !line.marked && namesOthers(line.text, marks)
		if line.own {
			f.request = cmp.Or(f.request, line.request)
		}
	}
	for i := range entries {
		if f := fates[names[i]]; f != nil {
			entries[i].own = entries[i].marked || f.own && !f.foreign
			entries[i].request = cmp.Or(entries[i].request, f.request)
		}
	}
}

// continued lets the lines of a stack trace belong where the line before them does.
func continued(entries []logEntry) {
	goesOn := regexp.MustCompile(`^(\s|Traceback|[\w.]+(Error|Exception)\b)`)
	for i := range entries {
		if i > 0 && entries[i-1].own && goesOn.MatchString(entries[i].text) {
			entries[i].own, entries[i].request = true, entries[i-1].request
		}
	}
}

// mergedText is the merged log as a file. What is about the scenario begins with a star.
func mergedText(entries []logEntry) string {
	var out strings.Builder
	for _, line := range entries {
		star := " "
		if line.own {
			star = "*"
		}
		fmt.Fprintf(&out, "%s %s %-14s %s\n", star, line.at.UTC().Format("15:04:05.000"), line.server, line.text)
	}
	return out.String()
}

// ownTime is the time with which a server begins its lines; the merged log has one already.
var ownTime = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d[,.]?\d*(Z| UTC)?( - | )`)
})

// brief is a line as people read it: without what stands beside it already, and a request of the proxy in words.
func brief(text string) string {
	var access struct {
		RequestMethod, RequestHost, RequestPath, RouterName, ServiceAddr string
		DownstreamStatus                                                 int
		Duration                                                         time.Duration
	}
	if !strings.HasPrefix(text, "{") || json.Unmarshal([]byte(text), &access) != nil || access.RequestMethod == "" {
		return ownTime().ReplaceAllString(text, "")
	}
	way := "no route"
	if access.RouterName != "" {
		way = fmt.Sprintf("%s to %s", access.RouterName, cmp.Or(access.ServiceAddr, "nobody"))
	}
	return fmt.Sprintf("%s %s%s → %d, %s, %s", access.RequestMethod, access.RequestHost, access.RequestPath, access.DownstreamStatus, access.Duration.Round(time.Millisecond), way)
}

// shownLines are the lines as a page shows them.
func shownLines(entries []logEntry) []report.LogLine {
	const longest = 1200 // bytes; all of a line is in the file
	var lines []report.LogLine
	for _, line := range entries {
		text := brief(line.text)
		if len(text) > longest {
			text = strings.ToValidUTF8(text[:longest], "") + "..."
		}
		lines = append(lines, report.LogLine{At: line.at.UTC().Format("15:04:05.000"), Server: line.server, Text: text, Own: line.own, Request: line.request})
	}
	return lines
}
