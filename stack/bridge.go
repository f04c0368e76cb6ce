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
	Cmd        []string
	Ready      Ready
	StopSignal string   // what ends it in good order; empty means SIGTERM
	Version    []string // command that prints its version
}

// component derives the running server from the row.
func (b Bridge) component(r *renderer) Component {
	s := r.site
	return Component{
		Name: s.Component(b.Name), Image: b.Name, Container: s.Component(b.Name), Site: s.Name,
		Needs:    []string{s.Component("synapse")},
		Networks: []string{s.network(bridgesNetwork), worldNetwork}, Ports: []string{fmt.Sprintf("%d/tcp", b.Port)},
		Cmd: b.Cmd, StopSignal: b.StopSignal,
		Files:  []File{r.bridgeFile(b, "registration.yaml", "/data/registration.yaml", 0)},
		Serves: b.Port, Version: b.Version,
		Ready: b.Ready,
	}
}
