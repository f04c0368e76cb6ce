package main

import (
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"matrixstack/stack/images"
)

// imagesDir is where the lock and the recipes of a working copy lie.
const imagesDir = "stack/images"

// newPinCommand moves the pin of one image, and shows first what that changes.
func newPinCommand() *cobra.Command {
	var wish images.Wish
	var asOf string
	command := &cobra.Command{
		Use: "pin IMAGE TAG", Args: cobra.ExactArgs(2), Short: "pin an image to a tag: its digest, its recipe and what that changes",
		RunE: func(cmd *cobra.Command, args []string) error {
			var err error
			wish.Image, wish.Tag = args[0], args[1]
			if wish.AsOf, err = date(asOf); err != nil {
				return misuse(cmd, err)
			}
			store, err := openStore()
			if err != nil {
				return err
			}
			locker := images.Locker{Dir: imagesDir, Store: store, Env: os.Getenv, Progress: say}
			plan, err := locker.Plan(cmd.Context(), wish)
			if err != nil {
				return err
			}
			return applyPlan(cmd, wish, plan)
		},
	}
	flags := command.Flags()
	flags.StringVar(&asOf, "as-of", "", "Python and npm packages as of this date (2026-01-31 or RFC 3339), instead of now")
	flags.BoolVar(&wish.Downgrade, "downgrade", false, "pin an older version")
	flags.BoolVar(&wish.Moved, "moved", false, "take what the tag names by now, though another digest was recorded")
	return command
}

func applyPlan(cmd *cobra.Command, wish images.Wish, plan images.Plan) error {
	out := cmd.OutOrStdout()
	for _, remark := range plan.Remarks {
		say(wish.Image + ": " + remark)
	}
	if len(plan.Changes) == 0 {
		fmt.Fprintf(out, "%s is pinned so already\n", wish.Image)
	} else if err := images.ChangeTable(out, plan.Changes); err != nil {
		return err
	}
	if err := images.NoteList(out, wish.Image, plan.Notes); err != nil {
		return err
	}
	if err := plan.Write(); err != nil {
		return fmt.Errorf("pin %q: %w", wish.Image, err)
	}
	if len(plan.Changes) > 0 {
		fmt.Fprintf(out, "\n%s is pinned; prove it: make acceptance\n", wish.Image)
	}
	return nil
}

// date reads a day or a moment; nothing is the zero time.
func date(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if at, err := time.Parse(layout, text); err == nil {
			if at.After(time.Now()) {
				return time.Time{}, fmt.Errorf("--as-of %q has not come yet", text)
			}
			return at, nil
		}
	}
	return time.Time{}, fmt.Errorf("--as-of %q is no date; write 2026-01-31 or 2026-01-31T12:00:00Z", text)
}
