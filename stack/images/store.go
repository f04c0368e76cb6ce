package images

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"github.com/gofrs/flock"
)

// Store keeps what is slow to get: downloads by hash and built images by the key of their inputs.
type Store struct{ dir string }

// OpenStore opens a store and removes what killed builds left in it.
func OpenStore(dir string) (Store, error) {
	s := Store{dir}
	for _, sub := range []string{"downloads", "builds", "tmp"} {
		if err := os.MkdirAll(s.path(sub), 0o755); err != nil {
			return Store{}, fmt.Errorf("open store: %w; set STACK_STORE to a writable directory", err)
		}
	}
	if err := errors.Join(sweep(s.path("tmp")), sweep(s.path("downloads"))); err != nil {
		return Store{}, fmt.Errorf("clean store: %w", err)
	}
	return s, nil
}

// sweep removes what processes that no longer live were writing. It begins with their id.
func sweep(dir string) error {
	left, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, entry := range left {
		pid, _, _ := strings.Cut(strings.TrimPrefix(entry.Name(), partPrefix), "-")
		if number, err := strconv.Atoi(pid); err == nil && errors.Is(syscall.Kill(number, 0), syscall.ESRCH) {
			if err := os.RemoveAll(filepath.Join(dir, entry.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

// DefaultStore is STACK_STORE, or a folder of the user's cache.
func DefaultStore(env func(string) string) (string, error) {
	if set := env("STACK_STORE"); set != "" {
		return set, nil
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("find the store: %w; set STACK_STORE", err)
	}
	return filepath.Join(cache, "matrix-stack"), nil
}

// DefaultImagesDir is STACK_IMAGES, or a folder of the user's data directory.
func DefaultImagesDir(env func(string) string) (string, error) {
	if set := env("STACK_IMAGES"); set != "" {
		return set, nil
	}
	if data := env("XDG_DATA_HOME"); data != "" {
		return filepath.Join(data, "matrix-stack", "images"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("find the images folder: %w; set STACK_IMAGES", err)
	}
	return filepath.Join(home, ".local", "share", "matrix-stack", "images"), nil
}

// Seeds is where migrated databases are kept.
func (s Store) Seeds() string { return s.path("seeds") }

// Tools is the folder of programs that this machine lacks.
func (s Store) Tools() string { return s.path("tools") }

func (s Store) path(parts ...string) string {
	return filepath.Join(append([]string{s.dir}, parts...)...)
}

func (s Store) download(name string) string { return s.path("downloads", name) }

// scratch makes a directory for one piece of work; done removes it.
func (s Store) scratch(what string) (dir string, done func(), err error) {
	dir, err = os.MkdirTemp(s.path("tmp"), fmt.Sprintf("%d-%s-*", os.Getpid(), what))
	if err != nil {
		return "", nil, fmt.Errorf("make room in the store: %w", err)
	}
	return dir, func() { _ = os.RemoveAll(dir) }, nil
}

// Built is one image in the store.
type Built struct {
	Digest string `json:"digest"`          // of the image configuration
	Moved  []Move `json:"moved,omitempty"` // Debian packages that differ from the lock
	File   string `json:"-"`               // docker-archive
	Files  string `json:"-"`               // listing of its content
}

// Move is a Debian package whose version is not the locked one.
type Move struct {
	Package string `json:"package"`
	From    string `json:"from,omitempty"` // empty when it is new
	To      string `json:"to,omitempty"`   // empty when it is gone
}

func (s Store) find(key string) (Built, bool) {
	content, err := os.ReadFile(s.path("builds", key, "built.json"))
	if err != nil {
		return Built{}, false
	}
	var found Built
	if json.Unmarshal(content, &found) != nil {
		return Built{}, false
	}
	found.File, found.Files = s.path("builds", key, "image.tar"), s.path("builds", key, "files.txt")
	return found, true
}

// keep moves a finished build into the store under its key.
func (s Store) keep(key, dir string, made Built) (Built, error) {
	content, err := json.Marshal(made)
	if err != nil {
		return Built{}, fmt.Errorf("keep build: %w", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "built.json"), content, 0o644); err != nil {
		return Built{}, fmt.Errorf("keep build: %w", err)
	}
	if err := errors.Join(os.RemoveAll(s.path("builds", key)), os.Rename(dir, s.path("builds", key))); err != nil {
		return Built{}, fmt.Errorf("keep build: %w", err)
	}
	found, _ := s.find(key)
	return found, nil
}

// guard lets one process at a time build a key.
func (s Store) guard(key string) *flock.Flock { return flock.New(s.path("builds", key+".lock")) }
