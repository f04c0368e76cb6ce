package images

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"
)

const (
	npmHome     = "opt/app/node_modules" // where programs in /opt/app find packages
	npmLockFile = "package-lock.json"
)

// errNoRegistry is a registry that does not hand out what is locked. What needs the image is skipped then.
var errNoRegistry = errors.New("the npm registry does not hand it out; check the network, or set npm_config_registry")

// npmPackage is one locked package. Where it comes from is not locked: the registry is the machine's.
type npmPackage struct {
	Name      string `json:"name"` // only where it differs from the path
	Version   string `json:"version"`
	Integrity string `json:"integrity"`
	path      string // below node_modules
	sum       []byte // SHA-512
}

// lockedPackages reads a package-lock.json, sorted by path.
func lockedPackages(content []byte) ([]npmPackage, error) {
	var lock struct{ Packages map[string]npmPackage }
	if err := json.Unmarshal(content, &lock); err != nil {
		return nil, fmt.Errorf("read %s: %w", npmLockFile, err)
	}
	var packages []npmPackage
	for _, at := range slices.Sorted(maps.Keys(lock.Packages)) {
		if at == "" {
			continue // what was asked for, not a package
		}
		p := lock.Packages[at]
		p.path = strings.TrimPrefix(at, "node_modules/")
		if p.Name == "" {
			p.Name = at[strings.LastIndex(at, "node_modules/")+len("node_modules/"):]
		}
		hash, ok := strings.CutPrefix(p.Integrity, "sha512-")
		var err error
		if p.sum, err = base64.StdEncoding.DecodeString(hash); !ok || err != nil || len(p.sum) != sha512.Size || p.Version == "" {
			return nil, fmt.Errorf("read %s: %q has no version with a SHA-512", npmLockFile, at)
		}
		packages = append(packages, p)
	}
	return packages, nil
}

// npmLayer extracts the locked packages as npm ci would, without npm: no script runs and this machine needs none of it.
func (b *builder) npmLayer(ctx context.Context, r Recipe) (tree, error) {
	packages, err := lockedPackages(r.packages)
	if err != nil {
		return nil, err
	}
	b.progress("%s: fetching %d npm packages", r.Name, len(packages))
	files := make([]string, len(packages))
	group, fetching := errgroup.WithContext(ctx)
	group.SetLimit(6)
	for i, p := range packages {
		group.Go(func() error {
			var err error
			files[i], err = b.fetchNPM(fetching, p)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	t := tree{}
	for i, p := range packages {
		if err := t.addNPM(files[i], p.path, r.NPM.Drop); err != nil {
			return nil, fmt.Errorf("extract npm package %q: %w", p.Name, err)
		}
	}
	return t, nil
}

func (b *builder) fetchNPM(ctx context.Context, p npmPackage) (string, error) {
	file := b.store.download(hex.EncodeToString(p.sum) + ".tgz")
	if _, err := os.Stat(file); err == nil {
		return file, nil
	}
	address := fmt.Sprintf("%s/%s/-/%s-%s.tgz", npmRegistry(b.env), p.Name, path.Base(p.Name), p.Version)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return "", fmt.Errorf("download npm package %q: %w", p.Name, err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", fmt.Errorf("download npm package %q: %w: %w", p.Name, err, errNoRegistry)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return "", fmt.Errorf("download npm package %s@%s: %s: %w", p.Name, p.Version, answer.Status, errNoRegistry)
	}
	hash := sha512.New()
	err = writeWhole(file, io.TeeReader(answer.Body, hash), func() error {
		if got := hash.Sum(nil); !slices.Equal(got, p.sum) {
			return fmt.Errorf("the registry sent sha512-%s, locked is %s; use another registry (npm_config_registry)", base64.StdEncoding.EncodeToString(got), p.Integrity)
		}
		return nil
	})
	if err != nil {
		return "", fmt.Errorf("download npm package %q: %w", p.Name, err)
	}
	return file, nil
}

// addNPM adds the files of a package archive, whose first folder may have any name.
func (t tree) addNPM(file, at string, drop []string) error {
	open, err := os.Open(file)
	if err != nil {
		return err
	}
	defer open.Close()
	unpacked, err := gzip.NewReader(open)
	if err != nil {
		return err
	}
	archive := tar.NewReader(unpacked)
	for {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		_, inside, ok := strings.Cut(strings.Trim(path.Clean("/"+header.Name), "/"), "/")
		if name := path.Join(at, inside); ok && header.Typeflag == tar.TypeReg && !dropped(name, drop) {
			n := node{mode: 0o644}
			if header.Mode&0o100 != 0 {
				n.mode = 0o755
			}
			if n.content, err = io.ReadAll(archive); err != nil {
				return err
			}
			t.put(path.Join(npmHome, name), n)
		}
	}
}

// npmRegistry is the registry npm would ask: the one that was set, the one of the user's .npmrc, or the public one.
func npmRegistry(env func(string) string) string {
	registry := "https://registry.npmjs.org"
	home, _ := os.UserHomeDir() // without one there is no .npmrc
	settings, _ := os.ReadFile(filepath.Join(home, ".npmrc"))
	if set := regexp.MustCompile(`(?m)^\s*registry\s*=\s*(https?://\S+)\s*$`).FindSubmatch(settings); set != nil {
		registry = string(set[1])
	}
	if set := env("npm_config_registry"); set != "" {
		registry = set
	}
	return strings.TrimRight(registry, "/")
}

// resolveNPM locks the recipe's packages as of its date. Only this needs npm.
func (b *builder) resolveNPM(ctx context.Context, name string, want NPM) ([]byte, error) {
	dir, done, err := b.store.scratch("npm")
	if err != nil {
		return nil, err
	}
	defer done()
	asked := indented(map[string]any{"name": name, "private": true, "dependencies": want.Packages})
	if err := os.WriteFile(filepath.Join(dir, "package.json"), asked, 0o644); err != nil {
		return nil, fmt.Errorf("resolve npm packages: %w", err)
	}
	command := exec.CommandContext(ctx, "npm", "install", "--package-lock-only", "--ignore-scripts", "--omit-lockfile-registry-resolved",
		"--no-audit", "--no-fund", "--os=linux", "--cpu=x64", "--before="+want.AsOf)
	command.Dir = dir
	if _, err := output(command); err != nil {
		return nil, fmt.Errorf("resolve npm packages: %w", unpublished(withNPM(err)))
	}
	return os.ReadFile(filepath.Join(dir, npmLockFile))
}

// npmVersions lists the versions of a package. Only asking needs npm.
func (b *builder) npmVersions(ctx context.Context, name string) ([]string, error) {
	command := exec.CommandContext(ctx, "npm", "view", name, "versions", "--json", "--registry="+npmRegistry(b.env))
	said, err := output(command)
	if err != nil {
		return nil, fmt.Errorf("list versions of npm package %q: %w", name, withNPM(err))
	}
	var found []string
	if err := json.Unmarshal([]byte(said), &found); err != nil {
		return nil, fmt.Errorf("list versions of npm package %q: %w", name, err)
	}
	return found, nil
}

// withNPM says what to do where npm is missing.
func withNPM(err error) error {
	if errors.Is(err, exec.ErrNotFound) {
		return fmt.Errorf("%w; install npm", err)
	}
	return err
}
