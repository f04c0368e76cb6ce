package main

import (
	"bytes"
	"context"
	"errors"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/assert"
)

// tryCommand runs a command line against a root whose one subcommand ends with the given error.
func tryCommand(t *testing.T, result error, args ...string) (code int, stderr string) {
	t.Helper()
	root := &cobra.Command{Use: "stackctl", SilenceErrors: true, SilenceUsage: true}
	root.AddCommand(&cobra.Command{Use: "prove", RunE: func(*cobra.Command, []string) error { return result }})
	markUsageErrors(root)
	root.SetOut(&bytes.Buffer{})
	var said bytes.Buffer
	return run(context.Background(), root, args, &said), said.String()
}

func TestExitCodeTellsMisuseFromFailure(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		result error
		args   []string
		code   int
		stderr string
	}{
		"held":               {nil, []string{"prove"}, exitHeld, ""},
		"failed":             {errors.New("prove it: it fell"), []string{"prove"}, exitFailed, "stackctl: prove it: it fell\n"},
		"failed, in lines":   {errors.Join(errors.New("one"), errors.New("two")), []string{"prove"}, exitFailed, "stackctl: one; two\n"},
		"failed, with a log": {errors.New("start it: not ready\n  last log lines:\n    a\n    b\nit stays"), []string{"prove"}, exitFailed, "stackctl: start it: not ready\n  last log lines:\n    a\n    b\nit stays\n"},
		"no command":         {nil, nil, exitHeld, ""},
		"unknown command":    {nil, []string{"disprove"}, exitUsage, "stackctl: read the command line: unknown command \"disprove\"; see `stackctl --help`\n"},
		"unknown flag":       {nil, []string{"prove", "--hard"}, exitUsage, "stackctl: read the command line: unknown flag: --hard; see `stackctl prove --help`\n"},
		"extra argument":     {nil, []string{"prove", "it"}, exitUsage, "stackctl: read the command line: unknown command \"it\" for \"stackctl prove\"; see `stackctl prove --help`\n"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			code, stderr := tryCommand(t, test.result, test.args...)
			assert.Equal(t, test.code, code)
			assert.Equal(t, test.stderr, stderr)
		})
	}
}

func TestEveryCommandSaysWhatItIsFor(t *testing.T) {
	t.Parallel()
	for _, c := range newRootCommand().Commands() {
		assert.NotEmpty(t, c.Short, c.Name())
	}
}
