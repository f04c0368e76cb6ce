package images

import (
	"encoding/json"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// renovate is what this test reads of renovate.json. Renovate matches with RE2, as Go does.
type renovate struct {
	CustomManagers []struct {
		CustomType, DatasourceTemplate, VersioningTemplate, AutoReplaceStringTemplate string
		ManagerFilePatterns, MatchStrings                                             []string
	}
}

func readRenovate(t *testing.T) (renovate, *regexp.Regexp) {
	t.Helper()
	content, err := os.ReadFile("../../.github/renovate.json")
	require.NoError(t, err)
	var r renovate
	require.NoError(t, json.Unmarshal(content, &r))
	require.Len(t, r.CustomManagers, 1)
	require.Len(t, r.CustomManagers[0].MatchStrings, 1)
	return r, regexp.MustCompile(r.CustomManagers[0].MatchStrings[0])
}

// pinned is what Renovate reads of one match.
type pinned struct{ depType, depName, currentValue, currentDigest string }

func matches(expression *regexp.Regexp, lock string) []pinned {
	var found []pinned
	for _, m := range expression.FindAllStringSubmatch(lock, -1) {
		group := func(name string) string { return m[expression.SubexpIndex(name)] }
		found = append(found, pinned{group("depType"), group("depName"), group("currentValue"), group("currentDigest")})
	}
	return found
}

func TestRenovateReadsEveryPinWithADigest(t *testing.T) {
	t.Parallel()
	r, expression := readRenovate(t)
	manager := r.CustomManagers[0]
	assert.Equal(t, "regex", manager.CustomType)
	assert.Equal(t, "docker", manager.DatasourceTemplate)
	require.Len(t, manager.ManagerFilePatterns, 1)
	assert.Regexp(t, strings.Trim(manager.ManagerFilePatterns[0], "/"), "stack/images/images.lock.json")
	lock, err := Load()
	require.NoError(t, err)
	var want []pinned
	for _, e := range lock.Images {
		if e.Upstream.Pinned() != "" && e.Of == "" {
			want = append(want, pinned{e.Name, e.Upstream.Repository, e.Upstream.Tag, e.Upstream.Digest})
		}
	}
	require.NotEmpty(t, want)
	assert.Equal(t, string(lockFile), string(indented(lock)), "the lock is laid out as it is written")
	assert.Equal(t, want, matches(expression, string(lockFile)))
}

func TestRenovateBumpsAPinAndDropsWhatBelongsToTheOldDigest(t *testing.T) {
	t.Parallel()
	r, expression := readRenovate(t)
	seen := []Sighting{{"one place [of two], with a bracket", "2026-01-01"}}
	for _, upstream := range []Upstream{
		{Repository: "example.org/tool", Tag: "v1.0", Digest: digestNumber("a")},
		{Repository: "example.org/tool", Tag: "v1.0", Digest: digestNumber("a"), Seen: seen},
		{Repository: "example.org/tool", Tag: "v1.0", Digest: digestNumber("a"), Platforms: map[string]string{"linux/amd64": digestNumber("b"), "linux/arm64": digestNumber("c")}, Seen: seen},
	} {
		entry := Entry{Name: "tool", Version: "1.0", Upstream: &upstream, NoRecipe: "nobody packages it"}
		other := Entry{Name: "other", Of: "tool", Version: "0.9", Upstream: &upstream, NoRecipe: "nobody packages it"}
		text := string(indented(Lock{[]Entry{entry, other}}))
		found := expression.FindString(text)
		require.NotEmpty(t, found)

		bumped := strings.Replace(text, found, fill(t, r.CustomManagers[0].AutoReplaceStringTemplate, matches(expression, found)[0], "v1.1", digestNumber("d")), 1)

		var lock Lock
		require.NoError(t, strictJSON([]byte(bumped), &lock))
		entry.Version, entry.Upstream = "1.1", &Upstream{Repository: "example.org/tool", Tag: "v1.1", Digest: digestNumber("d")}
		assert.Equal(t, []Entry{entry, other}, lock.Images)
		assert.Equal(t, []pinned{{"tool", "example.org/tool", "v1.1", digestNumber("d")}}, matches(expression, bumped), "it finds what it wrote")
	}
}

// fill is as much of Renovate's templates as renovate.json uses.
func fill(t *testing.T, template string, p pinned, value, digest string) string {
	t.Helper()
	version := regexp.MustCompile(`\{\{\{replace '([^']*)' '([^']*)' newValue\}\}\}`)
	template = version.ReplaceAllStringFunc(template, func(call string) string {
		words := version.FindStringSubmatch(call)
		return regexp.MustCompile(words[1]).ReplaceAllString(value, words[2])
	})
	fields := map[string]string{"depType": p.depType, "depName": p.depName, "newValue": value, "newDigest": digest}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		template = strings.ReplaceAll(template, "{{{"+name+"}}}", fields[name])
	}
	require.NotContains(t, template, "{{", "a template nobody fills")
	return template
}
