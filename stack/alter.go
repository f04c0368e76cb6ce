package stack

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
)

// Rewrite changes one configuration file of a running component and restarts it. restore puts the old file back; it is never nil.
func (s *Stack) Rewrite(ctx context.Context, name, path string, change func(content string) (string, error)) (restore func(context.Context) error, err error) {
	n, _, changed, err := s.rewritten(name, path, change)
	if err != nil {
		return func(context.Context) error { return nil }, err
	}
	return s.replace(ctx, n, []File{changed})
}

// Edit changes one configuration file of a component that has to notice while it runs. It may be read before it is whole. restore puts the old file back; it is never nil.
func (s *Stack) Edit(ctx context.Context, name, path string, change func(content string) (string, error)) (restore func(context.Context) error, err error) {
	n, declared, changed, err := s.rewritten(name, path, change)
	if err != nil {
		return func(context.Context) error { return nil }, err
	}
	put := func(ctx context.Context, f File) error {
		return s.engine.put(ctx, n.container.GetContainerID(), Component{Name: n.Name, Files: []File{f}})
	}
	return func(ctx context.Context) error { return put(ctx, declared) }, put(ctx, changed)
}

// rewritten is a declared file of a component as it is, and as it would be.
func (s *Stack) rewritten(name, path string, change func(content string) (string, error)) (n *node, declared, changed File, err error) {
	if n, err = s.node(name); err != nil {
		return nil, declared, changed, err
	}
	i := slices.IndexFunc(n.Files, func(f File) bool { return f.Path == path })
	if i < 0 {
		return nil, declared, changed, fmt.Errorf("rewrite %q of %q: no such file is declared", path, name)
	}
	declared, changed = n.Files[i], n.Files[i]
	text, err := change(string(declared.Content))
	if err != nil {
		return nil, declared, changed, fmt.Errorf("rewrite %q of %q: %w", path, name, err)
	}
	changed.Content = []byte(text)
	return n, declared, changed, nil
}

// ChangeCertificate lets a proxy show another certificate: by that authority, until then, for those hosts or else its own.
func (s *Stack) ChangeCertificate(ctx context.Context, name string, by *Authority, until time.Time, hosts ...string) (restore func(context.Context) error, err error) {
	restore = func(context.Context) error { return nil }
	n, err := s.node(name)
	if err != nil {
		return restore, err
	}
	if len(hosts) == 0 {
		hosts = n.Hosts
	}
	pair, err := by.Issue(until, hosts...)
	if err != nil {
		return restore, err
	}
	var files []File
	for _, f := range n.Files {
		switch {
		case strings.HasSuffix(f.Path, "/site.crt"):
			f.Content = pair.Cert
			files = append(files, f)
		case strings.HasSuffix(f.Path, "/site.key"):
			f.Content = pair.Key
			files = append(files, f)
		}
	}
	return s.replace(ctx, n, files)
}

// replace puts files into a component and restarts it; restore puts back those that were declared.
func (s *Stack) replace(ctx context.Context, n *node, files []File) (restore func(context.Context) error, err error) {
	put := func(ctx context.Context, files []File) error {
		if err := s.Halt(ctx, n.Name); err != nil {
			return err
		}
		if err := s.engine.put(ctx, n.container.GetContainerID(), Component{Name: n.Name, Files: files}); err != nil {
			return err
		}
		return s.Resume(ctx, n.Name)
	}
	restored := false
	restore = func(ctx context.Context) error {
		if restored {
			return nil
		}
		restored = true
		var declared []File
		for _, f := range n.Files {
			if slices.ContainsFunc(files, func(c File) bool { return c.Path == f.Path }) {
				declared = append(declared, f)
			}
		}
		return put(ctx, declared)
	}
	return restore, put(ctx, files)
}

// ImageOf is the id of the image a component's container was made from.
func (s *Stack) ImageOf(ctx context.Context, name string) (string, error) {
	n, err := s.node(name)
	if err != nil {
		return "", err
	}
	found, err := s.engine.inspect(ctx, n.container.GetContainerID())
	if err != nil {
		return "", fmt.Errorf("ask what %q runs: %w", name, err)
	}
	return found.Image, nil
}

// Members lists the components that are connected to a network in the engine, sorted.
func (s *Stack) Members(ctx context.Context, network string) ([]string, error) {
	if !slices.Contains(s.World.Networks, network) {
		return nil, fmt.Errorf("no network is called %q; known: %s", network, strings.Join(s.World.Networks, ", "))
	}
	var members []string
	for _, name := range s.Names() {
		addresses, err := s.Addresses(ctx, name)
		if err != nil {
			return nil, err
		}
		if _, ok := addresses[network]; ok {
			members = append(members, name)
		}
	}
	return members, nil
}

// Addresses are the addresses of a component by network.
func (s *Stack) Addresses(ctx context.Context, name string) (map[string]string, error) {
	n, err := s.node(name)
	if err != nil {
		return nil, err
	}
	found, err := s.engine.inspect(ctx, n.container.GetContainerID())
	if err != nil {
		return nil, fmt.Errorf("ask for the networks of %q: %w", name, err)
	}
	addresses := map[string]string{}
	for full, settings := range found.NetworkSettings.Networks {
		addresses[strings.TrimPrefix(full, s.project()+"-")] = settings.IPAddress.String()
	}
	return addresses, nil
}

// ErrNotReached says that a component cannot connect to another one.
var ErrNotReached = errors.New("not reached")

// Reach lets a component, which must carry Python, connect to another one: by name, and at each of its addresses.
// Any of them is enough.
func (s *Stack) Reach(ctx context.Context, name, target string) error {
	to, err := s.node(target)
	if err != nil {
		return err
	}
	addresses, err := s.Addresses(ctx, target)
	if err != nil {
		return err
	}
	candidates := []string{target}
	for _, address := range addresses {
		candidates = append(candidates, address)
	}
	const probe = `
import socket, sys
for host in sys.argv[2:]:
    try:
        socket.create_connection((host, int(sys.argv[1])), 1).close()
        print("reached", host)
        break
    except OSError as e:
        print("not reached", host, e)
`
	// Not while this run makes networks for another stack.
	s.engine.networks.RLock()
	defer s.engine.networks.RUnlock()
	said, err := s.Exec(ctx, name, append([]string{"python3", "-c", probe, fmt.Sprint(to.Serves)}, candidates...)...)
	if err != nil {
		return err
	}
	if strings.Contains("\n"+said, "\nreached ") {
		return nil
	}
	return fmt.Errorf("%s to %s: %w: %s", name, target, ErrNotReached, strings.Join(strings.Fields(said), " "))
}

// Memory is what the servers use now, in bytes.
func (s *Stack) Memory(ctx context.Context) (uint64, error) {
	var total atomic.Uint64
	group, ctx := errgroup.WithContext(ctx) // an engine takes a second for each
	for name, n := range s.nodes {
		group.Go(func() error {
			used, err := s.engine.memory(ctx, n.container.GetContainerID())
			if err != nil {
				return fmt.Errorf("measure the memory of %q: %w", name, err)
			}
			total.Add(used)
			return nil
		})
	}
	err := group.Wait()
	return total.Load(), err
}
