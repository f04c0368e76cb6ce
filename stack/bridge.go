package stack

import "fmt"

// Bridge is one bridge of the operator's stack: a row of the table in bridges.go.
// Everything else about it (registration, permissions, component) follows from the row.
type Bridge struct {
	Name       string // component, image and template folder: "heisenbridge"
	Network    string // what it bridges to, in the operator's words: "IRC"
	Bot        string // localpart of its bot
	Namespace  string // prefix of the Matrix IDs of its people
	Port       int    // where the homeserver pushes events
	Entrypoint []string
	Cmd        []string
	Files      []string // templates of its folder that it reads, in /data
	User       int      // uid it runs as
	AtProxy    bool     // asks the homeserver where people do: at the proxy, over TLS
	Verifies   bool     // reaches its network over TLS, whose certificates public authorities sign
	Shows      string   // path at the homeserver's host where people of its network are shown files
	Tools      string   // where tools would sign a person in, were that allowed
	Keeps      bool     // has something to keep, in /data
	OnDemand   bool     // started only when a selected scenario names it
	Ready      Ready
	Health     []string // command in the container that exits 0 when it serves
	StopSignal string   // what ends it in good order; empty means SIGTERM
	Version    []string // command that prints its version
}

// component derives the running server from the row.
func (b Bridge) component(r *renderer) Component {
	s := r.site
	c := Component{
		Name: s.Component(b.Name), Image: b.Name, Container: s.Component(b.Name), Site: s.Name,
		Needs:    []string{s.Component("synapse")},
		Networks: []string{s.network(bridgesNetwork), worldNetwork}, Ports: []string{fmt.Sprintf("%d/tcp", b.Port)},
		Entrypoint: b.Entrypoint, Cmd: b.Cmd, StopSignal: b.StopSignal,
		Serves: b.Port, Version: b.Version, Ready: b.Ready, Health: b.Health, OnDemand: b.OnDemand,
	}
	if b.User != 0 {
		// The entry points of their images give up root themselves; what is started in their place does not.
		c.User = fmt.Sprintf("%d:%d", b.User, b.User)
	}
	for _, name := range b.Files {
		c.Files = append(c.Files, r.bridgeFile(b, name, "/data/"+name, b.User))
	}
	if b.Verifies && !r.Deployed() {
		r.trust(&c, "/data/ca.crt", b.User)
	}
	if b.AtProxy {
		c.Needs = append(c.Needs, s.Component("traefik"))
		r.trust(&c, "/data/ca.crt", b.User)
	}
	if b.AtProxy && s.SignIn == SignInMAS {
		c.Needs = append(c.Needs, s.Component("mas"))
	}
	if b.Keeps {
		c.Storage = []Storage{{Path: "/data", Host: s.host(b.Name), Owner: b.User}}
	}
	return c
}
