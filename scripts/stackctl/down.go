package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"matrixstack/stack"
	"matrixstack/steps"
)

// newDownCommand removes what up and KEEP=1 left running.
func newDownCommand() *cobra.Command {
	return &cobra.Command{
		Use: "down", Short: "remove the stacks that up and KEEP=1 left running",
		RunE: func(cmd *cobra.Command, _ []string) error {
			engine, err := stack.Connect(cmd.Context())
			if err != nil {
				return err
			}
			running, err := stack.Left(cmd.Context(), engine)
			if err != nil {
				return err
			}
			if err := errors.Join(stack.Down(cmd.Context(), engine, steps.KeptOwner), stack.Sweep(cmd.Context(), engine)); err != nil {
				return err
			}
			left, err := stack.Left(cmd.Context(), engine)
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%d servers removed\n", len(running)-len(left))
			if len(left) > 0 {
				fmt.Fprintf(cmd.OutOrStdout(), "%d stay: they belong to a run that goes on, see stackctl status\n", len(left))
			}
			return nil
		},
	}
}
