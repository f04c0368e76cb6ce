package stack

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Validate reports every mistake of a world at once, before an engine is touched.
// known tells whether the lock has an image of that name.
func (w World) Validate(known func(image string) bool) error {
	var problems []error
	report := func(format string, args ...any) { problems = append(problems, fmt.Errorf(format, args...)) }
	byName, container := map[string]Component{}, map[string]string{}
	host := map[string]string{}
	for _, c := range w.Components {
		if _, twice := byName[c.Name]; twice {
			report("two components are named %q; rename one", c.Name)
		}
		byName[c.Name] = c
		if other, taken := container[c.Container]; taken && c.Container != "" {
			report("components %q and %q share the container name %q; rename one", other, c.Name, c.Container)
		}
		container[c.Container] = c.Name
		for _, h := range c.Hosts {
			if other, taken := host[h]; taken {
				report("components %q and %q both answer for host %q; remove it from one", other, c.Name, h)
			}
			host[h] = c.Name
		}
	}
	for _, c := range w.Components {
		for _, problem := range c.problems(w, byName, known) {
			report("component %q: %w", c.Name, problem)
		}
	}
	if cycle := w.cycle(byName); cycle != nil {
		report("components need each other in a circle: %s; remove one need", strings.Join(cycle, " -> "))
	}
	return errors.Join(problems...)
}

func (c Component) problems(w World, byName map[string]Component, known func(string) bool) []error {
	var problems []error
	report := func(format string, args ...any) { problems = append(problems, fmt.Errorf(format, args...)) }
	if c.Name == "" || c.Container == "" {
		report("name and container name must be set")
	}
	if !known(c.Image) {
		report("image %q is not in the lock; add it to stack/images/images.lock.json", c.Image)
	}
	for _, need := range c.Needs {
		if _, ok := byName[need]; !ok {
			report("needs %q, which nobody declared; known: %s", need, strings.Join(slices.Sorted(maps.Keys(byName)), ", "))
		}
	}
	// Without any, testcontainers publishes those of the image, and to the whole network of this machine.
	if len(c.Ports) == 0 {
		report("publishes no port; name the one it serves")
	}
	if len(c.Networks) == 0 {
		report("joins no network")
	}
	for _, n := range c.Networks {
		if !slices.Contains(w.Networks, n) {
			report("joins network %q, which nobody declared; known: %s", n, strings.Join(w.Networks, ", "))
		}
	}
	if len(c.Hosts) > 0 && !slices.Contains(c.Networks, worldNetwork) {
		report("answers for hosts but does not join network %q", worldNetwork)
	}
	paths := map[string]bool{}
	for _, f := range c.Files {
		if paths[f.Path] {
			report("file %q is declared twice", f.Path)
		}
		if !strings.HasPrefix(f.Path, "/") {
			report("file %q must have an absolute path", f.Path)
		}
		paths[f.Path] = true
	}
	return append(problems, c.Ready.problems(c.Ports)...)
}

func (r Ready) problems(ports []string) []error {
	var problems []error
	set := 0
	for _, is := range []bool{r.HTTP != "", len(r.Exec) > 0, r.Log != ""} {
		if is {
			set++
		}
	}
	if set != 1 {
		problems = append(problems, errors.New("readiness must be exactly one of HTTP, Exec and Log"))
	}
	if port, _, ok := strings.Cut(r.HTTP, "/tcp/"); r.HTTP != "" && (!ok || !slices.Contains(ports, port+"/tcp")) {
		problems = append(problems, fmt.Errorf("readiness %q does not name a published port; known: %s", r.HTTP, strings.Join(ports, ", ")))
	}
	return problems
}

// cycle finds one circle of needs, as names in order, or nil.
func (w World) cycle(byName map[string]Component) []string {
	done := map[string]bool{}
	var visit func(name string, path []string) []string
	visit = func(name string, path []string) []string {
		if at := slices.Index(path, name); at >= 0 {
			return append(slices.Clone(path[at:]), name)
		}
		if done[name] {
			return nil
		}
		for _, need := range byName[name].Needs {
			if found := visit(need, append(path, name)); found != nil {
				return found
			}
		}
		done[name] = true
		return nil
	}
	for _, c := range w.Components {
		if found := visit(c.Name, nil); found != nil {
			return found
		}
	}
	return nil
}
