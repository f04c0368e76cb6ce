package stack

import (
	"context"
	"fmt"
	"time"

	"github.com/containerd/errdefs"
)

// Gone is the status of a component whose container somebody removed.
const Gone = "gone"

// State is what the engine knows of the container of a component.
type State struct {
	Status    string // "running", "exited", "restarting", Gone
	Running   bool
	ExitCode  int      // of the last time it ended
	OutOfMem  bool     // the kernel ended it
	Restarts  int      // how often it ended by itself and was started again
	Started   string   // RFC 3339, as the engine says it
	Finished  string   // RFC 3339; the year 1 when it never ended
	Image     string   // configuration digest of the image it was made from
	Container string   // what the engine calls it
	Error     string   // why the engine could not start it
	Left      []string // networks it was declared to be in, and is not
}

// State asks the engine for the state of a component.
func (s *Stack) State(ctx context.Context, name string) (State, error) {
	n, err := s.node(name)
	if err != nil {
		return State{}, err
	}
	return s.stateOf(ctx, n)
}

func (s *Stack) stateOf(ctx context.Context, n *node) (State, error) {
	found, err := s.engine.inspect(ctx, n.container.GetContainerID())
	if errdefs.IsNotFound(err) {
		return State{Status: Gone, Error: "its container was removed"}, nil
	}
	if err != nil {
		return State{}, fmt.Errorf("ask for the state of %q: %w", n.Name, err)
	}
	state := State{Restarts: found.RestartCount, Image: found.Image, Container: found.Name}
	if found.State != nil {
		state.Status, state.Running = string(found.State.Status), found.State.Running
		state.ExitCode, state.OutOfMem, state.Error = found.State.ExitCode, found.State.OOMKilled, found.State.Error
		state.Started, state.Finished = found.State.StartedAt, found.State.FinishedAt
	}
	if !state.Running || found.NetworkSettings == nil {
		return state, nil
	}
	for _, network := range n.Networks {
		if _, in := found.NetworkSettings.Networks[s.placement(n.Name).network(network)]; !in {
			state.Left = append(state.Left, network)
		}
	}
	return state, nil
}

// TimedLogs returns what a component wrote since a moment, each line after the moment the engine got it.
func (s *Stack) TimedLogs(ctx context.Context, name string, since time.Time) (string, error) {
	n, err := s.node(name)
	if err != nil {
		return "", err
	}
	return s.engine.logs(ctx, n.container.GetContainerID(), excerpt{since: since, timed: true})
}
