package stack

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// aPeer is one with a certificate for those hosts.
func aPeer(t *testing.T, network string, hosts ...string) (Peer, *Authority) {
	t.Helper()
	authority, err := NewAuthority("an authority")
	require.NoError(t, err)
	pair, err := authority.Issue(time.Now().Add(time.Hour), hosts...)
	require.NoError(t, err)
	return Peer{ServerName: "peer.example.org", Certificate: pair, Network: network}, authority
}

func TestPeerIsWhatWouldBeDeployed(t *testing.T) {
	t.Parallel()
	p, _ := aPeer(t, "", "peer.example.org")
	w, err := DeployedWorld(p.Site(), Environment{})
	require.NoError(t, err)
	require.NoError(t, w.Validate(func(string) bool { return true }))
	require.Len(t, w.Components, len(PeerImages), "images are found for all of it")
	for _, c := range w.Components {
		assert.Contains(t, PeerImages, c.Image)
		for _, f := range c.Files {
			assert.NotContains(t, f.Path, "override")
			assert.NotContains(t, string(f.Content), "ip_range_whitelist", "out in the world there are no private addresses")
			assert.NotContains(t, string(f.Content), "enable_registration_without_verification")
		}
	}
	before, now := p.Site().Secrets, p.Site().Secrets
	assert.NotEqual(t, before.SigningKey("signing key"), now.SigningKey("signing key"), "others remember the key of the last time by its name")
}

func TestPeerInANetworkSpeaksToPrivateAddressesOfIt(t *testing.T) {
	t.Parallel()
	p, _ := aPeer(t, "matrix_world", "peer.example.org")
	w, err := DeployedWorld(p.Site(), Environment{Subnets: map[string]string{worldNetwork: "172.30.7.0/24"}})
	require.NoError(t, err)
	c, ok := w.Component("peer-synapse")
	require.True(t, ok)
	assert.Contains(t, string(c.Files[0].Content), `ip_range_whitelist: ["172.30.7.0/24"]`)
	place := placement{project: "ms-1", world: p.Network}
	assert.Equal(t, "matrix_world", place.network(worldNetwork))
	assert.Equal(t, "ms-1-peer-web", place.network("peer-web"))
}

func TestPeerSaysWhoHungUp(t *testing.T) {
	t.Parallel()
	p, _ := aPeer(t, "", "peer.example.org")
	w, err := DeployedWorld(p.Site(), Environment{})
	require.NoError(t, err)
	require.NoError(t, p.alter(&w))
	c, _ := w.Component("peer-traefik")
	assert.Contains(t, string(c.Files[0].Content), "level: DEBUG")
	assert.Equal(t, File{Path: pushes, Mode: 0o644}, c.Files[len(c.Files)-1], "a route for pushes is put here while it runs")
}

func TestPushGatewayOfAPeerIsWhereOtherHomeserversFindIt(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "https://peer.example.org:8448/notify", Peer{ServerName: "peer.example.org"}.PushGateway("/notify"))
}

func TestCertificateOfPeerIsForItsName(t *testing.T) {
	t.Parallel()
	wrong, _ := aPeer(t, "", "www.example.org")
	assert.ErrorContains(t, wrong.Check(), "www.example.org")
	p, authority := aPeer(t, "", "peer.example.org")
	assert.NoError(t, p.Check())
	assert.ErrorContains(t, p.Trusted(), "unknown authority")
	p.Authority = authority.PEM()
	assert.NoError(t, p.Trusted(), "who trusts the deployment's authority trusts the peer's")
}

func TestPeerIsReachedBesideTheDeployment(t *testing.T) {
	t.Parallel()
	p, _ := aPeer(t, "", "peer.example.org")
	e := Elsewhere{Site: Site{Name: "alpha", ServerName: "example.org"}, Resolve: map[string]string{"example.org:443": "127.0.0.1:1"}}
	require.NoError(t, e.Add(p.Site(), "127.0.0.1:2", p.Certificate.Cert))
	assert.Len(t, e.Reach().World.Sites, 2)
	assert.Equal(t, "127.0.0.1:2", e.Address("peer.example.org:443"))
	assert.Equal(t, "127.0.0.1:1", e.Address("example.org:443"))
	require.NotNil(t, e.Roots)
}
