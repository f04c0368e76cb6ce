package steps

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

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

func TestInterruptedRunBlamesNobodyForWhatItCutOff(t *testing.T) {
	t.Parallel()
	ctx, interrupt := context.WithCancel(t.Context())
	words := func(r Registrar) {
		r.Given(`^somebody gives up meanwhile$`, func(ctx context.Context) error { interrupt(); return ctx.Err() })
	}
	root := writeFeatures(t, map[string]string{"f.feature": "Feature: F\n\n  Scenario: S\n    Given somebody gives up meanwhile\n"})
	r, chosen := exampleRun(t, Options{Features: root, Seed: 1, Parallel: 1}, words)
	require.NoError(t, r.prove(ctx, chosen))
	assert.Empty(t, r.collector.Results())
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
