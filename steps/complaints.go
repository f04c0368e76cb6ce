package steps

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// How much of what servers complained of is shown beside a failure; all of it is in the bundle.
const (
	mostComplaints   = 3   // of one server
	longestComplaint = 240 // bytes of a line
)

// complaint is a line in which a server says that something went wrong.
var complaint = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`\b(ERROR|CRITICAL|FATAL|ERR|panic:)\b|^\S*(Error|Exception)\w*: `)
})

// routine is what servers call an error in every run that is as it should be.
var routine = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(strings.Join([]string{
		`Unexpected HTTP response while querying user from Synapse`, // MAS asks whether a name is taken, and 404 says that it is free
		`could not serialize access due to`,                         // Synapse tries that again
		`duplicate key value violates unique constraint`,            // Synapse lets the database decide who came first
		`Failed to reconfigure room|Room validation failed`,         // Heisenbridge leaves a room it has no use for
	}, "|"))
})

// complains tells whether a server says in a line that something went wrong.
func complains(line string) bool {
	return complaint().MatchString(line) && !routine().MatchString(line)
}

// complaints are the lines in which servers said that something went wrong, each kind once, and the last lines of servers
// that stopped. Other scenarios ran at the same time, so they are a hint and no proof.
func complaints(logs map[string]string, stopped []string) []string {
	var found []string
	for _, server := range slices.Sorted(maps.Keys(logs)) {
		var lines []string
		if slices.Contains(stopped, server) {
			last := strings.TrimSpace(logs[server])
			if last == "" {
				found = append(found, server+" is not running; it left no log")
				continue
			}
			found = append(found, server+" is not running; it ended with")
			lines = strings.Split(last, "\n")
			lines = lines[max(0, len(lines)-mostComplaints):]
		} else {
			lines = kinds(logs[server])
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

// kinds returns the complaints, one of each kind.
func kinds(log string) []string {
	var lines []string
	seen := map[string]bool{}
	for line := range strings.Lines(log) {
		line = colors().ReplaceAllString(strings.TrimSpace(line), "")
		if !complains(line) {
			continue
		}
		if kind := kindOf(line); !seen[kind] {
			seen[kind] = true
			lines = append(lines, line)
		}
	}
	return lines
}

// kindOf is what is left of a line without numbers and ids, which make no difference.
func kindOf(line string) string { return ids().ReplaceAllString(line, "") }

var (
	colors = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\x1b\[[0-9;]*m`) })
	ids    = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`[@!$#]\S+|[0-9A-Fa-f]*[0-9][0-9A-Fa-f]*`) })
)
