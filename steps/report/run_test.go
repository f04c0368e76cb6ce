package report

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestResultThatIsNoneIsOneClearLine(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	_, err := Load(dir)
	assert.ErrorContains(t, err, "has no run.json; run make acceptance first")
	for content, says := range map[string]string{"{": "run make acceptance again", `{"format":99}`: "format 99"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, ResultFile), []byte(content), 0o644))
		_, err = Load(dir)
		assert.ErrorContains(t, err, says)
		assert.NotContains(t, err.Error(), "\n")
	}
}

func TestPagesAreMadeFromTheResultAlone(t *testing.T) {
	t.Parallel()
	dir := writeSample(t, 24)
	page, err := os.ReadFile(filepath.Join(dir, PageFile))
	require.NoError(t, err)
	run, err := Load(dir)
	require.NoError(t, err)
	require.NoError(t, run.Write(dir, filepath.Join(dir, "..", "upgrades")))
	again, err := os.ReadFile(filepath.Join(dir, PageFile))
	require.NoError(t, err)
	assert.Equal(t, string(page), string(again))
	for _, told := range []string{"1 of 24 scenarios is broken", "synapse does not run", "needs the backup: the database is newer", "a message lost", "nobody", "Alice says &#34;tea at five?&#34;", "mas does not run", "data:image/png;base64,"} {
		assert.Contains(t, string(page), told)
	}
}

func TestHistoryIsBoundedAndTellsSinceWhen(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "history.json")
	var last Run
	for i := range mostPast + 5 {
		r := sample(5)
		r.Started, r.Problem = sampleStart.AddDate(0, 0, i), ""
		if i == 30 {
			r.Problem = "1 of 5 scenarios failed"
		}
		if i == 40 { // a run of a part says nothing about the whole
			r.Asked, r.Problem = "FEATURE=x", "1 of 1 scenarios failed"
		}
		require.NoError(t, r.Remember(file))
		last = r
	}
	assert.Len(t, last.Past, mostPast)
	assert.Equal(t, sampleStart.AddDate(0, 0, 4), last.Past[0].When, "the run of a part went first")
	begin, runs := last.sinceWhen()
	assert.Equal(t, sampleStart.AddDate(0, 0, 31), begin.When)
	assert.Equal(t, mostPast+5-31-1, runs)
	assert.Equal(t, fmt.Sprintf("so in each of the last %d runs, since 25 December 2026", runs), last.said(begin, runs))
	assert.Len(t, last.trend("features/concern-00/feature_0.feature"), 16)
}

func TestHistoryThatCannotBeReadBeginsAnew(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "history.json")
	require.NoError(t, os.WriteFile(file, []byte("{"), 0o644))
	r := sample(1)
	require.NoError(t, r.Remember(file))
	assert.Len(t, r.Past, 1)
	assert.Contains(t, strings.Join(r.Notices, ""), "begins anew")
	content, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Contains(t, string(content), `"when"`)
}

func TestUpgradeRecordsAreReadNewestFirst(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, content := range map[string]string{
		"a.json": `{"component":"mas","from":"1.7","to":"1.8","when":"2026-01-01T00:00:00Z","verdict":"green"}`,
		"b.json": `[{"component":"synapse","when":"2026-01-03T00:00:00Z","verdict":"lost a room","items":[{"item":"room","outcome":"lost"}]},{"kind":"drill","when":"2026-01-02T00:00:00Z","verdict":"green"}]`,
		"c.json": `{`, "d.json": `{}`,
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644))
	}
	records, notices, err := LoadUpgrades(dir)
	require.NoError(t, err)
	require.Len(t, records, 3)
	assert.Equal(t, []bool{false, true, false}, []bool{records[0].Drill(), records[1].Drill(), records[2].Drill()})
	assert.Equal(t, []bool{false, true, true}, []bool{records[0].Good(), records[1].Good(), records[2].Good()})
	assert.Len(t, notices, 2, "what is no record is named")
	none, notices, err := LoadUpgrades(filepath.Join(dir, "nowhere"))
	require.NoError(t, err)
	assert.Empty(t, none)
	assert.Empty(t, notices)
}

func TestTwinTellsTheSameInText(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join(writeSample(t, 24), TwinFile))
	require.NoError(t, err)
	for _, told := range []string{"# ✗ Not proved: 1 of 24 scenarios failed", "### Promise 3 is kept &lt;whatever> happens & more", "- **synapse does not run** – its last lines", "| synapse | 1.144.0 | built | `sha256:03556152834e` |", "## Skipped", "| synapse 1.144.0 to 1.163.2 | everything was kept |", "2 settings are watched over, nobody notices 1."} {
		assert.Contains(t, string(text), told)
	}
}

func TestOnlyWhatIsAboutTheScenarioIsUnfolded(t *testing.T) {
	t.Parallel()
	blocks := sampleBundle().blocks()
	require.Len(t, blocks, 6)
	assert.True(t, blocks[0].Own)
	assert.Len(t, blocks[1].Lines, mostFolded, "the last lines before the scenario goes on")
	assert.Equal(t, 7, blocks[1].Left)
}

func TestScrubReachesEveryText(t *testing.T) {
	t.Parallel()
	run := sample(5)
	run.Boot = &Boot{Reason: "x", Causes: []Cause{{Evidence: []string{"y"}}}}
	Scrub(&run, func(string) string { return "-" })
	assert.Equal(t, "-", run.Boot.Causes[0].Evidence[0])
	assert.Equal(t, "-", run.Scenarios[0].Steps[0].Table[1][0])
	assert.Equal(t, "-", run.Scenarios[0].Requests[0].Path)
	assert.Equal(t, "-", run.Settings[0].Value)
	assert.Equal(t, Status("-"), run.Scenarios[0].Status)
}

func TestTimesAreSaidAsPeopleDo(t *testing.T) {
	t.Parallel()
	for s, said := range map[float64]string{0.003: "3 ms", 0.34: "0.3 s", 12.4: "12 s", 412: "6m52s"} {
		assert.Equal(t, said, seconds(s))
	}
	assert.Equal(t, "24 November 2026, 20:15 UTC", clock(time.Date(2026, 11, 24, 20, 15, 0, 0, time.UTC)))
}
