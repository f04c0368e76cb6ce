package steps

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"matrixstack/steps/report"
)

// WriteSummary ends the run: what failed, what was skipped and why, where the images came from, and the count.
func (v Verdict) WriteSummary(w io.Writer, color bool) {
	out := printer{w, color}
	out.failed(v)
	out.skipped(v)
	if v.Provenance != "" {
		out.heading("Images")
		out.block(v.Provenance)
	}
	out.heading("Slowest")
	slowest := slices.SortedFunc(slices.Values(v.Results), func(a, b Result) int { return cmp.Compare(b.Duration, a.Duration) })
	for _, r := range slowest[:min(5, len(slowest))] {
		out.line("  %5.1fs  %s  %s", r.Duration.Seconds(), r.Place(), r.Name)
	}
	warm := "databases migrated from empty"
	if v.Warm {
		warm = "from kept databases"
	}
	out.line("")
	out.line("boot %.1fs (%s), whole run %s, memory of the servers %d MiB, seed %d", v.Boot.Seconds(), warm, v.Elapsed.Round(time.Second), v.Memory>>20, v.Seed)
	for _, notice := range v.Notices {
		out.line("NOTE: %s", notice)
	}
	if problem := v.Problem(); problem != "" {
		out.paint("31", "NOT PROVED: %s", problem)
		out.begin(v)
		out.likely(v)
	} else {
		out.paint("32", "PROVED: everything that ran held")
	}
	if v.Longer > 0 {
		out.line("NOT RUN: %d scenarios that take minutes; make upgrades and make deployment run them", v.Longer)
	}
	out.line("%d passed, %d failed, %d skipped", v.count(Passed), v.count(Failed)+len(v.Ended), v.count(Skipped))
}

type printer struct {
	w     io.Writer
	color bool
}

func (p printer) line(format string, args ...any) { fmt.Fprintf(p.w, format+"\n", args...) }

func (p printer) paint(code, format string, args ...any) {
	if p.color {
		format = "\x1b[" + code + "m" + format + "\x1b[0m"
	}
	p.line(format, args...)
}

func (p printer) heading(text string) { p.line("\n%s", text) }

func (p printer) block(text string) {
	for line := range strings.Lines(text) {
		fmt.Fprint(p.w, "  "+line)
	}
}

func (p printer) failed(v Verdict) {
	said := map[string]bool{} // what many failures have in common is said once
	for _, r := range v.failures() {
		if len(said) == 0 {
			p.heading("Failed")
		}
		said[r.Place()] = true
		p.paint("31", "  %s  %s: %s", r.Place(), r.Feature, r.Name)
		if step := r.failedStep(); step != nil {
			p.line("    at:     %s %s", step.Keyword, step.Text)
		}
		p.line("    reason: %s", strings.ReplaceAll(r.Reason, "\n", "\n            "))
		if cause := r.likely(); cause != "" {
			p.line("    likely: %s", cause)
		}
		for _, line := range r.Complaints {
			if kind := kindOf(line); !said[kind] {
				said[kind] = true
				p.line("    meanwhile: %s", line)
			}
		}
		if r.Bundle != "" {
			p.line("    bundle: %s/index.html", r.Bundle)
		}
		p.line("    again:  %s", r.Reproduce(v.Seed))
	}
}

// likely is the cause that something about the scenario itself speaks for, if any does.
func (r Result) likely() string {
	if len(r.Causes) == 0 || r.Causes[0].Beside {
		return ""
	}
	return r.Causes[0].Cause + "; " + r.Causes[0].Remedy
}

// failures are the results that failed; those that others stand on come first.
func (v Verdict) failures() []Result {
	failed := slices.DeleteFunc(append(slices.Clone(v.Results), v.Ended...), func(r Result) bool { return r.Status != Failed })
	slices.SortStableFunc(failed, func(a, b Result) int { return report.Foundation(a.File) - report.Foundation(b.File) })
	return failed
}

// begin names the failure to look at first, where one is of something that the others stand on.
func (p printer) begin(v Verdict) {
	failed := v.failures()
	if len(failed) < 2 || report.Foundation(failed[0].File) == report.Foundation(failed[len(failed)-1].File) {
		return
	}
	reason, _, _ := strings.Cut(failed[0].Reason, "\n")
	p.line("BEGIN WITH %s  %s: %s", failed[0].Place(), failed[0].Name, reason)
}

// likely names what many failures have in common, so that nobody has to read all of them to see it.
func (p printer) likely(v Verdict) {
	const most = 3
	failures := map[string]int{}
	for _, r := range v.failures() {
		if cause := r.likely(); cause != "" {
			failures[cause]++
		}
	}
	causes := slices.SortedFunc(maps.Keys(failures), func(a, b string) int { return cmp.Or(cmp.Compare(failures[b], failures[a]), cmp.Compare(a, b)) })
	for _, cause := range causes[:min(most, len(causes))] {
		p.line("LIKELY behind %d of them: %s", failures[cause], cause)
	}
}

func (p printer) skipped(v Verdict) {
	byReason := map[string][]Result{}
	for _, r := range v.Results {
		if r.Status == Skipped {
			byReason[r.Reason] = append(byReason[r.Reason], r)
		}
	}
	if len(byReason) == 0 {
		return
	}
	p.heading("Skipped")
	for _, reason := range slices.Sorted(maps.Keys(byReason)) {
		p.line("  %d because %s", len(byReason[reason]), reason)
		for _, r := range byReason[reason] {
			p.line("    %s  %s: %s", r.Place(), r.Feature, r.Name)
		}
	}
}
