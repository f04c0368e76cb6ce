package report

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Upgrade is the record of one hop from a version to another, or of a drill.
type Upgrade struct {
	Kind            string        `json:"kind"` // "drill", or empty for a hop
	Component       string        `json:"component"`
	From            string        `json:"from"`
	To              string        `json:"to"`
	When            time.Time     `json:"when"`
	Verdict         string        `json:"verdict"`
	WayBack         string        `json:"wayBack"` // what going back to the old version came to
	CutOffSeconds   float64       `json:"cutOffSeconds"`
	DurationSeconds float64       `json:"durationSeconds"`
	WindowSeconds   float64       `json:"windowSeconds"` // of a drill: what was written in it is lost
	Items           []UpgradeItem `json:"items"`
	Name            string        `json:"-"` // of its file
}

// UpgradeItem is one thing that had to survive.
type UpgradeItem struct {
	Item    string `json:"item"`
	Outcome string `json:"outcome"` // "kept", "lost" or "changed"
	Why     string `json:"why"`
}

// Drill tells a drill from an upgrade.
func (u Upgrade) Drill() bool { return u.Kind == "drill" }

// Count is how many items came out that way.
func (u Upgrade) Count(outcome string) int {
	n := 0
	for _, item := range u.Items {
		if item.Outcome == outcome {
			n++
		}
	}
	return n
}

// Good tells whether nothing was lost.
func (u Upgrade) Good() bool { return u.Count("lost") == 0 && !bad(u.Verdict) }

// bad tells from the verdict of a record, which is free text, whether it is a bad one.
func bad(verdict string) bool {
	lower := strings.ToLower(verdict)
	return slices.ContainsFunc([]string{"fail", "lost", "broken", "red"}, func(word string) bool { return strings.HasPrefix(lower, word) })
}

// LoadUpgrades reads the records of a folder, newest first. A folder that is not there holds none; a record that cannot be read is
// named in the notices.
func LoadUpgrades(dir string) (records []Upgrade, notices []string, err error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil {
		return nil, nil, fmt.Errorf("read upgrade records: %w", err)
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			return nil, nil, fmt.Errorf("read upgrade records: %w", err)
		}
		several, err := decodeUpgrades(content)
		if err != nil {
			notices = append(notices, fmt.Sprintf("%s is no record of an upgrade: %s", file, err))
			continue
		}
		for _, u := range several {
			u.Name = strings.TrimSuffix(filepath.Base(file), ".json")
			records = append(records, u)
		}
	}
	slices.SortStableFunc(records, func(a, b Upgrade) int { return cmp.Or(b.When.Compare(a.When), strings.Compare(a.Name, b.Name)) })
	return records, notices, nil
}

// decodeUpgrades reads a file, which holds one record or a list of them.
func decodeUpgrades(content []byte) ([]Upgrade, error) {
	if strings.HasPrefix(strings.TrimSpace(string(content)), "[") {
		var several []Upgrade
		err := json.Unmarshal(content, &several)
		return several, err
	}
	var one Upgrade
	err := json.Unmarshal(content, &one)
	if err == nil && one.Verdict == "" {
		err = fmt.Errorf("it has no verdict")
	}
	return []Upgrade{one}, err
}
