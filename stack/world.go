package stack

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Networks of the deployment, and the world outside it that only tests have.
const (
	webNetwork        = "web"        // the proxy and what it serves
	dbNetwork         = "db"         // PostgreSQL and what needs it
	bridgesNetwork    = "bridges"    // the homeserver and its bridges
	mailNetwork       = "mail"       // the accounts and the mail server they send through
	monitoringNetwork = "monitoring" // Prometheus and whom it asks
	worldNetwork      = "world"      // peers, people and remote networks
)

// SignIn says who holds a site's accounts.
type SignIn string

// The two ways to sign in.
const (
	SignInMAS     SignIn = "mas"     // Matrix Authentication Service
	SignInSynapse SignIn = "synapse" // the homeserver's own accounts
)

// Site is one homeserver deployment under one server name.
type Site struct {
	Name         string // "alpha"; prefix of its components unless it is the operator's own
	ServerName   string // the part of a Matrix ID after the colon
	SynapseImage string // lock key of its homeserver
	SignIn       SignIn
	Moved        bool // its accounts were the homeserver's before MAS had them
	Operator     bool // the operator's own stack: plain names, full set of servers
	Calls        bool // people call each other: a relay, and a place for calls of many
	Monitoring   bool // the operator is told which server stopped
	Bridges      []Bridge
	Secrets      Secrets
	Deployment   *Deployment // what is decided for people who stay; nil in the test world
	Homeserver   string      // host of the homeserver, when it is another than MatrixHost would say
	Accounts     string      // host of the accounts, when it is another than AuthHost would say
}

// World is everything that runs: sites, what surrounds them and the networks between.
type World struct {
	Sites      []Site
	Components []Component
	Networks   []string
}

// Environment is what only the engine and the run can tell: subnets and key material.
type Environment struct {
	Subnets   map[string]string // network -> CIDR
	Authority *Authority
	MASKey    []byte // RSA, PEM
}

// TestSites returns the two sites of the test world; alpha signs in as given.
func TestSites(alpha SignIn) []Site {
	return []Site{
		{Name: "alpha", ServerName: "alpha.test", SynapseImage: "synapse", SignIn: alpha, Operator: true, Calls: true, Monitoring: true, Bridges: bridges(Operator), Secrets: NewSecrets("alpha test seed")},
		{Name: "beta", ServerName: "beta.test", SynapseImage: "synapse-next", SignIn: SignInSynapse, Secrets: NewSecrets("beta test seed")},
	}
}

// NetworksOf lists the networks the sites and the world need.
func NetworksOf(sites []Site) []string {
	networks := []string{worldNetwork}
	for _, s := range sites {
		networks = append(networks, s.network(webNetwork), s.network(dbNetwork))
		if len(s.Bridges) > 0 {
			networks = append(networks, s.network(bridgesNetwork))
		}
		if s.SignIn == SignInMAS {
			networks = append(networks, s.network(mailNetwork))
		}
		if s.Monitoring {
			networks = append(networks, s.network(monitoringNetwork))
		}
	}
	slices.Sort(networks)
	return networks
}

// NewWorld declares every component of the sites and of the world outside.
func NewWorld(sites []Site, env Environment) (World, error) {
	w := World{Sites: sites, Networks: NetworksOf(sites)}
	for _, site := range sites {
		components, err := site.components(env)
		if err != nil {
			return World{}, err
		}
		w.Components = append(w.Components, components...)
	}
	r := renderer{env: env}
	w.Components = append(w.Components, ircd(&r), jsClient(&r), ntfy(&r))
	if r.err != nil {
		return World{}, fmt.Errorf("declare the world outside: %w", r.err)
	}
	w.sort()
	return w, nil
}

// DeployedWorld declares one site as it is deployed, and nothing of the world outside.
func DeployedWorld(site Site, env Environment) (World, error) {
	w := World{Sites: []Site{site}, Networks: NetworksOf([]Site{site})}
	var err error
	w.Components, err = site.components(env)
	w.sort()
	return w, err
}

func (w *World) sort() {
	slices.SortFunc(w.Components, func(a, b Component) int { return strings.Compare(a.Name, b.Name) })
}

// components are the servers of a site.
func (s Site) components(env Environment) ([]Component, error) {
	r := renderer{site: s, env: env}
	components := []Component{postgres(&r), synapse(&r), traefik(&r)}
	if s.SignIn == SignInMAS {
		components = append(components, mas(&r))
	}
	if s.SignIn == SignInMAS && !r.Deployed() {
		components = append(components, mailpit(&r))
	}
	if s.Calls {
		components = append(components, coturn(&r), livekit(&r), lkJWT(&r))
	}
	if s.Monitoring {
		components = append(components, prometheus(&r))
	}
	for _, b := range s.Bridges {
		components = append(components, b.component(&r))
	}
	if r.err != nil {
		return nil, fmt.Errorf("declare site %q: %w", s.Name, r.err)
	}
	return components, nil
}

// leaveOut drops components, and with them what needs them.
func (w *World) leaveOut(drop func(Component) bool) {
	gone := map[string]bool{}
	for {
		before := len(w.Components)
		w.Components = slices.DeleteFunc(w.Components, func(c Component) bool {
			leave := drop(c) || slices.ContainsFunc(c.Needs, func(need string) bool { return gone[need] })
			gone[c.Name] = leave
			return leave
		})
		if len(w.Components) == before {
			return
		}
	}
}

// Component finds one component by name.
func (w World) Component(name string) (Component, bool) {
	i := slices.IndexFunc(w.Components, func(c Component) bool { return c.Name == name })
	if i < 0 {
		return Component{}, false
	}
	return w.Components[i], true
}

// Site finds one site by name.
func (w World) Site(name string) (Site, bool) {
	i := slices.IndexFunc(w.Sites, func(s Site) bool { return s.Name == name })
	if i < 0 {
		return Site{}, false
	}
	return w.Sites[i], true
}

// MatrixHost is where clients of the site reach the homeserver.
func (s Site) MatrixHost() string { return cmp.Or(s.Homeserver, "matrix."+s.ServerName) }

// AuthHost is where people of the site sign in, when it runs MAS.
func (s Site) AuthHost() string { return cmp.Or(s.Accounts, "auth."+s.ServerName) }

// TurnHost is where calls of the site are relayed.
func (s Site) TurnHost() string { return "turn." + s.ServerName }

// CallKey is the name under which the site signs tokens for calls.
func (s Site) CallKey() string { return s.Name + "_token" }

// Component returns the name a component of that kind has at this site.
func (s Site) Component(kind string) string {
	if s.Operator {
		return kind
	}
	return s.Name + "-" + kind
}

func (s Site) network(kind string) string { return s.Component(kind) }

// monitored are the networks of a component that is asked for its numbers.
func (s Site) monitored(networks ...string) []string {
	if s.Monitoring {
		networks = append(networks, s.network(monitoringNetwork))
	}
	return networks
}

// host is where the deployment keeps a component's files on the operator's machine.
func (s Site) host(kind string) string {
	folder := Storages
	if s.Deployment != nil {
		folder = s.Deployment.Storage
	}
	return folder + "/" + kind
}
