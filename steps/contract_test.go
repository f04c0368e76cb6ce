package steps

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"matrixstack/stack/upgrade"
)

func TestDifferenceNamesTheFirstPlace(t *testing.T) {
	t.Parallel()
	was := map[string]any{"talk": map[string]any{"name": "talk", "level": 50}}
	assert.Empty(t, difference("", plain(was), plain(map[string]any{"talk": map[string]any{"name": "talk", "level": 50.0}})))
	assert.Equal(t, "talk/level was 50 and is 0", difference("", plain(was), plain(map[string]any{"talk": map[string]any{"name": "talk", "level": 0}})))
	assert.Equal(t, "talk was map[level:50 name:talk] and is <nil>", difference("", plain(was), plain(map[string]any{})))
	assert.Equal(t, "it was [a] and is []", difference("", plain([]string{"a"}), plain([]string{})))
}

func TestReadHops(t *testing.T) {
	t.Parallel()
	hops, err := readHops("synapse to 1.153.0, mas to v1.22.0, postgres to 17")
	require.NoError(t, err)
	assert.Equal(t, []upgrade.Want{{Component: "synapse", Version: "1.153.0"}, {Component: "mas", Version: "1.22.0"}, {Component: "postgres", Version: "17"}}, hops)
	_, err = readHops("synapse 1.153.0")
	assert.ErrorContains(t, err, `read the upgrade "synapse 1.153.0": write "synapse to 1.163.2"`)
}
