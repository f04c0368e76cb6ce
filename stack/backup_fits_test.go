package stack

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAStorageWithoutItsKeysIsRefused(t *testing.T) {
	t.Parallel()
	storage := Storage{Path: "/data", Keys: []string{"signing.key"}}
	file := filepath.Join(t.TempDir(), "synapse-0.tar")
	_, err := filesIn(file, "synapse")
	require.EqualError(t, err, "restore the backup: it holds no files of synapse; take another one")
	require.NoError(t, os.WriteFile(file, tarOf(t, "data/signing.key"), 0o600))
	there, err := filesIn(file, "synapse")
	require.NoError(t, err)
	require.NoError(t, storage.keysAmong(there, "synapse"))
	require.NoError(t, os.WriteFile(file, tarOf(t, "data/homeserver.yaml"), 0o600))
	there, err = filesIn(file, "synapse")
	require.NoError(t, err)
	require.EqualError(t, storage.keysAmong(there, "synapse"), "restore the backup: it lacks /data/signing.key of synapse, which nobody can make again; take a backup that has it")
	require.NoError(t, os.WriteFile(file, tarOf(t, "data/signing.key")[:300], 0o600))
	_, err = filesIn(file, "synapse")
	assert.ErrorContains(t, err, "restore the backup: the files of synapse cannot be read: unexpected EOF")
}

func TestFilesThatPeopleUploadedAreMissed(t *testing.T) {
	t.Parallel()
	rows := rowsOf("--\n-- Data for Name: local_media_repository; Type: TABLE DATA\n--\n\n" +
		"COPY public.local_media_repository (media_id, media_length, url_cache) FROM stdin;\n" +
		"aabbcc\t7\t\\N\nddeeff\t7\t\\N\nlooked-up\t7\thttps://example.org/\nannounced\t\\N\t\\N\n\\.\n\n-- done\n")
	require.Len(t, rows, 4)
	media := mediaFiles(rows)
	assert.Equal(t, []string{"media_store/local_content/aa/bb/cc", "media_store/local_content/dd/ee/ff"}, media)
	file := filepath.Join(t.TempDir(), "synapse-0.tar")
	require.NoError(t, os.WriteFile(file, tarOf(t, "data/signing.key"), 0o600))
	require.NoError(t, belongings{media: media}.among(map[string]bool{media[0]: true, media[1]: true}, file))
	require.NoError(t, belongings{}.among(nil, file))
	require.EqualError(t, belongings{media: media}.among(map[string]bool{media[0]: true, media[1]: false}, file),
		"restore the backup: it lacks 1 of the 2 files that people uploaded, media_store/local_content/dd/ee/ff among them; take one whose files are from after its databases")
	assert.Empty(t, rowsOf(""))
}

func TestTheKeyOfABackupIsOneThatSigned(t *testing.T) {
	t.Parallel()
	rows := []map[string]string{
		{"json": `{"signatures":{"beta.test":{"ed25519:b":"x"},"alpha.test":{"ed25519:old":"y"}}}`},
		{"json": `{"signatures":{"alpha.test":{"ed25519:old":"y","ed25519:new":"z"}},"sender":"@alice:alpha.test"}`},
		{"json": `{"signatures":{"alphaXtest":{"ed25519:strange":"y"}}}`},
	}
	assert.Equal(t, []string{"ed25519:old", "ed25519:new"}, signers(rows, "alpha.test"))
	assert.Equal(t, []string{"ed25519:new", "ed25519:newer"}, keyNames("ed25519 new c2VjcmV0\n\ned25519 newer c2VjcmV0\n"))
	file := filepath.Join(t.TempDir(), "synapse-0.tar")
	require.NoError(t, os.WriteFile(file, tarOf(t, "data/signing.key"), 0o600)) // a key without a name
	require.EqualError(t, belongings{signers: []string{"ed25519:old"}}.among(nil, file),
		"restore the backup: its signing key is , and what people said is signed with ed25519:old; take one whose key and database belong together")
	content, err := contentIn(file, "signing.key")
	require.NoError(t, err)
	assert.Equal(t, "key", content)
}

func TestADumpSaysWhenItWasMade(t *testing.T) {
	t.Parallel()
	made, err := dumpedAt(";\n; Archive created at 2026-11-26 01:30:16 UTC\n;     dbname: synapse\n")
	require.NoError(t, err)
	assert.True(t, time.Date(2026, 11, 26, 1, 30, 16, 0, time.UTC).Equal(made))
	_, err = dumpedAt(";\n;     dbname: synapse\n")
	require.EqualError(t, err, "it does not say when it was made")
	assert.Equal(t, "pg_restore: error: input file is too short (read 0, expected 5)", lastLine("a\npg_restore: error: input file is too short (read 0, expected 5)\n"))
}
