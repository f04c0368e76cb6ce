package images

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

const (
	pythonHome  = "opt/app" // where wheels live in an image, on PYTHONPATH
	wheelTarget = "x86_64-manylinux_2_28"
)

// pythonLayer installs the locked wheels and compiles all bytecode, Debian's included: Synapse starts in 2 s with it and in 11 s without.
func (b *builder) pythonLayer(ctx context.Context, r Recipe, debian tree, dir string) (tree, error) {
	requirements := filepath.Join(dir, "requirements.lock")
	if err := os.WriteFile(requirements, r.requirements, 0o644); err != nil {
		return nil, fmt.Errorf("install wheels: %w", err)
	}
	root := filepath.Join(dir, "root")
	if err := debian.extract(root); err != nil {
		return nil, fmt.Errorf("install wheels: %w", err)
	}
	app := filepath.Join(root, pythonHome)
	b.progress("%s: installing wheels", r.Name)
	if err := b.uv(ctx, "pip", "install", "--quiet", "--python", "python3", "--python-version", r.Python.Version, "--python-platform", wheelTarget,
		"--target", app, "--require-hashes", "--no-deps", "--only-binary", ":all:", "--no-compile-bytecode", "-r", requirements); err != nil {
		return nil, fmt.Errorf("install wheels: %w", err)
	}
	b.progress("%s: compiling bytecode", r.Name)
	version := "python" + r.Python.Version
	for _, compiled := range []string{pythonHome, "usr/lib/" + version, "usr/lib/python3/dist-packages"} {
		if err := compileBytecode(ctx, root, version, compiled); err != nil {
			return nil, fmt.Errorf("compile bytecode: %w", err)
		}
	}
	t := tree{}
	if err := t.addDisk(app, pythonHome, wheelFile); err != nil {
		return nil, fmt.Errorf("collect wheels: %w", err)
	}
	for _, compiled := range []string{"usr/lib/" + version, "usr/lib/python3/dist-packages"} {
		bytecode := func(name string) bool {
			info, err := os.Stat(filepath.Join(root, compiled, name))
			return err == nil && (info.IsDir() || strings.HasSuffix(name, ".pyc"))
		}
		if err := t.addDisk(filepath.Join(root, compiled), compiled, bytecode); err != nil {
			return nil, fmt.Errorf("collect bytecode: %w", err)
		}
	}
	return t, nil
}

// wheelFile leaves out what records the machine that installed: scripts carry its interpreter's path, and installers sign what they did.
func wheelFile(name string) bool {
	base := filepath.Base(name)
	return name != "bin" && base != ".lock" && base != "INSTALLER" && base != "REQUESTED" && base != "RECORD" && base != "direct_url.json"
}

// compileBytecode runs the image's own interpreter, so that the machine needs none of that version.
func compileBytecode(ctx context.Context, root, version, dir string) error {
	libraries := filepath.Join(root, "usr/lib/x86_64-linux-gnu")
	command := exec.CommandContext(ctx, filepath.Join(libraries, "ld-linux-x86-64.so.2"), "--library-path", libraries,
		filepath.Join(root, "usr/bin", version), "-S", "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash",
		"-s", root, "-p", "/", filepath.Join(root, dir))
	command.Env = []string{"PYTHONHOME=" + filepath.Join(root, "usr"), "PYTHONHASHSEED=0", "LC_ALL=C.UTF-8", "PYTHONDONTWRITEBYTECODE=1"}
	_, err := output(command)
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == 1 {
		return nil // some wheels carry sources of other Python versions; those stay sources
	}
	return err
}

// resolveWheels locks the recipe's requirements as of its date.
func (b *builder) resolveWheels(ctx context.Context, want Python) ([]byte, error) {
	dir, done, err := b.store.scratch("wheels")
	if err != nil {
		return nil, err
	}
	defer done()
	in, out, without := filepath.Join(dir, "requirements.in"), filepath.Join(dir, "requirements.lock"), filepath.Join(dir, "without.in")
	if err := os.WriteFile(in, []byte(strings.Join(want.Requirements, "\n")+"\n"), 0o644); err != nil {
		return nil, fmt.Errorf("resolve wheels: %w", err)
	}
	if err := os.WriteFile(without, []byte(nowhere(want.Without)), 0o644); err != nil {
		return nil, fmt.Errorf("resolve wheels: %w", err)
	}
	if err := b.uv(ctx, "pip", "compile", "--quiet", "--python-version", want.Version, "--python-platform", wheelTarget, "--only-binary", ":all:",
		"--generate-hashes", "--exclude-newer", want.AsOf, "--override", without, "--no-header", "--no-annotate", "-o", out, in); err != nil {
		return nil, fmt.Errorf("resolve wheels: %w", unpublished(err))
	}
	return os.ReadFile(out)
}

// newestWheel is the newest version of a package that has a wheel for the image's Python; uv leaves out pre-releases.
func (b *builder) newestWheel(ctx context.Context, name, python string) (string, error) {
	dir, done, err := b.store.scratch("wheel")
	if err != nil {
		return "", err
	}
	defer done()
	in, out := filepath.Join(dir, "requirements.in"), filepath.Join(dir, "requirements.lock")
	if err := os.WriteFile(in, []byte(name+"\n"), 0o644); err != nil {
		return "", fmt.Errorf("look for wheels of %q: %w", name, err)
	}
	if err := b.uv(ctx, "pip", "compile", "--quiet", "--python-version", python, "--python-platform", wheelTarget, "--only-binary", ":all:",
		"--no-deps", "--no-header", "--no-annotate", "-o", out, in); err != nil {
		return "", fmt.Errorf("look for wheels of %q: %w", name, err)
	}
	locked, err := os.ReadFile(out)
	if err != nil {
		return "", fmt.Errorf("look for wheels of %q: %w", name, err)
	}
	found := requirement().FindStringSubmatch(string(locked))
	if found == nil {
		return "", fmt.Errorf("look for wheels of %q: uv answered %q", name, locked)
	}
	return found[2], nil
}

// nowhere says of packages that no platform needs them.
func nowhere(packages []string) string {
	var lines strings.Builder
	for _, name := range packages {
		lines.WriteString(name + "; sys_platform == 'nowhere'\n")
	}
	return lines.String()
}

func (b *builder) uv(ctx context.Context, args ...string) error {
	program, err := findUV()
	if err != nil {
		return err
	}
	command := exec.CommandContext(ctx, program, args...)
	command.Env = append(os.Environ(), "UV_CACHE_DIR="+b.store.path("uv"), "UV_LINK_MODE=copy", "UV_NO_CONFIG=1", "UV_PYTHON_DOWNLOADS=never", "UV_NO_INSTALLER_METADATA=1", "LC_ALL=C")
	_, err = output(command)
	return err
}

// findUV looks in PATH, and where scripts/setup puts it.
func findUV() (string, error) {
	if program, err := exec.LookPath("uv"); err == nil {
		return filepath.EvalSymlinks(program)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("find uv: %w; run scripts/setup", err)
	}
	program, err := exec.LookPath(filepath.Join(cache, "matrix-stack/tools/bin/uv"))
	if err != nil {
		return "", errors.New("uv is missing; run scripts/setup")
	}
	return filepath.EvalSymlinks(program)
}
