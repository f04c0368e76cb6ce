package stack

import (
	"cmp"
	"crypto/x509"
	"errors"
	"maps"
	"net"
	"slices"
)

// Elsewhere is a deployment that was not booted here: it is reached as people reach it, and in no other way.
type Elsewhere struct {
	Site    Site
	Roots   *x509.CertPool    // whom it is verified against; nil means those this machine trusts
	Resolve map[string]string // address to connect to, by "host:port", or by host for every port; others are looked up
	Servers []string          // components it is known to have
	Peer    *Site             // homeserver that was booted here for it to talk to, if any
}

// ErrElsewhereBooted says that a deployment was not booted here, so that nothing of it can be stopped, changed or looked into.
var ErrElsewhereBooted = errors.New("it was not booted here, so that nothing of it can be stopped, changed or looked into")

// Reach makes a stack of a deployment that was not booted here. Whatever needs its engine answers with ErrElsewhereBooted.
func (e Elsewhere) Reach() *Stack {
	sites := []Site{e.Site}
	if e.Peer != nil {
		sites = append(sites, *e.Peer)
	}
	return &Stack{World: World{Sites: sites}, Run: "elsewhere", elsewhere: &e, nodes: map[string]*node{}, lost: map[string]error{}}
}

// Add lets a homeserver that was booted here be reached beside the deployment: at that door, and by exactly that certificate.
func (e *Elsewhere) Add(peer Site, door string, certificate []byte) error {
	roots, err := x509.SystemCertPool()
	if e.Roots != nil {
		roots, err = e.Roots.Clone(), nil
	}
	if err != nil {
		return err
	}
	roots.AppendCertsFromPEM(certificate)
	resolve := map[string]string{net.JoinHostPort(peer.MatrixHost(), "443"): door}
	maps.Copy(resolve, e.Resolve)
	e.Peer, e.Roots, e.Resolve = &peer, roots, resolve
	return nil
}

// Address is where to connect to for a host and port.
func (e Elsewhere) Address(named string) string {
	if host, port, err := net.SplitHostPort(named); err == nil && e.Resolve[named] == "" && e.Resolve[host] != "" {
		return net.JoinHostPort(e.Resolve[host], port)
	}
	return cmp.Or(e.Resolve[named], named)
}

func (e Elsewhere) has(name string) bool { return slices.Contains(e.Servers, name) }
