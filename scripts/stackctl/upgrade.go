package main

import (
	"errors"
	"fmt"
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
		Use: "upgrade HOP...", Args: cobra.MinimumNArgs(1),
		Long:  "A HOP is server=version, as synapse=1.163.2. Several are made at once.",
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
			return conclude(cmd, records, err, keepPins)
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

// conclude shows what came of an upgrade, and writes the versions that were reached into the lock of the working copy when every hop was
// made and is green.
func conclude(cmd *cobra.Command, records []upgrade.Record, failed error, keepPins bool) error {
	reached := map[string]string{}
	for _, record := range records {
		record.Print(cmd.OutOrStdout())
		if record.Verdict != upgrade.Green && failed == nil {
			failed = fmt.Errorf("upgrade %s: %s", record.Hop, record.Verdict)
		}
		reached[record.Component] = record.To
	}
	if cmd.Context().Err() != nil { // what else failed then says nothing
		failed = errors.New("upgrade: interrupted before everything was proved")
	}
	if failed != nil {
		return fmt.Errorf("%w; the pins stay", failed)
	}
	if keepPins {
		return nil
	}
	moved, err := images.Locker{Dir: imagesDir}.Move(reached)
	for _, line := range moved {
		fmt.Fprintln(cmd.OutOrStdout(), line)
	}
	return err
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
	resolver, engine, err := connect(cmd.Context(), isOn("STRICT"))
	if err != nil {
		return steps.Options{}, err
	}
	return steps.Options{Engine: engine, Resolver: resolver, Seeds: resolver.Store.Seeds(), Out: cmd.OutOrStdout()}, nil
}
