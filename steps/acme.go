package steps

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"time"

	"github.com/letsencrypt/challtestsrv"
	"github.com/letsencrypt/pebble/v2/ca"
	"github.com/letsencrypt/pebble/v2/db"
	"github.com/letsencrypt/pebble/v2/va"
	"github.com/letsencrypt/pebble/v2/wfe"

	"matrixstack/stack"
)

// certifier is an authority that gives out certificates to whoever a name leads to, as Let's Encrypt does (RFC 8555). For it, all
// names lead to this machine.
type certifier struct {
	directory string // address
	vouched   []byte // PEM of who signed the certificate it shows itself
	root      []byte // PEM of who signs those it gives out
}

const certifierHost = "acme.test"

// freePorts are ports of this machine that nobody listens at.
func freePorts(count int) (ports []int, err error) {
	for range count {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, fmt.Errorf("find a free port: %w", err)
		}
		defer listener.Close()
		ports = append(ports, listener.Addr().(*net.TCPAddr).Port)
	}
	return ports, nil
}

// startCertifier starts an authority that asks at these ports of this machine whether a name leads there.
func (s *scenario) startCertifier(httpPort, tlsPort int) (*certifier, error) {
	silent := log.New(io.Discard, "", 0)
	at, err := freePorts(1)
	if err != nil {
		return nil, err
	}
	resolver := fmt.Sprintf("127.0.0.1:%d", at[0])
	names, err := challtestsrv.New(challtestsrv.Config{Log: silent, DNSAddrs: []string{resolver}})
	if err != nil {
		return nil, fmt.Errorf("start an authority: %w", err)
	}
	names.SetDefaultDNSIPv6("")
	go names.Run()
	s.mended = append(s.mended, func(context.Context) error { names.Shutdown(); return nil })

	authority, err := stack.NewAuthority("authority of an authority")
	if err != nil {
		return nil, err
	}
	own, err := authority.Issue(time.Now().AddDate(0, 1, 0), certifierHost)
	if err != nil {
		return nil, err
	}
	pair, err := tls.X509KeyPair(own.Cert, own.Key)
	if err != nil {
		return nil, fmt.Errorf("start an authority: %w", err)
	}
	listener, err := tls.Listen("tcp", ":0", &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12})
	if err != nil {
		return nil, fmt.Errorf("start an authority: %w", err)
	}
	kept := db.NewMemoryStore()
	signer := ca.New(silent, kept, "", "ecdsa", 0, 1, map[string]ca.Profile{"default": {Description: "The default"}})
	front := wfe.New(silent, kept, va.New(silent, httpPort, tlsPort, true, resolver, kept), signer, []string{certifierHost}, true, false, 0, 0)
	server := &http.Server{Handler: front.Handler(), ReadHeaderTimeout: patience, ErrorLog: silent}
	go func() { _ = server.Serve(listener) }()
	s.mended = append(s.mended, func(context.Context) error { return server.Close() })
	port := listener.Addr().(*net.TCPAddr).Port
	return &certifier{
		directory: fmt.Sprintf("https://%s:%d/dir", certifierHost, port), vouched: authority.PEM(), root: signer.GetRootCert(0).PEM(),
	}, nil
}

// certificates are what the operator chooses about them. Who visits the deployment trusts nobody else.
func (d *deployment) certificates() (stack.Deployment, error) {
	d.site = stack.Elsewhere{Roots: x509.NewCertPool(), Resolve: map[string]string{}}
	if d.acme != nil {
		d.site.Roots.AppendCertsFromPEM(d.acme.root)
		return stack.Deployment{ACME: &stack.ACME{Email: "operator@" + deployedDomain, Server: d.acme.directory, Authority: d.acme.vouched}}, nil
	}
	authority, err := stack.NewAuthority("authority of a deployment")
	if err != nil {
		return stack.Deployment{}, err
	}
	d.site.Roots.AppendCertsFromPEM(authority.PEM())
	d.authority = authority
	pair, err := authority.Issue(time.Now().AddDate(0, 1, 0), deployedHosts()...)
	return stack.Deployment{Certificate: pair, Authority: authority.PEM(), Neighbours: d.neighbours}, err
}

// certified waits until the deployment shows certificates that can be verified.
func (d *deployment) certified(ctx context.Context) error {
	client := d.site.Reach()
	return eventually(ctx, func(ctx context.Context) error {
		var problems []error
		for _, host := range deployedHosts() {
			raw, err := client.DialContext(ctx, "tcp", net.JoinHostPort(host, "443"))
			if err == nil {
				err = tls.Client(raw, &tls.Config{ServerName: host, RootCAs: d.site.Roots, MinVersion: tls.VersionTLS12}).HandshakeContext(ctx)
				raw.Close()
			}
			if err != nil {
				problems = append(problems, fmt.Errorf("the deployment has no certificate for %s yet: %w", host, err))
			}
		}
		return errors.Join(problems...)
	})
}
