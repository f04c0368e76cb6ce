package steps

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"matrixstack/fixtures"
	"matrixstack/stack"
)

// TestBundleHoldsNoSecretOfTheConfiguration takes what templates call a secret, so that a new one is covered on the day it is written.
func TestBundleHoldsNoSecretOfTheConfiguration(t *testing.T) {
	t.Parallel()
	for _, signIn := range []stack.SignIn{stack.SignInMAS, stack.SignInSynapse} {
		sites := stack.TestSites(signIn)
		world, err := stack.NewWorld(sites, stack.Environment{})
		require.NoError(t, err)
		evidence, raw := configurationOf(world)
		bundle, err := writeBundle(t.TempDir(), Result{File: "f.feature", Name: "S"}, evidence)
		require.NoError(t, err)
		files := readAll(t, bundle)
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
	bundle, err := writeBundle(t.TempDir(), Result{
		Feature: "Sign-up", File: "features/accounts/sign_up.feature", Line: 7, Name: "Alice signs up", Reason: "no answer",
		Steps: []StepResult{{Keyword: "When", Text: "Alice signs up", Status: "failed", Error: "no answer"}},
	}, Evidence{
		Requests: []string{"12:00:00.000 GET auth.alpha.test /register -> 502 Bad Gateway in 3ms"}, Seed: 7, Images: "mas  pulled\n",
		Logs: map[string]string{"mas": "listening\n"}, Config: map[string]string{"mas/config.yaml": "http:\n"},
	})
	require.NoError(t, err)
	assert.Equal(t, "sign-up-7-alice-signs-up", filepath.Base(bundle))
	assert.Equal(t, map[string]string{
		"summary.txt": "features/accounts/sign_up.feature:7\nSign-up: Alice signs up\n  failed      0.00s  When Alice signs up\n      no answer\nreason: no answer\n" +
			"again: make acceptance FEATURE=features/accounts/sign_up.feature:7 SEED=7\n",
		"requests.txt":           "12:00:00.000 GET auth.alpha.test /register -> 502 Bad Gateway in 3ms\n",
		"images.txt":             "mas  pulled\n",
		"logs/mas.log":           "listening\n",
		"config/mas/config.yaml": "http:\n",
	}, readAll(t, bundle))
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
