package main

import (
	"os"

	"github.com/spf13/cobra"

	"matrixstack/stack/images"
)

// newOutdatedCommand asks what is newer than the pins.
func newOutdatedCommand() *cobra.Command {
	return &cobra.Command{
		Use: "outdated [image...]", Args: cobra.ArbitraryArgs, Short: "list what is newer than the pins, and what to heed on the way there",
		RunE: func(cmd *cobra.Command, names []string) error {
			lock, err := images.Load()
			if err != nil {
				return err
			}
			store, err := openStore()
			if err != nil {
				return err
			}
			lookout := images.Lookout{Lock: lock, Recipes: images.Recipes(), Store: store, Env: os.Getenv, Progress: say}
			offers, err := lookout.Offers(cmd.Context(), names...)
			if err != nil {
				return err
			}
			return images.OfferTable(cmd.OutOrStdout(), offers)
		},
	}
}
