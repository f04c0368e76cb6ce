package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"matrixstack/stack/images"
	"matrixstack/stack/upgrade"
	"matrixstack/steps"
)

// newUpgradeCommand proves an upgrade, and moves the pins when nothing was lost.
func newUpgradeCommand() *cobra.Command {
	var via []string
	var keepPins bool
	command := &cobra.Command{
		Use: "upgrade server=version...", Args: cobra.MinimumNArgs(1),
		Short: "upgrade a stack that people live on, look for everything they would miss, rehearse the way back; if all is well, move the pins",
		RunE: func(cmd *cobra.Command, arguments []string) error {
			wants, err := wantsOf(via, arguments)
			if err != nil {
				return usageError{err}
			}
			o, err := ownStack(cmd)
			if err != nil {
				return err
			}
			records, err := steps.Upgrade(cmd.Context(), o, wants)
			for _, record := range records {
				record.Print(cmd.OutOrStdout())
			}
			if err != nil {
				return fmt.Errorf("%w; the pins stay", err)
			}
			if keepPins {
				return nil
			}
			return movePins(cmd, records)
		},
	}
	command.Flags().StringSliceVar(&via, "via", nil, "version in between, of the one server that is named: --via 1.153.0")
	command.Flags().BoolVar(&keepPins, "keep-pins", false, "do not move the pins, whatever comes of it")
	return command
}

// wantsOf reads the versions asked for, with those in between in front.
func wantsOf(via, arguments []string) ([]upgrade.Want, error) {
	wants, err := upgrade.ParseWants(arguments)
	if err != nil || len(via) == 0 {
		return wants, err
	}
	if len(wants) != 1 {
		return nil, fmt.Errorf("read --via %s: it belongs to one server, %d are named", strings.Join(via, ","), len(wants))
	}
	var steps []upgrade.Want
	for _, version := range via {
		steps = append(steps, upgrade.Want{Component: wants[0].Component, Version: strings.TrimPrefix(version, "v")})
	}
	return append(steps, wants...), nil
}

// movePins writes the versions that were reached into the lock of the working copy.
func movePins(cmd *cobra.Command, records []upgrade.Record) error {
	reached := map[string]string{}
	for _, record := range records {
		reached[record.Component] = record.To
	}
	var problems []error
	for component, version := range reached {
		moved, err := images.MovePin("stack/images", component, version)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		fmt.Fprintln(cmd.OutOrStdout(), moved)
	}
	return errors.Join(problems...)
}

// newDrillCommand rehearses a disaster.
func newDrillCommand() *cobra.Command {
	return &cobra.Command{
		Use: "drill", Args: cobra.NoArgs, Short: "back up a stack that people live on, destroy everything, restore it and look for everything they would miss",
		RunE: func(cmd *cobra.Command, _ []string) error {
			o, err := ownStack(cmd)
			if err != nil {
				return err
			}
			verdict, err := steps.Drill(cmd.Context(), o)
			if verdict.Verdict != "" {
				verdict.Print(cmd.OutOrStdout())
			}
			if err == nil && verdict.Verdict != upgrade.Green {
				err = errors.New("drill: the backup does not bring everything back")
			}
			return err
		},
	}
}

// ownStack prepares a stack that only this command has.
func ownStack(cmd *cobra.Command) (steps.Options, error) {
	resolver, engine, err := connect(cmd.Context(), os.Getenv("STRICT") == "1")
	if err != nil {
		return steps.Options{}, err
	}
	return steps.Options{Engine: engine, Resolver: resolver, Seeds: resolver.Store.Seeds(), Out: cmd.OutOrStdout()}, nil
}
