package report

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"matrixstack/stack/upgrade"
)

// Upgrade is the kept verdict on a hop from a version to another, or on a drill.
type Upgrade struct {
	upgrade.Record
	Kind   string  `json:"kind"`          // "drill", or empty for a hop
	BackUp float64 `json:"backUpSeconds"` // of a drill
	Window float64 `json:"windowSeconds"` // of a drill: what was written in it is gone
	Name   string  `json:"-"`             // of its file
}

// Drill tells a drill from a hop.
func (u Upgrade) Drill() bool { return u.Kind == "drill" }

// Good tells whether nothing was lost or changed.
func (u Upgrade) Good() bool { return u.Verdict == upgrade.Green }

// Said is the verdict in words.
func (u Upgrade) Said() string {
	if u.Good() {
		return "everything was kept"
	}
	return u.Verdict
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
