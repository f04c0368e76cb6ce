package stack

import (
	"cmp"
	"crypto/x509"
	"errors"
	"slices"
)

// Elsewhere is a deployment that was not booted here: it is reached as people reach it, and in no other way.
type Elsewhere struct {
	Site    Site
	Roots   *x509.CertPool    // whom it is verified against; nil means those this machine trusts
	Resolve map[string]string // address to connect to, by "host:port"; others are looked up
	Servers []string          // components it is known to have
}

// ErrElsewhereBooted says that a deployment was not booted here, so that nothing of it can be stopped, changed or looked into.
var ErrElsewhereBooted = errors.New("it was not booted here, so that nothing of it can be stopped, changed or looked into")

// Reach makes a stack of a deployment that was not booted here. Whatever needs its engine answers with ErrElsewhereBooted.
func (e Elsewhere) Reach() *Stack {
	return &Stack{World: World{Sites: []Site{e.Site}}, Run: "elsewhere", elsewhere: &e, nodes: map[string]*node{}, lost: map[string]error{}}
}

func (e Elsewhere) address(named string) string { return cmp.Or(e.Resolve[named], named) }

func (e Elsewhere) has(name string) bool { return slices.Contains(e.Servers, name) }
