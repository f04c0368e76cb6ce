package stack

import (
	"context"
	"fmt"
	"path"
	"reflect"
	"slices"
)

// MoveAccounts takes the accounts of a site from the homeserver to Matrix Authentication Service, as its makers say: the homeserver
// stops, MAS's own tool copies people, passwords, sessions and devices, and both start on the configuration of a site with MAS.
// Source: docs/setup/migration.md of MAS.
func (s *Stack) MoveAccounts(ctx context.Context, name string) error {
	before, ok := s.World.Site(name)
	if !ok || before.SignIn == SignInMAS {
		return fmt.Errorf("move the accounts of %q: it is no site whose homeserver keeps them", name)
	}
	world, err := s.declareAccounts(ctx, name, SignInMAS)
	if err != nil {
		return fmt.Errorf("move the accounts of %s: %w", name, err)
	}
	homeserver := before.Component("synapse")
	accounts, ok := world.Component(before.Component("mas"))
	if !ok {
		return fmt.Errorf("move the accounts of %s: there is no image of Matrix Authentication Service", name)
	}
	if err := s.makeDatabases(ctx, world, before); err != nil {
		return fmt.Errorf("move the accounts of %s: %w", name, err)
	}
	if err := s.haltAll(ctx, append(s.Dependents(homeserver), homeserver)); err != nil {
		return err
	}
	if err := s.copyAccounts(ctx, accounts, s.nodes[homeserver].Component); err != nil {
		return fmt.Errorf("move the accounts of %s: %w", name, err)
	}
	return s.become(ctx, world, append(s.Dependents(homeserver), homeserver))
}

// MoveAccountsBack lets the homeserver of a site keep the accounts again, on what it kept of them when they moved. What Matrix
// Authentication Service has of them since stays in its database, where nobody asks for it.
func (s *Stack) MoveAccountsBack(ctx context.Context, name string) error {
	site, ok := s.World.Site(name)
	if !ok || !site.Moved {
		return fmt.Errorf("move the accounts of %q back: they were not moved", name)
	}
	world, err := s.declareAccounts(ctx, name, SignInSynapse)
	if err != nil {
		return fmt.Errorf("move the accounts of %s back: %w", name, err)
	}
	homeserver := site.Component("synapse")
	halted := append(s.Dependents(homeserver), homeserver)
	if err := s.haltAll(ctx, halted); err != nil {
		return err
	}
	for _, gone := range s.Names() {
		if _, stays := world.Component(gone); stays {
			continue
		}
		if err := s.engine.discard(ctx, s.nodes[gone].container.GetContainerID()); err != nil {
			return fmt.Errorf("move the accounts of %s back: %w", name, err)
		}
		delete(s.nodes, gone)
	}
	return s.become(ctx, world, halted)
}

// declareAccounts declares the world with the accounts of a site elsewhere, and makes the networks that asks for.
func (s *Stack) declareAccounts(ctx context.Context, name string, at SignIn) (World, error) {
	s.options.Sites = slices.Clone(s.options.Sites)
	for i := range s.options.Sites {
		if s.options.Sites[i].Name == name {
			s.options.Sites[i].SignIn, s.options.Sites[i].Moved = at, at == SignInMAS
		}
	}
	for _, network := range NetworksOf(s.options.Sites) {
		if s.env.Subnets[network] != "" {
			continue
		}
		subnet, err := s.makeNetwork(ctx, network)
		if err != nil {
			return World{}, err
		}
		s.env.Subnets[network] = subnet
	}
	return s.declare(s.env)
}

// makeDatabases runs the script of a new database server on one that has some of it already.
func (s *Stack) makeDatabases(ctx context.Context, world World, site Site) error {
	name := site.Component("postgres")
	c, _ := world.Component(name)
	n, err := s.node(name)
	if err != nil {
		return err
	}
	for _, file := range c.Files {
		file.Path = path.Join(dumpFolder, path.Base(file.Path))
		if err := s.engine.put(ctx, n.container.GetContainerID(), Component{Name: name, Files: []File{file}}); err != nil {
			return err
		}
		if _, err := s.Exec(ctx, name, "psql", "-U", "postgres", "-f", file.Path); err != nil { // what is there is left alone
			return err
		}
	}
	_, err = s.SQL(ctx, site, "mas", "SELECT 1")
	return err
}

// copyAccounts runs the tool of MAS once. It reads the homeserver's own configuration to find its database.
func (s *Stack) copyAccounts(ctx context.Context, accounts, homeserver Component) error {
	accounts.Container += "_move"
	accounts.Cmd = []string{"syn2mas", "migrate"}
	accounts.Ready, accounts.Storage, accounts.Ports = Ready{Ends: true}, nil, nil
	for _, file := range homeserver.Files {
		if path.Ext(file.Path) != ".yaml" || path.Dir(file.Path) != "/data" {
			continue
		}
		file.Path, file.Owner = "/homeserver/"+path.Base(file.Path), masUser
		accounts.Files = append(accounts.Files, file)
		accounts.Cmd = append(accounts.Cmd, "--synapse-config", file.Path)
	}
	image := s.options.Images[accounts.Image]
	made, err := s.create(ctx, accounts, image)
	if err != nil {
		return err
	}
	once := &node{Component: accounts, container: made, image: image}
	if err := s.startNode(ctx, once); err != nil {
		return err
	}
	found, err := s.engine.inspect(ctx, made.GetContainerID())
	if err != nil {
		return err
	}
	if found.State.ExitCode != 0 {
		return fmt.Errorf("copy the accounts: the tool of MAS ended with code %d\n%s", found.State.ExitCode, s.lastLines(once, 20))
	}
	return s.engine.discard(ctx, made.GetContainerID())
}

// become makes what runs what a world declares: new components are made, changed ones get new containers on their storage.
func (s *Stack) become(ctx context.Context, world World, halted []string) error {
	start := halted
	for _, c := range world.Components {
		n, runs := s.nodes[c.Name]
		switch {
		case !runs:
			image := s.options.Images[c.Image]
			made, err := s.create(ctx, c, image)
			if err != nil {
				return err
			}
			s.nodes[c.Name] = &node{Component: c, container: made, image: image}
		case !c.Database && !reflect.DeepEqual(c, n.Component):
			if err := s.Halt(ctx, c.Name); err != nil {
				return err
			}
			n.Component = c
			if err := s.renew(ctx, n, n.image); err != nil {
				return err
			}
		default:
			continue
		}
		start = appendNew(start, c.Name)
	}
	s.World = world
	if err := s.startAll(ctx, start); err != nil {
		return err
	}
	return s.keepUp(ctx)
}
