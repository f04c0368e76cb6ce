package main

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"matrixstack/stack"
)

// newStatusCommand lists the servers of the stacks that run.
func newStatusCommand() *cobra.Command {
	return &cobra.Command{
		Use: "status", Short: "list the servers of the stacks that run, their state and their ports",
		RunE: func(cmd *cobra.Command, _ []string) error {
			engine, err := stack.Connect(cmd.Context())
			if err != nil {
				return err
			}
			servers, err := stack.Left(cmd.Context(), engine)
			if err != nil {
				return err
			}
			if len(servers) == 0 {
				fmt.Fprintln(cmd.OutOrStdout(), "no stack runs; make up boots one")
				return nil
			}
			table := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
			fmt.Fprintln(table, "run\tserver\tstate\timage\tports")
			for _, s := range servers {
				fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", s.Run, s.Name, s.State, s.Image, strings.Join(s.Ports, " "))
			}
			return table.Flush()
		},
	}
}
