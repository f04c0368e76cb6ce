package check

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"
)

// certificates verifies what each host shows, and tells how long it is good for.
func certificates(ctx context.Context, t *Target) []Finding {
	var found []Finding
	for _, host := range t.hosts() {
		found = append(found, t.certificate(ctx, host))
	}
	return found
}

func (t *Target) certificate(ctx context.Context, host string) Finding {
	name, port := hostPort(host)
	f := Finding{Level: Mistake, About: aboutCertificate, Where: name + ":" + port}
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	raw, err := t.Elsewhere.Reach().DialContext(ctx, "tcp", net.JoinHostPort(name, port))
	if err != nil {
		f.What, f.Set = "nobody answers: "+reason(err), "start the proxy, let it publish port "+port+", and open that in the firewall"
		return f
	}
	defer raw.Close()
	connection := tls.Client(raw, &tls.Config{ServerName: name, RootCAs: t.roots(), MinVersion: tls.VersionTLS12})
	if err := connection.HandshakeContext(ctx); err != nil {
		f.What, f.Set = t.explainTLS(name, err)
		return f
	}
	leaf := connection.ConnectionState().PeerCertificates[0]
	left := leaf.NotAfter.Sub(t.Now())
	f.Level, f.What = Good, fmt.Sprintf("by %s, good until %s", leaf.Issuer.CommonName, leaf.NotAfter.Format(time.DateOnly))
	if left < 14*24*time.Hour {
		f.Level, f.Set = Note, "see in the log of the proxy why it was not renewed; authorities renew 30 days before the end"
	}
	return f
}

// explainTLS says what is wrong with a certificate, and what to set.
func (t *Target) explainTLS(name string, err error) (what, set string) {
	var wrongName x509.HostnameError
	var invalid x509.CertificateInvalidError
	var unknown x509.UnknownAuthorityError
	var shown *tls.CertificateVerificationError
	switch {
	case errors.As(err, &wrongName):
		return fmt.Sprintf("the certificate is for %s, not for %s", cmp.Or(strings.Join(wrongName.Certificate.DNSNames, ", "), "no host at all"), name),
			"a certificate for " + name + ": with Traefik, name it in a rule Host(`" + name + "`) of a router with the certificate resolver"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "the certificate is good only from " + invalid.Cert.NotBefore.Format(time.DateOnly) + " to " + invalid.Cert.NotAfter.Format(time.DateOnly),
			"renew it: see in the log of the proxy why it did not; ACME needs port 80 open to the world; a clock that is wrong looks the same"
	case errors.As(err, &unknown) && t.Elsewhere.Roots != nil && errors.As(err, &shown):
		return "the authority given by --ca has not signed the certificate; it was signed by " + shown.UnverifiedCertificates[0].Issuer.String(),
			"--ca to a file with the certificate of who did, or leave --ca out for a public authority; where that is one between, serve the full chain (fullchain.pem)"
	case errors.As(err, &unknown):
		return "nobody this machine trusts has signed the certificate, or the proxy leaves out the certificates between",
			"serve the full chain (fullchain.pem), or a certificate of a public authority; for a private one pass --ca FILE"
	case strings.Contains(err.Error(), "does not look like a TLS handshake"):
		return "plain HTTP is spoken there", "TLS on the entry point of that port"
	}
	return "no TLS connection: " + reason(err), "TLS 1.2 or newer on the entry point, and a certificate for " + name
}
