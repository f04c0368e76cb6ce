package steps

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	gherkin "github.com/cucumber/gherkin/go/v26"
	messages "github.com/cucumber/messages/go/v21"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"matrixstack/stack"
	"matrixstack/stack/images"
)

// Limits that keep a feature readable aloud.
const (
	mostLines  = 60 // of a file
	mostWhy    = 2  // lines that say why, under the name of a feature
	mostSteps  = 8  // of a scenario
	featureDir = "../features"
)

// feature is one file as the rules see it.
type feature struct {
	path    string
	lines   []string
	doc     *messages.Feature
	pickles []*messages.Pickle
}

// finding is one mistake in a feature, and what to do about it.
type finding struct {
	line int64
	says string
}

// ruleOf is one rule that features keep; its example breaks it and nothing else.
type ruleOf struct {
	name    string
	check   func(feature) []finding
	example string
}

// featureRules is every rule that one file can break.
func featureRules() []ruleOf {
	good := "Feature: A\n\n  Scenario: S\n"
	return []ruleOf{
		{"a file is short", checkLength, good + strings.Repeat("    # more\n", mostLines)},
		{"a feature says why in few words", checkWhy, "Feature: A\n  one\n  two\n  three\n"},
		{"a scenario is short", checkSteps, good + strings.Repeat("    Given a step\n", mostSteps+1)},
		{"a scenario has one When", checkOneWhen, good + "    When it rains\n    Then it is wet\n    When it stops\n    Then it dries\n"},
		{"a scenario sets out, acts, then looks", checkOrder, good + "    Then it is wet\n    Given it rained\n"},
		{"a scenario checks something", checkThen, good + "    Given it rained\n    When it stops\n"},
		{"tags are known", checkTagNames, "@this\n" + good},
		{"columns of examples are used", checkOutlines, "Feature: A\n\n  Scenario Outline: S\n    Given <one>\n\n    Examples:\n      | one | two |\n      | 1   | 2   |\n"},
		{"text is laid out evenly", checkLayout, "Feature: A\n\n  Scenario: S\n      Given a step\n"},
		{"lines end where their words end", checkLayout, "Feature: A \n"},
		{"steps speak the operator's language", checkLanguage, good + "    Then the answer is 404\n"},
	}
}

func TestFeaturesKeepTheRules(t *testing.T) {
	t.Parallel()
	for _, f := range readFeatures(t) {
		for _, rule := range featureRules() {
			for _, found := range rule.check(f) {
				t.Errorf("%s:%d: %s: %s", f.path, found.line, rule.name, found.says)
			}
		}
	}
}

func TestNamesOfFeaturesAndScenariosAreUnique(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	claim := func(name, place string) {
		if before, twice := seen[name]; twice {
			t.Errorf("%s: %q is the name of %s already; say what is different here", place, name, before)
		}
		seen[name] = place
	}
	for _, f := range readFeatures(t) {
		claim(f.doc.Keyword+": "+f.doc.Name, f.path)
		for _, s := range scenariosOf(f) {
			claim("Scenario: "+s.Name, f.path+":"+strconv.FormatInt(s.Location.Line, 10))
		}
	}
}

func TestEveryRuleFindsItsMistake(t *testing.T) {
	t.Parallel()
	for _, rule := range featureRules() {
		t.Run(rule.name, func(t *testing.T) {
			t.Parallel()
			assert.NotEmpty(t, rule.check(parseFeature(t, "example.feature", rule.example)), "nothing found in:\n%s", rule.example)
		})
	}
}

func TestGoodFeatureBreaksNoRule(t *testing.T) {
	t.Parallel()
	text := "@own_stack @MSC4190\nFeature: Messages arrive\n  People talk.\n\n  Scenario Outline: a message arrives\n    Given Alice has an account on <site>\n" +
		"    When Alice says \"hi\" in \"lobby\"\n    And Bob waits\n    Then Bob can read \"hi\"\n\n    Examples:\n      | site |\n      | beta |\n"
	f := parseFeature(t, "good.feature", text)
	for _, rule := range featureRules() {
		assert.Empty(t, rule.check(f), rule.name)
	}
}

// readFeatures parses every feature of the project.
func readFeatures(t *testing.T) []feature {
	t.Helper()
	paths, err := featureFiles(nil, featureDir)
	require.NoError(t, err)
	require.NotEmpty(t, paths, "no feature found in %s", featureDir)
	var features []feature
	for _, path := range paths {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		features = append(features, parseFeature(t, strings.TrimPrefix(path, "../"), string(text)))
	}
	return features
}

func parseFeature(t *testing.T, path, text string) feature {
	t.Helper()
	ids := (&messages.Incrementing{}).NewId
	doc, err := gherkin.ParseGherkinDocument(strings.NewReader(text), ids)
	require.NoError(t, err, "parse %s", path)
	require.NotNil(t, doc.Feature, "%s holds no feature", path)
	return feature{path: path, lines: strings.Split(text, "\n"), doc: doc.Feature, pickles: gherkin.Pickles(*doc, path, ids)}
}

func scenariosOf(f feature) []*messages.Scenario {
	var scenarios []*messages.Scenario
	for _, child := range f.doc.Children {
		if child.Scenario != nil {
			scenarios = append(scenarios, child.Scenario)
		}
	}
	return scenarios
}

// checkTagNames knows every tag there is: how a scenario is run, which server it needs, which proposal or chapter it is about.
func checkTagNames(f feature) []finding {
	world, err := stack.NewWorld(stack.TestSites(stack.SignInMAS), stack.Environment{})
	if err != nil {
		return []finding{{1, err.Error()}}
	}
	known := []string{"@first", "@own_stack", "@second_stack", "@browser", "@compose", "@live", "@long"}
	lock, err := images.Load()
	if err != nil {
		return []finding{{1, err.Error()}}
	}
	for _, e := range lock.Images {
		if e.Of != "" { // another version, which only upgrades need
			known = append(known, "@"+e.Name)
		}
	}
	for _, c := range world.Components {
		known = append(known, "@"+c.Name)
	}
	about := regexp.MustCompile(`^@(MSC\d{4}|spec_[a-z0-9_]+)$`)
	var found []finding
	look := func(tags []*messages.Tag) {
		for _, tag := range tags {
			if !slices.Contains(known, tag.Name) && !about.MatchString(tag.Name) {
				found = append(found, finding{tag.Location.Line, fmt.Sprintf("nobody knows %s; known: %s, @MSC1234, @spec_chapter", tag.Name, strings.Join(known, ", "))})
			}
		}
	}
	look(f.doc.Tags)
	for _, s := range scenariosOf(f) {
		look(s.Tags)
		for _, e := range s.Examples {
			look(e.Tags)
		}
	}
	return found
}
