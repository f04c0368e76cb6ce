package steps

import (
	"slices"
	"strings"

	"github.com/cucumber/godog"
	messages "github.com/cucumber/messages/go/v21"
)

// index knows what the feature files say about each scenario: godog hands out the scenario without its place.
type index map[string]record

// signature tells scenarios of a run apart.
func signature(uri string, pickle *messages.Pickle) string {
	parts := []string{plainURI(uri), pickle.Name}
	for _, step := range pickle.Steps {
		parts = append(parts, step.Text)
	}
	return strings.Join(parts, "\x00")
}

// plainURI drops the line that godog appends when one was asked for.
func plainURI(uri string) string {
	if at := strings.LastIndex(uri, ".feature:"); at >= 0 {
		return uri[:at+len(".feature")]
	}
	return uri
}

// record starts the record of a scenario.
func (x index) record(pickle *godog.Scenario) *record {
	known := x[signature(pickle.Uri, pickle)]
	return &known
}

// add reads one feature file.
func (x index) add(document *messages.GherkinDocument, uri string, pickles []*messages.Pickle) {
	places, rows, keywords := places(document.Feature), rows(document.Feature), map[string]StepResult{}
	everyStep(document.Feature, func(s *messages.Step) {
		keywords[s.Id] = StepResult{Keyword: strings.TrimSpace(s.Keyword), Line: int(s.Location.Line)}
	})
	for _, pickle := range pickles {
		r := record{Result: Result{
			Feature: document.Feature.Name, Description: strings.TrimSpace(document.Feature.Description), File: plainURI(uri), Name: pickle.Name,
			Line: places[pickle.AstNodeIds[0]],
		}}
		r.Name += unsaid(pickle.Name, rows[pickle.AstNodeIds[len(pickle.AstNodeIds)-1]])
		for _, tag := range pickle.Tags {
			r.Tags = append(r.Tags, tag.Name)
		}
		for _, step := range pickle.Steps {
			planned := keywords[step.AstNodeIds[0]]
			planned.Text, planned.Status = step.Text, "skipped"
			planned.Table, planned.Doc = arguments(step.Argument)
			r.plan = append(r.plan, planned)
		}
		x[signature(uri, pickle)] = r
	}
}

// arguments are the table and the text below a step.
func arguments(argument *messages.PickleStepArgument) (table [][]string, doc string) {
	if argument == nil {
		return nil, ""
	}
	if argument.DocString != nil {
		doc = argument.DocString.Content
	}
	if argument.DataTable != nil {
		for _, row := range argument.DataTable.Rows {
			var cells []string
			for _, cell := range row.Cells {
				cells = append(cells, cell.Value)
			}
			table = append(table, cells)
		}
	}
	return table, doc
}

func places(feature *messages.Feature) map[string]int {
	lines := map[string]int{}
	everyScenario(feature, func(s *messages.Scenario) { lines[s.Id] = int(s.Location.Line) })
	return lines
}

// rows are the example rows of outlines, by id, as a reader tells them apart.
func rows(feature *messages.Feature) map[string][]string {
	found := map[string][]string{}
	everyScenario(feature, func(s *messages.Scenario) {
		for _, examples := range s.Examples {
			for _, row := range examples.TableBody {
				for _, cell := range row.Cells {
					found[row.Id] = append(found[row.Id], cell.Value)
				}
			}
		}
	})
	return found
}

// unsaid is what an example has that the name of its scenario does not say.
func unsaid(name string, cells []string) string {
	cells = slices.DeleteFunc(slices.Clone(cells), func(cell string) bool { return strings.Contains(name, cell) })
	if len(cells) == 0 {
		return ""
	}
	return " (" + strings.Join(cells, ", ") + ")"
}

func everyScenario(feature *messages.Feature, visit func(*messages.Scenario)) {
	for _, child := range feature.Children {
		if child.Scenario != nil {
			visit(child.Scenario)
		}
		if child.Rule != nil {
			for _, inner := range child.Rule.Children {
				if inner.Scenario != nil {
					visit(inner.Scenario)
				}
			}
		}
	}
}

func everyStep(feature *messages.Feature, visit func(*messages.Step)) {
	background := func(b *messages.Background) {
		if b != nil {
			for _, step := range b.Steps {
				visit(step)
			}
		}
	}
	for _, child := range feature.Children {
		background(child.Background)
		if child.Rule != nil {
			for _, inner := range child.Rule.Children {
				background(inner.Background)
			}
		}
	}
	everyScenario(feature, func(s *messages.Scenario) {
		for _, step := range s.Steps {
			visit(step)
		}
	})
}
