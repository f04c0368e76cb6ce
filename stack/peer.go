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
	"strings"
)

const (
	peerName = "peer"
	peerPort = 8448 // where other homeservers find one that leads them nowhere else
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

// talkative lets the proxy of the peer say who hung up on it, and why.
func (p Peer) talkative(w *World) error {
	for _, c := range w.Components {
		for i, f := range c.Files {
			if c.Name == p.Component("traefik") && strings.HasSuffix(f.Path, "/traefik.yml") {
				c.Files[i].Content = bytes.Replace(f.Content, []byte("level: INFO"), []byte("level: DEBUG"), 1)
			}
		}
	}
	return nil
}

// Start boots the peer. Only its door for other homeservers is open to more than this machine.
func (p Peer) Start(ctx context.Context, engine *Engine, images map[string]Image, progress func(line string)) (*Stack, error) {
	if err := p.Check(); err != nil {
		return nil, err
	}
	o := Options{Sites: []Site{p.Site()}, Images: images, Progress: progress, World: p.Network, Alter: p.talkative}
	if p.Network == "" {
		o.Open = map[string]map[string]int{p.Component("traefik"): {fmt.Sprintf("%d/tcp", peerPort): peerPort}}
	}
	s, err := Start(ctx, engine, o)
	if err != nil {
		return nil, errors.Join(err, s.Stop(context.WithoutCancel(ctx)))
	}
	return s, nil
}
