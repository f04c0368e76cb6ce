package images

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// mirror finds a Debian mirror: the one that was set, the one this machine's apt uses, or the one debootstrap knows.
func (b *builder) mirror(ctx context.Context) (string, error) {
	b.mirrorOnce.Do(func() { b.mirrorURL, b.mirrorErr = findMirror(ctx, b.env) })
	return b.mirrorURL, b.mirrorErr
}

func findMirror(ctx context.Context, env func(string) string) (string, error) {
	if set := env("STACK_DEBIAN_MIRROR"); set != "" {
		if !isWeb(set) {
			return "", fmt.Errorf("find a Debian mirror: STACK_DEBIAN_MIRROR=%q is not a URL; it must begin with http:// or https://", set)
		}
		return strings.TrimRight(set, "/"), nil
	}
	targets, _ := exec.CommandContext(ctx, "apt-get", "indextargets", "--format", "$(ORIGIN) $(LABEL) $(COMPONENT) $(SITE)", "Created-By: Packages").Output()
	script, _ := os.ReadFile("/usr/share/debootstrap/scripts/sid")
	program, _ := os.ReadFile("/usr/sbin/debootstrap") // each of the three may be missing on this machine
	if known := knownMirror(string(targets), string(script)+"\n"+string(program)); known != "" {
		return known, nil
	}
	return "", errors.New("find a Debian mirror: this machine's apt names none; install debootstrap or set STACK_DEBIAN_MIRROR")
}

// knownMirror reads apt's index targets, then debootstrap: its script of a suite names a mirror where the program's own is not Debian's. What apt has not from the web (a disc, a list of mirrors) is of no use.
func knownMirror(targets, debootstrap string) string {
	for _, line := range strings.Split(targets, "\n") {
		if site, ok := strings.CutPrefix(line, "Debian Debian main "); ok && isWeb(site) {
			return strings.TrimRight(site, "/")
		}
	}
	if found := regexp.MustCompile(`(?m)^\s*(?:default_mirror\s+|DEF_MIRROR=)"?(https?://[^\s"]+/debian)\b`).FindStringSubmatch(debootstrap); found != nil {
		return found[1]
	}
	return ""
}

func isWeb(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https")
}

// resolveDebs asks apt, in a world of its own, which packages a suite has today for what the recipe includes.
func (b *builder) resolveDebs(ctx context.Context, want Debian) ([]Deb, error) {
	suite, done, err := b.openSuite(ctx, want.Suite)
	if err != nil {
		return nil, err
	}
	defer done()
	return suite.resolve(ctx, want)
}

// openSuite makes an apt that has read what a suite has today; done removes it.
func (b *builder) openSuite(ctx context.Context, suite string) (a apt, done func(), err error) {
	mirror, err := b.mirror(ctx)
	if err != nil {
		return apt{}, nil, err
	}
	dir, done, err := b.store.scratch("apt")
	if err != nil {
		return apt{}, nil, err
	}
	if a, err = newApt(dir, mirror, suite, b.trusted); err == nil {
		if _, err = a.run(ctx, "apt-get", "update"); err != nil {
			err = fmt.Errorf("resolve packages of suite %q: %w; check the network and the mirror", suite, err)
		}
	}
	if err != nil {
		done()
		return apt{}, nil, err
	}
	return a, done, nil
}

// resolve lists the packages of its suite that a recipe includes, with what they depend on.
func (a apt) resolve(ctx context.Context, want Debian) ([]Deb, error) {
	uris, err := a.run(ctx, "apt-get", append([]string{"install", "--yes", "--print-uris"}, want.Include...)...)
	if err != nil {
		return nil, fmt.Errorf("resolve packages of suite %q: %w", want.Suite, err)
	}
	var wanted []string
	for _, line := range strings.Split(uris, "\n") {
		if name, version, ok := fromURI(line); ok && !slices.Contains(want.Without, name) {
			wanted = append(wanted, name+"="+version)
		}
	}
	slices.Sort(wanted)
	shown, err := a.run(ctx, "apt-cache", append([]string{"show"}, wanted...)...)
	if err != nil {
		return nil, fmt.Errorf("read packages of suite %q: %w", want.Suite, err)
	}
	debs := parseStanzas(shown)
	if len(debs) != len(wanted) {
		return nil, fmt.Errorf("read packages of suite %q: apt described %d of %d", want.Suite, len(debs), len(wanted))
	}
	return debs, nil
}

// fromURI reads a line of apt-get --print-uris: 'URI' name_version_arch.deb size hash.
func fromURI(line string) (name, version string, ok bool) {
	fields := strings.Fields(line)
	if len(fields) < 3 || !strings.HasPrefix(line, "'") {
		return "", "", false
	}
	file, err := url.PathUnescape(path.Base(fields[1]))
	if err != nil {
		return "", "", false
	}
	parts := strings.Split(strings.TrimSuffix(file, ".deb"), "_")
	if len(parts) != 3 {
		return "", "", false
	}
	return parts[0], parts[1], true
}

// parseStanzas reads the paragraphs of apt-cache show.
func parseStanzas(text string) []Deb {
	var debs []Deb
	for _, stanza := range strings.Split(strings.TrimSpace(text), "\n\n") {
		var d Deb
		lines := bufio.NewScanner(strings.NewReader(stanza))
		for lines.Scan() {
			key, value, _ := strings.Cut(lines.Text(), ": ")
			switch key {
			case "Package":
				d.Name = value
			case "Version":
				d.Version = value
			case "Filename":
				d.Path = value
			case "SHA256":
				d.SHA256 = value
			}
		}
		if d.Name != "" && d.SHA256 != "" {
			debs = append(debs, d)
		}
	}
	slices.SortFunc(debs, func(a, b Deb) int { return strings.Compare(a.Name, b.Name) })
	return slices.CompactFunc(debs, func(a, b Deb) bool { return a.Name == b.Name })
}

// apt is an apt that knows one suite of one mirror and nothing of this machine.
type apt struct{ options []string }

func newApt(dir, mirror, suite string, trusted bool) (apt, error) {
	source := "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] "
	if trusted {
		source = "deb [trusted=yes] "
	}
	for _, sub := range []string{"lists/partial", "cache/archives/partial"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o755); err != nil {
			return apt{}, fmt.Errorf("prepare apt: %w", err)
		}
	}
	for name, content := range map[string]string{"status": "", "sources.list": source + mirror + " " + suite + " main\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			return apt{}, fmt.Errorf("prepare apt: %w", err)
		}
	}
	a := apt{}
	for _, option := range []string{
		"Dir::State=" + dir, "Dir::State::status=" + dir + "/status", "Dir::State::lists=" + dir + "/lists", "Dir::Cache=" + dir + "/cache",
		"Dir::Etc::sourcelist=" + dir + "/sources.list", "Dir::Etc::sourceparts=-", "Dir::Etc::preferencesparts=-",
		"APT::Architecture=amd64", "APT::Architectures::=amd64", "APT::Install-Recommends=false", "APT::Sandbox::User=",
		"Acquire::Languages=none", "Debug::NoLocking=true",
	} {
		a.options = append(a.options, "-o", option)
	}
	return a, nil
}

func (a apt) run(ctx context.Context, program string, args ...string) (string, error) {
	return output(exec.CommandContext(ctx, program, append(slices.Clone(a.options), args...)...))
}

// output runs a command and returns what it printed; a failure carries its last complaint.
func output(command *exec.Cmd) (string, error) {
	var complaint strings.Builder
	command.Stderr = &complaint
	if command.Env == nil {
		command.Env = append(os.Environ(), "LC_ALL=C")
	}
	group(command)
	out, err := command.Output()
	if err == nil {
		return string(out), nil
	}
	lines := strings.Split(strings.TrimSpace(cmp.Or(complaint.String(), string(out))), "\n") // go complains where it answers
	return "", fmt.Errorf("%s: %w: %s", filepath.Base(command.Path), err, strings.Join(lines[max(0, len(lines)-3):], " | "))
}
