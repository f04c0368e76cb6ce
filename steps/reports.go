package steps

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gofrs/flock"

	"matrixstack/steps/report"
)

// clearReport removes the last report, and keeps others from writing to its folder until it is released: two runs in one clone would
// leave one report of both.
func clearReport(dir string) (release func(), err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("make a folder for the report: %w", err)
	}
	const mark = ".lock"
	lock := flock.New(filepath.Join(dir, mark))
	free, err := lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("take %s for the report: %w", dir, err)
	}
	if !free {
		return nil, fmt.Errorf("take %s for the report: another run writes there; wait until it ends, or run in another clone", dir)
	}
	last, err := os.ReadDir(dir)
	for _, entry := range last {
		if entry.Name() != mark {
			err = errors.Join(err, os.RemoveAll(filepath.Join(dir, entry.Name())))
		}
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("clear the last report: %w", err), lock.Unlock())
	}
	return func() { _ = lock.Unlock() }, nil
}

// WriteReports writes junit.xml and cucumber.json into dir. Each is whole or not there.
func (v Verdict) WriteReports(dir string) error {
	if v.Unbooted != nil { // nothing ran, and that must not look green
		v.Results = append(slices.Clone(v.Results), *v.Unbooted)
	}
	v.Results = append(slices.Clone(v.Results), v.Ended...)
	junit, err := xml.MarshalIndent(v.junit(), "", "  ")
	if err != nil {
		return fmt.Errorf("write junit.xml: %w", err)
	}
	cucumber, err := json.MarshalIndent(v.cucumber(), "", "  ")
	if err != nil {
		return fmt.Errorf("write cucumber.json: %w", err)
	}
	for name, content := range map[string][]byte{"junit.xml": append([]byte(xml.Header), junit...), "cucumber.json": cucumber} {
		if err := report.WriteWhole(filepath.Join(dir, name), append(content, '\n')); err != nil {
			return fmt.Errorf("write %s: %w", name, err)
		}
	}
	return nil
}

type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Skipped  int          `xml:"skipped,attr"`
	Time     string       `xml:"time,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	File     string      `xml:"file,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Time     string      `xml:"time,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Name    string        `xml:"name,attr"`
	Class   string        `xml:"classname,attr"`
	File    string        `xml:"file,attr"`
	Line    int           `xml:"line,attr"`
	Time    string        `xml:"time,attr"`
	Failure *junitMessage `xml:"failure,omitempty"`
	Skipped *junitMessage `xml:"skipped,omitempty"`
}

type junitMessage struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

func (v Verdict) junit() junitSuites {
	all := junitSuites{Name: "matrix-stack", Tests: len(v.Results), Failures: v.count(Failed), Skipped: v.count(Skipped), Time: fmt.Sprintf("%.3f", v.Elapsed.Seconds())}
	for _, feature := range v.byFeature() {
		part := Verdict{Results: feature}
		suite := junitSuite{Name: feature[0].Feature, File: feature[0].File, Tests: len(feature), Failures: part.count(Failed), Skipped: part.count(Skipped)}
		total := 0.0
		for _, r := range feature {
			total += r.Duration.Seconds()
			c := junitCase{Name: r.Name, Class: strings.TrimSuffix(r.File, ".feature"), File: r.File, Line: r.Line, Time: fmt.Sprintf("%.3f", r.Duration.Seconds())}
			switch r.Status {
			case Failed:
				c.Failure = &junitMessage{Message: firstLine(r.Reason), Text: r.text() + r.bundle() + "again: " + r.Reproduce(v.Seed) + "\n"}
			case Skipped:
				c.Skipped = &junitMessage{Message: r.Reason}
			}
			suite.Cases = append(suite.Cases, c)
		}
		suite.Time = fmt.Sprintf("%.3f", total)
		all.Suites = append(all.Suites, suite)
	}
	return all
}

// byFeature groups results, which are ordered by place.
func (v Verdict) byFeature() [][]Result {
	var groups [][]Result
	for _, r := range v.Results {
		if last := len(groups) - 1; last >= 0 && groups[last][0].File == r.File {
			groups[last] = append(groups[last], r)
			continue
		}
		groups = append(groups, []Result{r})
	}
	return groups
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

// text is the scenario as written, with what became of each step.
func (r Result) text() string {
	var out strings.Builder
	if r.File == "" {
		fmt.Fprintf(&out, "%s\n", r.Name)
	} else {
		fmt.Fprintf(&out, "%s\n%s: %s\n", r.Place(), r.Feature, r.Name)
	}
	for _, s := range r.Steps {
		fmt.Fprintf(&out, "  %-9s %6.2fs  %s %s\n", s.Status, s.Duration.Seconds(), s.Keyword, s.Text)
		if s.Error != "" {
			fmt.Fprintf(&out, "      %s\n", strings.ReplaceAll(s.Error, "\n", "\n      "))
		}
	}
	if r.Reason != "" {
		fmt.Fprintf(&out, "reason: %s\n", r.Reason)
	}
	for _, line := range r.Complaints {
		fmt.Fprintf(&out, "meanwhile: %s\n", line)
	}
	return out.String()
}

func (r Result) bundle() string {
	if r.Bundle == "" {
		return ""
	}
	return "bundle: " + r.Bundle + "\n"
}

type cucumberFeature struct {
	URI         string             `json:"uri"`
	ID          string             `json:"id"`
	Keyword     string             `json:"keyword"`
	Name        string             `json:"name"`
	Description string             `json:"description"`
	Line        int                `json:"line"`
	Elements    []cucumberScenario `json:"elements"`
}

type cucumberScenario struct {
	ID      string         `json:"id"`
	Keyword string         `json:"keyword"`
	Type    string         `json:"type"`
	Name    string         `json:"name"`
	Line    int            `json:"line"`
	Tags    []cucumberTag  `json:"tags"`
	Steps   []cucumberStep `json:"steps"`
}

type cucumberTag struct {
	Name string `json:"name"`
}

type cucumberStep struct {
	Keyword string         `json:"keyword"`
	Name    string         `json:"name"`
	Line    int            `json:"line"`
	Result  cucumberResult `json:"result"`
}

type cucumberResult struct {
	Status   string `json:"status"`
	Duration int64  `json:"duration"` // nanoseconds
	Error    string `json:"error_message,omitempty"`
}

func (v Verdict) cucumber() []cucumberFeature {
	features := []cucumberFeature{}
	for _, group := range v.byFeature() {
		f := cucumberFeature{URI: group[0].File, ID: slug(group[0].Feature), Keyword: "Feature", Name: group[0].Feature, Description: group[0].Description, Line: 1}
		for _, r := range group {
			s := cucumberScenario{ID: f.ID + ";" + slug(r.Name), Keyword: "Scenario", Type: "scenario", Name: r.Name, Line: r.Line, Tags: []cucumberTag{}, Steps: []cucumberStep{}}
			for _, tag := range r.Tags {
				s.Tags = append(s.Tags, cucumberTag{tag})
			}
			for i, step := range r.Steps {
				result := cucumberResult{step.Status, step.Duration.Nanoseconds(), step.Error}
				if i == 0 && r.Status == Skipped {
					result.Error = r.Reason
				}
				// What ending the scenario came to has no step of its own.
				if i == len(r.Steps)-1 && r.Status == Failed && r.failedStep() == nil {
					result.Status, result.Error = "failed", r.Reason
				}
				s.Steps = append(s.Steps, cucumberStep{step.Keyword + " ", step.Text, step.Line, result})
			}
			f.Elements = append(f.Elements, s)
		}
		features = append(features, f)
	}
	return features
}
