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

// goLayer compiles a program inside its own module, so that its own go.sum vouches for everything it pulls in. The module and
// build caches are of this build alone and go away with it: Traefik's take 10 GB.
func (b *builder) goLayer(ctx context.Context, r Recipe, dir string) (tree, error) {
	caches := []string{
		"GOMODCACHE=" + filepath.Join(dir, "mod"), "GOCACHE=" + filepath.Join(dir, "cache"), "GOFLAGS=-modcacherw", "GOWORK=off",
		"GOENV=off", "GOTOOLCHAIN=" + r.Go.Toolchain, "CGO_ENABLED=0", "GOOS=linux", "GOARCH=amd64", "GOAMD64=v1", "GOEXPERIMENT=", "LC_ALL=C",
	}
	run := func(in string, args ...string) (string, error) {
		command := exec.CommandContext(ctx, "go", args...)
		command.Dir = in
		command.Env = append(os.Environ(), caches...)
		return output(command)
	}
	b.progress("%s: downloading %s", r.Name, r.Go.Module)
	said, err := run(dir, "mod", "download", "-json", r.Go.Module+"@"+r.Go.Version)
	if err != nil {
		return nil, fmt.Errorf("download module %q: %w", r.Go.Module, err)
	}
	var module struct{ Dir, Sum string }
	if err := json.Unmarshal([]byte(said), &module); err != nil {
		return nil, fmt.Errorf("download module %q: %w", r.Go.Module, err)
	}
	if module.Sum != r.Go.Sum {
		return nil, fmt.Errorf("download module %q: its sum is %s, locked is %s", r.Go.Module, module.Sum, r.Go.Sum)
	}
	b.progress("%s: compiling %s", r.Name, r.Go.Package)
	binary := filepath.Join(dir, "program")
	if _, err := run(module.Dir, "build", "-mod=readonly", "-trimpath", "-buildvcs=false", "-ldflags", strings.TrimSpace("-s -w "+r.Go.LDFlags), "-o", binary, r.Go.Package); err != nil {
		return nil, fmt.Errorf("compile %q: %w", r.Go.Package, err)
	}
	t := tree{}
	t.put(strings.TrimPrefix(r.Go.Binary, "/"), node{source: binary, mode: 0o755})
	return t, nil
}
