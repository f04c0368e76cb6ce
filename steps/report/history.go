package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"time"
)

// mostPast is how many runs are remembered.
const mostPast = 40

// Past is what is remembered of a run.
type Past struct {
	When     time.Time              `json:"when"`
	Asked    string                 `json:"asked,omitempty"` // empty: all features
	Problem  string                 `json:"problem,omitempty"`
	Seconds  float64                `json:"seconds"`
	Versions map[string]string      `json:"versions"` // by image, of those that ran
	Features map[string]PastFeature `json:"features"` // by file
}

// PastFeature is what is remembered of a feature.
type PastFeature struct {
	Passed  int     `json:"passed,omitempty"`
	Failed  int     `json:"failed,omitempty"`
	Skipped int     `json:"skipped,omitempty"`
	Seconds float64 `json:"seconds"`
}

// Status sums up a feature: one failure breaks it, and nothing but skipped scenarios says nothing of it.
func (f PastFeature) Status() Status {
	switch {
	case f.Failed > 0:
		return Failed
	case f.Passed > 0:
		return Passed
	}
	return Skipped
}

// Remember adds the run to the history file and keeps what came before in the run. A history that cannot be read is begun anew.
func (r *Run) Remember(file string) error {
	r.Past = nil
	if file != "" {
		content, err := os.ReadFile(file)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("read the history of runs: %w", err)
		}
		if err == nil && json.Unmarshal(content, &r.Past) != nil {
			r.Past = nil
			r.Notices = append(r.Notices, file+" could not be read; the history of runs begins anew")
		}
	}
	r.Past = append(r.Past, r.past())
	r.forget()
	if file == "" {
		return nil
	}
	content, err := json.Marshal(r.Past)
	if err != nil {
		return fmt.Errorf("write the history of runs: %w", err)
	}
	if err := WriteWhole(file, append(content, '\n')); err != nil {
		return fmt.Errorf("write the history of runs: %w", err)
	}
	return nil
}

// forget drops the oldest runs, and before them those of a part: whoever tries one feature again and again loses no history.
func (r *Run) forget() {
	for len(r.Past) > mostPast {
		oldest := max(0, slices.IndexFunc(r.Past[:len(r.Past)-1], func(p Past) bool { return p.Asked != "" }))
		r.Past = slices.Delete(r.Past, oldest, oldest+1)
	}
}

func (r *Run) past() Past {
	p := Past{When: r.Started, Asked: r.Asked, Problem: r.Problem, Seconds: r.Seconds, Versions: map[string]string{}, Features: map[string]PastFeature{}}
	for _, image := range r.Images {
		if image.Available() {
			p.Versions[image.Name] = image.Version
		}
	}
	for _, s := range r.Scenarios {
		f := p.Features[s.File]
		switch s.Status {
		case Passed:
			f.Passed++
		case Failed:
			f.Failed++
		case Skipped:
			f.Skipped++
		}
		f.Seconds += s.Seconds
		p.Features[s.File] = f
	}
	return p
}

// since is the start of the row of runs, this one last, of which all were as the last one. Runs for which was says nothing are
// passed over.
func (r *Run) since(was func(Past) (Status, bool)) (begin Past, runs int) {
	var now Status
	for i := len(r.Past) - 1; i >= 0; i-- {
		status, known := was(r.Past[i])
		if !known {
			continue
		}
		if runs == 0 {
			now = status
		}
		if status != now {
			break
		}
		begin, runs = r.Past[i], runs+1
	}
	return begin, runs
}

// sinceWhen tells since which run the whole stack is as it is. Runs of a part say nothing about the whole, unless this is one.
func (r *Run) sinceWhen() (begin Past, runs int) {
	return r.since(func(p Past) (Status, bool) {
		if p.Problem != "" {
			return Failed, p.Asked == r.Asked
		}
		return Passed, p.Asked == r.Asked
	})
}

// concern is the folder a feature stands in, as people say it.
func concern(file string) string { return path.Base(path.Dir(file)) }

// Key is how settings and mutants name a feature: "routing/doors".
func Key(file string) string {
	return concern(file) + "/" + strings.TrimSuffix(path.Base(file), ".feature")
}
