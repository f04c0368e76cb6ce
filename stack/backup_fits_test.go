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
	require.NoError(t, mediaAmong(map[string]bool{media[0]: true, media[1]: true}, media))
	require.NoError(t, mediaAmong(nil, nil))
	require.EqualError(t, mediaAmong(map[string]bool{media[0]: true, media[1]: false}, media),
		"restore the backup: it lacks 1 of the 2 files that people uploaded, media_store/local_content/dd/ee/ff among them; take one whose files are from after its databases")
	assert.Empty(t, rowsOf(""))
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
