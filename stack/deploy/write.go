package deploy

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/aymanbagabas/go-udiff"

	"matrixstack/stack"
)

// manifestFile remembers what was written.
const manifestFile = ".rendered.json"

// deployed is what a folder says of the deployment that was written there.
type deployed struct {
	Domain  string            `json:"domain"`
	Storage string            `json:"storage"`
	SignIn  stack.SignIn      `json:"sign_in"`
	Moved   bool              `json:"moved,omitempty"` // the accounts were the homeserver's before
	Files   map[string]string `json:"files"`           // hash by path, to tell what was written from what was edited by hand
}

// Follows refuses to write over a deployment that this one does not follow. Another name is another deployment, whatever the operator
// says; other accounts or storage leave behind what people have there, unless it was moved.
func (p Project) Follows(dir string, moved bool) error {
	was, err := readManifest(dir)
	if err != nil || was.Domain == "" {
		return err
	}
	const refused = "render a deployment: this folder holds the deployment of "
	switch {
	case was.Domain != p.of.Domain:
		return fmt.Errorf("%s%s, and %s would be another one, with the secrets of the first; name another folder with --out", refused, was.Domain, p.of.Domain)
	case was.Storage != p.of.Storage && !moved:
		return fmt.Errorf("%s%s with its storage in %s, and servers would begin anew in %s; stop them and move the folder, then pass --yes", refused, was.Domain, was.Storage, p.of.Storage)
	case was.SignIn != p.of.SignIn && p.of.Moved && !moved:
		return fmt.Errorf("%s%s with accounts at %s; make a backup, then pass --yes, and %s takes them over by ./move-accounts", refused, was.Domain, was.SignIn, p.of.SignIn)
	case was.SignIn != p.of.SignIn && !moved:
		return fmt.Errorf("%s%s with accounts at %s, and %s would know none that came since; restore a backup of before they moved, or pass --yes to leave them behind", refused, was.Domain, was.SignIn, p.of.SignIn)
	}
	return nil
}

// MovesAccounts tells whether the accounts of the deployment in a folder came, or come by the next rendering, from the homeserver to
// MAS. MAS knows passwords as the homeserver hashed them from then on.
func MovesAccounts(dir string, to stack.SignIn) (moved, now bool, err error) {
	was, err := readManifest(dir)
	now = was.SignIn == stack.SignInSynapse && to == stack.SignInMAS
	return to == stack.SignInMAS && was.Moved || now, now, err
}

// Written tells whether a folder holds a deployment, and not only files that others wrote.
func Written(dir string) (bool, error) {
	was, err := readManifest(dir)
	return len(was.Files) > 0, err
}

// Change is what rendering does to one file.
type Change struct {
	Path    string
	Diff    string // unified, without secrets
	Edited  bool   // somebody edited it since it was written, and that would be lost
	Removed bool
}

// Server is the server that reads the file, and empty when none does.
func (c Change) Server() string {
	if part := strings.Split(c.Path, "/"); part[0] == "config" {
		return part[1]
	}
	return ""
}

// Changes compares a deployment with its folder.
func (p Project) Changes(dir string) ([]Change, error) {
	was, err := readManifest(dir)
	if err != nil {
		return nil, err
	}
	written := was.Files
	var changes []Change
	for _, f := range p.Files {
		old, err := os.ReadFile(filepath.Join(dir, f.Path))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("compare with what is there: %w; run it as who may read it", err)
		}
		if bytes.Equal(old, f.Content) && err == nil {
			continue
		}
		c := Change{Path: f.Path, Edited: err == nil && written[f.Path] != hash(old)}
		c.Diff = p.diff(f, old)
		changes = append(changes, c)
	}
	for _, path := range slices.Sorted(maps.Keys(written)) {
		if slices.ContainsFunc(p.Files, func(f File) bool { return f.Path == path }) {
			continue
		}
		old, err := os.ReadFile(filepath.Join(dir, path))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("compare with what is there: %w", err)
		}
		changes = append(changes, Change{Path: path, Diff: "removed: " + path + "\n", Edited: written[path] != hash(old), Removed: true})
	}
	return changes, nil
}

// diff shows what changes in a file, and no secret.
func (p Project) diff(f File, old []byte) string {
	if f.secret || isKey(f.Content) || isKey(old) {
		return "changed, and not shown: " + f.Path + "\n"
	}
	before, after := hide(string(old)), hide(string(f.Content))
	text, err := udiff.ToUnified(f.Path+" (there)", f.Path+" (rendered)", before, udiff.Lines(before, after), udiff.DefaultContextLines)
	if err != nil || text == "" { // only a secret is another one
		return "changed, and not shown: " + f.Path + "\n"
	}
	return text
}

// Write puts the files into a folder: all are written beside it first, then each is moved to its place. What rendering does not
// know stays.
func (p Project) Write(dir string, changes []Change) error {
	if err := os.MkdirAll(dir, 0o711); err != nil {
		return fmt.Errorf("write the deployment: %w", err)
	}
	part, err := os.MkdirTemp(filepath.Dir(filepath.Clean(dir)), ".rendering-*")
	if err != nil {
		return fmt.Errorf("write the deployment: %w", err)
	}
	defer os.RemoveAll(part)
	manifest := p.of
	manifest.Files = map[string]string{}
	var files []File
	for _, f := range p.Files {
		manifest.Files[f.Path] = hash(f.Content)
		if slices.ContainsFunc(changes, func(c Change) bool { return c.Path == f.Path }) {
			files = append(files, f)
		}
	}
	content, err := json.MarshalIndent(manifest, "", "  ")
	if err != nil {
		return fmt.Errorf("write the deployment: %w", err)
	}
	files = append(files, File{Path: manifestFile, Content: append(content, '\n'), Mode: 0o600})
	for _, f := range files {
		if err := place(part, f); err != nil {
			return fmt.Errorf("write the deployment: %w", err)
		}
	}
	for _, f := range files {
		if err := move(part, dir, f.Path); err != nil {
			return fmt.Errorf("write the deployment: %w", err)
		}
	}
	for _, c := range changes {
		if c.Removed {
			if err := os.Remove(filepath.Join(dir, c.Path)); err != nil {
				return fmt.Errorf("write the deployment: %w", err)
			}
		}
	}
	return nil
}

func place(dir string, f File) error {
	target := filepath.Join(dir, f.Path)
	if err := os.MkdirAll(filepath.Dir(target), 0o700); err != nil {
		return err
	}
	if err := os.WriteFile(target, f.Content, f.Mode); err != nil {
		return err
	}
	return os.Chmod(target, f.Mode) // whatever the umask
}

func move(from, to, path string) error {
	target := filepath.Join(to, path)
	mode := fs.FileMode(0o711)
	if strings.HasPrefix(path, "secrets/") {
		mode = 0o700
	}
	if err := os.MkdirAll(filepath.Dir(target), mode); err != nil {
		return err
	}
	return os.Rename(filepath.Join(from, path), target)
}

func readManifest(dir string) (deployed, error) {
	var was deployed
	content, err := os.ReadFile(filepath.Join(dir, manifestFile))
	if errors.Is(err, fs.ErrNotExist) {
		return was, nil
	}
	if err != nil {
		return was, fmt.Errorf("compare with what is there: %w; run it as who may read it", err)
	}
	if err := json.Unmarshal(content, &was); err != nil {
		return was, fmt.Errorf("compare with what is there: read %s: %w; remove it to have every file taken for edited", manifestFile, err)
	}
	return was, nil
}

func hash(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}
