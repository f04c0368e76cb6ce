package images

import (
	_ "embed"
	"fmt"
)

//go:embed notes.json
var notesFile []byte

// Note is what operators must heed when they upgrade across a version.
type Note struct {
	Image   string `json:"image"`   // entry of the lock
	Version string `json:"version"` // that brings it
	Note    string `json:"note"`
	Source  string `json:"source"` // document and version it was taken from
}

// Notes lists everything that is known, by image and version.
func Notes() ([]Note, error) {
	var notes []Note
	if err := strictJSON(notesFile, &notes); err != nil {
		return nil, fmt.Errorf("read notes.json: %w", err)
	}
	return notes, nil
}

// NotesBetween lists what to heed on the way from one version of an image to another, either way.
func NotesBetween(image, from, to string) ([]Note, error) {
	if back, err := newer(from, to); err != nil {
		return nil, err
	} else if back {
		from, to = to, from
	}
	notes, err := Notes()
	if err != nil {
		return nil, err
	}
	var found []Note
	for _, n := range notes {
		after, errAfter := newer(n.Version, from)
		beyond, errBeyond := newer(n.Version, to)
		if errAfter != nil || errBeyond != nil {
			return nil, fmt.Errorf("read notes.json: %q is no version", n.Version)
		}
		if n.Image == image && after && !beyond {
			found = append(found, n)
		}
	}
	return found, nil
}

// root is the entry that this one is another version of, or it itself.
func (e Entry) root() string {
	if e.Of != "" {
		return e.Of
	}
	return e.Name
}
