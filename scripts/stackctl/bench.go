package main

import (
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"matrixstack/steps"
)

// figures are what bench measures, kept in build/bench.json.
type figures struct {
	When      time.Time `json:"when"`
	Resolve   float64   `json:"resolveSeconds"`
	Boot      float64   `json:"bootSeconds"`
	Warm      bool      `json:"warm"`
	Run       float64   `json:"runSeconds"`
	Memory    uint64    `json:"memoryBytes"`
	Scenarios int       `json:"scenarios"`
	Boots     int       `json:"boots"` // those of single scenarios too
}

// newBenchCommand measures a whole run, twice: the first may have to migrate databases, the second may not.
func newBenchCommand() *cobra.Command {
	return &cobra.Command{
		Use: "bench", Short: "measure boot, run, slowest scenarios and memory",
		RunE: func(cmd *cobra.Command, _ []string) error {
			var all []figures
			for range 2 {
				v, err := prove(cmd, steps.Options{Features: "features"})
				if err != nil {
					return err
				}
				if problem := v.Problem(); problem != "" {
					return fmt.Errorf("measure the stack: %s; a run that does not hold has no figures", problem)
				}
				all = append(all, figures{v.Started, v.Resolve.Seconds(), v.Boot.Seconds(), v.Warm, v.Elapsed.Seconds(), v.Memory, len(v.Results), v.Boots})
			}
			content, err := json.MarshalIndent(all, "", "  ")
			if err != nil {
				return fmt.Errorf("write figures: %w", err)
			}
			if err := os.WriteFile("build/bench.json", append(content, '\n'), 0o644); err != nil {
				return fmt.Errorf("write figures: %w", err)
			}
			for _, f := range all {
				fmt.Fprintf(cmd.OutOrStdout(), "images %.1fs  boot %.1fs (warm: %t)  run %.1fs  memory %d MiB  scenarios %d, %.2fs each  boots %d\n",
					f.Resolve, f.Boot, f.Warm, f.Run, f.Memory>>20, f.Scenarios, (f.Run-f.Boot)/float64(max(1, f.Scenarios)), f.Boots)
			}
			return nil
		},
	}
}
