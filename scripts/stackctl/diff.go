package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"matrixstack/stack/images"
)

// newDiffCommand says what differs between two locks or two images.
func newDiffCommand() *cobra.Command {
	return &cobra.Command{
		Use: "diff OLD NEW", Args: cobra.ExactArgs(2), Short: "say what differs between two images of the lock, two lock files or two git revisions",
		RunE: func(cmd *cobra.Command, args []string) error {
			found, err := images.Differences(cmd.Context(), imagesDir, args[0], args[1])
			if err != nil {
				return err
			}
			if len(found) == 0 {
				fmt.Fprintln(cmd.OutOrStdout(), "nothing differs")
				return nil
			}
			return images.ChangeTable(cmd.OutOrStdout(), found)
		},
	}
}
