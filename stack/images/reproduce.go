package images

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
)

// Build builds one recipe into the store and returns its digest, whatever the lock says.
func Build(ctx context.Context, lock Lock, store Store, env func(string) string, say func(string), name string) (Built, error) {
	entry, ok := lock.Entry(name)
	if !ok || entry.Recipe == "" {
		return Built{}, fmt.Errorf("build %q: no image of that name has a recipe; known: %s", name, strings.Join(lock.Buildable(), ", "))
	}
	recipe, err := ReadRecipe(Recipes(), entry.Recipe)
	if err != nil {
		return Built{}, err
	}
	b := &builder{store: store, env: env, say: say}
	return b.build(ctx, recipe, entry.Version)
}

// Buildable lists the images that have a recipe.
func (l Lock) Buildable() []string {
	var names []string
	for _, e := range l.Images {
		if e.Recipe != "" {
			names = append(names, e.Name)
		}
	}
	return names
}

// trial is one of two surroundings in which a recipe must give the same bytes.
type trial struct {
	name, umask, zone, locale string
	uid                       uint32 // 0 builds as whoever runs
}

func trials() [2]trial {
	return [2]trial{
		{name: "first", umask: "0022", zone: "UTC", locale: "C.UTF-8"},
		{name: "a-second-place", umask: "0077", zone: "Pacific/Kiritimati", locale: "tr_TR.UTF-8", uid: 65534},
	}
}

// Reproduce builds a recipe twice, in surroundings that differ in umask, time zone, locale, directory and (when it may) user,
// and compares both results with the lock. program is this command's own binary.
func Reproduce(ctx context.Context, entry Entry, program string, say func(string)) (string, error) {
	var made [2]Built
	for i, t := range trials() {
		// Not in the store: another user must be able to get there.
		dir, err := os.MkdirTemp("", "reproduce-"+t.name+"-*")
		if err != nil {
			return "", fmt.Errorf("reproduce %q: %w", entry.Name, err)
		}
		defer os.RemoveAll(dir)
		say(fmt.Sprintf("%s: %s build", entry.Name, t.name))
		if made[i], err = t.run(ctx, entry.Name, dir, program); err != nil {
			return "", fmt.Errorf("reproduce %q: %w", entry.Name, err)
		}
	}
	if made[0].Digest != made[1].Digest {
		first, errFirst := os.ReadFile(made[0].Files)
		second, errSecond := os.ReadFile(made[1].Files)
		if err := errors.Join(errFirst, errSecond); err != nil {
			return "", fmt.Errorf("reproduce %q: %w", entry.Name, err)
		}
		return "", fmt.Errorf("reproduce %q: two builds differ, %s and %s: %s", entry.Name, made[0].Digest, made[1].Digest,
			firstDifference(strings.Split(string(first), "\n"), strings.Split(string(second), "\n")))
	}
	if made[0].Digest != entry.Digest {
		return made[0].Digest, fmt.Errorf("reproduce %q: both builds are %s, the lock says %s; re-lock it: go run -tags goolm ./scripts/stackctl lock %s",
			entry.Name, made[0].Digest, entry.Digest, entry.Name)
	}
	return made[0].Digest, nil
}

func (t trial) run(ctx context.Context, image, dir, program string) (Built, error) {
	own := filepath.Join(dir, "stackctl")
	uv, err := findUV()
	if err != nil {
		return Built{}, err
	}
	if err := errors.Join(os.Chmod(dir, 0o755), copyProgram(program, own), copyProgram(uv, filepath.Join(dir, "uv"))); err != nil {
		return Built{}, err
	}
	command := exec.CommandContext(ctx, "sh", "-c", `umask "$0" && exec "$@"`, t.umask, own, "build", image)
	command.Dir = dir
	command.Env = append(os.Environ(), "TZ="+t.zone, "LANG="+t.locale, "HOME="+dir, "XDG_CACHE_HOME="+filepath.Join(dir, "cache"), "STACK_STORE="+filepath.Join(dir, "store"),
		"npm_config_registry="+npmRegistry(os.Getenv), "PATH="+dir+":"+os.Getenv("PATH"))
	if t.uid != 0 && os.Geteuid() == 0 {
		if err := os.Chown(dir, int(t.uid), int(t.uid)); err != nil {
			return Built{}, err
		}
		command.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: t.uid, Gid: t.uid}}
	}
	said, err := output(command)
	if err != nil {
		return Built{}, err
	}
	listings, err := filepath.Glob(filepath.Join(dir, "store/builds/*/files.txt"))
	if err != nil || len(listings) != 1 {
		return Built{}, fmt.Errorf("expected one build in %s, found %d", dir, len(listings))
	}
	return Built{Digest: strings.TrimSpace(said), Files: listings[0]}, nil
}

func copyProgram(from, to string) error {
	content, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return errors.Join(os.WriteFile(to, content, 0o755), os.Chmod(to, 0o755))
}
