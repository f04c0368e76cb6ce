package stack

import (
	"bufio"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Confinement is what a container may do of what root may, in the words of the engine: images start as root, make their storage their own
// and go on as somebody else, and the proxy takes ports below 1024. What the engine would give beside that, raw packets first of all, only
// serves who breaks in; and no server ever has more rights than it was started with. Source: capabilities(7).
func Confinement() (drop, keep, options []string) {
	return []string{"ALL"}, []string{"CHOWN", "DAC_OVERRIDE", "FOWNER", "KILL", "NET_BIND_SERVICE", "SETGID", "SETUID"}, []string{"no-new-privileges:true"}
}

// Doors are the TCP ports that a component listens at where others reach it, in order.
func (s *Stack) Doors(ctx context.Context, name string) ([]int, error) {
	n, err := s.node(name)
	if err != nil {
		return nil, err
	}
	// The homeserver's image has a Python, and no stack is without it.
	table := []string{"python3", "-c", "import glob; [print(open(f).read()) for f in glob.glob('/proc/net/tcp*')]"}
	said, err := s.engine.beside(ctx, n.container.GetContainerID(), s.options.Images["synapse"].Ref, s.labels(), table)
	if err != nil {
		return nil, fmt.Errorf("ask where %q listens: %w", name, err)
	}
	return listening(said)
}

// Declared are the TCP ports at which the declarations say that somebody reaches a component.
func (c Component) Declared() []int {
	ports := []int{c.Serves}
	for _, port := range slices.Concat(c.Ports, c.Public) {
		number, protocol, _ := strings.Cut(port, "/")
		if at, err := strconv.Atoi(number); err == nil && protocol == "tcp" {
			ports = append(ports, at)
		}
	}
	return ports
}

// listening reads the kernel's tables of TCP sockets: the second field is address:port, the fourth 0A where somebody listens.
// Source: Documentation/networking/proc_net_tcp.rst of Linux.
func listening(tables string) ([]int, error) {
	var ports []int
	lines := bufio.NewScanner(strings.NewReader(tables))
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		if len(fields) < 4 || fields[3] != "0A" {
			continue
		}
		address, port, _ := strings.Cut(fields[1], ":")
		at, err := strconv.ParseUint(port, 16, 16)
		if err != nil {
			return nil, fmt.Errorf("read where it listens: %q: %w", lines.Text(), err)
		}
		// Bytes of an address are the other way round: 127.0.0.1 ends with 7F, ::1 with 01000000.
		own := strings.HasSuffix(address, "7F") || strings.HasSuffix(address, "01000000") && len(address) == 32
		if !own && !slices.Contains(ports, int(at)) {
			ports = append(ports, int(at))
		}
	}
	slices.Sort(ports)
	return ports, lines.Err()
}

// Powers are the rights that a component has over the machine it runs on, in words; a server needs none.
func (s *Stack) Powers(ctx context.Context, name string) ([]string, error) {
	n, err := s.node(name)
	if err != nil {
		return nil, err
	}
	found, err := s.engine.inspect(ctx, n.container.GetContainerID())
	if err != nil {
		return nil, fmt.Errorf("ask what %q may do: %w", name, err)
	}
	host := found.HostConfig
	drop, keep, options := Confinement()
	given := slices.DeleteFunc(slices.Clone(host.CapAdd), func(right string) bool {
		return slices.Contains(keep, strings.TrimPrefix(right, "CAP_"))
	})
	var powers []string
	for _, power := range []struct {
		has  bool
		what string
	}{
		{host.Privileged, "it is privileged"},
		{host.NetworkMode.IsHost(), "it is in the network of the machine"},
		{host.PidMode.IsHost(), "it sees the processes of the machine"},
		{host.IpcMode.IsHost(), "it shares memory with the machine"},
		{len(given) > 0, fmt.Sprintf("it was given %v", given)},
		{!slices.Equal(host.CapDrop, drop), "it keeps rights of root that no server needs"},
		{len(host.Devices) > 0, "it was given devices of the machine"},
		{!slices.Equal(host.SecurityOpt, options), fmt.Sprintf("it may gain rights: %v instead of %v", host.SecurityOpt, options)},
	} {
		if power.has {
			powers = append(powers, power.what)
		}
	}
	for _, mounted := range found.Mounts {
		if mounted.Type != "volume" {
			powers = append(powers, fmt.Sprintf("it has %s of the machine at %s", mounted.Source, mounted.Destination))
		}
	}
	return powers, nil
}
