package main

import (
	"errors"

	"github.com/spf13/cobra"

	"matrixstack/stack"
)

// newLogsCommand prints what servers of a running stack logged.
func newLogsCommand() *cobra.Command {
	var follow bool
	var tail int
	command := &cobra.Command{
		Use: "logs [server...]", Args: cobra.ArbitraryArgs, Short: "print what the servers of a running stack logged, in the order of time",
		RunE: func(cmd *cobra.Command, names []string) error {
			engine, err := stack.Connect(cmd.Context())
			if err != nil {
				return err
			}
			servers, err := stack.Left(cmd.Context(), engine, names...)
			if err != nil {
				return err
			}
			if len(servers) == 0 {
				return errors.New("print logs: no stack is running; make up boots one, and KEEP=1 leaves that of a run")
			}
			return stack.CopyLogs(cmd.Context(), engine, servers, tail, follow, cmd.OutOrStdout())
		},
	}
	command.Flags().BoolVarP(&follow, "follow", "f", false, "go on until interrupted")
	command.Flags().IntVar(&tail, "tail", -1, "at most that many lines of each server; -1 prints all")
	return command
}
