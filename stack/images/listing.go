package images

import (
	"archive/tar"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
)

// listing has one line for each path: what it is, and a hash of what it holds.
func (t tree) listing() ([]string, error) {
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(t)) {
		n := t[name]
		held := n.link
		if n.kind() == tar.TypeReg {
			content, _, err := n.open()
			if err != nil {
				return nil, fmt.Errorf("list %q: %w", name, err)
			}
			hash := sha256.New()
			_, err = io.Copy(hash, content)
			content.Close()
			if err != nil {
				return nil, fmt.Errorf("list %q: %w", name, err)
			}
			held = hex.EncodeToString(hash.Sum(nil)[:6])
		}
		lines = append(lines, fmt.Sprintf("/%s %c%04o %d %s", name, n.kind(), n.mode, n.owner, held))
	}
	return lines, nil
}

// firstDifference names the first path whose line differs between two listings.
func firstDifference(want, got []string) string {
	wanted, have := byPath(want), byPath(got)
	paths := slices.Sorted(maps.Keys(wanted))
	for name := range have {
		if _, ok := wanted[name]; !ok {
			paths = append(paths, name)
		}
	}
	slices.Sort(paths)
	for _, name := range paths {
		switch {
		case have[name] == "":
			return name + " is missing"
		case wanted[name] == "":
			return name + " is new"
		case wanted[name] != have[name]:
			return name + " differs"
		}
	}
	return "no file differs, the image configuration does"
}

func byPath(listing []string) map[string]string {
	described := regexp.MustCompile(`^(/.*?) [025][0-7]{4} [0-9]+ `) // a path may hold spaces
	lines := map[string]string{}
	for _, line := range listing {
		if parts := described.FindStringSubmatch(line); parts != nil {
			lines[parts[1]] = line
		}
	}
	return lines
}
