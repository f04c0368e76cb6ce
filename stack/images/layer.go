package images

import (
	"archive/tar"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"time"
)

// write writes the tree as a tar that depends on nothing but the tree.
func (t tree) write(w io.Writer) error {
	archive := tar.NewWriter(w)
	for _, name := range slices.Sorted(maps.Keys(t)) {
		n := t[name]
		header := &tar.Header{Name: name, Typeflag: n.kind(), Mode: n.mode, Uid: n.owner, Gid: n.owner, Linkname: n.link, ModTime: time.Unix(0, 0), Format: tar.FormatPAX}
		if n.dir {
			header.Name += "/"
		}
		if n.kind() != tar.TypeReg {
			if err := archive.WriteHeader(header); err != nil {
				return fmt.Errorf("write %q: %w", name, err)
			}
			continue
		}
		if err := writeFile(archive, header, n); err != nil {
			return fmt.Errorf("write %q: %w", name, err)
		}
	}
	return archive.Close()
}

func writeFile(archive *tar.Writer, header *tar.Header, n node) error {
	content, size, err := n.open()
	if err != nil {
		return err
	}
	defer content.Close()
	header.Size = size
	if err := archive.WriteHeader(header); err != nil {
		return err
	}
	_, err = io.Copy(archive, content)
	return err
}

func parseMode(octal string) (int64, error) {
	mode, err := strconv.ParseInt(octal, 8, 32)
	if err != nil {
		return 0, fmt.Errorf("mode %q is not an octal number", octal)
	}
	return mode, nil
}
