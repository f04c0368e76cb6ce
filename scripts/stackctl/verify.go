package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"matrixstack/stack"
	"matrixstack/stack/images"
)

// newVerifyCommand looks whether every pin still holds.
func newVerifyCommand() *cobra.Command {
	var quick, strict bool
	command := &cobra.Command{
		Use: "verify", Short: "look whether pins still resolve to their digests, recipes build to theirs, and lock and servers agree",
		RunE: func(cmd *cobra.Command, _ []string) error {
			store, err := openStore()
			if err != nil {
				return err
			}
			verifier := images.NewVerifier()
			verifier.Store, verifier.Env, verifier.Progress, verifier.Quick = store, os.Getenv, say, quick
			if verifier.Used, err = stack.Images(); err != nil {
				return err
			}
			rows, err := verifier.Verify(cmd.Context())
			if err != nil {
				return err
			}
			if err := images.CheckedTable(cmd.OutOrStdout(), rows); err != nil {
				return err
			}
			return judge(rows, strict)
		},
	}
	command.Flags().BoolVar(&quick, "quick", false, "build nothing")
	command.Flags().BoolVar(&strict, "strict", isOn("STRICT"), "what cannot be verified fails (STRICT=1)")
	return command
}

// judge counts what is wrong; what nobody could be asked about only under strict.
func judge(rows []images.Checked, strict bool) error {
	count := map[images.Verdict]int{}
	for _, r := range rows {
		count[r.Verdict]++
	}
	if n := count[images.Broken]; n > 0 {
		return fmt.Errorf("verify pins: %d broken; the reasons stand above", n)
	}
	if n := count[images.NotVerified]; strict && n > 0 {
		return fmt.Errorf("verify pins: %d not verified, and STRICT wants all; the reasons stand above", n)
	}
	return nil
}
