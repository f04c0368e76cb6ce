package stack

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestDeploymentElsewhereIsOnlyReachedFromOutside(t *testing.T) {
	t.Parallel()
	s := Elsewhere{Site: Site{Name: "alpha", ServerName: "example.org", Operator: true}, Servers: []string{"synapse"}, Resolve: map[string]string{"matrix.example.org:443": "127.0.0.1:8443"}}.Reach()
	ctx := t.Context()
	_, err := s.Exec(ctx, "synapse", "true")
	require.ErrorIs(t, err, ErrElsewhereBooted)
	_, err = s.Logs(ctx, "synapse", time.Time{})
	require.ErrorIs(t, err, ErrElsewhereBooted)
	_, err = s.SQL(ctx, s.World.Sites[0], "synapse", "SELECT 1")
	require.ErrorIs(t, err, ErrElsewhereBooted)
	_, err = s.Listen(ctx, worldNetwork)
	require.ErrorIs(t, err, ErrElsewhereBooted)
	require.ErrorIs(t, s.Halt(ctx, "synapse"), ErrElsewhereBooted)
	require.NoError(t, s.Stop(ctx), "there is nothing to remove")
	assert.True(t, s.Has("synapse"))
	assert.False(t, s.Has("mas"))
	_, to, err := s.Locate(ctx, "tcp", "matrix.example.org:443")
	require.NoError(t, err)
	assert.Equal(t, "127.0.0.1:8443", to)
}

func TestDeploymentElsewhereIsReachedWhereItIsSaidToBe(t *testing.T) {
	t.Parallel()
	e := Elsewhere{Resolve: map[string]string{"example.org": "192.0.2.1", "example.org:8448": "127.0.0.1:9", "v6.example.org": "2001:db8::1"}}
	for named, want := range map[string]string{
		"example.org:443": "192.0.2.1:443", "example.org:8448": "127.0.0.1:9", "v6.example.org:443": "[2001:db8::1]:443", "elsewhere.org:443": "elsewhere.org:443",
	} {
		assert.Equal(t, want, e.Address(named), named)
	}
}
