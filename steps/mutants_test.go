package steps

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
)

// What was not looked at is neither noticed nor missed.
func TestBrokenStackIsCaughtMissedOrNotTried(t *testing.T) {
	t.Parallel()
	red, green := Result{Status: Failed, Reason: "no answer from telegram"}, Result{Status: Passed}
	skipped := Result{Status: Skipped, Reason: "discord does not run"}
	for name, c := range map[string]struct {
		mutant  Mutant
		results []Result
		err     error
		verdict string
		says    string
	}{
		"red for the reason":         {Mutant{Feature: "f", Says: "telegram"}, []Result{green, red}, nil, mutantCaught, "no answer from telegram"},
		"red for another reason":     {Mutant{Feature: "f", Says: "certificate"}, []Result{green, red}, nil, mutantMissed, `f went red, but nobody said "certificate"`},
		"green":                      {Mutant{Feature: "f"}, []Result{green}, nil, mutantMissed, "f stayed green"},
		"nothing ran":                {Mutant{Feature: "f"}, []Result{skipped}, nil, mutantUntried, "1 of 1 scenarios of f did not run: discord does not run"},
		"some ran, and stayed green": {Mutant{Feature: "f"}, []Result{green, skipped}, nil, mutantMissed, "f stayed green; 1 of 2 scenarios of f did not run: discord does not run"},
		"the server is not there":    {Mutant{Feature: "f"}, nil, fmt.Errorf("boot the stack: %w", fmt.Errorf("break discord: %w", errNotHere)), mutantUntried, "boot the stack: break discord: it does not run here"},
		"does not boot, as it must":  {Mutant{Feature: "boot", Says: "synapse"}, nil, errors.New("start synapse: no"), mutantCaught, "the stack did not come up"},
		"does not boot, unexpected":  {Mutant{Feature: "f"}, nil, errors.New("start synapse: no"), mutantMissed, "the stack did not come up"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			verdict, said := c.mutant.judge(Verdict{Results: c.results}, c.err)
			assert.Equal(t, c.verdict, verdict)
			assert.Contains(t, said, c.says)
		})
	}
}

// Logs and reports are kept under names, and make mutants finds one by its name. The feature it names has to be there.
func TestMutantsHaveNamesOfTheirOwnAndFeatures(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, m := range Mutants() {
		assert.False(t, seen[slug(m.Name)], "two mutants are called %q", m.Name)
		seen[slug(m.Name)] = true
		if m.Feature != "boot" {
			assert.FileExists(t, "../features/"+m.Feature+".feature", m.Name)
		}
	}
}
