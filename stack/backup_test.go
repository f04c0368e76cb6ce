package stack

import (
	"archive/tar"
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// sealedBackup is a folder that holds a whole backup.
func sealedBackup(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(folder, "synapse.dump.tar"), []byte("a dump"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(folder, "synapse-0.tar"), tarOf(t, "data/signing.key"), 0o600))
	require.NoError(t, Backup{Site: "alpha", Versions: map[string]string{"synapse": "1.144.0"}}.Seal(folder))
	return folder
}

func tarOf(t *testing.T, files ...string) []byte {
	t.Helper()
	var out bytes.Buffer
	archive := tar.NewWriter(&out)
	for _, file := range files {
		require.NoError(t, archive.WriteHeader(&tar.Header{Name: file, Size: 3, Mode: 0o600}))
		_, err := archive.Write([]byte("key"))
		require.NoError(t, err)
	}
	require.NoError(t, archive.Close())
	return out.Bytes()
}

func TestReadBackupRefusesWhatIsNotWhole(t *testing.T) {
	t.Parallel()
	whole, err := ReadBackup(sealedBackup(t))
	require.NoError(t, err)
	assert.Equal(t, "1.144.0", whole.Versions["synapse"])
	for name, test := range map[string]struct {
		spoil func(folder string) error
		says  string
	}{
		"not finished": {func(f string) error { return os.Remove(filepath.Join(f, manifestFile)) }, "it is torn: its list of what it holds, which is written last, is missing"},
		"nonsense":     {func(f string) error { return os.WriteFile(filepath.Join(f, manifestFile), []byte("{"), 0o600) }, "backup.json cannot be read"},
		"a file gone":  {func(f string) error { return os.Remove(filepath.Join(f, "synapse.dump.tar")) }, "it is torn: synapse.dump.tar is missing"},
		"half a file":  {func(f string) error { return os.Truncate(filepath.Join(f, "synapse.dump.tar"), 2) }, "it is torn: synapse.dump.tar is not what was written"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder := sealedBackup(t)
			require.NoError(t, test.spoil(folder))
			_, err := ReadBackup(folder)
			var refused Refused
			require.ErrorAs(t, err, &refused)
			assert.Contains(t, refused.Why, test.says)
		})
	}
}

func TestVersionsAreFoundInWhatSoftwareSays(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]string{"postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)": "15.18", "mas-cli 1.8.0\n": "1.8.0", "": ""} {
		assert.Equal(t, want, number(said))
	}
	assert.Equal(t, "17", Major("v17.11"))
}

func TestWhoNeedsAServerStopsBeforeIt(t *testing.T) {
	t.Parallel()
	s := &Stack{nodes: map[string]*node{}}
	for name, needs := range map[string][]string{"postgres": nil, "synapse": {"postgres"}, "mas": {"postgres"}, "bridge": {"synapse", "mas"}, "proxy": nil} {
		s.nodes[name] = &node{Component: Component{Name: name, Needs: needs, Site: "alpha"}}
	}
	assert.Equal(t, []string{"bridge", "mas", "synapse"}, s.Dependents("postgres"))
	assert.Empty(t, s.Dependents("proxy"))
	for _, c := range []string{"bridge", "mas", "postgres", "proxy", "synapse"} {
		s.World.Components = append(s.World.Components, s.nodes[c].Component)
	}
	assert.Equal(t, []string{"bridge", "mas", "synapse", "postgres", "proxy"}, s.haltOrder("alpha"))
}
