package steps

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// chat and doors are features to choose from; the line of each scenario is in its name.
func exampleFeatures(t *testing.T) string {
	t.Helper()
	return writeFeatures(t, map[string]string{
		"messages/chat.feature":  "Feature: Chat\n\n  @quick\n  Scenario: line 4\n    Given a step\n\n  Scenario Outline: line 7\n    Given <n> steps\n\n    Examples:\n      | n |\n      | 1 |\n      | 2 |\n",
		"routing/doors.feature":  "@mas\nFeature: Doors\n\n  Rule: doors open\n    @slow\n    Scenario: line 6\n      Given a step\n",
		"routing/readme.txt":     "no feature",
		"routing/old/a.feature":  "Feature: Old\n\n  Scenario: line 3\n    Given a step\n",
		"routing/older.feature":  "Feature: Older\n\n  Scenario: line 3\n    Given a step\n",
		"routing/empty.feature":  "",
		"messages/extra.feature": "Feature: Nothing yet\n",
	})
}

func TestFeatureNamesFoldersFilesAndLines(t *testing.T) {
	t.Parallel()
	root := exampleFeatures(t)
	for want, scenarios := range map[string][]string{
		"":                                {"Chat: line 4", "Chat: line 7 (1)", "Chat: line 7 (2)", "Old: line 3", "Doors: line 6", "Older: line 3"},
		"messages":                        {"Chat: line 4", "Chat: line 7 (1)", "Chat: line 7 (2)"},
		"messages/":                       {"Chat: line 4", "Chat: line 7 (1)", "Chat: line 7 (2)"},
		"routing/old":                     {"Old: line 3"}, // and not older
		"routing/doors":                   {"Doors: line 6"},
		"routing/doors.feature":           {"Doors: line 6"},
		"./routing/doors.feature":         {"Doors: line 6"},
		"routing/doors.feature:6":         {"Doors: line 6"}, // inside a rule
		"messages/chat:4":                 {"Chat: line 4"},
		"messages/chat.feature:7":         {"Chat: line 7 (1)", "Chat: line 7 (2)"},
		root:                              {"Chat: line 4", "Chat: line 7 (1)", "Chat: line 7 (2)", "Old: line 3", "Doors: line 6", "Older: line 3"},
		root + "/messages":                {"Chat: line 4", "Chat: line 7 (1)", "Chat: line 7 (2)"},
		root + "/routing/doors.feature:6": {"Doors: line 6"},
	} {
		chosen, err := choose(Options{Features: root, Feature: want})
		require.NoError(t, err, "FEATURE=%s", want)
		assert.ElementsMatch(t, scenarios, chosen.names(), "FEATURE=%s", want)
	}
}

// names are the scenarios as reports call them.
func (s selection) names() []string {
	var names []string
	for _, pickle := range s.scenarios {
		r := s.index.record(pickle)
		names = append(names, r.Feature+": "+r.Name)
	}
	return names
}

func TestFeatureIsFoundWithAndWithoutTheFolder(t *testing.T) {
	t.Parallel()
	files := []string{"features/a/x.feature", "features/a/y.feature", "features/b/x.feature"}
	for want, found := range map[string][]string{
		"features": files, "features/": files, "./features": files, "features/a": files[:2], "a": files[:2], "/a/": files[:2],
		"features/a/x.feature": files[:1], "features/a/x": files[:1], "a/x": files[:1], "b/x.feature": files[2:],
		"features/a/x.feature:7": {"features/a/x.feature:7"}, "a/x:7": {"features/a/x.feature:7"},
	} {
		got, err := narrow("features", want, files)
		require.NoError(t, err, "FEATURE=%s", want)
		assert.Equal(t, found, got, "FEATURE=%s", want)
	}
}

func TestTagsChoose(t *testing.T) {
	t.Parallel()
	root := exampleFeatures(t)
	for tags, scenarios := range map[string][]string{
		"@quick":           {"Chat: line 4"},
		"@quick,@slow":     {"Chat: line 4", "Doors: line 6"},
		"@mas && @slow":    {"Doors: line 6"},
		"@mas&&~@quick":    {"Doors: line 6"},
		"~@mas && ~@quick": {"Chat: line 7 (1)", "Chat: line 7 (2)", "Old: line 3", "Older: line 3"},
	} {
		chosen, err := choose(Options{Features: root, Tags: tags})
		require.NoError(t, err, "TAGS=%s", tags)
		assert.ElementsMatch(t, scenarios, chosen.names(), "TAGS=%s", tags)
	}
	chosen, err := choose(Options{Features: root})
	require.NoError(t, err)
	assert.Equal(t, []string{"mas", "quick", "slow"}, chosen.tagged(func(string) bool { return true }))
	assert.Equal(t, []string{"quick"}, chosen.tagged(func(name string) bool { return name != "mas" }), "what cannot run wants nothing")
}

func TestLongScenariosThatWereLeftOutAreCounted(t *testing.T) {
	t.Parallel()
	root := writeFeatures(t, map[string]string{
		"a.feature": "@irc\nFeature: A\n\n  Scenario: short\n    Given it works\n\n  @long\n  Scenario Outline: far <way>\n    Given it works\n\n    Examples:\n      | way |\n      | up  |\n      | on  |\n",
		"b.feature": "@long\nFeature: B\n\n  Scenario: other\n    Given it works\n\n  Scenario: short\n    Given it works\n",
		"c.feature": "Feature: C\n\n  Scenario: short\n    Given it works\n",
	})
	for _, test := range []struct {
		o              Options
		chosen, longer int
	}{
		{Options{}, 2, 4},
		{Options{Long: true}, 6, 0},
		{Options{Tags: "@irc"}, 1, 2},
		{Options{Feature: "c"}, 1, 0},
	} {
		test.o.Features = root
		chosen, err := choose(test.o)
		require.NoError(t, err)
		assert.Equal(t, []int{test.chosen, test.longer}, []int{chosen.count(), chosen.longer}, "%+v", test.o)
	}
}

func TestWhatCannotBeChosenIsRefusedInOneLine(t *testing.T) {
	t.Parallel()
	root := exampleFeatures(t)
	bare := writeFeatures(t, map[string]string{"bare.feature": "Feature: Bare\n\n  Scenario: later\n"})
	for _, refused := range []struct {
		o    Options
		says []string
	}{
		{Options{Feature: "mesages"}, []string{`"mesages"`, "known folders: messages, routing, routing/old"}},
		{Options{Feature: "mesages/chat"}, []string{"did you mean messages/chat"}},
		{Options{Feature: "messages/chat.feature:x"}, []string{`"messages/chat.feature:x"`, "line number"}},
		{Options{Feature: ":4"}, []string{`":4"`}},
		{Options{Feature: "messages:4"}, []string{"a line needs one file", `"messages" has 2`}},
		{Options{Feature: "messages/chat:5"}, []string{`FEATURE="messages/chat:5"`, "where a scenario starts"}},
		{Options{Feature: "messages", Tags: "@mas"}, []string{"none matches", `TAGS="@mas"`, "known tags: @mas, @quick, @slow"}},
		{Options{Tags: "@typo"}, []string{"@typo", "known tags: @mas, @quick, @slow"}},
		{Options{Tags: "@quick,@typo"}, []string{"@typo", "known tags"}},
		{Options{Tags: "~@typo"}, []string{"@typo", "known tags"}},
		{Options{Tags: "quick"}, []string{`cannot read "quick"`, "@a && ~@b"}},
		{Options{Tags: "not @quick"}, []string{`cannot read "not @quick"`}},
		{Options{Tags: "@quick or @slow"}, []string{`cannot read "@quick or @slow"`}},
		{Options{Tags: "(@quick)"}, []string{`cannot read "(@quick)"`}},
		{Options{Tags: "@quick & @slow"}, []string{`cannot read "@quick & @slow"`}},
		{Options{Tags: "@quick &&"}, []string{`cannot read ""`}}, // godog would panic
		{Options{Tags: ","}, []string{`cannot read ""`}},
		{Options{Tags: "~~@quick"}, []string{`cannot read "~~@quick"`}},
		{Options{Tags: "@"}, []string{`cannot read "@"`}},
		{Options{Features: bare}, []string{`"later"`, "has no steps", "bare.feature"}},
		{Options{Features: filepath.Join(root, "nowhere")}, []string{"nowhere", "from the top of the project"}},
	} {
		if refused.o.Features == "" {
			refused.o.Features = root
		}
		_, err := choose(refused.o)
		require.Error(t, err, "%+v", refused.o)
		for _, says := range refused.says {
			assert.ErrorContains(t, err, says)
		}
		assert.NotContains(t, err.Error(), "\n")
	}
}

func TestFeaturesAreShuffledBySeed(t *testing.T) {
	t.Parallel()
	s := selection{paths: strings.Split("abcdefgh", "")}
	again := selection{paths: strings.Split("abcdefgh", "")}
	assert.Equal(t, s.shuffled(7), again.shuffled(7))
	assert.NotEqual(t, s.shuffled(7), s.shuffled(8))
	assert.ElementsMatch(t, s.paths, s.shuffled(7))
	assert.Equal(t, "abcdefgh", strings.Join(s.paths, ""), "the selection itself keeps its order")
}

func TestAServerThatGoesWithTheAccountsIsNotLookedForWithoutThem(t *testing.T) {
	chosen, err := announced([]string{"mailpit", "coturn"})
	require.NoError(t, err)
	assert.Equal(t, []string{"coturn"}, chosen.tagged(func(name string) bool { return name != "mas" }))
	assert.Equal(t, []string{"coturn", "mailpit", "mas"}, chosen.tagged(func(string) bool { return true }))
}
