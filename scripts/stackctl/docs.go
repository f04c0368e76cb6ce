package main

import (
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"matrixstack/steps/report"
)

// What runs leave behind beside their report: it is cleared by the next run, these are not.
const (
	historyFile = "build/history.json"
	upgradesDir = "build/upgrades"
)

// newDocsCommand makes the pages of the last run anew, without running anything.
func newDocsCommand() *cobra.Command {
	var dir, upgrades string
	command := &cobra.Command{
		Use: "docs", Short: "make the documentation of the last run anew, with the upgrades and drills recorded since",
		RunE: func(cmd *cobra.Command, _ []string) error {
			run, err := report.Load(dir)
			if err != nil {
				return err
			}
			if err := run.Write(dir, upgrades); err != nil {
				return err
			}
			fmt.Fprintln(cmd.OutOrStdout(), filepath.Join(dir, report.PageFile))
			return nil
		},
	}
	command.Flags().StringVar(&dir, "report", reportDir, "folder of the report")
	command.Flags().StringVar(&upgrades, "upgrades", upgradesDir, "folder of records of upgrades and drills")
	return command
}
