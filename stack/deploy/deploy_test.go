package deploy

import (
	"flag"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"matrixstack/stack"
	"matrixstack/stack/images"
)

var update = flag.Bool("update", false, "rewrite the golden files from what is rendered now")

// full is a deployment that has everything.
func full() Options {
	return Options{
		Domain: "example.org", SignIn: stack.SignInMAS, Subnet: netip.MustParsePrefix("172.30.0.0/16"), Built: BuiltUnpinned,
		Bridges: []string{"heisenbridge", "telegram"}, Monitoring: true, Command: "stackctl render compose --domain example.org",
		Deployment: stack.Deployment{
			ACME: &stack.ACME{Email: "me@example.org"}, PublicIP: "192.0.2.7",
			Mail:     &stack.Mail{Host: "mail.example.org", Port: 587, User: "matrix", Password: `"canary-of-mail"`},
			Telegram: &stack.TelegramAPI{ID: 7, Hash: "canary-of-telegram"},
		},
	}
}

// small is a deployment that has as little as can be.
func small() Options {
	return Options{
		Domain: "example.org", SignIn: stack.SignInSynapse, Subnet: netip.MustParsePrefix("10.9.0.0/20"), Built: BuiltAll, Storage: "/srv/matrix",
		Command: "stackctl render compose --domain example.org", Deployment: stack.Deployment{ACME: &stack.ACME{}},
	}
}

func fixedSecrets() Secrets {
	return Secrets{Seed: strings.Repeat("ab", 32), MASKey: []byte("-----BEGIN PRIVATE KEY-----\nmade for this test\n-----END PRIVATE KEY-----\n")}
}

func render(t *testing.T, o Options) Project {
	t.Helper()
	lock, err := images.Load()
	require.NoError(t, err)
	p, err := Render(o, fixedSecrets(), lock)
	require.NoError(t, err)
	return p
}

func TestRenderedDeploymentIsByteIdentical(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]Options{"full": full(), "small": small()} {
		p := render(t, o)
		assert.Equal(t, p, render(t, o), "the same again")
		var paths []string
		for _, f := range p.Files {
			golden := filepath.Join("testdata", name, f.Path)
			paths = append(paths, golden)
			if *update {
				require.NoError(t, os.MkdirAll(filepath.Dir(golden), 0o755))
				require.NoError(t, os.WriteFile(golden, f.Content, 0o644))
			}
			want, err := os.ReadFile(golden)
			require.NoError(t, err, "run `go test ./stack/deploy -update`")
			assert.Equal(t, string(want), string(f.Content), "%s of %s", f.Path, name)
		}
		require.NoError(t, filepath.WalkDir(filepath.Join("testdata", name), func(path string, entry os.DirEntry, err error) error {
			assert.True(t, entry.IsDir() || slices.Contains(paths, path), "%s is not rendered any more; remove it", path)
			return err
		}))
	}
}

// load reads what was written as Compose does.
func load(t *testing.T, o Options) *types.Project {
	t.Helper()
	dir := t.TempDir()
	p := render(t, o)
	changes, err := p.Changes(dir)
	require.NoError(t, err)
	require.NoError(t, p.Write(dir, changes))
	project := merged(t, dir, "compose.yaml")
	for _, s := range project.Services {
		for _, v := range s.Volumes {
			if v.ReadOnly {
				assert.FileExists(t, v.Source, "of %s", s.Name)
			}
		}
	}
	return project
}

func TestComposeReadsWhatIsRendered(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]Options{"full": full(), "small": small()} {
		project := load(t, o)
		public := []string{}
		for _, s := range project.Services {
			assert.Equal(t, "unless-stopped", s.Restart, s.Name)
			assert.NotEmpty(t, s.Logging.Options["max-size"], s.Name)
			assert.True(t, strings.Contains(s.Image, "@sha256:") || s.PullPolicy == "never" && s.Labels[markLabel] != "", "%s is not pinned: %s", s.Name, s.Image)
			for _, p := range s.Ports {
				public = append(public, p.Published+"/"+p.Protocol)
			}
			for _, v := range s.Volumes {
				assert.NotContains(t, v.Target, "test-override", s.Name)
			}
			assert.NotContains(t, strings.Join(s.Command, " "), "test-override", s.Name)
			assert.NotContains(t, strings.Join(s.Command, " "), "fsync=off", s.Name)
		}
		assert.Subset(t, public, []string{"80/tcp", "443/tcp"}, name)
		for _, closed := range []string{"8008/tcp", "5432/tcp", "8080/tcp", "9000/tcp", "8081/tcp", "9090/tcp"} {
			assert.NotContains(t, public, closed, name)
		}
	}
}

func TestEveryServiceHasANameNetworksAndStorageOfTheDeployment(t *testing.T) {
	t.Parallel()
	project := load(t, full())
	assert.Equal(t, "matrix_mas", project.Services["mas"].ContainerName)
	assert.ElementsMatch(t, []string{"bridges", "db", "monitoring", "web", "world"}, keysOf(project.Services["synapse"].Networks))
	assert.Equal(t, "/mnt/storage/matrix/synapse", project.Services["synapse"].Volumes[0].Source)
	assert.Contains(t, project.Services["traefik"].Networks["world"].Aliases, "matrix.example.org")
	assert.Equal(t, types.ServiceConditionHealthy, project.Services["synapse"].DependsOn["postgres"].Condition)
	assert.Equal(t, "/srv/matrix/synapse", load(t, small()).Services["synapse"].Volumes[0].Source)
}

func keysOf[V any](m map[string]V) []string {
	var names []string
	for name := range m {
		names = append(names, name)
	}
	return names
}

func TestNothingOfTheTestWorldIsDeployed(t *testing.T) {
	t.Parallel()
	for _, o := range []Options{full(), small()} {
		for _, f := range render(t, o).Files {
			for _, word := range []string{".test", "9999", "Nothing here is deployed", "a_test", "enable_registration_without_verification", "<no value>"} {
				assert.NotContains(t, string(f.Content), word, f.Path)
			}
		}
	}
}

func TestSecretsStandOnlyInFilesNobodyElseReads(t *testing.T) {
	t.Parallel()
	p := render(t, full())
	secrets := stack.NewDeployedSecrets(fixedSecrets().Seed)
	canaries := []string{
		"canary-of-mail", "canary-of-telegram", fixedSecrets().Seed, secrets.Hex("postgres"), secrets.Hex("turn"), secrets.Hex("heisenbridge as"), secrets.SigningKey("signing key"),
		strings.Split(string(fixedSecrets().MASKey), "\n")[1],
	}
	for _, canary := range canaries {
		found := 0
		for _, f := range p.Files {
			if strings.Contains(string(f.Content), strings.TrimSpace(canary)) {
				found++
				assert.Zero(t, f.Mode&0o077, "%s holds a secret and others may read it", f.Path)
			}
		}
		assert.Positive(t, found, "no file holds %q; the test looks for something else than what is rendered", canary)
	}
	changes, err := p.Changes(t.TempDir())
	require.NoError(t, err)
	for _, c := range changes {
		for _, canary := range canaries {
			assert.NotContains(t, c.Diff, strings.TrimSpace(canary), "difference of %s", c.Path)
		}
	}
}

func TestBadDomainsAreRefused(t *testing.T) {
	t.Parallel()
	for domain, says := range map[string]string{
		"": "is needed", "localhost": "single label", "https://example.org": "without scheme", "example.org:8448": "has a port", "example.org/matrix": "without scheme or path",
		"192.0.2.1": "IP address", "[2001:db8::1]": "IP address", "2001:db8::1": "port", "bücher.example": `"xn--bcher-kva.example"`, "Example.org": `"example.org"`, "exa mple.org": "no domain name",
		"-a.example": "no domain name", "example.org.": "", "a..example": "no domain name", "example.123": "ends in a number", "me@example.org": "without scheme",
		strings.Repeat("a", 64) + ".org": "no domain name", "under_score.org": "no domain name",
	} {
		assert.ErrorContains(t, checkDomain(domain), says, "%q", domain)
	}
	for _, domain := range []string{"example.org", "matrix-1.example.co.uk", "xn--bcher-kva.example", "alpha.test"} {
		assert.NoError(t, checkDomain(domain), domain)
	}
}

func TestWhatIsNotPinnedIsRefusedByName(t *testing.T) {
	t.Parallel()
	lock, err := images.Load()
	require.NoError(t, err)
	for name, test := range map[string]struct {
		change func(*Options)
		says   []string
	}{
		"no digest is known":       {func(o *Options) { o.Built = BuiltNever }, []string{`image "postgres" is not pinned`, `image "heisenbridge" is not pinned`, "--allow-built", "--image postgres="}},
		"override without digest":  {func(o *Options) { o.Overrides = map[string]string{"mas": "example.org/mas:1"} }, []string{"names no digest"}},
		"override of nothing":      {func(o *Options) { o.Overrides = map[string]string{"mass": "a@sha256:0"} }, []string{`called "mass"`}},
		"unknown bridge":           {func(o *Options) { o.Bridges = []string{"pigeon"} }, []string{`"pigeon"`, "known: heisenbridge"}},
		"Telegram without its API": {func(o *Options) { o.Deployment.Telegram = nil }, []string{"my.telegram.org"}},
		"relative storage":         {func(o *Options) { o.Storage = "srv" }, []string{"absolute"}},
		"public range":             {func(o *Options) { o.Subnet = netip.MustParsePrefix("8.8.0.0/16") }, []string{"private"}},
		"no address":               {func(o *Options) { o.Deployment.PublicIP = "here" }, []string{"no IP address"}},
		"no certificate":           {func(o *Options) { o.Deployment.ACME = nil }, []string{"read the certificate"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := full()
			test.change(&o)
			_, err := Render(o, fixedSecrets(), lock)
			for _, says := range test.says {
				assert.ErrorContains(t, err, says)
			}
		})
	}
	o := full()
	o.Overrides = map[string]string{"mas": "example.org/mas@sha256:" + strings.Repeat("0", 64)}
	p, err := Render(o, fixedSecrets(), lock)
	require.NoError(t, err)
	i := slices.IndexFunc(p.Files, func(f File) bool { return f.Path == "compose.yaml" })
	assert.Contains(t, string(p.Files[i].Content), o.Overrides["mas"])
	o.Overrides["mas"] = "sha256:" + strings.Repeat("0", 64)
	mas := load(t, o).Services["mas"]
	assert.Equal(t, o.Overrides["mas"], mas.Image, "an image of the engine")
	assert.Equal(t, "never", mas.PullPolicy, "no registry is asked for it")
}

func TestCertificateOfOnesOwnMustBeGoodForEveryName(t *testing.T) {
	t.Parallel()
	authority, err := stack.NewAuthority("an authority")
	require.NoError(t, err)
	issue := func(until time.Time, hosts ...string) stack.Deployment {
		pair, err := authority.Issue(until, hosts...)
		require.NoError(t, err)
		return stack.Deployment{Certificate: pair, Authority: authority.PEM()}
	}
	names := []string{"example.org", "matrix.example.org"}
	later := time.Now().AddDate(0, 1, 0)
	assert.NoError(t, checkCertificate(issue(later, "example.org", "*.example.org"), names))
	assert.ErrorContains(t, checkCertificate(issue(later, "example.org"), names), "not for matrix.example.org")
	assert.ErrorContains(t, checkCertificate(issue(time.Now().Add(-time.Hour), names...), names), "expired")
}
