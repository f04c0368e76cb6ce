// Package upgrade says what an upgrade is, in which order several are made, and what came of them. It moves nothing itself.
package upgrade

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/semver"
)

// Hop lets one server run another version.
type Hop struct {
	Component string `json:"component"`
	From      string `json:"from"`
	To        string `json:"to"`
}

// String names the hop as operators do.
func (h Hop) String() string { return fmt.Sprintf("%s %s to %s", h.Component, h.From, h.To) }

// Backwards tells whether the version is an older one.
func (h Hop) Backwards() bool { return semver.Compare("v"+h.To, "v"+h.From) < 0 }

// Want is one server and the version it shall get.
type Want struct{ Component, Version string }

// ParseWants reads what an operator asks for: "synapse=v1.163.2".
func ParseWants(arguments []string) ([]Want, error) {
	var wants []Want
	for _, argument := range arguments {
		component, version, ok := strings.Cut(argument, "=")
		if !ok || component == "" || strings.Trim(version, "v") == "" {
			return nil, fmt.Errorf("read %q: write which server gets which version: synapse=1.163.2", argument)
		}
		if slices.ContainsFunc(wants, func(w Want) bool { return w.Component == component }) {
			return nil, fmt.Errorf("read %q: %s is named twice; give what lies between with --via", argument, component)
		}
		wants = append(wants, Want{component, strings.TrimPrefix(version, "v")})
	}
	return wants, nil
}

// Order sorts upgrades as they are made: who is needed comes before who needs it, and of equals the first in the alphabet. Steps of
// one server stay in the order in which they were given.
func Order(wants []Want, needs func(component string) []string) []Want {
	var depth func(component string) int
	depth = func(component string) int {
		deepest := 0
		for _, need := range needs(component) {
			deepest = max(deepest, depth(need)+1)
		}
		return deepest
	}
	sorted := slices.Clone(wants)
	slices.SortStableFunc(sorted, func(a, b Want) int {
		if by := depth(a.Component) - depth(b.Component); by != 0 {
			return by
		}
		return strings.Compare(a.Component, b.Component)
	})
	return sorted
}

// Outcome is what became of one thing people would miss.
type Outcome string

// What can become of a thing.
const (
	Kept    Outcome = "kept"
	Changed Outcome = "changed"
	Lost    Outcome = "lost"
	NotHere Outcome = "not here" // the stack has no such thing
)

// Item is one thing people would miss, and what became of it.
type Item struct {
	Item    string  `json:"item"`
	Outcome Outcome `json:"outcome"`
	Why     string  `json:"why,omitempty"`
}

// The ways back from a hop.
const (
	BackSafe   = "safe"                  // the old version runs on what the new one left, and nothing is lost
	BackSince  = "loses what came since" // the old version runs, but knows nothing of some things done after the hop
	BackBackup = "needs the backup"      // only a copy made before the hop brings the old version back
	BackNone   = "there is none"         // not even that does
	BackNotRun = "was not rehearsed"     // the hop lost something
)

// Record is the verdict on one hop. It is kept and shown.
type Record struct {
	Hop
	When       time.Time         `json:"when"`
	Digests    map[string]string `json:"digests"` // image by version
	Verdict    string            `json:"verdict"` // "green", or why not
	WayBack    string            `json:"wayBack"`
	Why        string            `json:"why,omitempty"` // why the way back is not safe
	CutOff     float64           `json:"cutOffSeconds"` // how long people were cut off
	Duration   float64           `json:"durationSeconds"`
	Items      []Item            `json:"items"`
	ItemsAfter []Item            `json:"itemsAfterWayBack,omitempty"`
}

// Green is the verdict on what lost nothing.
const Green = "green"

// Drill is the verdict on a backup that was restored.
type Drill struct {
	Kind     string    `json:"kind"` // "drill"
	When     time.Time `json:"when"`
	Verdict  string    `json:"verdict"`
	BackUp   float64   `json:"backUpSeconds"`
	Duration float64   `json:"durationSeconds"` // of the restore
	Window   float64   `json:"windowSeconds"`   // of what was written and is gone
	Items    []Item    `json:"items"`
}

// Judge says in words whether everything was kept.
func Judge(items []Item) string {
	var bad []string
	for _, i := range items {
		if i.Outcome == Lost || i.Outcome == Changed {
			bad = append(bad, fmt.Sprintf("%s %s: %s", i.Item, i.Outcome, i.Why))
		}
	}
	if len(bad) == 0 {
		return Green
	}
	return strings.Join(bad, "; ")
}
