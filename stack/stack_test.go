package stack

import (
	"os"
	"os/exec"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestOnlyRunsOfDeadProcessesAreAbandoned(t *testing.T) {
	t.Parallel()
	host, err := os.Hostname()
	require.NoError(t, err)
	ended := exec.CommandContext(t.Context(), "true")
	require.NoError(t, ended.Run())
	dead := strconv.Itoa(ended.Process.Pid)
	for owner, want := range map[string]bool{
		thisProcess():              false,
		host + "/1":                false, // lives as long as the machine, and is somebody else's
		host + "/" + dead:          true,
		"not-" + host + "/" + dead: false,
		host + "-2/" + dead:        false,
		"kept":                     false,
		"":                         false,
		dead:                       false,
		host + "/":                 false,
		host + "/x":                false,
	} {
		assert.Equal(t, want, abandoned(owner), "owner %q", owner)
	}
}

func TestLeavingOutAServerLeavesOutWhatNeedsIt(t *testing.T) {
	t.Parallel()
	declared := []Component{
		{Name: "bridge", Needs: []string{"synapse"}},
		{Name: "bot", Needs: []string{"bridge"}}, // before and after what it needs: order must not matter
		{Name: "mas", Needs: []string{"postgres"}},
		{Name: "postgres"},
		{Name: "synapse", Needs: []string{"postgres"}},
		{Name: "ircd"},
	}
	for dropped, left := range map[string][]string{
		"":         {"bridge", "bot", "mas", "postgres", "synapse", "ircd"},
		"ircd":     {"bridge", "bot", "mas", "postgres", "synapse"},
		"mas":      {"bridge", "bot", "postgres", "synapse", "ircd"},
		"synapse":  {"mas", "postgres", "ircd"},
		"postgres": {"ircd"},
	} {
		w := World{Components: slices.Clone(declared)}
		w.leaveOut(func(c Component) bool { return c.Name == dropped })
		var names []string
		for _, c := range w.Components {
			names = append(names, c.Name)
		}
		assert.Equal(t, left, names, "without %q", dropped)
	}
}

func TestWorldHoldsWhatHasAnImage(t *testing.T) {
	t.Parallel()
	images := map[string]Image{}
	whole, err := NewWorld(TestSites(SignInMAS), Environment{})
	require.NoError(t, err)
	for _, c := range whole.Components {
		images[c.Image] = Image{Ref: c.Image}
	}
	delete(images, "synapse")
	s := &Stack{options: Options{Sites: TestSites(SignInMAS), Images: images}}
	w, err := s.declare(Environment{})
	require.NoError(t, err)
	for _, name := range []string{"synapse", "heisenbridge"} {
		_, there := w.Component(name)
		assert.False(t, there, "%s has no image, or needs what has none", name)
	}
	for _, name := range []string{"postgres", "mas", "beta-synapse"} {
		_, there := w.Component(name)
		assert.True(t, there, name)
	}
}

func TestStartFindsMistakesBeforeItTouchesAnEngine(t *testing.T) {
	t.Parallel()
	images := map[string]Image{"postgres": {}, "synapse": {}, "synapse-next": {}, "traefik": {}, "mas": {}}
	s, err := Start(t.Context(), nil, Options{
		Sites: TestSites(SignInMAS), Images: images,
		Alter: func(w *World) error {
			i := slices.IndexFunc(w.Components, func(c Component) bool { return c.Name == "synapse" })
			w.Components[i].Needs, w.Components[i].Networks = []string{"redis"}, []string{"moon"}
			return nil
		},
	})
	assert.NotNil(t, s, "what has started can be stopped")
	assert.ErrorContains(t, err, `component "synapse": needs "redis", which nobody declared`)
	assert.ErrorContains(t, err, `joins network "moon"`, "every mistake at once")
	assert.Empty(t, s.Names())
}

func TestSecretsBelongToSeedAndLabel(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	for _, seed := range []string{"a", "b", ""} {
		for _, label := range []string{"mas", "synapse", "mas database", ""} {
			for kind, secret := range map[string]string{
				"hex": NewSecrets(seed).Hex(label), "ulid": NewSecrets(seed).ULID(label), "key": NewSecrets(seed).SigningKey(label),
			} {
				name := seed + "/" + label + "/" + kind
				assert.Empty(t, seen[secret], "%s is the same as", name)
				seen[secret] = name
			}
		}
	}
	again := NewSecrets("a")
	assert.Equal(t, NewSecrets("a").Hex("mas"), again.Hex("mas"))
	assert.Regexp(t, `^[0-9a-f]{64}$`, NewSecrets("a").Hex("x"))
	assert.Regexp(t, `^01[0-9A-HJKMNP-TV-Z]{24}$`, NewSecrets("a").ULID("x"), "no letter that reads like a digit")
	assert.Regexp(t, `^ed25519 a_test [A-Za-z0-9+/]{43}\n$`, NewSecrets("a").SigningKey("x"))
}

func TestAgeOfAnEngineIsReadFromItsVersion(t *testing.T) {
	t.Parallel()
	for version, old := range map[string]bool{"1.41": false, "1.40": true, "1.100": false, "2.0": false, "0.99": true, "": true, "new": true} {
		assert.Equal(t, old, olderThan(version, 1, 41), "API %q", version)
	}
}

func TestWaitIsToldInWords(t *testing.T) {
	t.Parallel()
	assert.Equal(t, `no line "listening" in its log`, Ready{Log: "listening"}.describe())
	assert.Equal(t, `"pg_isready -U postgres" does not succeed`, Ready{Exec: []string{"pg_isready", "-U", "postgres"}}.describe())
	assert.Equal(t, "no good answer at 8008/tcp/health", Ready{HTTP: "8008/tcp/health"}.describe())
}
