package steps

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"matrixstack/stack"
	"matrixstack/stack/images"
	"matrixstack/steps/report"
)

// Status is what became of a scenario or a step.
type Status string

// What can become of a scenario. Undefined, pending and ambiguous steps make it failed; only a stated reason makes it skipped.
const (
	Passed  Status = "passed"
	Failed  Status = "failed"
	Skipped Status = "skipped"
)

// Result is one scenario after the run.
type Result struct {
	Feature     string // name of the feature
	Description string // of the feature
	File        string
	Line        int
	Name        string
	Tags        []string
	Status      Status
	Reason      string // why it failed or was skipped
	Steps       []StepResult
	Started     time.Time
	Duration    time.Duration
	Bundle      string           // folder of the failure bundle
	Causes      []report.Cause   // what may be behind the failure
	Complaints  []string         // what servers said went wrong meanwhile
	Pictures    []string         // screenshots
	Requests    []report.Request // what its people asked of servers
	Asked       string           // the part of the features that was asked for, when the stack did not come up
}

// StepResult is one step of a scenario.
type StepResult struct {
	Keyword  string
	Text     string
	Line     int
	Table    [][]string
	Doc      string
	Status   string // passed, failed, skipped, undefined, pending or ambiguous
	Error    string
	Duration time.Duration
}

// Place is file and line of a scenario.
func (r Result) Place() string {
	if r.File == "" {
		return "all of it"
	}
	return fmt.Sprintf("%s:%d", r.File, r.Line)
}

// Reproduce is the one command that runs the scenario again in the same order.
func (r Result) Reproduce(seed uint64) string {
	if r.File == "" {
		return strings.TrimSpace("make acceptance " + r.Asked) // the stack did not come up
	}
	return fmt.Sprintf("make acceptance FEATURE=%s SEED=%d", r.Place(), seed)
}

// failedStep is the first step that did not pass, or nil.
func (r Result) failedStep() *StepResult {
	i := slices.IndexFunc(r.Steps, func(s StepResult) bool { return s.Status != "passed" && s.Status != "skipped" })
	if i < 0 {
		return nil
	}
	return &r.Steps[i]
}

// Verdict is what a run says about the stack.
type Verdict struct {
	Results     []Result
	Seed        uint64
	Strict      bool
	Started     time.Time
	Resolve     time.Duration // finding the images
	Boot        time.Duration // from nothing to all healthy
	Warm        bool          // booted from kept databases
	Boots       int           // stacks that were booted, those of single scenarios too
	Memory      uint64        // bytes the servers used after the run
	Elapsed     time.Duration // the whole run
	Images      []images.Resolved
	Provenance  string   // where each image came from, as a table
	Notices     []string // what the reader must know about this run
	Interrupted bool
	Expected    int         // scenarios that were chosen
	Longer      int         // scenarios that were left out because they take minutes
	Err         error       // why the run ended before its time
	Asked       string      // the part of the features that was asked for; empty means all
	World       stack.World // every server there could be
	Ran         []string    // names of the servers that ran
	Unbooted    *Result     // set when the stack did not come up: why
	Ended       []Result    // one for each stack of which a server was not as it should be at the end
}

// count returns how many scenarios ended that way.
func (v Verdict) count(status Status) int {
	n := 0
	for _, r := range v.Results {
		if r.Status == status {
			n++
		}
	}
	return n
}

// Problem says in one line why the verdict is red, or "" when everything held.
func (v Verdict) Problem() string {
	switch failed, skipped := v.count(Failed), v.count(Skipped); {
	case v.Unbooted != nil:
		return "the stack does not come up"
	case v.Interrupted:
		return fmt.Sprintf("interrupted after %d of %d scenarios", len(v.Results), v.Expected)
	case v.Err != nil:
		return v.Err.Error()
	case failed > 0:
		return fmt.Sprintf("%d of %d scenarios failed", failed, v.Expected)
	case len(v.Ended) > 0:
		return oneLine(v.Ended[0].Reason)
	case len(v.Results) != v.Expected:
		return fmt.Sprintf("only %d of %d scenarios were run", len(v.Results), v.Expected)
	case v.Strict && skipped > 0:
		return fmt.Sprintf("%d scenarios were skipped, and STRICT wants all", skipped)
	case v.count(Passed) == 0:
		return "nothing was proved: every scenario was skipped"
	}
	return ""
}
