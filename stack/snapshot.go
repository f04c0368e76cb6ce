package stack

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
)

// Snapshot is a copy of everything the servers of a stack keep, made while they stood still, and of the images they ran. It is what
// makes a way back from anything.
type Snapshot struct {
	folder string
	images map[string]Image // by component
}

// Remove drops the copy.
func (s Snapshot) Remove() error { return os.RemoveAll(s.folder) }

// TakeSnapshot stops the servers of a site, copies what they keep, and starts them again.
func (s *Stack) TakeSnapshot(ctx context.Context, site string) (Snapshot, error) {
	folder, err := os.MkdirTemp("", "matrix-stack-snapshot-")
	if err != nil {
		return Snapshot{}, fmt.Errorf("copy what %s keeps: %w", site, err)
	}
	taken := Snapshot{folder: folder, images: map[string]Image{}}
	names := s.haltOrder(site)
	if err := s.haltAll(ctx, names); err != nil {
		return taken, err
	}
	for _, name := range names {
		n := s.nodes[name]
		taken.images[name] = n.image
		if err := s.copyStorage(ctx, n, folder); err != nil {
			return taken, fmt.Errorf("copy what %q keeps: %w", name, err)
		}
	}
	return taken, s.resumeAll(ctx, names)
}

// Rewind destroys what the servers of a site keep and starts them on a snapshot, with the images they ran then.
func (s *Stack) Rewind(ctx context.Context, site string, to Snapshot) error {
	names := s.haltOrder(site)
	if err := s.vacate(ctx, names, func(n *node) Image { return to.images[n.Name] }); err != nil {
		return err
	}
	for _, name := range names {
		if err := s.fillStorage(ctx, s.nodes[name], to.folder); err != nil {
			return fmt.Errorf("put back what %q kept: %w", name, err)
		}
	}
	return s.resumeAll(ctx, names)
}

// vacate stops servers and gives them new containers, of the images told, with empty storage.
func (s *Stack) vacate(ctx context.Context, names []string, image func(*node) Image) error {
	if err := s.haltAll(ctx, names); err != nil {
		return err
	}
	for _, name := range names {
		n := s.nodes[name]
		if err := s.empty(ctx, n); err != nil {
			return err
		}
		if err := s.renew(ctx, n, image(n)); err != nil {
			return err
		}
	}
	return nil
}

func asBefore(n *node) Image { return n.image }

// copyStorage copies each storage of a component into a folder of this machine.
func (s *Stack) copyStorage(ctx context.Context, n *node, folder string) error {
	for i, storage := range n.Storage {
		content, err := s.engine.pack(ctx, n.container.GetContainerID(), storage.Path)
		if err != nil {
			return err
		}
		err = writeWhole(filepath.Join(folder, storageFile(n.Name, i)), content)
		content.Close()
		if err != nil {
			return err
		}
	}
	return nil
}

// fillStorage unpacks what copyStorage copied into the container that has the storage now.
func (s *Stack) fillStorage(ctx context.Context, n *node, folder string) error {
	for i, storage := range n.Storage {
		content, err := os.Open(filepath.Join(folder, storageFile(n.Name, i)))
		if err != nil {
			return err
		}
		err = s.engine.unpack(ctx, n.container.GetContainerID(), filepath.Dir(storage.Path), content)
		content.Close()
		if err != nil {
			return err
		}
	}
	return nil
}

func storageFile(name string, i int) string { return fmt.Sprintf("%s-%d.tar", name, i) }

// haltOrder lists the servers of a site, those that need others in front of them.
func (s *Stack) haltOrder(site string) []string {
	var names []string
	for _, c := range s.World.Components { // sorted by name: the order is the same each time
		if _, runs := s.nodes[c.Name]; !runs || c.Site != site {
			continue
		}
		names = appendNew(names, append(s.Dependents(c.Name), c.Name)...)
	}
	return names
}

func (s *Stack) haltAll(ctx context.Context, names []string) error {
	for _, name := range names {
		if err := s.Halt(ctx, name); err != nil {
			return err
		}
	}
	return nil
}
