package steps

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"matrixstack/steps/report"
)

func TestVerdictIsRedForEveryReason(t *testing.T) {
	t.Parallel()
	passed, failed, skipped := Result{Status: Passed}, Result{Status: Failed}, Result{Status: Skipped}
	for name, c := range map[string]struct {
		v    Verdict
		says string
	}{
		"everything held":                  {Verdict{Expected: 2, Results: []Result{passed, passed}}, ""},
		"something was skipped":            {Verdict{Expected: 2, Results: []Result{passed, skipped}}, ""},
		"strict and everything held":       {Verdict{Strict: true, Expected: 1, Results: []Result{passed}}, ""},
		"strict and something was skipped": {Verdict{Strict: true, Expected: 2, Results: []Result{passed, skipped}}, "1 scenarios were skipped, and STRICT wants all"},
		"something failed":                 {Verdict{Expected: 3, Results: []Result{passed, failed, skipped}}, "1 of 3 scenarios failed"},
		"failed before it was skipped":     {Verdict{Strict: true, Expected: 2, Results: []Result{failed, skipped}}, "1 of 2 scenarios failed"},
		"interrupted":                      {Verdict{Interrupted: true, Expected: 9, Results: []Result{passed, failed}}, "interrupted after 2 of 9 scenarios"},
		"interrupted at the very end":      {Verdict{Interrupted: true, Expected: 1, Results: []Result{passed}}, "interrupted after 1 of 1 scenarios"},
		"ended before its time":            {Verdict{Err: errors.New("the engine went away"), Expected: 2, Results: []Result{passed, failed}}, "the engine went away"},
		"a server ended":                   {Verdict{Expected: 1, Results: []Result{passed}, Ended: []Result{{Status: Failed, Reason: "a server ended\nmas: exited"}}}, "a server ended mas: exited"},
		"some were not run":                {Verdict{Expected: 3, Results: []Result{passed, passed}}, "only 2 of 3 scenarios were run"},
		"none was run":                     {Verdict{Expected: 3}, "only 0 of 3 scenarios were run"},
		"all were skipped":                 {Verdict{Expected: 1, Results: []Result{skipped}}, "nothing was proved: every scenario was skipped"},
		"nothing at all":                   {Verdict{}, "nothing was proved: every scenario was skipped"},
	} {
		assert.Equal(t, c.says, c.v.Problem(), name)
	}
}

// exampleVerdict has one result of every kind.
func exampleVerdict() Verdict {
	noMAS := `mas does not run: image "mas" is unavailable`
	return Verdict{
		Seed: 7, Expected: 6, Boot: 4200 * time.Millisecond, Elapsed: 83*time.Second + 400*time.Millisecond, Memory: 600 << 20, Warm: true,
		Provenance: "image  source\nmas    unavailable\n", Notices: []string{"alpha signs in at Synapse itself"},
		Results: []Result{
			{Feature: "Sign-up", Description: "People join.", File: "features/accounts/sign_up.feature", Line: 5, Name: "Alice signs up", Tags: []string{"@mas"}, Status: Skipped, Reason: noMAS, Steps: []StepResult{{Keyword: "When", Text: "Alice signs up", Line: 6, Status: "skipped"}, {Keyword: "Then", Text: "she is in", Line: 7, Status: "skipped"}}},
			{Feature: "Sign-up", File: "features/accounts/sign_up.feature", Line: 9, Name: "a taken name is refused", Status: Skipped, Reason: noMAS, Steps: []StepResult{{Keyword: "When", Text: "Alice signs up", Line: 10, Status: "skipped"}}},
			{Feature: "Chat", File: "features/messages/chat.feature", Line: 3, Name: "a message arrives", Status: Failed, Duration: 21500 * time.Millisecond, Reason: "waited 20s\nfor <\"hi\"> & more", Bundle: "build/report/failures/chat-3", Causes: []report.Cause{{Cause: "synapse does not run", Remedy: "its last lines in the log say why"}}, Steps: []StepResult{
				{Keyword: "Given", Text: "Alice and Bob talk", Line: 4, Status: "passed", Duration: time.Second},
				{Keyword: "Then", Text: `Bob can read "hi"`, Line: 5, Status: "failed", Error: "waited 20s", Duration: 20 * time.Second},
				{Keyword: "And", Text: "so can Carol", Line: 6, Status: "skipped"},
			}},
			{Feature: "Chat", File: "features/messages/chat.feature", Line: 8, Name: "the server is put back", Status: Failed, Duration: 1500 * time.Millisecond, Reason: "cannot clean up", Steps: []StepResult{{Keyword: "Given", Text: "Alice waits", Line: 9, Status: "passed"}}},
			{Feature: "Chat", File: "features/messages/chat.feature", Line: 11, Name: "a picture arrives", Status: Passed, Duration: 2 * time.Second, Steps: []StepResult{{Keyword: "Given", Text: "it works", Line: 12, Status: "passed"}}},
			{Feature: "Relay", File: "features/bridges/irc.feature", Line: 3, Name: "IRC hears", Status: Skipped, Reason: "ircd does not run", Steps: []StepResult{{Keyword: "Given", Text: "it works", Line: 4, Status: "skipped"}}},
		},
	}
}

const exampleSummary = `
Failed
  features/messages/chat.feature:3  Chat: a message arrives
    at:     Then Bob can read "hi"
    reason: waited 20s
            for <"hi"> & more
    likely: synapse does not run; its last lines in the log say why
    bundle: build/report/failures/chat-3/index.html
    again:  make acceptance FEATURE=features/messages/chat.feature:3 SEED=7
  features/messages/chat.feature:8  Chat: the server is put back
    reason: cannot clean up
    again:  make acceptance FEATURE=features/messages/chat.feature:8 SEED=7

Skipped
  1 because ircd does not run
    features/bridges/irc.feature:3  Relay: IRC hears
  2 because mas does not run: image "mas" is unavailable
    features/accounts/sign_up.feature:5  Sign-up: Alice signs up
    features/accounts/sign_up.feature:9  Sign-up: a taken name is refused

Images
  image  source
  mas    unavailable

Slowest
   21.5s  features/messages/chat.feature:3  a message arrives
    2.0s  features/messages/chat.feature:11  a picture arrives
    1.5s  features/messages/chat.feature:8  the server is put back
    0.0s  features/accounts/sign_up.feature:5  Alice signs up
    0.0s  features/accounts/sign_up.feature:9  a taken name is refused

boot 4.2s (from kept databases), whole run 1m23s, memory of the servers 600 MiB, seed 7
NOTE: alpha signs in at Synapse itself
NOT PROVED: 2 of 6 scenarios failed
LIKELY behind 1 of them: synapse does not run; its last lines in the log say why
1 passed, 2 failed, 3 skipped
`

func TestSummaryEndsTheRun(t *testing.T) {
	t.Parallel()
	var plain, colored strings.Builder
	exampleVerdict().WriteSummary(&plain, false)
	assert.Equal(t, exampleSummary, plain.String())
	exampleVerdict().WriteSummary(&colored, true)
	assert.Contains(t, colored.String(), "\x1b[31mNOT PROVED: 2 of 6 scenarios failed\x1b[0m\n")
	assert.True(t, strings.HasSuffix(colored.String(), "\n1 passed, 2 failed, 3 skipped\n"))
}

func TestSummaryBeginsWithWhatOthersStandOn(t *testing.T) {
	t.Parallel()
	v := Verdict{Expected: 3, Results: []Result{
		{File: "features/bridges/irc.feature", Line: 5, Name: "IRC hears", Status: Failed, Reason: "waited 20s"},
		{File: "features/federation/rooms.feature", Line: 9, Name: "a room is shared", Status: Failed, Reason: "no key"},
		{File: "features/routing/doors.feature", Line: 13, Name: "others find alpha", Status: Failed, Reason: "status 404\nand a page"},
	}}
	var out strings.Builder
	v.WriteSummary(&out, false)
	assert.Contains(t, out.String(), "\nBEGIN WITH features/routing/doors.feature:13  others find alpha: status 404\n")
	assert.Regexp(t, `(?s)Failed\n  features/routing/.*features/bridges/.*features/federation/`, out.String())

	v.Results = v.Results[:2]
	out.Reset()
	v.WriteSummary(&out, false)
	assert.NotContains(t, out.String(), "BEGIN WITH", "nothing stands on either")
}

func TestSummaryOfAGoodRunIsShort(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	v := Verdict{Seed: 1, Expected: 1, Longer: 9, Results: []Result{{File: "f.feature", Line: 3, Name: "100% of it works", Status: Passed}}}
	v.WriteSummary(&out, false)
	assert.Equal(t, "\nSlowest\n    0.0s  f.feature:3  100% of it works\n\nboot 0.0s (databases migrated from empty), whole run 0s, memory of the servers 0 MiB, seed 1\n"+
		"PROVED: everything that ran held\nNOT RUN: 9 scenarios that take minutes; make upgrades and make deployment run them\n1 passed, 0 failed, 0 skipped\n", out.String())
}

func TestAStackThatDidNotLastIsNotProved(t *testing.T) {
	t.Parallel()
	v := Verdict{
		Seed: 1, Expected: 1, Results: []Result{{Feature: "Chat", File: "f.feature", Line: 3, Name: "it works", Status: Passed}},
		Ended: []Result{{Feature: "The stack", Name: "Every server runs to the end", Status: Failed, Reason: "a server ended\nmas: exited, exit code 137"}},
	}
	var out strings.Builder
	v.WriteSummary(&out, false)
	assert.Contains(t, out.String(), "Failed\n  all of it  The stack: Every server runs to the end\n    reason: a server ended\n            mas: exited, exit code 137\n")
	assert.Contains(t, out.String(), "NOT PROVED: a server ended mas: exited, exit code 137\n")
	dir := t.TempDir()
	require.NoError(t, v.WriteReports(dir))
	junit, err := os.ReadFile(filepath.Join(dir, "junit.xml"))
	require.NoError(t, err)
	assert.Contains(t, string(junit), `tests="2" failures="1"`)
}
