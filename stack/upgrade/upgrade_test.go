package upgrade

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParseWants(t *testing.T) {
	t.Parallel()
	wants, err := ParseWants([]string{"synapse=v1.163.2", "mas=1.22.0"})
	require.NoError(t, err)
	assert.Equal(t, []Want{{"synapse", "1.163.2"}, {"mas", "1.22.0"}}, wants)
	for argument, says := range map[string]string{
		"synapse":         `read "synapse": write which server gets which version: synapse=1.163.2`,
		"=1.0":            `read "=1.0": write which server gets which version`,
		"synapse=v":       `read "synapse=v": write which server gets which version`,
		"mas=1.9,mas=1.8": `read "mas=1.8": mas is named twice; give what lies between with --via`,
	} {
		_, err := ParseWants(strings.Split(argument, ","))
		assert.ErrorContains(t, err, says)
	}
}

func TestOrderPutsWhoIsNeededFirstAndKeepsTheStepsOfOneServer(t *testing.T) {
	t.Parallel()
	needs := map[string][]string{"synapse": {"postgres"}, "mas": {"postgres"}, "bridge": {"synapse"}}
	ordered := Order([]Want{{"bridge", "2"}, {"synapse", "2"}, {"synapse", "3"}, {"mas", "2"}, {"postgres", "17"}}, func(c string) []string { return needs[c] })
	assert.Equal(t, []Want{{"postgres", "17"}, {"mas", "2"}, {"synapse", "2"}, {"synapse", "3"}, {"bridge", "2"}}, ordered)
}

func TestBackwardsIsToldByNumbersNotByLetters(t *testing.T) {
	t.Parallel()
	for versions, backwards := range map[[2]string]bool{
		{"1.144.0", "1.163.2"}: false, {"1.163.2", "1.153.0"}: true, {"1.8.0", "1.22.0"}: false, {"1.22.0", "1.8.0"}: true,
		{"15.18", "17.11"}: false, {"17.11", "15.18"}: true, {"1.0", "1.0"}: false,
	} {
		assert.Equal(t, backwards, Hop{"server", versions[0], versions[1]}.Backwards(), "%v", versions)
	}
}

func TestJudgeNamesWhatIsNotAsItWas(t *testing.T) {
	t.Parallel()
	assert.Equal(t, Green, Judge([]Item{{"words", Kept, ""}, {"registration tokens", NotHere, ""}}))
	assert.Equal(t, "files lost: no such file; spaces changed: a was b", Judge([]Item{{"files", Lost, "no such file"}, {"words", Kept, ""}, {"spaces", Changed, "a was b"}}))
}

func TestVerdictsAreKeptForMachinesAndForPeople(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "upgrades")
	record := Record{
		Hop: Hop{"synapse", "1.144.0", "1.163.2"}, Verdict: Green, WayBack: BackBackup, Why: "1.144.0 does not run on it", CutOff: 3.04, Duration: 40,
		Items: []Item{{"words", Kept, ""}, {"files", Lost, "no such file"}},
	}
	require.NoError(t, record.Write(folder))
	require.NoError(t, Drill{Kind: "drill", Verdict: Green, BackUp: 1, Duration: 9, Window: 1.5, Items: record.Items}.Write(folder))
	machines, err := os.ReadFile(filepath.Join(folder, "synapse-1.144.0-1.163.2.json"))
	require.NoError(t, err)
	assert.Contains(t, string(machines), `"component": "synapse"`)
	assert.Contains(t, string(machines), `"wayBack": "needs the backup"`)
	people, err := os.ReadFile(filepath.Join(folder, "synapse-1.144.0-1.163.2.txt"))
	require.NoError(t, err)
	assert.Equal(t, `synapse 1.144.0 to 1.163.2
  words  kept
  files  lost  no such file
  verdict   green
  way back  needs the backup: 1.144.0 does not run on it
  people were cut off for 3.0s; the hop took 40.0s
`, string(people))
	drill, err := os.ReadFile(filepath.Join(folder, "drill.txt"))
	require.NoError(t, err)
	assert.Contains(t, string(drill), "backing up took 1.0s, restoring 9.0s; what was written in the 1.5s between is gone")
}
