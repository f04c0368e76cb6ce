package main

import (
	"errors"

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
			return errors.Join(stack.Down(cmd.Context(), engine, steps.KeptOwner), stack.Sweep(cmd.Context(), engine))
		},
	}
}
