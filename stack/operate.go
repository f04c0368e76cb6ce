package stack

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	tcexec "github.com/testcontainers/testcontainers-go/exec"
)

// Has tells whether a component runs in this world.
func (s *Stack) Has(name string) bool {
	_, ok := s.nodes[name]
	return ok || s.elsewhere != nil && s.elsewhere.has(name)
}

// NotStarted says why an on-demand component did not start; nil for all others.
func (s *Stack) NotStarted(name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.lost[name]
}

// Names lists the components that run, sorted.
func (s *Stack) Names() []string { return slices.Sorted(maps.Keys(s.nodes)) }

// BootTimes tells how long each component took to become ready.
func (s *Stack) BootTimes() map[string]time.Duration {
	took := map[string]time.Duration{}
	for name, n := range s.nodes {
		took[name] = n.took
	}
	return took
}

// Warm tells whether this boot started from kept databases.
func (s *Stack) Warm() bool { return s.warm }

// Authority is the one everything in the test world is verified against.
func (s *Stack) Authority() *Authority { return s.authority }

// AuthorityPEM is the certificate everything in the test world is verified against.
func (s *Stack) AuthorityPEM() []byte { return s.authority.PEM() }

func (s *Stack) node(name string) (*node, error) {
	if s.elsewhere != nil {
		return nil, fmt.Errorf("look for %q: %w", name, ErrElsewhereBooted)
	}
	n, ok := s.nodes[name]
	if !ok {
		return nil, fmt.Errorf("%w %q; running: %s", errUnknown, name, strings.Join(s.Names(), ", "))
	}
	return n, nil
}

// Halt stops a component and keeps its container and storage.
func (s *Stack) Halt(ctx context.Context, name string) error {
	n, err := s.node(name)
	if err != nil {
		return err
	}
	limit := stopDeadline
	if err := n.container.Stop(ctx, &limit); err != nil {
		return fmt.Errorf("stop %q: %w", name, err)
	}
	return nil
}

// Resume starts a stopped component and waits until it is ready.
func (s *Stack) Resume(ctx context.Context, name string) error {
	n, err := s.node(name)
	if err != nil {
		return err
	}
	if err := s.startNode(ctx, n); err != nil {
		return err
	}
	s.meetPeers(ctx, name)
	return nil
}

// meetPeers lets a homeserver that was started anew look up where the others are, by asking each for an address nobody has. Else it may do
// so first when one of them is just starting anew itself, and what it does not find then, Synapse takes for an hour not to be there. Whether
// they reach one another is for scenarios to see.
func (s *Stack) meetPeers(ctx context.Context, name string) {
	const longest = 5 * time.Second
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	i := slices.IndexFunc(s.World.Sites, func(site Site) bool { return site.Component("synapse") == name })
	if i < 0 {
		return
	}
	client := s.HTTPClient()
	defer client.CloseIdleConnections()
	for _, peer := range s.World.Sites {
		if peer.Name == s.World.Sites[i].Name {
			continue
		}
		address := "https://" + s.World.Sites[i].MatrixHost() + "/_matrix/client/v3/directory/room/" + url.PathEscape("#nobody:"+peer.ServerName)
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
		if err != nil {
			continue
		}
		if answer, err := client.Do(request); err == nil {
			answer.Body.Close()
		}
	}
}

// Restart stops a component and starts it again, and with a database those that use it, as Compose does with what is deployed. Left alone,
// MAS ends, and Synapse 1.144 goes on with connections that are cut: it refuses one request for each, and remembers for two minutes
// that it refused somebody news.
func (s *Stack) Restart(ctx context.Context, name string) error {
	if err := s.Halt(ctx, name); err != nil {
		return err
	}
	if err := s.Resume(ctx, name); err != nil || !s.nodes[name].Database {
		return err
	}
	return each(ctx, s.users(name), s.Restart)
}

// Logs returns what a component wrote since a moment.
func (s *Stack) Logs(ctx context.Context, name string, since time.Time) (string, error) {
	n, err := s.node(name)
	if err != nil {
		return "", err
	}
	return s.engine.logs(ctx, n.container.GetContainerID(), excerpt{since: since})
}

// Exec runs a command inside a component and returns its output; a non-zero exit is an error.
func (s *Stack) Exec(ctx context.Context, name string, cmd ...string) (string, error) {
	n, err := s.node(name)
	if err != nil {
		return "", err
	}
	code, out, err := n.container.Exec(ctx, cmd, tcexec.Multiplexed())
	if err != nil {
		return "", fmt.Errorf("run %q in %q: %w", cmd[0], name, err)
	}
	said, err := io.ReadAll(out)
	if err != nil {
		return "", fmt.Errorf("run %q in %q: %w", cmd[0], name, err)
	}
	if code != 0 {
		return string(said), fmt.Errorf("run %q in %q: exit code %d: %s", cmd[0], name, code, strings.TrimSpace(string(said)))
	}
	return string(said), nil
}

// Healthy tells whether a component runs and answers as declared.
func (s *Stack) Healthy(ctx context.Context, name string) error {
	n, err := s.node(name)
	if err != nil {
		return err
	}
	if !n.container.IsRunning() {
		return fmt.Errorf("%q is stopped", name)
	}
	if err := n.Ready.strategy().WaitUntilReady(ctx, n.container); err != nil {
		return fmt.Errorf("%q is not healthy: %s", name, oneLine(err))
	}
	return nil
}

// Endpoint is the address at which a published port of a component is reached now.
// It changes when the component restarts: ask each time.
func (s *Stack) Endpoint(ctx context.Context, name, port string) (string, error) {
	n, err := s.node(name)
	if err != nil {
		return "", err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if address, ok := n.ports[port]; ok {
		return address, nil
	}
	address, err := n.container.PortEndpoint(ctx, port, "")
	if err != nil {
		return "", fmt.Errorf("find port %s of %q: %s", port, name, oneLine(err))
	}
	if n.ports == nil {
		n.ports = map[string]string{}
	}
	n.ports[port] = address
	return address, nil
}

// Locate tells where a host of the world is reached now, at a port as people name it.
func (s *Stack) Locate(ctx context.Context, network, address string) (component, endpoint string, err error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return "", "", fmt.Errorf("locate %q: %w", address, err)
	}
	if s.elsewhere != nil {
		return "", s.elsewhere.Address(address), nil
	}
	i := slices.IndexFunc(s.World.Components, func(c Component) bool { return slices.Contains(c.Hosts, host) })
	if i < 0 {
		return "", "", fmt.Errorf("locate %q: nobody answers for that host in this world", address)
	}
	component = s.World.Components[i].Name
	endpoint, err = s.Endpoint(ctx, component, port+"/"+strings.TrimRight(network, "46"))
	return component, endpoint, err
}

// DialContext connects to a host of the world as people and peers name it.
func (s *Stack) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	component, endpoint, err := s.Locate(ctx, network, address)
	if err != nil {
		return nil, err
	}
	var d net.Dialer
	connection, err := d.DialContext(ctx, network, endpoint)
	if err != nil && s.elsewhere == nil {
		s.nodes[component].forgetPorts() // the engine may have started it again, elsewhere
	}
	return connection, err
}

// Roots are who vouches for the servers of the world; nil means those this machine trusts.
func (s *Stack) Roots() *x509.CertPool {
	if s.elsewhere != nil {
		return s.elsewhere.Roots
	}
	return s.authority.Pool()
}

// HTTPClient reaches the world as a person's machine would: by name, over verified TLS.
// Each call makes one with its own connections.
func (s *Stack) HTTPClient() *http.Client {
	return &http.Client{Timeout: 60 * time.Second, Transport: &http.Transport{
		DialContext:         s.DialContext,
		TLSClientConfig:     &tls.Config{RootCAs: s.Roots(), MinVersion: tls.VersionTLS12},
		ForceAttemptHTTP2:   true,
		HTTP2:               &http.HTTP2Config{StrictMaxConcurrentRequests: true}, // as browsers do, who keep to one connection
		TLSHandshakeTimeout: 10 * time.Second,
	}}
}
