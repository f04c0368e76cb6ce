package stack

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestLogsOfSeveralServersComeInTheOrderOfTime(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	lines := &logLines{out: &out, width: width([]Server{{Name: "synapse"}, {Name: "mas"}}), sorted: true}
	require.NoError(t, lines.of("synapse", strings.NewReader("2026-01-01T00:00:01Z one\n2026-01-01T00:00:03Z three\n")))
	require.NoError(t, lines.of("mas", strings.NewReader("2026-01-01T00:00:02Z two\n")))
	assert.Empty(t, out.String(), "lines wait until all are there")
	require.NoError(t, lines.flush())
	assert.Equal(t, "synapse  one\nmas      two\nsynapse  three\n", out.String())
}

func TestFollowedLogsComeAtOnceAndAsTheyAre(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	lines := &logLines{out: &out, width: width([]Server{{Name: "synapse"}})}
	require.NoError(t, lines.of("synapse", strings.NewReader("2026 is a year\nlast")))
	assert.Equal(t, "2026 is a year\nlast\n", out.String())
}
