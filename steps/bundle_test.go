package steps

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"matrixstack/fixtures"
	"matrixstack/stack"
	"matrixstack/steps/report"
)

// TestBundleHoldsNoSecretOfTheConfiguration takes what templates call a secret, so that a new one is covered on the day it is written.
func TestBundleHoldsNoSecretOfTheConfiguration(t *testing.T) {
	t.Parallel()
	for _, signIn := range []stack.SignIn{stack.SignInMAS, stack.SignInSynapse} {
		sites := stack.TestSites(signIn)
		world, err := stack.NewWorld(sites, stack.Environment{})
		require.NoError(t, err)
		evidence, raw := configurationOf(world)
		result, err := writeBundle(t.TempDir(), Result{File: "f.feature", Name: "S"}, evidence)
		require.NoError(t, err)
		files := readAll(t, result.Bundle)
		shown := 0
		for _, site := range sites {
			for _, label := range secretLabels(t) {
				if !strings.Contains(raw, site.Secrets.Hex(label)) {
					continue // another kind of site has it
				}
				shown++
				for name, content := range files {
					assert.NotContains(t, content, site.Secrets.Hex(label), "%s shows the secret %q of %s", name, label, site.Name)
				}
			}
			key := strings.TrimSpace(site.Secrets.SigningKey("signing key"))
			assert.Contains(t, raw, key)
			for name, content := range files {
				assert.NotContains(t, content, key[strings.LastIndex(key, " ")+1:], "%s shows the signing key of %s", name, site.Name)
			}
		}
		assert.Greater(t, shown, 8)
		random := regexp.MustCompile(`\b[0-9a-f]{64}\b`)
		assert.Greater(t, len(random.FindAllString(raw, -1)), shown)
		for name, content := range files {
			assert.Empty(t, random.FindAllString(content, -1), "%s shows something random", name)
		}
	}
}

// configurationOf is every file and the environment of every server, as evidence and as one text.
func configurationOf(world stack.World) (e Evidence, raw string) {
	e = Evidence{Logs: map[string]string{}, Config: map[string]string{}}
	for _, c := range world.Components {
		for name, value := range c.Env {
			e.Logs[c.Name] += name + "=" + value + "\n"
		}
		for _, f := range c.Files {
			e.Config[c.Name+"/"+filepath.Base(f.Path)] = string(f.Content)
			raw += string(f.Content) + "\n"
		}
		raw += e.Logs[c.Name]
	}
	return e, raw
}

// secretLabels are the labels of the secrets that templates and declarations speak of.
func secretLabels(t *testing.T) []string {
	t.Helper()
	labels := []string{"postgres"} // in the environment of PostgreSQL
	plain := regexp.MustCompile(`\.Secret "([^"]+)"`)
	ofBridge := regexp.MustCompile(`\.Secret \(print \.Bridge\.Name "([^"]+)"\)`)
	err := fs.WalkDir(fixtures.Templates, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := fs.ReadFile(fixtures.Templates, path)
		found := 0
		for _, match := range plain.FindAllStringSubmatch(string(text), -1) {
			labels = append(labels, match[1])
			found++
		}
		for _, match := range ofBridge.FindAllStringSubmatch(string(text), -1) {
			labels = append(labels, filepath.Base(filepath.Dir(path))+match[1])
			found++
		}
		assert.Equal(t, strings.Count(string(text), ".Secret "), found, "%s names a secret in a way this test does not know", path)
		return err
	})
	require.NoError(t, err)
	return labels
}

func TestBundleTellsEverythingElse(t *testing.T) {
	t.Parallel()
	begin := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	result, err := writeBundle(t.TempDir(), Result{
		Feature: "Sign-up", File: "features/accounts/sign_up.feature", Line: 7, Name: "Alice signs up", Status: Failed, Reason: "no answer",
		Steps: []StepResult{{Keyword: "When", Text: "Alice signs up", Status: "failed", Error: "no answer"}},
	}, Evidence{
		Requests: []report.Request{{At: begin, Method: "GET", Host: "auth.alpha.test", Path: "/register", Status: 502, Seconds: 0.003, Times: 1, Answer: "Bad Gateway"}}, Seed: 7,
		Images: []report.Image{{Name: "mas", Version: "1.8.0", Source: "pulled", Digest: "sha256:ab"}},
		States: []report.State{{Server: "mas", Status: "exited", Since: "2026-01-01T11:59:00", ExitCode: 1, Remark: "exit code 1"}},
		Logs:   map[string]string{"mas": "2026-01-01T12:00:00.001Z listening\n"}, Config: map[string]string{"mas/config.yaml": "http:\n"},
	})
	require.NoError(t, err)
	assert.Equal(t, "sign-up-7-alice-signs-up", filepath.Base(result.Bundle))
	files := readAll(t, result.Bundle)
	page := files["index.html"]
	delete(files, "index.html")
	assert.Equal(t, map[string]string{
		"summary.txt": "features/accounts/sign_up.feature:7\nSign-up: Alice signs up\n  failed      0.00s  When Alice signs up\n      no answer\nreason: no answer\n" +
			"meanwhile: mas is not running; it ended with\nmeanwhile: mas: listening\n" +
			"likely cause 1: mas does not run; its last lines in the log say why\n    exited, exit code 1\n" +
			"likely cause 2: what stands behind the proxy does not answer it; look at Servers whether it runs, and in routes.yml whether the proxy has its address\n" +
			"    #1 GET  auth.alpha.test/register → 502, 3 ms Bad Gateway\n" +
			"again: make acceptance FEATURE=features/accounts/sign_up.feature:7 SEED=7\n",
		"requests.txt":           "#1 12:00:00.000 GET  auth.alpha.test/register → 502, 3 ms\n    Bad Gateway\n",
		"images.txt":             "mas            1.8.0      pulled       sha256:ab  \n",
		"states.txt":             "mas            exited     since 2026-01-01T11:59:00  exit code 1, restarts 0    exit code 1\n",
		"merged.log":             "* 12:00:00.001 mas            listening\n",
		"config/mas/config.yaml": "http:\n",
	}, files)
	for _, told := range []string{"Alice signs up", "mas does not run", "listening", "auth.alpha.test/register", "sha256:ab", "make acceptance FEATURE=features/accounts/sign_up.feature:7 SEED=7", "mas/config.yaml"} {
		assert.Contains(t, page, told)
	}
}

func TestBundleThatCannotBeWrittenIsTold(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o644))
	_, err := writeBundle(file, Result{File: "f.feature", Name: "S"}, Evidence{})
	assert.ErrorContains(t, err, "write failure bundle")
}

// readAll returns the files below a folder by name.
func readAll(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	require.NoError(t, filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		files[filepath.ToSlash(name)] = string(content)
		return err
	}))
	return files
}
