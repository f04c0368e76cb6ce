package steps

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"matrixstack/stack"
	"matrixstack/stack/upgrade"
)

func TestAnyOrderAskedForBecomesTheDeclaredOne(t *testing.T) {
	t.Parallel()
	world, err := stack.NewWorld(stack.TestSites(stack.SignInMAS), stack.Environment{})
	require.NoError(t, err)
	declared := []upgrade.Want{{Component: "postgres", Version: "17"}, {Component: "mas", Version: "1.22.0"}, {Component: "synapse", Version: "1.153.0"}, {Component: "synapse", Version: "1.163.2"}}
	count := 0
	permute(declared, func(asked []upgrade.Want) {
		if slices.Index(asked, declared[3]) < slices.Index(asked, declared[2]) {
			return // steps of one server stay as they were asked for; backwards they are refused
		}
		count++
		assert.Equal(t, declared, inDeclaredOrder(world, asked), "asked for as %v", asked)
	})
	assert.Equal(t, 12, count)
	bridge := inDeclaredOrder(world, []upgrade.Want{{Component: "heisenbridge", Version: "2"}, {Component: "traefik", Version: "2"}, {Component: "synapse", Version: "2"}, {Component: "postgres", Version: "2"}})
	at := func(component string) int {
		return slices.IndexFunc(bridge, func(w upgrade.Want) bool { return w.Component == component })
	}
	assert.Less(t, at("postgres"), at("synapse"))
	assert.Less(t, at("synapse"), at("heisenbridge"))
}

// permute shows every order of a list.
func permute(list []upgrade.Want, show func([]upgrade.Want)) {
	var fill func(done, left []upgrade.Want)
	fill = func(done, left []upgrade.Want) {
		if len(left) == 0 {
			show(done)
		}
		for i, next := range left {
			fill(append(slices.Clone(done), next), slices.Delete(slices.Clone(left), i, i+1))
		}
	}
	fill(nil, list)
}

func TestABriefComplaintKeepsItsBeginningAndItsEnd(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "start it: not ready it is full", shortened("start it: not ready\n  it is full\n"))
	long := shortened("start it: not ready\n" + strings.Repeat("  at line 7\n", 200) + "no such password")
	assert.Regexp(t, `^start it: not ready at line 7 .* \.\.\. .*at line 7 no such password$`, long)
	assert.Len(t, long, 605)
}
