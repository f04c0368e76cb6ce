package steps

import (
	"encoding/json"
	"encoding/xml"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTwoRunsDoNotWriteOneReport(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "build", "report")
	release, err := clearReport(dir)
	require.NoError(t, err)
	ours := filepath.Join(dir, "index.html")
	require.NoError(t, os.WriteFile(ours, nil, 0o644))

	_, err = clearReport(dir)
	assert.ErrorContains(t, err, "another run writes there; wait until it ends, or run in another clone")
	assert.FileExists(t, ours)

	release()
	release, err = clearReport(dir)
	require.NoError(t, err)
	defer release()
	assert.NoFileExists(t, ours)
}

func TestJUnitAgreesWithTheVerdict(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "report")
	require.NoError(t, exampleVerdict().WriteReports(dir))
	content, err := os.ReadFile(filepath.Join(dir, "junit.xml"))
	require.NoError(t, err)
	var all junitSuites
	require.NoError(t, xml.Unmarshal(content, &all))
	assert.Equal(t, []int{6, 2, 3}, []int{all.Tests, all.Failures, all.Skipped})
	assert.Equal(t, "83.400", all.Time)
	require.Len(t, all.Suites, 3)
	tests, failures, skipped := 0, 0, 0
	for _, suite := range all.Suites {
		assert.Len(t, suite.Cases, suite.Tests, suite.Name)
		tests, failures, skipped = tests+suite.Tests, failures+suite.Failures, skipped+suite.Skipped
		for _, c := range suite.Cases {
			if c.Failure != nil {
				failures--
			}
			if c.Skipped != nil {
				skipped--
				assert.Contains(t, c.Skipped.Message, "does not run")
			}
		}
	}
	assert.Equal(t, []int{6, 0, 0}, []int{tests, failures, skipped}, "each suite counts what its cases say")
	failed := all.Suites[1].Cases[0]
	assert.Equal(t, "a message arrives", failed.Name)
	assert.Equal(t, "features/messages/chat", failed.Class)
	assert.Equal(t, 3, failed.Line)
	assert.Equal(t, "waited 20s", failed.Failure.Message)
	for _, told := range []string{"passed      1.00s  Given Alice and Bob talk", `Then Bob can read "hi"`, "skipped     0.00s  And so can Carol", "for <\"hi\"> & more", "bundle: build/report/failures/chat-3", "again: make acceptance FEATURE=features/messages/chat.feature:3 SEED=7"} {
		assert.Contains(t, failed.Failure.Text, told)
	}
	assert.NotContains(t, all.Suites[1].Cases[1].Failure.Text, "bundle:", "there is none")
}

func TestCucumberAgreesWithTheVerdict(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, exampleVerdict().WriteReports(dir))
	content, err := os.ReadFile(filepath.Join(dir, "cucumber.json"))
	require.NoError(t, err)
	var features []cucumberFeature
	require.NoError(t, json.Unmarshal(content, &features))
	require.Len(t, features, 3)
	assert.Equal(t, "People join.", features[0].Description)
	assert.Equal(t, "features/messages/chat.feature", features[1].URI)
	require.Len(t, features[1].Elements, 3)

	skipped := features[0].Elements[0]
	assert.Equal(t, []cucumberTag{{"@mas"}}, skipped.Tags)
	assert.Equal(t, cucumberResult{"skipped", 0, `mas does not run: image "mas" is unavailable`}, skipped.Steps[0].Result)
	assert.Equal(t, cucumberResult{"skipped", 0, ""}, skipped.Steps[1].Result)

	failed := features[1].Elements[0]
	assert.Equal(t, "sign-up;alice-signs-up", skipped.ID)
	assert.Equal(t, "Then ", failed.Steps[1].Keyword)
	assert.Equal(t, cucumberResult{"failed", 20_000_000_000, "waited 20s"}, failed.Steps[1].Result)

	unclean := features[1].Elements[1]
	assert.Equal(t, cucumberResult{"failed", 0, "cannot clean up"}, unclean.Steps[0].Result, "a reader of steps must see that the scenario failed")
	assert.Equal(t, "passed", features[1].Elements[2].Steps[0].Result.Status)
}

func TestReportsOfNothingAreStillReports(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, Verdict{}.WriteReports(dir))
	content, err := os.ReadFile(filepath.Join(dir, "cucumber.json"))
	require.NoError(t, err)
	assert.JSONEq(t, "[]", string(content))
	content, err = os.ReadFile(filepath.Join(dir, "junit.xml"))
	require.NoError(t, err)
	assert.NoError(t, xml.Unmarshal(content, &junitSuites{}))
}

func TestReportsAreWholeOrNotThere(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, exampleVerdict().WriteReports(dir))
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Len(t, entries, 2, "nothing is left beside the reports")

	opened := filepath.Join(t.TempDir(), "what a reader has open")
	require.NoError(t, os.Link(filepath.Join(dir, "junit.xml"), opened))
	before, err := os.ReadFile(opened)
	require.NoError(t, err)
	require.NoError(t, Verdict{}.WriteReports(dir))
	after, err := os.ReadFile(opened)
	require.NoError(t, err)
	assert.Equal(t, string(before), string(after), "a report is replaced, not written over")

	blocked := t.TempDir()
	for _, name := range []string{"junit.xml", "cucumber.json"} {
		require.NoError(t, os.MkdirAll(filepath.Join(blocked, name, "in the way"), 0o755))
	}
	assert.ErrorContains(t, exampleVerdict().WriteReports(blocked), "write ")
	entries, err = os.ReadDir(blocked)
	require.NoError(t, err)
	assert.Len(t, entries, 2, "half a report is not left behind")
}
