package stack

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"strings"
)

const (
	peerName = "peer"
	peerPort = 8448 // where other homeservers find one that leads them nowhere else
	pushes   = "/etc/traefik/dynamic/pushes.yml"
)

// Peer is a homeserver that is booted as it would be deployed, for a deployment elsewhere to talk to.
type Peer struct {
	ServerName  string
	Certificate KeyPair // of that name
	Authority   []byte  // PEM of who signed what the deployment shows, when that is nobody the images know
	Network     string  // of the engine, in which the deployment finds the peer by name, and is found; empty means the world
}

// PeerImages are the images a peer is made of, by key of the lock.
var PeerImages = []string{"postgres", "synapse-next", "traefik"}

// Component is the name of a server of the peer.
func (p Peer) Component(kind string) string { return Site{Name: peerName}.Component(kind) }

// Site is what the peer is. Its secrets, and with them its signing key, are other ones each time.
func (p Peer) Site() Site {
	seed := make([]byte, 32)
	_, _ = rand.Read(seed)
	return Site{
		Name: peerName, ServerName: p.ServerName, Homeserver: p.ServerName, SynapseImage: "synapse-next", SignIn: SignInSynapse,
		Secrets:    NewDeployedSecrets(hex.EncodeToString(seed)),
		Deployment: &Deployment{Storage: Storages, Certificate: p.Certificate, Authority: p.Authority, Neighbours: p.Network != ""},
	}
}

// Check says what is wrong with the wish for a peer before anything is booted.
func (p Peer) Check() error {
	pair, err := tls.X509KeyPair(p.Certificate.Cert, p.Certificate.Key)
	if err != nil {
		return fmt.Errorf("read the certificate of the peer: %w", err)
	}
	if err := pair.Leaf.VerifyHostname(p.ServerName); err != nil {
		return fmt.Errorf("read the certificate of the peer: %w", err)
	}
	return nil
}

// Trusted says why the certificate of the peer would not be taken by who trusts public authorities, and the one of the deployment.
func (p Peer) Trusted() error {
	pair, err := tls.X509KeyPair(p.Certificate.Cert, p.Certificate.Key)
	if err != nil {
		return err
	}
	roots, err := x509.SystemCertPool()
	if err != nil {
		return err
	}
	roots.AppendCertsFromPEM(p.Authority)
	between := x509.NewCertPool()
	between.AppendCertsFromPEM(p.Certificate.Cert)
	_, err = pair.Leaf.Verify(x509.VerifyOptions{DNSName: p.ServerName, Roots: roots, Intermediates: between})
	return err
}

// alter lets the proxy of the peer say who hung up on it, and why, and take a further route while it runs.
func (p Peer) alter(w *World) error {
	for at, c := range w.Components {
		if c.Name != p.Component("traefik") {
			continue
		}
		for i, f := range c.Files {
			if strings.HasSuffix(f.Path, "/traefik.yml") {
				c.Files[i].Content = bytes.Replace(f.Content, []byte("level: INFO"), []byte("level: DEBUG"), 1)
			}
		}
		c.Files = append(c.Files, File{Path: pushes, Mode: 0o644})
		w.Components[at] = c
	}
	return nil
}

// PushGateway is the address of the push gateway that stands at the name of the peer.
func (p Peer) PushGateway(path string) string {
	return "https://" + net.JoinHostPort(p.ServerName, fmt.Sprint(peerPort)) + path
}

// OpenPushGateway leads what comes for that path at the door of the peer to whoever listens.
func (p Peer) OpenPushGateway(ctx context.Context, s *Stack, path string) (net.Listener, error) {
	listener, err := s.Listen(ctx, Site{Name: peerName}.network(webNetwork))
	if err != nil {
		return nil, err
	}
	route := fmt.Sprintf("http:\n  routers:\n    pushes: {rule: \"Path(`%s`)\", entryPoints: [https, federation], service: pushes}\n"+
		"  services:\n    pushes: {loadBalancer: {servers: [{url: \"http://%s\"}]}}\n", path, listener.Addr())
	if _, err := s.Edit(ctx, p.Component("traefik"), pushes, func(string) (string, error) { return route, nil }); err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	return listener, nil
}

// Start boots the peer. Only its door for other homeservers is open to more than this machine.
func (p Peer) Start(ctx context.Context, engine *Engine, images map[string]Image, progress func(line string)) (*Stack, error) {
	if err := p.Check(); err != nil {
		return nil, err
	}
	o := Options{Sites: []Site{p.Site()}, Images: images, Progress: progress, World: p.Network, Alter: p.alter}
	if p.Network == "" {
		o.Open = map[string]map[string]int{p.Component("traefik"): {fmt.Sprintf("%d/tcp", peerPort): peerPort}}
	}
	s, err := Start(ctx, engine, o)
	if err != nil {
		return nil, errors.Join(err, s.Stop(context.WithoutCancel(ctx)))
	}
	return s, nil
}
