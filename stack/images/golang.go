package images

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// undescribed leaves out what a debugger would want to know: programs are stripped in the end, and describing them first takes a sixth
// of the time.
const undescribed = "-gcflags=all=-dwarf=false"

// goLayer compiles a program inside its own module, so that its own go.sum vouches for everything it pulls in. The module and
// build caches are of this build alone and go away with it: Traefik's take 10 GB.
func (b *builder) goLayer(ctx context.Context, r Recipe, dir string) (tree, error) {
	caches := []string{
		"GOMODCACHE=" + filepath.Join(dir, "mod"), "GOCACHE=" + filepath.Join(dir, "cache"), "GOFLAGS=-modcacherw", "GOWORK=off",
		"GOENV=off", "GOTOOLCHAIN=" + r.Go.Toolchain, "CGO_ENABLED=0", "GOOS=linux", "GOARCH=amd64", "GOAMD64=v1", "GOEXPERIMENT=", "LC_ALL=C",
		"GOGC=200", // collecting garbage less often makes no other program, but sooner
	}
	run := func(in string, args ...string) (string, error) {
		command := exec.CommandContext(ctx, "go", args...)
		command.Dir = in
		command.Env = append(os.Environ(), caches...)
		return output(command)
	}
	b.progress("%s: downloading %s", r.Name, r.Go.Module)
	module, err := downloadModule(func(args ...string) (string, error) { return run(dir, args...) }, r.Go.Module, r.Go.Version)
	if err != nil {
		return nil, err
	}
	if module.Sum != r.Go.Sum {
		return nil, fmt.Errorf("download module %q: its sum is %s, locked is %s", r.Go.Module, module.Sum, r.Go.Sum)
	}
	b.progress("%s: compiling %s", r.Name, r.Go.Package)
	binary := filepath.Join(dir, "program")
	if _, err := run(module.Dir, "build", "-mod=readonly", "-trimpath", "-buildvcs=false", undescribed, "-ldflags", strings.TrimSpace("-s -w "+r.Go.LDFlags), "-o", binary, r.Go.Package); err != nil {
		return nil, fmt.Errorf("compile %q: %w", r.Go.Package, err)
	}
	t := tree{}
	t.put(strings.TrimPrefix(r.Go.Binary, "/"), node{source: binary, mode: 0o755})
	return t, nil
}

// goModule is a downloaded module.
type goModule struct{ Dir, Sum string }

func downloadModule(run func(args ...string) (string, error), module, version string) (goModule, error) {
	said, err := run("mod", "download", "-json", module+"@"+version)
	if err != nil {
		return goModule{}, fmt.Errorf("download module %q: %w", module, unpublished(err))
	}
	var found goModule
	if err := json.Unmarshal([]byte(said), &found); err != nil {
		return goModule{}, fmt.Errorf("download module %q: %w", module, err)
	}
	return found, nil
}

// moduleSum downloads a version of a module for its sum; the checksum database of Go vouches for it.
func (b *builder) moduleSum(ctx context.Context, module, version string) (string, error) {
	dir, done, err := b.store.scratch("module")
	if err != nil {
		return "", err
	}
	defer done()
	found, err := downloadModule(goCommand(ctx, dir), module, version)
	return found.Sum, err
}

// moduleVersions lists the versions of a module that the Go proxy has.
func (b *builder) moduleVersions(ctx context.Context, module string) ([]string, error) {
	dir, done, err := b.store.scratch("module")
	if err != nil {
		return nil, err
	}
	defer done()
	said, err := goCommand(ctx, dir)("list", "-m", "-versions", "-f", "{{join .Versions \" \"}}", module)
	if err != nil {
		return nil, fmt.Errorf("list versions of module %q: %w", module, err)
	}
	return strings.Fields(said), nil
}

// goCommand runs go with a module cache that goes away with the directory.
func goCommand(ctx context.Context, dir string) func(args ...string) (string, error) {
	return func(args ...string) (string, error) {
		command := exec.CommandContext(ctx, "go", args...)
		command.Dir = dir
		command.Env = append(os.Environ(), "GOMODCACHE="+filepath.Join(dir, "mod"), "GOFLAGS=-modcacherw", "GOWORK=off", "GOENV=off", "LC_ALL=C")
		return output(command)
	}
}
