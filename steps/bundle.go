package steps

import (
	"cmp"
	"errors"
	"fmt"
	"hash/crc32"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"matrixstack/steps/report"
)

// Evidence is what a scenario that failed leaves for whoever looks into it.
type Evidence struct {
	Requests []report.Request  // of its people, in the order of time
	Start    map[string]string // what servers complained of when they started, each line after its moment
	Logs     map[string]string // by server, from the start of the scenario; each line after its moment
	Config   map[string]string // rendered configuration by server and file
	States   []report.State    // of the containers
	Images   []report.Image    // what runs
	Began    time.Time         // the run
	Seed     uint64
	Marks    []string         // what tells lines about the scenario from others: what its people and rooms are called
	Alone    bool             // nothing ran beside it
	Settings []report.Setting // of every server there could be
	Secrets  []string         // passwords and tokens of its people, which must not be seen wherever they stand
}

// stopped lists the servers that do not run any more.
func (e Evidence) stopped() []string {
	var names []string
	for _, s := range e.States {
		if !s.Good {
			names = append(names, s.Server)
		}
	}
	return names
}

// plainLogs are the logs without the moments of their lines.
func plainLogs(entries []logEntry) map[string]string {
	logs := map[string]string{}
	for _, line := range entries {
		logs[line.server] += line.text + "\n"
	}
	return logs
}

// writeBundle writes everything needed to look into a failure, with every secret taken out: a page, and the same as files. It
// returns the result with its folder, the likely causes and what servers complained of.
func writeBundle(dir string, r Result, e Evidence) (Result, error) {
	out := func(text string) string { return hide(text, e.Secrets) }
	e.Requests = slices.Clone(e.Requests)
	report.Scrub(&e.Requests, out)
	slices.SortStableFunc(e.Requests, func(a, b report.Request) int { return a.At.Compare(b.At) })
	entries := merge(e)
	r.Bundle = filepath.Join(dir, "failures", bundleName(r))
	r.Causes = causes(r.Reason, e, entries)
	r.Complaints = complaints(plainLogs(entries), e.stopped())
	files := map[string]string{
		"summary.txt":  r.text() + causesText(r.Causes) + "again: " + r.Reproduce(e.Seed) + "\n",
		"requests.txt": requestsText(e.Requests),
		"images.txt":   imagesText(e.Images),
		"states.txt":   statesText(e.States),
		"merged.log":   mergedText(entries),
	}
	page := report.Bundle{
		Scenario: r.documented(dir, e.Seed), Seed: e.Seed, Run: e.Began.UTC().Format("2006-01-02 15:04 UTC"), States: e.States, Images: e.Images,
		Causes: r.Causes, Settings: noticedSettings(e.Settings, r.File), Said: r.Complaints, Log: shownLines(entries), Requests: e.Requests,
	}
	for _, name := range slices.Sorted(maps.Keys(e.Config)) {
		files["config/"+name] = out(e.Config[name])
		page.Config = append(page.Config, report.ConfigFile{Name: name, Text: files["config/"+name]})
	}
	var problems []error
	for name, content := range files {
		path := filepath.Join(r.Bundle, filepath.FromSlash(name))
		if name != "merged.log" { // its lines were looked through one by one
			content = out(content)
		}
		problems = append(problems, os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(content), 0o644))
	}
	report.Scrub(&page, out)
	if err := errors.Join(append(problems, page.WriteBundle(r.Bundle))...); err != nil {
		return r, fmt.Errorf("write failure bundle: %w", err)
	}
	return r, nil
}

// noticedSettings are those that a feature is known to notice.
func noticedSettings(all []report.Setting, file string) (noticed []report.Setting) {
	for _, s := range all {
		if slices.Contains(s.Noticed, report.Key(file)) {
			noticed = append(noticed, s)
		}
	}
	return noticed
}

// bundleName is the folder of a failure.
func bundleName(r Result) string {
	if r.File == "" {
		return slug(r.Name)
	}
	return fmt.Sprintf("%s-%d-%s", slug(strings.TrimSuffix(filepath.Base(r.File), ".feature")), r.Line, slug(r.Name))
}

func causesText(causes []report.Cause) string {
	var out strings.Builder
	for i, c := range causes {
		fmt.Fprintf(&out, "likely cause %d: %s\n", i+1, causeText(c))
	}
	return out.String()
}

// causeText is a cause, and what speaks for it.
func causeText(c report.Cause) string {
	text := c.Cause
	if c.Beside {
		text += " (only what ran beside it says so)"
	}
	return strings.Join(append([]string{text + "; " + c.Remedy}, c.Evidence...), "\n    ")
}

func requestsText(requests []report.Request) string {
	var out strings.Builder
	for i, q := range requests {
		fmt.Fprintf(&out, "#%d %s %s\n", i+1, q.At.UTC().Format("15:04:05.000"), q)
		if q.Answer != "" {
			fmt.Fprintf(&out, "    %s\n", q.Answer)
		}
	}
	return out.String()
}

func imagesText(images []report.Image) string {
	var out strings.Builder
	for _, i := range images {
		fmt.Fprintf(&out, "%-14s %-10s %-12s %s  %s\n", i.Name, i.Version, i.Source, cmp.Or(i.Digest, "-"), i.Note)
	}
	return out.String()
}

func statesText(states []report.State) string {
	var out strings.Builder
	for _, s := range states {
		fmt.Fprintf(&out, "%-14s %-10s since %s  exit code %d, restarts %d  %s  %s\n", s.Server, s.Status, s.Since, s.ExitCode, s.Restarts, s.Image, s.Remark)
	}
	return out.String()
}

// slug turns words into a file name; long ones keep their start and are told apart by a checksum.
func slug(words string) string {
	clean := strings.Trim(regexp.MustCompile(`[^a-z0-9]+`).ReplaceAllString(strings.ToLower(words), "-"), "-")
	const longest = 60
	if len(clean) > longest {
		return fmt.Sprintf("%s-%08x", strings.Trim(clean[:longest], "-"), crc32.ChecksumIEEE([]byte(words)))
	}
	return clean
}
