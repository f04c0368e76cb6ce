package stack

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func valid() World {
	ready := Ready{Log: "up"}
	return World{
		Networks: []string{"web", worldNetwork},
		Components: []Component{
			{Name: "a", Image: "a", Container: "a", Networks: []string{"web"}, Ports: []string{"1/tcp"}, Ready: ready},
			{Name: "b", Image: "b", Container: "b", Networks: []string{worldNetwork}, Ports: []string{"2/tcp"}, Needs: []string{"a"}, Hosts: []string{"b.test"}, Ready: ready},
		},
	}
}

func everyImage(string) bool { return true }

func TestValidateAcceptsASoundWorld(t *testing.T) {
	t.Parallel()
	require.NoError(t, valid().Validate(everyImage))
	world, err := NewWorld(TestSites(SignInMAS), Environment{})
	require.NoError(t, err)
	require.NoError(t, world.Validate(everyImage))
}

func TestValidateNamesEachMistake(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		spoil func(*World)
		says  string
	}{
		"unknown need":      {func(w *World) { w.Components[1].Needs = []string{"x"} }, `component "b": needs "x", which nobody declared; known: a, b`},
		"unknown network":   {func(w *World) { w.Components[0].Networks = []string{"x"} }, `joins network "x"`},
		"no network":        {func(w *World) { w.Components[0].Networks = nil }, `component "a": joins no network`},
		"no port":           {func(w *World) { w.Components[0].Ports = nil }, `component "a": publishes no port`},
		"same name":         {func(w *World) { w.Components[1].Name = "a" }, `two components are named "a"`},
		"same container":    {func(w *World) { w.Components[1].Container = "a" }, `share the container name "a"`},
		"same host":         {func(w *World) { w.Components[0].Hosts = []string{"b.test"} }, `both answer for host "b.test"`},
		"circle":            {func(w *World) { w.Components[0].Needs = []string{"b"} }, "a -> b -> a"},
		"no readiness":      {func(w *World) { w.Components[0].Ready = Ready{} }, "exactly one of HTTP, Exec and Log"},
		"unpublished port":  {func(w *World) { w.Components[0].Ready = Ready{HTTP: "80/tcp/x"} }, "does not name a published port"},
		"file twice":        {func(w *World) { w.Components[0].Files = []File{{Path: "/x"}, {Path: "/x"}} }, `file "/x" is declared twice`},
		"relative path":     {func(w *World) { w.Components[0].Files = []File{{Path: "x"}} }, "absolute path"},
		"host not in world": {func(w *World) { w.Components[0].Hosts = []string{"a.test"} }, `does not join network "world"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := valid()
			c.spoil(&w)
			require.ErrorContains(t, w.Validate(everyImage), c.says)
		})
	}
}

func TestValidateReportsAllMistakesAtOnce(t *testing.T) {
	t.Parallel()
	w := valid()
	w.Components[0].Networks = nil
	w.Components[1].Needs = []string{"x"}
	err := w.Validate(func(image string) bool { return image != "a" })
	assert.ErrorContains(t, err, "joins no network")
	assert.ErrorContains(t, err, `needs "x"`)
	assert.ErrorContains(t, err, `image "a" is not in the lock`)
}
