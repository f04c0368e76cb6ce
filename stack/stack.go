package stack

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/testcontainers/testcontainers-go"
)

// Image is what the engine runs for one key of the lock.
type Image struct {
	Ref     string // name the engine knows it by
	ID      string // configuration digest it must have
	Version string // of the software inside
}

// Options say how a world is booted.
type Options struct {
	Sites    []Site
	Images   map[string]Image   // by lock key; a component whose image is missing is left out
	Wanted   func(string) bool  // which on-demand components to start; nil means none
	Seeds    string             // directory of migrated databases; empty disables warm starts
	Progress func(line string)  // one line for each thing that became ready
	Owner    string             // overrides who the run belongs to; empty means this process
	Alter    func(*World) error // last word on the declarations, for tests that break the stack

	Fixed map[string]map[string]int // port of this machine by component and published port; others are the engine's choice
	Open  map[string]map[string]int // the same, for everybody who reaches this machine
	World string                    // network of the engine that is the world outside; empty makes one
}

// Stack is a running world.
type Stack struct {
	World     World
	Run       string // short id; prefix of everything the engine holds for it
	authority *Authority
	env       Environment
	elsewhere *Elsewhere // set when it was not booted here; there is no engine then
	engine    *Engine
	options   Options
	mu        sync.Mutex
	nodes     map[string]*node
	lost      map[string]error // on-demand components that did not start
	warm      bool
}

// node is one component in the engine.
type node struct {
	Component
	container testcontainers.Container
	image     Image // what the container was made from
	took      time.Duration
	mu        sync.Mutex
	ports     map[string]string // published address by container port, until the next start
}

// forgetPorts drops the published addresses: each start has others.
func (n *node) forgetPorts() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.ports = nil
}

// Stop removes everything the engine holds for this run.
func (s *Stack) Stop(ctx context.Context) error {
	if s.elsewhere != nil {
		return nil
	}
	return s.engine.remove(ctx, func(labels map[string]string) bool { return labels[labelRun] == s.Run })
}

// Label is what all containers, networks and volumes of this run carry in the engine.
func (s *Stack) Label() string { return labelRun + "=" + s.Run }

func (s *Stack) project() string { return "ms-" + s.Run }

func (s *Stack) labels() map[string]string {
	labels := Labels(s.Run)
	if s.options.Owner != "" {
		labels[labelOwner] = s.options.Owner
	}
	return labels
}

// Labels let Sweep find what this process leaves in the engine.
func Labels(run string) map[string]string {
	return map[string]string{labelRun: run, labelOwner: thisProcess()}
}

func newRun() string {
	id := make([]byte, 3)
	_, _ = rand.Read(id)
	return hex.EncodeToString(id)
}

// describe says in words what readiness waits for.
func (r Ready) describe() string {
	switch {
	case r.Ends:
		return "it does not end"
	case r.Log != "":
		return fmt.Sprintf("no line %q in its log", r.Log)
	case len(r.Exec) > 0:
		return fmt.Sprintf("%q does not succeed", strings.Join(r.Exec, " "))
	}
	return fmt.Sprintf("no good answer at %s", r.HTTP)
}

var errUnknown = errors.New("no such component")
