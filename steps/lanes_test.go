package steps

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
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
