package main

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"matrixstack/stack/upgrade"
)

// aWorkingCopy makes a folder with the lock and recipes of this one where the test is, and returns the lock and where it lies.
func aWorkingCopy(t *testing.T) (lock, path string) {
	t.Helper()
	content, err := os.ReadFile("../../" + imagesDir + "/images.lock.json")
	require.NoError(t, err)
	recipes, err := filepath.Abs("../../" + imagesDir + "/recipes")
	require.NoError(t, err)
	t.Chdir(t.TempDir())
	require.NoError(t, os.MkdirAll(imagesDir, 0o755))
	require.NoError(t, os.Symlink(recipes, imagesDir+"/recipes"))
	path = imagesDir + "/images.lock.json"
	require.NoError(t, os.WriteFile(path, content, 0o644))
	return string(content), path
}

func TestNothingMovesAPinButAProof(t *testing.T) {
	lock, path := aWorkingCopy(t)
	ended, end := context.WithCancel(t.Context())
	end()
	green := upgrade.Record{Hop: upgrade.Hop{Component: "mas", From: "1.8.0", To: "1.22.0"}, Verdict: upgrade.Green}
	red := green
	red.Verdict = "words lost: nobody knows"
	for name, test := range map[string]struct {
		ctx      context.Context
		records  []upgrade.Record
		failed   error
		keepPins bool
		says     string
		moved    bool
	}{
		"ended before anything was proved": {ended, nil, context.Canceled, false, "upgrade: interrupted before everything was proved; the pins stay", false},
		"ended between two hops":           {ended, []upgrade.Record{green}, context.Canceled, false, "upgrade: interrupted before everything was proved; the pins stay", false},
		"ended after the last":             {ended, []upgrade.Record{green}, nil, false, "upgrade: interrupted before everything was proved; the pins stay", false},
		"one is red":                       {t.Context(), []upgrade.Record{green, red}, errors.New("upgrade mas: words lost"), false, "upgrade mas: words lost; the pins stay", false},
		"one is red and nobody said so":    {t.Context(), []upgrade.Record{green, red}, nil, false, "upgrade mas 1.8.0 to 1.22.0: words lost: nobody knows; the pins stay", false},
		"green, and the pins shall stay":   {t.Context(), []upgrade.Record{green}, nil, true, "", false},
		"green":                            {t.Context(), []upgrade.Record{green}, nil, false, "", true},
	} {
		t.Run(name, func(t *testing.T) {
			cmd := &cobra.Command{}
			cmd.SetContext(test.ctx)
			cmd.SetOut(io.Discard)
			err := conclude(cmd, test.records, test.failed, test.keepPins)
			if test.says == "" {
				require.NoError(t, err)
			} else {
				require.EqualError(t, err, test.says)
			}
			now, err := os.ReadFile(path)
			require.NoError(t, err)
			assert.Equal(t, test.moved, string(now) != lock)
			require.NoError(t, os.WriteFile(path, []byte(lock), 0o644))
		})
	}
}
