package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"matrixstack/stack"
)

// newShellCommand opens a shell in a server of a running stack.
func newShellCommand() *cobra.Command {
	command := &cobra.Command{
		Use: "shell server [command...]", Args: cobra.MinimumNArgs(1), Short: "open a shell, or run a command, in a server of a running stack",
		RunE: func(cmd *cobra.Command, args []string) error {
			engine, err := stack.Connect(cmd.Context())
			if err != nil {
				return err
			}
			servers, err := stack.Left(cmd.Context(), engine, args[0])
			if err != nil {
				return err
			}
			if len(servers) > 1 {
				return fmt.Errorf("open a shell in %q: %d stacks run; make down removes those that were left", args[0], len(servers))
			}
			t := stack.Terminal{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}
			if in := int(os.Stdin.Fd()); term.IsTerminal(in) && term.IsTerminal(int(os.Stdout.Fd())) {
				before, err := term.MakeRaw(in)
				if err != nil {
					return fmt.Errorf("open a shell in %q: %w", args[0], err)
				}
				defer func() { _ = term.Restore(in, before) }()
				width, height, _ := term.GetSize(in)
				t.Interactive, t.Width, t.Height = true, uint(width), uint(height)
			}
			code, err := stack.Shell(cmd.Context(), engine, servers[0], args[1:], t)
			if err == nil && code != 0 {
				err = fmt.Errorf("run a command in %q: it ended with exit code %d", args[0], code)
			}
			return err
		},
	}
	command.Flags().SetInterspersed(false) // flags behind the server are those of its command
	return command
}
