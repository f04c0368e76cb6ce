package stack

import (
	"context"
	"fmt"
	"net"
)

// Listen opens a door on this machine that the servers on a network reach, and nobody else. Whoever opens it closes it.
func (s *Stack) Listen(ctx context.Context, network string) (net.Listener, error) {
	address, err := s.engine.gateway(ctx, s.project()+"-"+network)
	if err != nil {
		return nil, err
	}
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", net.JoinHostPort(address.String(), "0"))
	if err != nil {
		return nil, fmt.Errorf("listen for servers on network %q: %w; the engine has to run on this machine, in its own network", network, err)
	}
	return listener, nil
}
