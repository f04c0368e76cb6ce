package steps

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"matrixstack/stack"
)

// Booting takes as long as a few scenarios: few of them, or nobody to run beside, are not worth it.
func TestManyScenariosThatBreakServersGetAStackBesideThoseThatShareOne(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		sharing, alone int
		tags           string
		parallel       int
		beside         bool
	}{
		"many of both":            {10, 10, "", 3, true},
		"few break servers":       {10, 9, "", 8, false},
		"two at a time":           {10, 10, "", 2, false},
		"few share":               {9, 10, "", 8, false},
		"others were asked for":   {10, 10, "~@own_stack", 8, false},
		"only those that destroy": {10, 10, "@own_stack", 8, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var text strings.Builder
			text.WriteString("Feature: F\n")
			for i := range c.sharing {
				fmt.Fprintf(&text, "\n  Scenario: S%d\n    Given it works\n", i)
			}
			for i := range c.alone {
				fmt.Fprintf(&text, "\n  @own_stack\n  Scenario: A%d\n    Given it works\n", i)
			}
			o := Options{Features: writeFeatures(t, map[string]string{"f.feature": text.String()}), Seed: 1, Parallel: c.parallel, Tags: c.tags}
			r, chosen := exampleRun(t, o, exampleWords)
			beside, err := r.bootsBeside(chosen)
			require.NoError(t, err)
			assert.Equal(t, c.beside, beside)
		})
	}
}

func TestAStackForWhatBreaksServersHasOnlyWhatThoseWant(t *testing.T) {
	t.Parallel()
	text := "Feature: F\n\n  @ntfy\n  Scenario: shares\n    Given it works\n\n  @own_stack @telegram\n  Scenario: alone\n    Given it works\n\n  @own_stack @mas @mailpit\n  Scenario: cannot\n    Given it works\n"
	o := Options{Features: writeFeatures(t, map[string]string{"f.feature": text}), Seed: 1, Parallel: 1}
	r, chosen := exampleRun(t, o, exampleWords)
	assert.Equal(t, []string{"own_stack", "telegram"}, chosen.with("@own_stack").tagged(r.can), "without MAS nobody needs mails")
}

// Scenarios of one feature share what was set up for them, so that a stack takes features whole.
func TestStacksThatNobodySharesTakeFeaturesWholeFromTheSameOnes(t *testing.T) {
	t.Parallel()
	files := map[string]string{}
	for _, name := range []string{"a", "b", "c", "d"} {
		files[name+".feature"] = "Feature: F\n\n  @own_stack\n  Scenario: one\n    Given it is somewhere\n\n  @own_stack\n  Scenario: two\n    Given it is somewhere\n\n  Scenario: shares\n    Given it works\n"
	}
	var mu sync.Mutex
	places, bothBusy := map[string][]*run{}, make(chan struct{})
	words := func(r Registrar) {
		exampleWords(r)
		r.Given(`^it is somewhere$`, func(ctx context.Context) error {
			s := from(ctx)
			mu.Lock()
			places[s.feature] = append(places[s.feature], s.run)
			if len(places) == 2 && len(places[s.feature]) == 1 {
				close(bothBusy)
			}
			mu.Unlock()
			select {
			case <-bothBusy: // none ends before the other stack has one, too
				return nil
			case <-time.After(patience):
				return errors.New("the other stack takes none")
			}
		})
	}
	r, chosen := exampleRun(t, Options{Features: writeFeatures(t, files), Seed: 1, Parallel: 1}, words)
	features := chosen.each(1)
	var lanes errgroup.Group
	for _, free := range []*run{r, {stack: &stack.Stack{}, whole: r.whole}} {
		lanes.Go(func() error { return free.passAlone(t.Context(), features) })
	}
	require.NoError(t, lanes.Wait())
	require.Len(t, places, 4)
	for feature, on := range places {
		require.Len(t, on, 2, feature)
		assert.Same(t, on[0], on[1], feature)
	}
	require.Len(t, r.collector.Results(), 8)
	assert.Zero(t, r.collector.failed())
}
