package images

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestProvenanceTable(t *testing.T) {
	t.Parallel()
	rows := []Resolved{
		{Name: "mas", Version: "1.8.0", Source: Unavailable, Note: "not pulled: ghcr.io cannot be reached; and it cannot be built: no package registry carries it; bring an archive mas.tar"},
		{Name: "postgres", Version: "15.18", Source: BuiltHere, Digest: digestNumber("b"), Note: "drifted from the lock: libpq5 15.17 -> 15.18"},
		{Name: "synapse", Version: "1.144.0", Source: Override, Digest: digestNumber("c"), Note: "not the pinned artefact: archive synapse.tar"},
		{Name: "traefik", Version: "3.6.25", Source: Pulled, Digest: digestNumber("d"), Note: "-"},
	}
	var out strings.Builder

	require.NoError(t, ProvenanceTable(&out, rows))

	assert.Equal(t, `image     version  source       digest               remark
mas       1.8.0    unavailable  -                    not pulled: ghcr.io cannot be reached; and it cannot be built: no package registry carries it; bring an archive mas.tar
postgres  15.18    built        sha256:bbbbbbbbbbbb  drifted from the lock: libpq5 15.17 -> 15.18
synapse   1.144.0  override     sha256:cccccccccccc  not the pinned artefact: archive synapse.tar
traefik   3.6.25   pulled       sha256:dddddddddddd  -
`, out.String())
}

func TestMovesNamesWhatIsNewGoneAndMoved(t *testing.T) {
	t.Parallel()
	from := []Deb{{Name: "a", Version: "1"}, {Name: "b", Version: "1"}, {Name: "c", Version: "1"}}
	to := []Deb{{Name: "a", Version: "1"}, {Name: "aa", Version: "3"}, {Name: "c", Version: "2"}}

	moved := moves(versions(from), versions(to))

	assert.Equal(t, []Move{{"aa", "", "3"}, {"b", "1", ""}, {"c", "1", "2"}}, moved)
	assert.Equal(t, "aa 3 is new, b is gone, c 1 -> 2", describeMoves(moved))
}
