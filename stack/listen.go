package stack

import (
	"context"
	"errors"
	"fmt"
	"net"
	"syscall"
)

// ErrElsewhere says that the engine's networks are not on this machine, so that servers cannot reach it.
var ErrElsewhere = errors.New("the engine keeps its networks on another machine")

// Listen opens a door on this machine that the servers on a network reach, and nobody else. Whoever opens it closes it.
func (s *Stack) Listen(ctx context.Context, network string) (net.Listener, error) {
	if s.elsewhere != nil {
		return nil, fmt.Errorf("listen for servers on network %q: %w", network, ErrElsewhereBooted)
	}
	address, err := s.engine.gateway(ctx, s.placement("").network(network))
	if err != nil {
		return nil, err
	}
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", net.JoinHostPort(address.String(), "0"))
	if errors.Is(err, syscall.EADDRNOTAVAIL) {
		return nil, fmt.Errorf("listen for servers on network %q: %w: %s is no address of this one", network, ErrElsewhere, address)
	}
	if err != nil {
		return nil, fmt.Errorf("listen for servers on network %q: %w", network, err)
	}
	return listener, nil
}
