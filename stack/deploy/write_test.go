package deploy

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"matrixstack/stack"
	"matrixstack/stack/images"
)

// again renders into a folder as the command does, with the secrets that are there.
func again(t *testing.T, dir string, o Options) (Project, []Change) {
	t.Helper()
	lock, err := images.Load()
	require.NoError(t, err)
	secrets, err := ReadSecrets(dir)
	require.NoError(t, err)
	p, err := Render(o, secrets, lock)
	require.NoError(t, err)
	changes, err := p.Changes(dir)
	require.NoError(t, err)
	return p, changes
}

func edit(t *testing.T, file string, more string) {
	t.Helper()
	content, err := os.ReadFile(file)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, append(content, more...), 0o600))
}

func TestSecretsAreDrawnOnceAndKept(t *testing.T) {
	t.Parallel()
	dir, other := t.TempDir(), t.TempDir()
	p, changes := again(t, dir, full())
	require.NoError(t, p.Write(dir, changes))
	seed, err := os.ReadFile(filepath.Join(dir, seedFile))
	require.NoError(t, err)
	_, changes = again(t, dir, full())
	assert.Empty(t, changes, "rendering the same changes nothing")
	p, changes = again(t, other, full())
	require.NoError(t, p.Write(other, changes))
	another, err := os.ReadFile(filepath.Join(other, seedFile))
	require.NoError(t, err)
	assert.NotEqual(t, seed, another, "another deployment has other secrets")
	for _, file := range []string{seedFile, masKeyFile, "config/synapse/homeserver.yaml", "config/postgres/environment"} {
		info, err := os.Stat(filepath.Join(dir, file))
		require.NoError(t, err)
		assert.Equal(t, os.FileMode(0o600), info.Mode().Perm(), file)
	}
}

func TestBrokenSecretsAreNotReplaced(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(dir, "secrets"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(dir, seedFile), []byte("half"), 0o600))
	_, err := ReadSecrets(dir)
	assert.ErrorContains(t, err, "restore it from a backup")
}

func TestChangesShowWhatIsEditedAndWhatGoes(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p, changes := again(t, dir, full())
	require.NoError(t, p.Write(dir, changes))
	const edited = "config/synapse/homeserver.yaml"
	edit(t, filepath.Join(dir, edited), "presence: {enabled: false}\nturn_shared_secret: canary-by-hand\n")
	fewer := full()
	fewer.Monitoring, fewer.Bridges = false, []string{"telegram"}
	p, changes = again(t, dir, fewer)
	byPath := map[string]Change{}
	for _, c := range changes {
		byPath[c.Path] = c
		assert.NotContains(t, c.Diff, "canary-by-hand")
	}
	assert.True(t, byPath[edited].Edited)
	assert.Contains(t, byPath[edited].Diff, "-presence: {enabled: false}")
	assert.False(t, byPath["compose.yaml"].Edited)
	assert.Contains(t, byPath["compose.yaml"].Diff, "-  prometheus:")
	assert.True(t, byPath["config/prometheus/rules.yml"].Removed)
	require.NoError(t, p.Write(dir, changes))
	assert.NoFileExists(t, filepath.Join(dir, "config/prometheus/rules.yml"))
	_, changes = again(t, dir, fewer)
	assert.Empty(t, changes)
}

func TestNothingIsHalfWritten(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "deployment")
	p, changes := again(t, dir, full())
	p.Files = append(p.Files, File{Path: "compose.yaml/impossible", Content: []byte("x"), Mode: 0o600})
	changes = append(changes, Change{Path: "compose.yaml/impossible"})
	assert.Error(t, p.Write(dir, changes), "a file cannot lie in a file")
	assert.NoFileExists(t, filepath.Join(dir, "compose.yaml"))
	left, err := filepath.Glob(filepath.Join(filepath.Dir(dir), ".rendering-*"))
	require.NoError(t, err)
	assert.Empty(t, left)
}

func TestOnlySecretsAreHidden(t *testing.T) {
	t.Parallel()
	for _, line := range []string{
		"    image: postgres@sha256:" + strings.Repeat("0a", 32), "trusted_key_servers: []", "suppress_key_server_warning: true", "password_registration_enabled: true",
		"registration_token_required: true", `signing_key_path: "/data/signing.key"`, "```\ndocker compose up", "## Secrets and keys:\nnone", "  password_config: {enabled: false}",
	} {
		assert.Equal(t, line, hide(line))
	}
	for line, shown := range map[string]string{
		"  password: hunter2":                                  "  password: (secret)",
		`turn_shared_secret: "canary"`:                         "turn_shared_secret: (secret)",
		"POSTGRES_PASSWORD='canary'":                           "POSTGRES_PASSWORD=(secret)",
		"keys: {deployment: " + strings.Repeat("0a", 32) + "}": "keys: {deployment: (secret)}",
		"macaroon_secret_key: canary":                          "macaroon_secret_key: (secret)",
		"CREATE ROLE mas PASSWORD 'canary' LOGIN":              "CREATE ROLE mas PASSWORD '(secret)' LOGIN",
		"    api_hash: 0123456789abcdef":                       "    api_hash: (secret)",
	} {
		assert.Equal(t, shown, hide(line))
	}
}

func TestKeysAreNeverShown(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p, changes := again(t, dir, full())
	require.NoError(t, p.Write(dir, changes))
	key := filepath.Join(dir, "config/mas/rsa.pem")
	written, err := os.ReadFile(key)
	require.NoError(t, err)
	for name, there := range map[string]string{"edited": string(written) + "# by hand\n", "emptied": ""} {
		require.NoError(t, os.WriteFile(key, []byte(there), 0o600))
		_, changes = again(t, dir, full())
		require.Len(t, changes, 1, name)
		assert.Equal(t, "changed, and not shown: config/mas/rsa.pem\n", changes[0].Diff, name)
		assert.Equal(t, "mas", changes[0].Server(), name)
	}
}

func TestAnotherDeploymentIsNotWrittenOverOne(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p, changes := again(t, dir, small())
	require.NoError(t, p.Follows(dir, false), "there is none yet")
	require.NoError(t, p.Write(dir, changes))
	require.NoError(t, p.Follows(dir, false), "the same")
	other, stored := small(), small()
	other.Domain, stored.Storage = "example.net", "/elsewhere"
	p, _ = again(t, dir, other)
	assert.ErrorContains(t, p.Follows(dir, true), "holds the deployment of "+small().Domain, "another name is refused whatever is said")
	p, _ = again(t, dir, stored)
	assert.ErrorContains(t, p.Follows(dir, false), "would begin anew in /elsewhere")
	assert.NoError(t, p.Follows(dir, true), "somebody moved it")
}

// content is what a file of a project holds.
func content(t *testing.T, p Project, path string) string {
	t.Helper()
	i := slices.IndexFunc(p.Files, func(f File) bool { return f.Path == path })
	require.GreaterOrEqual(t, i, 0, path)
	return string(p.Files[i].Content)
}

func TestAccountsMoveToMASOnceAndAreKnownAsMovedFromThenOn(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(o Options) Project {
		p, changes := again(t, dir, o)
		require.NoError(t, p.Write(dir, changes))
		return p
	}
	moves := func(to stack.SignIn) [2]bool {
		moved, now, err := MovesAccounts(dir, to)
		require.NoError(t, err)
		return [2]bool{moved, now}
	}
	config := func(p Project) string { return content(t, p, "config/mas/config.yaml") }
	assert.Equal(t, [2]bool{false, false}, moves(stack.SignInMAS), "what is new has nothing to move")
	assert.NotContains(t, config(render(t, full())), "bcrypt")

	homeserver, mas := small(), small()
	mas.SignIn, mas.Moved = stack.SignInMAS, true
	write(homeserver)
	assert.Equal(t, [2]bool{false, false}, moves(stack.SignInSynapse))
	assert.Equal(t, [2]bool{true, true}, moves(stack.SignInMAS))

	p, _ := again(t, dir, mas)
	assert.ErrorContains(t, p.Follows(dir, false), "takes them over by ./move-accounts")
	assert.NoError(t, p.Follows(dir, true))
	assert.Contains(t, config(write(mas)), "bcrypt", "passwords of before are known")
	assert.Equal(t, [2]bool{true, false}, moves(stack.SignInMAS), "they moved before")
	assert.Contains(t, content(t, p, "move-accounts"), "--user 65532:991 ")

	p, _ = again(t, dir, homeserver)
	assert.ErrorContains(t, p.Follows(dir, false), "would know none that came since")
}
