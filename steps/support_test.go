package steps

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/cucumber/godog"
	"github.com/stretchr/testify/require"

	"matrixstack/stack"
	"matrixstack/stack/images"
)

// writeFeatures makes a folder of features from file names and texts.
func writeFeatures(t *testing.T, files map[string]string) string {
	t.Helper()
	root := filepath.Join(t.TempDir(), "features")
	for name, text := range files {
		path := filepath.Join(root, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
	}
	return root
}

// exampleWords are steps that come to everything a step can come to.
func exampleWords(r Registrar) {
	r.Given(`^it works$`, func() error { return nil })
	r.Given(`^it fails$`, func() error { return errors.New("no answer, token syt_YWxpY2U_abcdefghij_0a1b2c") })
	r.Given(`^it is pending$`, func() error { return godog.ErrPending })
	r.Given(`^it is skipped$`, func() error { return godog.ErrSkip })
	r.Given(`^it crashes$`, func() error { return errors.New((*person)(nil).name) })
	r.Given(`^it panics$`, func() error { panic("the sky falls") })
	r.Given(`^it is (\w+) or so$`, func(string) error { return nil })
	r.Given(`^it is unclear or so$`, func() error { return nil })
	r.Given(`^it works (\d+) times$`, func(int) error { return nil })
	r.Given(`^it is refused$`, func(ctx context.Context) error { return from(ctx).tried(errors.New("closed"), "opening the door") })
	r.Given(`^it leaves a mess$`, func(ctx context.Context) error {
		s := from(ctx)
		s.mended = append(s.mended, func(context.Context) error { return errors.New("cannot clean up") })
		return nil
	})
}

// exampleRun is a run without servers; alpha's MAS is the one image that is not to be had.
func exampleRun(t *testing.T, o Options, words func(Registrar)) (*run, selection) {
	t.Helper()
	chosen, err := choose(o)
	require.NoError(t, err)
	world, err := stack.NewWorld(stack.TestSites(stack.SignInMAS), stack.Environment{})
	require.NoError(t, err)
	if o.Out == nil {
		o.Out = io.Discard
	}
	o.ReportDir = t.TempDir()
	return &run{stack: &stack.Stack{}, whole: &whole{
		options: o, words: words, all: world, collector: newCollector(o.Out, o.Terminal, chosen),
		images: []images.Resolved{{Name: "mas", Source: images.Unavailable, Note: "no registry answers"}},
	}}, chosen
}

// proveText runs one feature and returns what became of its scenarios.
func proveText(t *testing.T, text string) []Result {
	t.Helper()
	root := writeFeatures(t, map[string]string{"example.feature": text})
	r, chosen := exampleRun(t, Options{Features: root, Seed: 1, Parallel: 1}, exampleWords)
	require.NoError(t, r.prove(t.Context(), chosen))
	return r.collector.Results()
}

// steps of a result as a reader sees them.
func (r Result) told() []string {
	var told []string
	for _, s := range r.Steps {
		told = append(told, fmt.Sprintf("%d %s %s: %s", s.Line, s.Keyword, s.Text, s.Status))
	}
	return told
}
