package stack

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "rewrite the golden files from what is rendered now")

// goldenEnvironment fixes what only an engine could tell.
func goldenEnvironment(sites []Site) Environment {
	env := Environment{Subnets: map[string]string{}}
	for _, n := range NetworksOf(sites) {
		env.Subnets[n] = "192.0.2.0/24"
	}
	return env
}

func TestRenderedConfigurationIsByteIdentical(t *testing.T) {
	t.Parallel()
	for _, signIn := range []SignIn{SignInMAS, SignInSynapse} {
		sites := TestSites(signIn)
		world, err := NewWorld(sites, goldenEnvironment(sites))
		require.NoError(t, err)
		for _, c := range world.Components {
			for _, f := range c.Files {
				if f.Private {
					continue
				}
				golden := filepath.Join("testdata", string(signIn), c.Name, filepath.Base(f.Path))
				if *update {
					require.NoError(t, os.MkdirAll(filepath.Dir(golden), 0o755))
					require.NoError(t, os.WriteFile(golden, f.Content, 0o644))
				}
				want, err := os.ReadFile(golden)
				require.NoError(t, err, "run `go test ./stack -update`")
				assert.Equal(t, string(want), string(f.Content), "%s of %s", f.Path, c.Name)
			}
		}
	}
}

func TestEveryTemplateVariableIsSet(t *testing.T) {
	t.Parallel()
	sites := TestSites(SignInMAS)
	world, err := NewWorld(sites, goldenEnvironment(sites))
	require.NoError(t, err)
	for _, c := range world.Components {
		for _, f := range c.Files {
			assert.NotContains(t, string(f.Content), "<no value>", "%s of %s", f.Path, c.Name)
			assert.NotContains(t, string(f.Content), `""`, "%s of %s holds an empty value", f.Path, c.Name)
		}
	}
}

func TestSecretsOfTwoSitesDiffer(t *testing.T) {
	t.Parallel()
	sites := TestSites(SignInMAS)
	assert.NotEqual(t, sites[0].Secrets.Hex("postgres"), sites[1].Secrets.Hex("postgres"))
	assert.Equal(t, sites[0].Secrets.Hex("postgres"), TestSites(SignInMAS)[0].Secrets.Hex("postgres"))
	assert.Len(t, sites[0].Secrets.ULID("x"), 26)
}
