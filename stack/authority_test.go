package stack

import (
	"crypto/tls"
	"crypto/x509"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// issued makes a certificate and parses it; the key must belong to it.
func issued(t *testing.T, by *Authority, until time.Time, hosts ...string) *x509.Certificate {
	t.Helper()
	pair, err := by.Issue(until, hosts...)
	require.NoError(t, err)
	both, err := tls.X509KeyPair(pair.Cert, pair.Key)
	require.NoError(t, err)
	return both.Leaf
}

func TestCertificateIsGoodForItsHostsUnderItsAuthority(t *testing.T) {
	t.Parallel()
	ours, err := NewAuthority("ours")
	require.NoError(t, err)
	stranger, err := NewAuthority("ours") // of the same name, with another key
	require.NoError(t, err)
	cert := issued(t, ours, time.Now().Add(time.Hour), "alpha.test", "matrix.alpha.test")
	check := func(by *Authority, host string) error {
		_, err := cert.Verify(x509.VerifyOptions{Roots: by.Pool(), DNSName: host})
		return err
	}
	assert.NoError(t, check(ours, "alpha.test"))
	assert.NoError(t, check(ours, "matrix.alpha.test"))
	var wrongHost x509.HostnameError
	assert.ErrorAs(t, check(ours, "beta.test"), &wrongHost)
	assert.ErrorAs(t, check(ours, "auth.alpha.test"), &wrongHost, "a name below is another host")
	var unknown x509.UnknownAuthorityError
	assert.ErrorAs(t, check(stranger, "alpha.test"), &unknown)
}

func TestCertificateEnds(t *testing.T) {
	t.Parallel()
	ours, err := NewAuthority("ours")
	require.NoError(t, err)
	cert := issued(t, ours, time.Now().Add(-time.Minute), "alpha.test")
	_, err = cert.Verify(x509.VerifyOptions{Roots: ours.Pool(), DNSName: "alpha.test"})
	var invalid x509.CertificateInvalidError
	require.ErrorAs(t, err, &invalid)
	assert.Equal(t, x509.Expired, invalid.Reason)
}

func TestAuthorityIsHandedOutWithoutItsKey(t *testing.T) {
	t.Parallel()
	ours, err := NewAuthority("ours")
	require.NoError(t, err)
	pool := x509.NewCertPool()
	require.True(t, pool.AppendCertsFromPEM(ours.PEM()))
	assert.True(t, pool.Equal(ours.Pool()))
	assert.NotContains(t, string(ours.PEM()), "PRIVATE")
}

func TestServerCertificateIssuesNothing(t *testing.T) {
	t.Parallel()
	ours, err := NewAuthority("ours")
	require.NoError(t, err)
	cert := issued(t, ours, time.Now().Add(time.Hour), "alpha.test")
	assert.False(t, cert.IsCA)
	_, err = cert.Verify(x509.VerifyOptions{Roots: ours.Pool(), KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}})
	assert.Error(t, err, "it is for servers only")
}

// Who moves the accounts declares the world again; servers that are not concerned must go on as they are.
func TestWorldThatIsDeclaredAnewIsTheSame(t *testing.T) {
	t.Parallel()
	authority, err := NewAuthority("test")
	require.NoError(t, err)
	declare := func() World {
		world, err := NewWorld(TestSites(SignInMAS), Environment{Authority: authority})
		require.NoError(t, err)
		return world
	}
	before := declare()
	assert.Equal(t, before, declare())
}
