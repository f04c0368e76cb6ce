package steps

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"matrixstack/stack"
	"matrixstack/steps/report"
)

func TestRunLeavesWhatItsPagesNeed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	v := exampleVerdict()
	v.World, v.Ran, v.Asked = wholeWorld(t), []string{"synapse", "traefik"}, "FEATURE=messages"
	v.Results[2].Bundle, v.Results[2].Pictures = filepath.Join(dir, "report", "failures", "chat-3"), []string{filepath.Join(dir, "report", "screenshots", "a.png")}
	require.NoError(t, v.writeDocumentation(filepath.Join(dir, "report"), filepath.Join(dir, "history.json"), ""))
	run, err := report.Load(filepath.Join(dir, "report"))
	require.NoError(t, err)
	assert.Equal(t, "2 of 6 scenarios failed", run.Problem)
	assert.Equal(t, "FEATURE=messages", run.Asked)
	require.Len(t, run.Scenarios, 6)
	failed := run.Scenarios[2]
	assert.Equal(t, "failures/chat-3", failed.Bundle, "places are relative to the report")
	assert.Equal(t, []string{"screenshots/a.png"}, failed.Pictures)
	assert.Equal(t, "make acceptance FEATURE=features/messages/chat.feature:3 SEED=7", failed.Again)
	assert.Len(t, run.Past, 1)
	ran := map[string]bool{}
	for _, s := range run.Servers {
		ran[s.Name] = s.Ran
	}
	assert.True(t, ran["synapse"])
	assert.False(t, ran["mas"])
	assert.Contains(t, run.Routes, report.Route{Proxy: "traefik", Name: "auth", Rule: "Host(`auth.alpha.test`)", Server: "mas"})
	assert.Greater(t, len(run.Settings), 300)
	page, err := os.ReadFile(filepath.Join(dir, "report", "index.html"))
	require.NoError(t, err)
	assert.Contains(t, string(page), "2 of 6 scenarios are broken")
}

func TestMakingTheDocumentationIsQuick(t *testing.T) {
	t.Parallel()
	v := exampleVerdict()
	v.World = wholeWorld(t)
	for len(v.Results) < 200 {
		v.Results = append(v.Results, v.Results[:6]...)
	}
	begin := time.Now()
	require.NoError(t, v.writeDocumentation(t.TempDir(), "", ""))
	t.Logf("200 scenarios, every setting: %s", time.Since(begin).Round(time.Millisecond))
}

func TestStackThatDoesNotComeUpLeavesAReport(t *testing.T) {
	t.Parallel()
	v := Verdict{World: wholeWorld(t), Unbooted: &Result{Name: "The stack does not come up", Reason: "start synapse: not ready", Bundle: "x/failures/the-stack-does-not-come-up"}}
	run := v.document("x")
	assert.Equal(t, "the stack does not come up", run.Problem)
	assert.Equal(t, "failures/the-stack-does-not-come-up", run.Boot.Bundle)
	assert.Equal(t, "make acceptance", v.Unbooted.Reproduce(7))
	dir := t.TempDir()
	v.Unbooted.Status = Failed
	require.NoError(t, v.WriteReports(dir))
	junit, err := os.ReadFile(filepath.Join(dir, "junit.xml"))
	require.NoError(t, err)
	assert.Contains(t, string(junit), `failures="1"`, "nothing ran, and that is not green")
}

func TestTablesAndTextsOfStepsAreKept(t *testing.T) {
	t.Parallel()
	results := proveText(t, "Feature: F\n\n  Scenario: S\n    Given it works\n      | who   |\n      | Alice |\n    And it works\n      \"\"\"\n      tea\n      \"\"\"\n")
	require.Len(t, results, 1)
	assert.Equal(t, [][]string{{"who"}, {"Alice"}}, results[0].Steps[0].Table)
	assert.Equal(t, "tea", results[0].Steps[1].Doc)
}

func TestChangedTemplatesAreDocumentedAllTheSame(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*stack.World) error{
		"a route that mutants break is another one": rewrite("traefik", "routes.yml", "PathPrefix(`/_matrix/federation`)", "PathPrefix(`/elsewhere`)"),
		"nobody can read the routes":                rewrite("traefik", "routes.yml", "http:", "http: {"),
	} {
		dir := t.TempDir()
		v := exampleVerdict()
		v.World = wholeWorld(t)
		require.NoError(t, change(&v.World))
		require.NoError(t, v.writeDocumentation(filepath.Join(dir, "report"), filepath.Join(dir, "history.json"), ""), name)
		run, err := report.Load(filepath.Join(dir, "report"))
		require.NoError(t, err, name)
		assert.Equal(t, "2 of 6 scenarios failed", run.Problem, name)
		if name == "nobody can read the routes" {
			assert.Contains(t, strings.Join(run.Notices, "; "), "settings or routes are not shown: read routes.yml of traefik", name)
			continue
		}
		assert.Greater(t, len(run.Settings), 300, name)
	}
}

func TestEveryMutantBreaksSomethingThereIs(t *testing.T) {
	t.Parallel()
	for _, m := range Mutants() {
		w := wholeWorld(t)
		if m.Alter != nil {
			assert.NoError(t, m.Alter(&w), m.Name)
		}
	}
}
