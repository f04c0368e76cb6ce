package steps

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// begun runs three files of four scenarios each, and tells in which order they began and how many were running at most.
func begun(t *testing.T, o Options) (order []string, most int) {
	t.Helper()
	files := map[string]string{}
	for _, file := range []string{"a", "b", "c"} {
		text := "Feature: F\n"
		for i := range 4 {
			text += fmt.Sprintf("\n  Scenario: S\n    Given %s%d begins\n", file, i)
		}
		files[file+".feature"] = text
	}
	var mu sync.Mutex
	now := 0
	words := func(r Registrar) {
		r.Given(`^(\w+) begins$`, func(_ context.Context, who string) error {
			mu.Lock()
			defer mu.Unlock()
			order = append(order, who)
			now++
			most = max(most, now)
			return nil
		})
		r.Given(`^it ends$`, func() error {
			mu.Lock()
			defer mu.Unlock()
			now--
			return nil
		})
	}
	for name, text := range files {
		files[name] = strings.ReplaceAll(text, " begins\n", " begins\n    And it ends\n")
	}
	o.Features = writeFeatures(t, files)
	r, chosen := exampleRun(t, o, words)
	require.NoError(t, r.prove(t.Context(), chosen))
	require.Len(t, r.collector.Results(), 12)
	return order, most
}

func TestScenariosOfAllFilesAreMixedBySeed(t *testing.T) {
	t.Parallel()
	one := turns{seed: 7, free: 1, absent: 12}
	var asked []string
	for i := range 12 {
		asked = append(asked, fmt.Sprintf("file-%d.feature\x00S%d", i/4, i))
	}
	var began []string
	var all sync.WaitGroup
	for _, scenario := range asked {
		all.Go(func() {
			give := one.take(t.Context(), scenario)
			began = append(began, scenario)
			give()
		})
	}
	all.Wait()
	assert.ElementsMatch(t, asked, began)
	byRank := func(of *turns) func(a, b string) int {
		return func(a, b string) int { return cmp.Compare(of.rank(a), of.rank(b)) }
	}
	assert.True(t, slices.IsSortedFunc(began, byRank(&one)), "lowest rank first: %q", began)
	slices.SortFunc(asked, byRank(&turns{seed: 8}))
	assert.NotEqual(t, began, asked, "another seed gives another order")
	assert.NotEqual(t, []string{"0", "0", "0", "0"}, []string{began[0][5:6], began[1][5:6], began[2][5:6], began[3][5:6]}, "files are mixed")
}

func TestOnlySoManyScenariosRunAtATime(t *testing.T) {
	t.Parallel()
	order, most := begun(t, Options{Seed: 3, Parallel: 3})
	assert.Len(t, order, 12)
	assert.LessOrEqual(t, most, 3)
}

func TestAnInterruptedRunKeepsNobodyWaiting(t *testing.T) {
	t.Parallel()
	ctx, interrupt := context.WithCancel(t.Context())
	busy := turns{seed: 1, free: 0, absent: 1}
	interrupt()
	busy.take(ctx, "a.feature")()
}
