package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"matrixstack/steps"
)

// newMutantsCommand breaks the stack on purpose and looks whether the features notice.
func newMutantsCommand() *cobra.Command {
	var list bool
	command := &cobra.Command{
		Use: "mutants [part of a name]", Short: "break the stack in one way after another, and say which feature noticed", Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if list {
				for _, m := range steps.Mutants() {
					fmt.Fprintf(cmd.OutOrStdout(), "%-32s %s\n", m.Feature, m.Name)
				}
				return nil
			}
			resolver, engine, err := connect(cmd.Context(), false)
			if err != nil {
				return err
			}
			o := steps.Options{Features: "features", Engine: engine, Resolver: resolver, Seeds: resolver.Store.Seeds(), ReportDir: "build/mutants"}
			missed, err := steps.RunMutants(cmd.Context(), o, strings.Join(args, ""), cmd.OutOrStdout())
			if err != nil {
				return err
			}
			if len(missed) > 0 {
				return fmt.Errorf("break the stack: nobody noticed %s; write the scenario that does", strings.Join(missed, ", "))
			}
			return nil
		},
	}
	command.Flags().BoolVar(&list, "list", false, "list the ways to break it, each behind the feature that has to notice, and break nothing")
	return command
}
