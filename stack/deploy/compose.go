package deploy

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/compose-spec/compose-go/v2/types"

	"matrixstack/stack"
)

const (
	markLabel   = "matrix-stack.image"  // says what is special about the image of a service
	configLabel = "matrix-stack.config" // changes with the files of a service, so that Compose makes it anew
)

// image is what Compose runs for a component.
type image struct {
	ref   string
	mark  string // what is special about it
	local bool   // no registry has it
}

// project says in Compose's words what a world declares.
func project(world stack.World, subnets map[string]string, images map[string]image) ([]byte, error) {
	p := types.Project{Name: "matrix", Services: types.Services{}, Networks: types.Networks{}}
	all := map[string]stack.Component{}
	for _, c := range world.Components {
		all[c.Name] = c
	}
	for _, c := range world.Components {
		s, err := service(c, images[c.Name], all)
		if err != nil {
			return nil, err
		}
		p.Services[c.Name] = s
		for _, n := range c.Networks {
			p.Networks[n] = types.NetworkConfig{Ipam: types.IPAMConfig{Config: []*types.IPAMPool{{Subnet: subnets[n]}}}}
		}
	}
	content, err := p.MarshalYAML()
	if err != nil {
		return nil, fmt.Errorf("write compose.yaml: %w", err)
	}
	return content, nil
}

func service(c stack.Component, i image, all map[string]stack.Component) (types.ServiceConfig, error) {
	grace := types.Duration(time.Minute)
	s := types.ServiceConfig{Name: c.Name, ContainerName: c.Container, Restart: types.RestartPolicyUnlessStopped}
	s.Image, s.Hostname, s.Entrypoint, s.Command = i.ref, c.Name, literal(c.Entrypoint), literal(c.Cmd)
	s.StopSignal, s.StopGracePeriod, s.User = c.StopSignal, &grace, c.User
	s.CapDrop, s.CapAdd, s.SecurityOpt = stack.Confinement()
	s.Networks, s.DependsOn = map[string]*types.ServiceNetworkConfig{}, types.DependsOnConfig{}
	s.Logging = &types.LoggingConfig{Driver: "json-file", Options: types.Options{"max-size": "10m", "max-file": "5"}}
	s.Labels = types.Labels{configLabel: configHash(c)}
	if i.local {
		s.PullPolicy = types.PullPolicyNever // somebody else may publish one of that name
	}
	if i.mark != "" {
		s.Labels[markLabel] = i.mark
	}
	if c.Database {
		s.ShmSize = types.UnitBytes(256 << 20) // PostgreSQL's workers meet there, and Docker's 64 MB are soon full
	}
	if len(c.Env) > 0 {
		s.EnvFiles = []types.EnvFile{{Path: "./" + environmentFile(c), Required: types.OptOut(true)}}
	}
	if len(c.Health) > 0 {
		// Who waits for a service looks as often as who watches it: a start_interval is refused by engines before Docker 25.
		interval, timeout, start, retries := types.Duration(10*time.Second), types.Duration(10*time.Second), types.Duration(2*time.Minute), uint64(6)
		s.HealthCheck = &types.HealthCheckConfig{
			Test: append(types.HealthCheckTest{"CMD"}, literal(c.Health)...), Interval: &interval, Timeout: &timeout, Retries: &retries,
			StartPeriod: &start,
		}
	}
	err := connect(&s, c, all)
	return s, err
}

// connect gives a service its networks, what it waits for, its ports and what it reads and keeps.
func connect(s *types.ServiceConfig, c stack.Component, all map[string]stack.Component) error {
	for _, n := range c.Networks {
		s.Networks[n] = &types.ServiceNetworkConfig{Aliases: c.Aliases(n)}
	}
	for _, need := range c.Needs {
		condition := types.ServiceConditionStarted
		if len(all[need].Health) > 0 {
			condition = types.ServiceConditionHealthy
		}
		// Who uses a database starts anew with it, as stack.Restart does and says why.
		s.DependsOn[need] = types.ServiceDependency{Condition: condition, Required: true, Restart: all[need].Database}
	}
	for _, port := range c.Public {
		number, _, _ := strings.Cut(port, "/")
		opened, err := types.ParsePortConfig(number + ":" + port)
		if err != nil {
			return fmt.Errorf("open port %s of %q: %w", port, c.Name, err)
		}
		s.Ports = append(s.Ports, opened...)
	}
	for _, st := range c.Storage {
		s.Volumes = append(s.Volumes, bind(st.Host, st.Path, false))
	}
	for _, f := range c.Files {
		s.Volumes = append(s.Volumes, bind("./"+configFile(c, f), f.Path, true))
	}
	return nil
}

// bind mounts what is there: Docker would make a folder in place of a file that is missing.
func bind(source, target string, readOnly bool) types.ServiceVolumeConfig {
	return types.ServiceVolumeConfig{Type: types.VolumeTypeBind, Source: source, Target: target, ReadOnly: readOnly, Bind: &types.ServiceVolumeBind{CreateHostPath: false}}
}

func configHash(c stack.Component) string {
	sum := sha256.New()
	for _, f := range c.Files {
		fmt.Fprintf(sum, "%s %d ", f.Path, len(f.Content))
		sum.Write(f.Content)
	}
	return hex.EncodeToString(sum.Sum(nil))[:16]
}

// literal keeps Compose from reading $ as the begin of a variable.
func literal(words []string) []string {
	var kept []string
	for _, word := range words {
		kept = append(kept, strings.ReplaceAll(word, "$", "$$"))
	}
	return kept
}

// configFile is where a rendered file of a component lies in the project.
func configFile(c stack.Component, f stack.File) string {
	return "config/" + c.Name + "/" + path.Base(f.Path)
}

func environmentFile(c stack.Component) string { return "config/" + c.Name + "/environment" }

// environment is the content of an env_file; the values are secrets or names, and hold no quotes.
func environment(c stack.Component) ([]byte, error) {
	var out strings.Builder
	for _, name := range slices.Sorted(maps.Keys(c.Env)) {
		if strings.ContainsAny(c.Env[name], "'\n") {
			return nil, fmt.Errorf("write the environment of %q: %s holds a quote or a line end", c.Name, name)
		}
		fmt.Fprintf(&out, "%s='%s'\n", name, c.Env[name])
	}
	return []byte(out.String()), nil
}
