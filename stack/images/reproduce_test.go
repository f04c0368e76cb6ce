package images

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Tests here do not run beside others: they write a program and run it, and a process that another test forks in between would
// hold it open for writing ("text file busy").

// pretender stands in for stackctl: its build depends on what a shell expression gives, as a recipe that leaks its surroundings would.
func pretender(t *testing.T, dependsOn string) string {
	t.Helper()
	if _, err := findUV(); err != nil {
		t.Skip("uv is missing, two builds cannot be surrounded: ", err)
	}
	program := filepath.Join(t.TempDir(), "stackctl")
	script := fmt.Sprintf("#!/bin/sh\nset -e\nfound=%s\nmkdir -p \"$STACK_STORE/builds/key\"\necho \"/leak 00644 0 $found\" > \"$STACK_STORE/builds/key/files.txt\"\necho \"sha256:$found\"\n", dependsOn)
	require.NoError(t, os.WriteFile(program, []byte(script), 0o755))
	return program
}

func TestReproduceFindsWhatABuildLetsIn(t *testing.T) {
	leaks := map[string]string{"umask": "$(umask)", "time zone": "$TZ", "locale": "$LANG", "directory": "$PWD", "home": "$HOME", "store": "$STACK_STORE"}
	if os.Geteuid() == 0 {
		leaks["user"] = "$(id -u)"
	}
	for name, leak := range leaks {
		t.Run(name, func(t *testing.T) {
			_, err := Reproduce(t.Context(), Entry{Name: "tool"}, pretender(t, leak), func(string) {})
			require.ErrorContains(t, err, `reproduce "tool": two builds differ, sha256:`)
			assert.ErrorContains(t, err, "/leak differs")
		})
	}
}

func TestReproduceComparesEqualBuildsWithTheLock(t *testing.T) {
	program := pretender(t, "same")
	var said []string
	say := func(line string) { said = append(said, line) }

	digest, err := Reproduce(t.Context(), Entry{Name: "tool", Digest: "sha256:same"}, program, say)
	require.NoError(t, err)
	assert.Equal(t, "sha256:same", digest)
	assert.Equal(t, []string{"tool: first build", "tool: a-second-place build"}, said)

	_, err = Reproduce(t.Context(), Entry{Name: "tool", Digest: "sha256:other"}, program, say)
	assert.EqualError(t, err, `reproduce "tool": both builds are sha256:same, the lock says sha256:other; re-lock it: go run -tags goolm ./scripts/stackctl lock tool`)
}

func TestReproduceSaysWhyABuildFailed(t *testing.T) {
	program := pretender(t, "x")
	require.NoError(t, os.WriteFile(program, []byte("#!/bin/sh\necho 'no such mirror' >&2\nexit 4\n"), 0o755))

	_, err := Reproduce(t.Context(), Entry{Name: "tool"}, program, func(string) {})

	assert.ErrorContains(t, err, `reproduce "tool": `)
	assert.ErrorContains(t, err, "exit status 4: no such mirror")
}
