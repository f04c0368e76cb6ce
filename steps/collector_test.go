package steps

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestScenarioComesToWhatItsStepsComeTo(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		steps  string
		status Status
		reason string
		told   []string
	}{
		{"Given it works\nAnd it works", Passed, "", []string{"4 Given it works: passed", "5 And it works: passed"}},
		{"Given it fails\nAnd it works", Failed, "no answer, token [redacted]", []string{"4 Given it fails: failed", "5 And it works: skipped"}},
		{"Given it works\nAnd it fails", Failed, "no answer", []string{"4 Given it works: passed", "5 And it fails: failed"}},
		{"Given it is new\nAnd it works", Failed, "no step has these words", []string{"4 Given it is new: undefined", "5 And it works: skipped"}},
		{"Given it works\nAnd it is new", Failed, "no step has these words", []string{"4 Given it works: passed", "5 And it is new: undefined"}},
		{"When it works", Failed, "no step has these words", []string{"4 When it works: undefined"}}, // the words are a Given
		{"Given it is pending\nAnd it works", Failed, "pending", []string{"4 Given it is pending: pending", "5 And it works: skipped"}},
		{"Given it is unclear or so", Failed, "ambiguous", []string{"4 Given it is unclear or so: ambiguous"}},
		{"Given it is skipped\nAnd it works", Failed, "skipped without a reason", []string{"4 Given it is skipped: skipped", "5 And it works: skipped"}},
		{"Given it works\nAnd it is skipped", Failed, "skipped without a reason", []string{"4 Given it works: passed", "5 And it is skipped: skipped"}},
		{"Given it panics\nAnd it works", Failed, "the sky falls", []string{"4 Given it panics: failed", "5 And it works: skipped"}},
		{"Given it leaves a mess\nAnd it works", Failed, "cannot clean up", []string{"4 Given it leaves a mess: passed", "5 And it works: passed"}},
		{"Given it leaves a mess\nAnd it fails", Failed, "no answer, token [redacted]; cannot clean up", []string{"4 Given it leaves a mess: passed", "5 And it fails: failed"}},
		{"Given it is refused", Failed, "opening the door, which nobody looked at: closed", []string{"4 Given it is refused: passed"}},
	} {
		t.Run(strings.ReplaceAll(c.steps, "\n", ", "), func(t *testing.T) {
			t.Parallel()
			results := proveText(t, "Feature: F\n  Why.\n  Scenario: S\n"+c.steps+"\n")
			require.Len(t, results, 1)
			got := results[0]
			assert.Equal(t, c.status, got.Status)
			assert.Contains(t, got.Reason, c.reason)
			assert.Equal(t, c.told, got.told())
			assert.NotContains(t, got.text(), "syt_", "no token gets into a report")
			assert.Equal(t, c.status == Failed, got.Bundle != "", "what failed has a bundle, and nothing else")
			assert.Equal(t, "F", got.Feature)
			assert.Equal(t, "Why.", got.Description)
			assert.Equal(t, 3, got.Line)
		})
	}
}

func TestScenarioThatNeedsAMissingServerIsSkippedWithTheReason(t *testing.T) {
	t.Parallel()
	results := proveText(t, "Feature: F\n\n  @mas\n  Scenario: S\n    Given it works\n    And it fails\n\n  Scenario: T\n    Given it works\n")
	require.Len(t, results, 2)
	assert.Equal(t, Skipped, results[0].Status)
	assert.Equal(t, `mas does not run: image "mas" is unavailable: no registry answers`, results[0].Reason)
	assert.Equal(t, []string{"5 Given it works: skipped", "6 And it fails: skipped"}, results[0].told())
	assert.Empty(t, results[0].Bundle)
	assert.Equal(t, []string{"@mas"}, results[0].Tags)
	assert.Equal(t, Passed, results[1].Status)
}

func TestOutlinesBackgroundsAndRulesAreToldAsWritten(t *testing.T) {
	t.Parallel()
	results := proveText(t, `Feature: F

  Background:
    Given it works

  Scenario Outline: again
    And it works <n> times

    Examples:
      | n |
      | 2 |
      | 1 |
      | x |

  Rule: R
    Background:
      Given it works 3 times

    Scenario: inner
      * it fails
`)
	require.Len(t, results, 4)
	var names []string
	for _, r := range results {
		names = append(names, fmt.Sprintf("%d %s: %s", r.Line, r.Name, r.Status))
	}
	assert.Equal(t, []string{"6 again (1): passed", "6 again (2): passed", "6 again (x): failed", "19 inner: failed"}, names)
	assert.Equal(t, []string{"4 Given it works: passed", "7 And it works 1 times: passed"}, results[0].told())
	assert.Equal(t, []string{"4 Given it works: passed", "17 Given it works 3 times: passed", "20 * it fails: failed"}, results[3].told())
}

func TestScenarioChosenByItsLineIsToldAsWritten(t *testing.T) {
	t.Parallel()
	root := writeFeatures(t, map[string]string{"f.feature": "Feature: F\n\n  Scenario: S\n    Given it works\n\n  Scenario: T\n    Given it works\n"})
	r, chosen := exampleRun(t, Options{Features: root, Feature: "f:6", Seed: 1, Parallel: 1}, exampleWords)
	require.NoError(t, r.prove(t.Context(), chosen))
	results := r.collector.Results()
	require.Len(t, results, 1)
	assert.Equal(t, filepath.Join(root, "f.feature")+":6", results[0].Place())
	assert.Equal(t, []string{"7 Given it works: passed"}, results[0].told())
}

func TestRowsOfAnOutlineHaveBundlesOfTheirOwn(t *testing.T) {
	t.Parallel()
	results := proveText(t, "Feature: F\n\n  Scenario Outline: "+strings.Repeat("a long name ", 6)+"\n    Given it works <n> times\n\n    Examples:\n      | n |\n      | x |\n      | y |\n")
	require.Len(t, results, 2)
	assert.NotEqual(t, results[0].Bundle, results[1].Bundle)
	for _, r := range results {
		assert.Less(t, len(filepath.Base(r.Bundle)), 100, "file systems end at 255")
		summary, err := os.ReadFile(filepath.Join(r.Bundle, "summary.txt"))
		require.NoError(t, err)
		assert.Contains(t, string(summary), r.Name)
		assert.Contains(t, string(summary), fmt.Sprintf("make acceptance FEATURE=%s SEED=1", r.Place()))
	}
}

func TestScenariosSideBySideKeepTheirOwnResults(t *testing.T) {
	t.Parallel()
	files := map[string]string{}
	for i := range 8 {
		text := fmt.Sprintf("Feature: F%d\n", i)
		for j := range 4 {
			text += fmt.Sprintf("\n  Scenario: S%d %d\n    Given it works %d times\n    And it %s\n", i, j, j, []string{"works", "fails"}[j%2])
		}
		files[fmt.Sprintf("f%d.feature", i)] = text
	}
	r, chosen := exampleRun(t, Options{Features: writeFeatures(t, files), Seed: 3, Parallel: 4}, exampleWords)
	require.NoError(t, r.prove(t.Context(), chosen))
	results := r.collector.Results()
	require.Len(t, results, 32)
	for n, got := range results {
		i, j := n/4, n%4
		assert.Equal(t, fmt.Sprintf("S%d %d", i, j), got.Name, "ordered by place, not by end")
		assert.Equal(t, []Status{Passed, Failed}[j%2], got.Status, got.Name)
		require.Len(t, got.Steps, 2, got.Name)
		assert.Equal(t, fmt.Sprintf("it works %d times", j), got.Steps[0].Text)
	}
	assert.Equal(t, 16, r.collector.failed())
}

func TestExamplesAreNamedByWhatTheTitleDoesNotSay(t *testing.T) {
	t.Parallel()
	assert.Empty(t, unsaid("The door of alpha is closed", []string{"alpha"}))
	assert.Equal(t, " (beta)", unsaid("The door of alpha is closed", []string{"alpha", "beta"}))
	assert.Equal(t, " (Alice, Bob)", unsaid("Signs are the same", []string{"Alice", "Bob"}))
	assert.Empty(t, unsaid("Plain HTTP carries nothing", nil))
}

func TestQueriesThatAreShownHoldNoSecret(t *testing.T) {
	t.Parallel()
	shown := meant(url.Values{"kind": {"guest"}, "access_token": {"canary"}, "code": {"canary"}, "state": {"canary"}, "since": {"canary"}, "loginToken": {"canary"}, "width": {"32"}})
	assert.Equal(t, "kind=guest&width=32", shown)
}

func TestMistakeOfTheHarnessIsNamedByItsPlace(t *testing.T) {
	t.Parallel()
	results := proveText(t, "Feature: A\n\n  Scenario: a\n    Given it crashes\n")
	assert.Contains(t, results[0].Reason, "that is a mistake of this harness, at steps/support_test.go:")
}
