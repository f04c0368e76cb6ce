package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestWhereToConnectToIsReadForOnePortOrAll(t *testing.T) {
	t.Parallel()
	for rule, want := range map[string][2]string{
		"example.org:192.0.2.1":          {"example.org", "192.0.2.1"},
		"example.org:[2001:db8::1]":      {"example.org", "2001:db8::1"},
		"example.org:443:192.0.2.1":      {"example.org:443", "192.0.2.1:443"},
		"example.org:443:192.0.2.1:8443": {"example.org:443", "192.0.2.1:8443"},
		"example.org:443:[2001:db8::1]":  {"example.org:443", "[2001:db8::1]:443"},
		"example.org:443:proxy":          {"example.org:443", "proxy:443"},
	} {
		named, to, err := resolved(rule)
		assert.NoError(t, err, rule)
		assert.Equal(t, want, [2]string{named, to}, rule)
	}
	for _, rule := range []string{"example.org", ":192.0.2.1", "example.org:", "example.org:443", "example.org:192.0.2.1:8443"} {
		_, _, err := resolved(rule)
		assert.ErrorContains(t, err, "write HOST:ADDRESS or HOST:PORT:ADDRESS", rule)
	}
}

func TestCheckConcludesWhatItCameTo(t *testing.T) {
	t.Parallel()
	var said bytes.Buffer
	assert.NoError(t, verdictOf(&said, "example.org", "", 0, 0, 2))
	assert.Contains(t, said.String(), "as far as can be seen from here; 2 scenarios did not run")
	for want, test := range map[string]struct {
		problem       string
		wrong, unseen int
	}{
		"check example.org: 1 door is wrong; the reasons stand above":                                 {"", 1, 0},
		"check example.org: 2 of 9 scenarios failed; the reasons stand above":                         {"2 of 9 scenarios failed", 0, 0},
		"check example.org: 2 doors are wrong, not everything could be seen; the reasons stand above": {"", 2, 1},
	} {
		assert.EqualError(t, verdictOf(&said, "example.org", test.problem, test.wrong, test.unseen, 0), want)
	}
}

func TestCheckRefusesAnAccountItCannotUse(t *testing.T) {
	t.Parallel()
	empty := filepath.Join(t.TempDir(), "password")
	require.NoError(t, os.WriteFile(empty, []byte("\n"), 0o600))
	for want, f := range map[string]checkFlags{
		"--user=@me:example.org: write the name without server: --user me":           {user: "@me:example.org", passwordFile: empty},
		"--password-file=" + empty + ": it is empty; write the password of me to it": {user: "me", passwordFile: empty},
		"--user and --password-file belong together":                                 {user: "me"},
		"--peer, --peer-cert and --peer-key belong together":                         {peer: "example.net"},
		"--resolve=example.org: write HOST:ADDRESS or HOST:PORT:ADDRESS":             {resolve: []string{"example.org"}},
	} {
		_, _, err := f.read()
		assert.ErrorContains(t, err, want)
	}
}
