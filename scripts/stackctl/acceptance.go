package main

import (
	"context"
	"fmt"
	"os"
	"strconv"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"matrixstack/stack"
	"matrixstack/stack/images"
	"matrixstack/steps"
)

const reportDir = "build/report"

// newAcceptanceCommand boots the stack and proves its features.
func newAcceptanceCommand() *cobra.Command {
	var o steps.Options
	command := &cobra.Command{
		Use: "acceptance", Short: "boot the stack and prove what features/ promises",
		RunE: func(cmd *cobra.Command, _ []string) error {
			verdict, err := prove(cmd, o)
			if err != nil {
				return err
			}
			if problem := verdict.Problem(); problem != "" {
				return fmt.Errorf("prove the stack: %s; the reasons stand above and in %s/index.html", problem, reportDir)
			}
			return nil
		},
	}
	seed, err := seedFrom(os.Getenv("SEED"))
	flags := command.Flags()
	flags.StringVar(&o.Features, "features", "features", "folder of features")
	flags.StringVar(&o.Feature, "feature", os.Getenv("FEATURE"), "only this folder, file or file:line (FEATURE)")
	flags.StringVar(&o.Tags, "tags", os.Getenv("TAGS"), `only these tags: "@mas && ~@own_stack" (TAGS)`)
	flags.BoolVar(&o.Long, "long", false, "also what takes minutes: upgrades over several versions, drills")
	flags.BoolVar(&o.Strict, "strict", isOn("STRICT"), "what cannot run fails (STRICT=1)")
	flags.BoolVar(&o.Keep, "keep", isOn("KEEP"), "leave the stack running (KEEP=1); make down removes it")
	flags.Uint64Var(&o.Seed, "seed", seed, "order of scenarios; 0 draws one (SEED)")
	flags.IntVar(&o.Parallel, "parallel", 0, "scenarios at a time; 0 means three for each core, and twelve at most")
	command.PreRunE = func(*cobra.Command, []string) error { return err }
	return command
}

func seedFrom(text string) (uint64, error) {
	if text == "" {
		return 0, nil
	}
	seed, err := strconv.ParseUint(text, 10, 63)
	if err != nil {
		return 0, usageError{fmt.Errorf("read SEED=%q: it must be a whole number", text)}
	}
	return seed, nil
}

// prove runs the suite and writes its summary.
func prove(cmd *cobra.Command, o steps.Options) (steps.Verdict, error) {
	resolver, engine, err := connect(cmd.Context(), o.Strict)
	if err != nil {
		return steps.Verdict{}, err
	}
	o.Engine, o.Resolver, o.Seeds = engine, resolver, resolver.Store.Seeds()
	o.ReportDir, o.History, o.Upgrades, o.Out = reportDir, historyFile, upgradesDir, cmd.OutOrStdout()
	o.Terminal = term.IsTerminal(int(os.Stdout.Fd()))
	verdict, err := steps.Run(cmd.Context(), o)
	if len(verdict.Results) > 0 { // they are told whatever else went wrong
		verdict.WriteSummary(cmd.OutOrStdout(), o.Terminal && os.Getenv("NO_COLOR") == "")
	}
	return verdict, err
}

// connect finds the engine and prepares to find images.
func connect(ctx context.Context, strict bool) (*images.Resolver, *stack.Engine, error) {
	lock, err := images.Load()
	if err != nil {
		return nil, nil, err
	}
	store, err := openStore()
	if err != nil {
		return nil, nil, err
	}
	folder, err := images.DefaultImagesDir(os.Getenv)
	if err != nil {
		return nil, nil, err
	}
	engine, err := stack.Connect(ctx)
	if err != nil {
		return nil, nil, err
	}
	return &images.Resolver{Lock: lock, Engine: engine, Store: store, ImagesDir: folder, Strict: strict, Progress: say}, engine, nil
}
