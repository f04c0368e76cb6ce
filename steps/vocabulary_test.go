package steps

import (
	"fmt"
	"maps"
	"path/filepath"
	"reflect"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	messages "github.com/cucumber/messages/go/v21"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// word is one registered step.
type word struct {
	keyword    string
	expression string
	step       reflect.Type
	place      string // file that registers it
	line       int
	used       int // steps of features it matches
}

func (w word) String() string {
	return fmt.Sprintf("%s:%d: %s %s", w.place, w.line, w.keyword, w.expression)
}

// vocabulary is a Registrar that only writes down what it is given.
type vocabulary struct{ words []word }

func (v *vocabulary) Given(expression, step any) { v.add("Given", expression, step) }
func (v *vocabulary) When(expression, step any)  { v.add("When", expression, step) }
func (v *vocabulary) Then(expression, step any)  { v.add("Then", expression, step) }

func (v *vocabulary) add(keyword string, expression, step any) {
	_, file, line, _ := runtime.Caller(2)
	text, _ := expression.(string)
	v.words = append(v.words, word{keyword, text, reflect.TypeOf(step), filepath.Base(file), line, 0})
}

// mistakes names what is wrong with the words themselves, whatever features say.
func (v *vocabulary) mistakes() []string {
	var found []string
	report := func(w word, format string, args ...any) {
		found = append(found, w.String()+": "+fmt.Sprintf(format, args...))
	}
	for i, w := range v.words {
		pattern, err := regexp.Compile(w.expression)
		if err != nil || w.expression == "" {
			report(w, "is not a regular expression in a string: %v", err)
			continue
		}
		if !strings.HasPrefix(w.expression, "^") || !strings.HasSuffix(w.expression, "$") {
			report(w, "is not anchored; start it with ^ and end it with $")
		}
		if takes, captures := captured(w.step), pattern.NumSubexp(); takes != captures {
			report(w, "captures %d values and its function takes %d", captures, takes)
		}
		for _, before := range v.words[:i] {
			if before.expression == w.expression {
				report(w, "is registered in %s:%d already", before.place, before.line)
			}
		}
		if i == 0 || v.words[i-1].place != w.place {
			continue
		}
		before := v.words[i-1]
		order := []string{"Given", "When", "Then"}
		switch was, is := slices.Index(order, before.keyword), slices.Index(order, w.keyword); {
		case is < was:
			report(w, "stands after a %s; the order is Given, When, Then", before.keyword)
		case is == was && sortKey(w.expression) < sortKey(before.expression):
			report(w, "is not sorted: it comes before %s", before.expression)
		}
	}
	return found
}

// captured counts the parameters of a step function that come from its pattern: not the context, not a table or text below the step.
func captured(step reflect.Type) int {
	if step == nil || step.Kind() != reflect.Func {
		return -1
	}
	n := 0
	for i := range step.NumIn() {
		if kind := step.In(i).Kind(); kind != reflect.Interface && kind != reflect.Pointer {
			n++
		}
	}
	return n
}

// sortKey is what a reader sorts by: the words, with everything captured as one mark that sorts first.
func sortKey(expression string) string {
	words := strings.TrimSuffix(expression, "$")
	return regexp.MustCompile(`\((?:[^()]|\([^()]*\))*\)`).ReplaceAllString(words, " ")
}

// read counts the steps of features against the words and names the steps that no word, or more than one, fits.
func (v *vocabulary) read(features []feature) []string {
	keywords := map[messages.PickleStepType]string{messages.PickleStepType_CONTEXT: "Given", messages.PickleStepType_ACTION: "When", messages.PickleStepType_OUTCOME: "Then"}
	var found []string
	for _, f := range features {
		for _, pickle := range f.pickles {
			for _, step := range pickle.Steps {
				var fits []string
				for i, w := range v.words {
					if w.keyword == keywords[step.Type] && regexp.MustCompile(w.expression).MatchString(step.Text) {
						v.words[i].used++
						fits = append(fits, w.String())
					}
				}
				if len(fits) != 1 {
					found = append(found, fmt.Sprintf("%s: scenario %q: %s %q fits %d words, not one %s", f.path, pickle.Name, keywords[step.Type], step.Text, len(fits), strings.Join(fits, " and ")))
				}
			}
		}
	}
	return slices.Compact(found)
}

func TestWordsAreAnchoredSortedAndUnique(t *testing.T) {
	t.Parallel()
	v := &vocabulary{}
	registerAll(v)
	require.NotEmpty(t, v.words)
	for _, mistake := range v.mistakes() {
		t.Error(mistake)
	}
}

func TestEveryWordIsUsedAndEveryStepHasOneWord(t *testing.T) {
	t.Parallel()
	v := &vocabulary{}
	registerAll(v)
	for _, mistake := range v.read(readFeatures(t)) {
		t.Error(mistake)
	}
	once := 0
	for _, w := range v.words {
		switch w.used {
		case 0:
			t.Errorf("%s: no feature uses it; drop it", w)
		case 1:
			once++
		}
	}
	t.Logf("%d words, %d of them used once", len(v.words), once)
}

func TestVocabularyFindsEveryMistake(t *testing.T) {
	t.Parallel()
	one := func(string) error { return nil }
	v := &vocabulary{}
	v.Given(`^(\w+) waits$`, one)
	v.Given(`^(\w+) arrives$`, one)                          // unsorted
	v.When(`(\w+) leaves`, one)                              // unanchored
	v.Then(`^it is (wet|dry)$`, func() error { return nil }) // takes nothing
	v.When(`^(\w+) waits$`, one)                             // duplicate, and after a Then
	v.Then(`^(`, one)                                        // not a pattern
	mistakes := strings.Join(v.mistakes(), "\n")
	for _, want := range []string{"is not sorted", "is not anchored", "captures 1 values and its function takes 0", "already", "the order is Given, When, Then", "is not a regular expression"} {
		assert.Contains(t, mistakes, want)
	}
}

func TestVocabularyFindsStepsWithoutOneWord(t *testing.T) {
	t.Parallel()
	one := func(string) error { return nil }
	v := &vocabulary{}
	v.Given(`^(\w+) waits$`, one)
	v.Given(`^(Alice) waits$`, one)
	v.When(`^(\w+) leaves$`, one)
	text := "Feature: F\n\n  Scenario: S\n    Given Alice waits\n    When Bob waits\n    Then nothing is left\n"
	mistakes := v.read([]feature{parseFeature(t, "example.feature", text)})
	assert.Len(t, mistakes, 3)
	assert.Zero(t, v.words[2].used, "nobody leaves in the example")
}

func TestEveryReasonForARefusalIsNamedByAFeature(t *testing.T) {
	t.Parallel()
	var named []string
	for _, f := range readFeatures(t) {
		for _, pickle := range f.pickles {
			for _, step := range pickle.Steps {
				if _, reason, ok := strings.Cut(step.Text, " is refused because "); ok {
					named = append(named, reason)
				}
			}
		}
	}
	for _, reason := range slices.Sorted(maps.Keys(refusals())) {
		if !slices.Contains(named, reason) {
			t.Errorf("no feature gives the reason %q; drop it", reason)
		}
	}
	for _, reason := range named {
		if _, ok := refusals()[reason]; !ok {
			t.Errorf("no refusal has the reason %q; see refusals()", reason)
		}
	}
}
