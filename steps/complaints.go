package steps

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// How much of what servers complained of is shown beside a failure; all of it is in the bundle.
const (
	mostComplaints   = 3   // of one server
	longestComplaint = 240 // bytes of a line
)

// complaints are the lines in which servers said that something went wrong, each kind once, and the last lines of servers
// that stopped. Other scenarios ran at the same time, so they are a hint and no proof.
func complaints(logs map[string]string, stopped []string) []string {
	var found []string
	for _, server := range slices.Sorted(maps.Keys(logs)) {
		var lines []string
		wrong := regexp.MustCompile(`\b(ERROR|CRITICAL|FATAL|ERR|panic:)\b|^\S*(Error|Exception): `)
		if slices.Contains(stopped, server) {
			found = append(found, server+" is not running; it ended with")
			lines = strings.Split(strings.TrimSpace(logs[server]), "\n")
			lines = lines[max(0, len(lines)-mostComplaints):]
		} else {
			lines = kinds(logs[server], wrong)
		}
		for _, line := range lines[:min(len(lines), mostComplaints)] {
			if len(line) > longestComplaint {
				line = strings.ToValidUTF8(line[:longestComplaint], "") + "..."
			}
			found = append(found, fmt.Sprintf("%s: %s", server, redact(line)))
		}
	}
	return found
}

// kinds returns the lines that match, one of each kind: numbers and ids do not make a difference.
func kinds(log string, wanted *regexp.Regexp) []string {
	var lines []string
	seen := map[string]bool{}
	ids := regexp.MustCompile(`\x1b\[[0-9;]*m|[@!$#]\S+|[0-9A-Fa-f]*[0-9][0-9A-Fa-f]*`)
	for line := range strings.Lines(log) {
		line = regexp.MustCompile(`\x1b\[[0-9;]*m`).ReplaceAllString(strings.TrimSpace(line), "")
		kind := ids.ReplaceAllString(line, "")
		if !wanted.MatchString(line) || seen[kind] {
			continue
		}
		seen[kind] = true
		lines = append(lines, line)
	}
	return lines
}
