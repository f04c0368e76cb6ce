package deploy

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"text/template"

	"matrixstack/stack"
)

// Trial is a project that runs beside whatever else this machine does: under names and at ports of its own, with images that are at
// hand. Nothing else of it is other than rendered.
type Trial struct {
	Dir    string         // that the project was written into
	Name   string         // Compose calls everything of it so
	Ports  map[string]int // ports of this machine by published port; others are the engine's choice
	Hosts  []string       // names by which servers at the door find this machine
	readme string
	env    []string
}

// composeModule is Compose for machines whose docker command has none; it is compiled once.
const composeModule = "github.com/docker/compose/v2@v2.40.3"

// CanTry says why no project can be tried on this machine, if none can.
func CanTry() error {
	if _, err := exec.LookPath("docker"); err != nil {
		return errors.New("this machine has no docker command")
	}
	if host := os.Getenv("DOCKER_HOST"); host != "" && !strings.HasPrefix(host, "unix://") {
		return fmt.Errorf("the engine at DOCKER_HOST=%q cannot mount files of this machine", host)
	}
	if os.Geteuid() != 0 && exec.Command("sudo", "-n", "true").Run() != nil {
		return errors.New("the storage of a deployment is made as root")
	}
	return nil
}

// Try writes the project into a folder, with what lets it run beside others: images by key of the lock, and labels to find it by.
// Tools are kept in the folder of that name.
func (p Project) Try(ctx context.Context, t Trial, images map[string]stack.Image, labels map[string]string, tools string) (Trial, error) {
	changes, err := p.Changes(t.Dir)
	if err != nil {
		return Trial{}, err
	}
	if err := p.Write(t.Dir, changes); err != nil {
		return Trial{}, err
	}
	beside, err := p.beside(t, images, labels)
	if err != nil {
		return Trial{}, err
	}
	if err := os.WriteFile(filepath.Join(t.Dir, "compose.override.yaml"), beside, 0o600); err != nil {
		return Trial{}, fmt.Errorf("try a deployment: %w", err)
	}
	readme, err := os.ReadFile(filepath.Join(t.Dir, "README.md"))
	if err != nil {
		return Trial{}, fmt.Errorf("try a deployment: %w", err)
	}
	t.readme = string(readme)
	t.env = append(os.Environ(), "COMPOSE_PROJECT_NAME="+t.Name, "COMPOSE_PROGRESS=plain")
	if exec.CommandContext(ctx, "docker", "compose", "version").Run() == nil {
		return t, nil
	}
	t.env = append(t.env, "DOCKER_CONFIG="+tools)
	return t, compile(ctx, tools)
}

// compile makes Compose a plugin of the docker command, for whoever names the folder as its configuration.
func compile(ctx context.Context, tools string) error {
	plugin := filepath.Join(tools, "cli-plugins", "docker-compose")
	if _, err := os.Stat(plugin); err == nil {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(plugin), 0o755); err != nil {
		return fmt.Errorf("compile Compose: %w", err)
	}
	// Its go.mod leaves versions out, so that it can't be installed by name.
	script := `source=$(go mod download -json ` + composeModule + ` | sed -n 's/.*"Dir": "\(.*\)".*/\1/p')
go build -C "$source" -trimpath -o "$1.part" ./cmd
mv "$1.part" "$1"`
	command := exec.CommandContext(ctx, "sh", "-euc", script, "compile", plugin)
	command.Dir, command.Env = os.TempDir(), append(os.Environ(), "GOFLAGS=", "CGO_ENABLED=0")
	if said, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("compile Compose, since the docker command has none: %w: %s", err, bytes.TrimSpace(said))
	}
	return nil
}

var besideTemplate = template.Must(template.New("compose.override.yaml").Parse(`# Lets the deployment be tried beside others. None of it is deployed.
services:
{{- range .Servers }}
  {{ .Name }}:
    image: {{ (index $.Images .Image).Ref }}
    pull_policy: never
    container_name: {{ $.Trial.Name }}-{{ .Container }}
    labels: { {{- range $key, $value := $.Labels }}{{ $key }}: "{{ $value }}", {{ end -}} }
{{- if .Public }}
    ports: !override [{{ range .Public }}"127.0.0.1:{{ with index $.Trial.Ports . }}{{ . }}{{ end }}:{{ . }}", {{ end }}]
{{- with $.Trial.Hosts }}
    extra_hosts: [{{ range . }}"{{ . }}:host-gateway", {{ end }}]
{{- end }}
{{- end }}
{{- end }}
networks:
{{- range .Networks }}
  {{ . }}: { labels: { {{- range $key, $value := $.Labels }}{{ $key }}: "{{ $value }}", {{ end -}} } }
{{- end }}
`))

func (p Project) beside(t Trial, images map[string]stack.Image, labels map[string]string) ([]byte, error) {
	networks := map[string]bool{}
	for _, c := range p.Servers {
		if images[c.Image].Ref == "" {
			return nil, fmt.Errorf("try a deployment: image %q is unavailable", c.Image)
		}
		for _, n := range c.Networks {
			networks[n] = true
		}
	}
	var out bytes.Buffer
	err := besideTemplate.Execute(&out, map[string]any{"Servers": p.Servers, "Images": images, "Labels": labels, "Trial": t, "Networks": slices.Sorted(maps.Keys(networks))})
	return out.Bytes(), err
}

// Run runs a command in the folder, as an operator who is root does, and returns what it printed.
func (t Trial) Run(ctx context.Context, script string) (string, error) {
	if os.Geteuid() == 0 {
		script = "sudo() { \"$@\"; }\n" + script
	}
	command := exec.CommandContext(ctx, "sh", "-euc", script)
	command.Dir, command.Env = t.Dir, t.env
	var said bytes.Buffer
	command.Stdout, command.Stderr = &said, &said
	if err := command.Run(); err != nil {
		lines := strings.Split(strings.TrimSpace(said.String()), "\n")
		return said.String(), fmt.Errorf("%w: %s", err, strings.Join(lines[max(0, len(lines)-lastLines):], "; "))
	}
	return said.String(), nil
}

const lastLines = 5 // of what a command printed, when it failed

var fenced = regexp.MustCompile("(?ms)^```\n(.*?)^```$")

// Commands are those of one block of a section of its README; the line that checks the deployment is left out.
func (t Trial) Commands(section string, block int) (string, error) {
	_, text, ok := strings.Cut(t.readme, "\n## "+section+"\n")
	text, _, _ = strings.Cut(text, "\n## ")
	blocks := fenced.FindAllStringSubmatch(text, -1)
	if !ok || len(blocks) <= block {
		return "", fmt.Errorf("follow the README of a deployment: %q has no block %d of commands", section, block+1)
	}
	return regexp.MustCompile(`(?m)^stackctl .*\n`).ReplaceAllString(blocks[block][1], ""), nil
}

// Door is where a port of a server is published on this machine.
func (t Trial) Door(ctx context.Context, server, port string) (string, error) {
	said, err := t.Run(ctx, "docker compose port "+server+" "+port)
	if err != nil {
		return "", fmt.Errorf("find port %s of %q: %w", port, server, err)
	}
	door, err := netip.ParseAddrPort(strings.TrimSpace(said))
	if err != nil {
		return "", fmt.Errorf("find port %s of %q: %w", port, server, err)
	}
	return door.String(), nil
}

// Remove removes all of it that the engine holds, and its files.
func (t Trial) Remove(ctx context.Context, storage string) error {
	_, err := t.Run(ctx, "docker compose down --volumes --timeout 1\nsudo rm -rf '"+t.Dir+"' '"+storage+"'")
	return err
}
