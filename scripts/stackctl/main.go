// Command stackctl builds, boots and proves the Matrix stack.
//
// It is the one program behind every make target: each subcommand lives in the file of its name,
// this file only names them, turns signals into a cancelled context and errors into one line.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
)

// Exit codes: what a caller, a person or a CI job, can tell apart without reading the output.
const (
	exitHeld   = 0 // done, and everything that was promised held
	exitFailed = 1 // the work was started and did not succeed
	exitUsage  = 2 // the command line was not understood; nothing was started
)

func main() {
	log.SetOutput(io.Discard) // where libraries write what they return as an error, too
	ctx, stop := untilInterrupted()
	code := run(ctx, newRootCommand(), os.Args[1:], os.Stderr)
	stop()
	os.Exit(code)
}

// untilInterrupted is cancelled by the first interrupt, so that what runs can be swept;
// a second interrupt finds the default behaviour again and ends the process at once.
func untilInterrupted() (context.Context, context.CancelFunc) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	return ctx, stop
}

// newRootCommand lists every subcommand; a new one is one line here.
func newRootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:               "stackctl",
		Short:             "Build, boot and prove a Matrix stack",
		Long:              "stackctl builds the images of a Matrix stack from a lock, boots the stack and proves what its features promise.",
		SilenceErrors:     true, // run prints them, once
		SilenceUsage:      true,
		PersistentPreRunE: func(*cobra.Command, []string) error { return readEnvironment(os.Environ()) },
	}
	root.CompletionOptions.HiddenDefaultCmd = true
	root.AddCommand(
		newAcceptanceCommand(),
		newDocsCommand(),
		newImagesCommand(),
		newReproduceCommand(),
		newBuildCommand(),
		newLockCommand(),
		newPinCommand(),
		newVerifyCommand(),
		newOutdatedCommand(),
		newDiffCommand(),
		newUpCommand(),
		newDownCommand(),
		newRenderCommand(),
		newStatusCommand(),
		newLogsCommand(),
		newShellCommand(),
		newCheckCommand(),
		newBenchCommand(),
		newMutantsCommand(),
		newUpgradeCommand(),
		newDrillCommand(),
	)
	markUsageErrors(root)
	return root
}

// run executes the command line and says in one line why it did not work.
func run(ctx context.Context, root *cobra.Command, args []string, stderr io.Writer) int {
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitHeld
	}
	fmt.Fprintf(stderr, "stackctl: %s\n", message(err))
	var usage usageError
	if errors.As(err, &usage) {
		return exitUsage
	}
	return exitFailed
}

// message joins the lines of an error, so that a line of a log is the whole message; what is indented, log lines of a server,
// stays as it is.
func message(err error) string {
	lines := strings.FieldsFunc(err.Error(), func(r rune) bool { return r == '\n' || r == '\r' })
	var out strings.Builder
	for i, line := range lines {
		indented := func(l string) bool { return strings.HasPrefix(l, "  ") }
		switch {
		case i == 0:
		case indented(line) || indented(lines[i-1]):
			out.WriteString("\n")
		default:
			out.WriteString("; ")
		}
		if !indented(line) {
			line = strings.TrimSpace(line)
		}
		out.WriteString(line)
	}
	return out.String()
}

// usageError is a command line that was not understood.
type usageError struct{ error }

// Unwrap gives the cause to errors.Is and errors.As.
func (e usageError) Unwrap() error { return e.error }

// markUsageErrors makes unknown flags, arguments and subcommands recognisable as misuse.
func markUsageErrors(cmd *cobra.Command) {
	cmd.SetFlagErrorFunc(misuse)
	if cmd.HasSubCommands() {
		cmd.Args = cobra.ArbitraryArgs
		cmd.RunE = helpOrUnknown
	} else {
		accepts := cmd.Args
		if accepts == nil && !strings.Contains(cmd.Use, " ") { // its usage names no argument
			accepts = cobra.NoArgs
		}
		cmd.Args = func(c *cobra.Command, args []string) error {
			if accepts == nil {
				return nil
			}
			err := accepts(c, args)
			if err == nil {
				return nil
			}
			if wanted := variables(c); len(wanted) > 0 && len(args) < len(wanted) {
				err = fmt.Errorf("%s wants %s; with make: make %s %s=", c.Name(), strings.Join(wanted, " and "), c.Name(), strings.Join(wanted, "= "))
			}
			return misuse(c, err)
		}
	}
	for _, sub := range cmd.Commands() {
		markUsageErrors(sub)
	}
}

// variables are the arguments that a command wants, and their names for make.
func variables(cmd *cobra.Command) []string {
	words := strings.Fields(strings.ReplaceAll(cmd.Use, "...", ""))[1:]
	return slices.DeleteFunc(words, func(word string) bool { return strings.Trim(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" })
}

// helpOrUnknown answers a command group without a subcommand with its help, and refuses an unknown one.
func helpOrUnknown(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return cmd.Help()
	}
	return misuse(cmd, fmt.Errorf("unknown command %q", args[0]))
}

// misuse ends the message with the remedy: where the right form can be read.
func misuse(cmd *cobra.Command, err error) error {
	return usageError{fmt.Errorf("read the command line: %w; see `%s --help`", err, cmd.CommandPath())}
}
