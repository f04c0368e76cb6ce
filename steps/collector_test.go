package steps

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
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
		{"Given it is refused", Failed, "opening the door: nobody looked at this: closed", []string{"4 Given it is refused: passed"}},
	} {
		t.Run(strings.ReplaceAll(c.steps, "\n", ", "), func(t *testing.T) {
			t.Parallel()
			results := proveText(t, "Feature: F\n  Why.\n  Scenario: S\n"+c.steps+"\n")
			require.Len(t, results, 1)
			got := results[0]
			assert.Equal(t, c.status, got.Status)
			assert.Contains(t, got.Reason, c.reason)
			assert.Equal(t, c.told, got.told())
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

func TestRowsOfAnOutlineHaveBundlesOfTheirOwn(t *testing.T) {
	t.Parallel()
	results := proveText(t, "Feature: F\n\n  Scenario Outline: "+strings.Repeat("a long name ", 6)+"\n    Given it works <n> times\n\n    Examples:\n      | n |\n      | x |\n      | y |\n")
	require.Len(t, results, 2)
	assert.NotEqual(t, results[0].Bundle, results[1].Bundle)
	for _, r := range results {
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

func TestNothingElseRunsOnTheWrongStack(t *testing.T) {
	t.Parallel()
	root := writeFeatures(t, map[string]string{
		"a.feature": "Feature: A\n\n  Scenario: other\n    Given it works\n",
		"b.feature": "Feature: B\n\n  @first\n  Scenario: check\n    Given it fails\n\n  @own_stack\n  Scenario: alone\n    Given it works\n",
	})
	r, chosen := exampleRun(t, Options{Features: root, Seed: 1, Parallel: 2}, exampleWords)
	err := r.prove(t.Context(), chosen)
	assert.ErrorContains(t, err, "1 checks that run first failed; nothing else was run")
	require.Len(t, r.collector.Results(), 1)
	assert.Equal(t, "check", r.collector.Results()[0].Name)
}

func TestScenariosThatShareRunBeforeThoseThatDoNot(t *testing.T) {
	t.Parallel()
	var order []string
	words := func(r Registrar) {
		r.Given(`^(\w+) is here$`, func(who string) error { order = append(order, who); return nil })
	}
	root := writeFeatures(t, map[string]string{
		"a.feature": "Feature: A\n\n  @own_stack\n  Scenario: alone\n    Given Last is here\n\n  Scenario: other\n    Given Second is here\n",
		"b.feature": "Feature: B\n\n  @first\n  Scenario: check\n    Given First is here\n",
	})
	r, chosen := exampleRun(t, Options{Features: root, Seed: 1, Parallel: 1}, words)
	require.NoError(t, r.prove(t.Context(), chosen))
	assert.Equal(t, []string{"First", "Second", "Last"}, order)

	order = nil
	r, chosen = exampleRun(t, Options{Features: root, Seed: 1, Parallel: 1, Tags: "@first,@own_stack"}, words)
	require.NoError(t, r.prove(t.Context(), chosen))
	assert.Equal(t, []string{"First", "Last"}, order)
}

func TestInterruptedRunHasNoResultForWhatItDidNotGetTo(t *testing.T) {
	t.Parallel()
	ctx, interrupt := context.WithCancel(t.Context())
	var begun atomic.Int32
	words := func(r Registrar) {
		r.Given(`^somebody gives up$`, func() error { begun.Add(1); interrupt(); return nil })
	}
	text := "Feature: F\n"
	for i := range 5 {
		text += fmt.Sprintf("\n  Scenario: S%d\n    Given somebody gives up\n", i)
	}
	r, chosen := exampleRun(t, Options{Features: writeFeatures(t, map[string]string{"f.feature": text}), Seed: 1, Parallel: 1}, words)
	require.NoError(t, r.prove(ctx, chosen))
	assert.EqualValues(t, 1, begun.Load())
	assert.Len(t, r.collector.Results(), 1)
}

func TestProgressTellsEachScenarioOnALineOfItsOwn(t *testing.T) {
	t.Parallel()
	var plain, terminal strings.Builder
	root := writeFeatures(t, map[string]string{"f.feature": "Feature: F\n\n  Scenario: S\n    Given it works\n\n  Scenario: T\n    Given it fails\n\n  @mas\n  Scenario: U\n    Given it works\n"})
	for _, out := range []*strings.Builder{&plain, &terminal} {
		r, chosen := exampleRun(t, Options{Features: root, Seed: 1, Parallel: 1, Out: out, Terminal: out == &terminal}, exampleWords)
		require.NoError(t, r.prove(t.Context(), chosen))
		assert.Regexp(t, `(?m)passed    0\.\ds  .*/f\.feature:3  S$`, out.String())
		assert.Regexp(t, `(?m)FAILED    0\.\ds  .*/f\.feature:6  T\n        no answer, token \[redacted\]$`, out.String())
		assert.Regexp(t, `(?m)skipped   0\.\ds  .*/f\.feature:10  U$`, out.String())
	}
	assert.NotContains(t, plain.String(), "\x1b", "without a terminal there is nothing to rewrite")
	assert.NotContains(t, plain.String(), "\r")
	assert.Equal(t, 3, strings.Count(plain.String(), "f.feature:"))
	assert.Contains(t, terminal.String(), "0/3")
	assert.True(t, strings.HasSuffix(terminal.String(), "\x1b[K"), "the last line is left clean")
}
