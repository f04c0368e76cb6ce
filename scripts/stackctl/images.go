package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"matrixstack/stack/images"
)

// say prints progress where it does not mix with results.
func say(line string) { fmt.Fprintln(os.Stderr, line) }

func openStore() (images.Store, error) {
	dir, err := images.DefaultStore(os.Getenv)
	if err != nil {
		return images.Store{}, err
	}
	return images.OpenStore(dir)
}

// newImagesCommand resolves images and prints where each came from.
func newImagesCommand() *cobra.Command {
	var strict bool
	command := &cobra.Command{
		Use: "images [name...]", Args: cobra.ArbitraryArgs, Short: "find, pull or build the images of the lock and say where each came from",
		RunE: func(cmd *cobra.Command, names []string) error {
			resolver, _, err := connect(cmd.Context(), strict)
			if err != nil {
				return err
			}
			if len(names) == 0 {
				names = resolver.Lock.Names()
			}
			rows, err := resolver.Resolve(cmd.Context(), names...)
			if err != nil {
				return err
			}
			if err := images.ProvenanceTable(cmd.OutOrStdout(), rows); err != nil {
				return err
			}
			missing := slices.DeleteFunc(rows, images.Resolved.Available)
			if strict && len(missing) > 0 {
				return fmt.Errorf("resolve images: %d unavailable, and STRICT wants all", len(missing))
			}
			return nil
		},
	}
	command.Flags().BoolVar(&strict, "strict", isOn("STRICT"), "refuse drift and unavailable images")
	return command
}

// newReproduceCommand builds recipes twice in different surroundings.
func newReproduceCommand() *cobra.Command {
	return &cobra.Command{
		Use: "reproduce [name...]", Args: cobra.ArbitraryArgs, Short: "build recipes twice in different surroundings and compare both with the lock",
		RunE: func(cmd *cobra.Command, names []string) error {
			lock, err := images.Load()
			if err != nil {
				return err
			}
			program, err := os.Executable()
			if err != nil {
				return fmt.Errorf("find this program: %w", err)
			}
			if len(names) == 0 {
				names = lock.Buildable()
			}
			var problems []error
			for _, name := range names {
				entry, ok := lock.Entry(name)
				if !ok || entry.Recipe == "" {
					return fmt.Errorf("reproduce %q: no image of that name has a recipe; known: %s", name, strings.Join(lock.Buildable(), ", "))
				}
				digest, err := images.Reproduce(cmd.Context(), entry, program, say)
				if err != nil {
					problems = append(problems, err)
					continue
				}
				fmt.Fprintf(cmd.OutOrStdout(), "%s %s twice, as locked\n", name, digest)
			}
			return errors.Join(problems...)
		},
	}
}

// newLockCommand resolves recipes anew and records what building gives.
func newLockCommand() *cobra.Command {
	return &cobra.Command{
		Use: "lock IMAGE...", Short: "resolve recipes anew, build them and record versions, hashes and digest", Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, names []string) error {
			store, err := openStore()
			if err != nil {
				return err
			}
			locker := images.Locker{Dir: imagesDir, Store: store, Env: os.Getenv, Progress: say}
			for _, name := range names {
				if err := locker.Relock(cmd.Context(), name); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

// newBuildCommand builds one recipe; reproduce runs it in other surroundings.
func newBuildCommand() *cobra.Command {
	return &cobra.Command{
		Use: "build name", Short: "build one recipe into the store and print its digest", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, names []string) error {
			lock, err := images.Load()
			if err != nil {
				return err
			}
			store, err := openStore()
			if err != nil {
				return err
			}
			made, err := images.Build(cmd.Context(), lock, store, os.Getenv, say, names[0])
			if err != nil {
				return err
			}
			fmt.Fprintln(cmd.OutOrStdout(), made.Digest)
			return nil
		},
	}
}
