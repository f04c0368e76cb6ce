package steps

import (
	"fmt"
	"regexp"
	"strings"

	messages "github.com/cucumber/messages/go/v21"
)

func checkLength(f feature) []finding {
	if n := len(f.lines) - 1; n > mostLines {
		return []finding{{int64(n), fmt.Sprintf("%d lines, %d are allowed; make it two rules", n, mostLines)}}
	}
	return nil
}

func checkWhy(f feature) []finding {
	if n := len(strings.Split(f.doc.Description, "\n")); n > mostWhy {
		return []finding{{f.doc.Location.Line, fmt.Sprintf("%d lines of why, %d are allowed", n, mostWhy)}}
	}
	return nil
}

func checkSteps(f feature) []finding {
	return perScenario(f, func(s *messages.Scenario, _ string) string {
		if len(s.Steps) > mostSteps {
			return fmt.Sprintf("%d steps, %d are allowed; say more with fewer words", len(s.Steps), mostSteps)
		}
		return ""
	})
}

func checkOneWhen(f feature) []finding {
	return perScenario(f, func(_ *messages.Scenario, blocks string) string {
		if strings.Count(blocks, "W") > 1 {
			return "acts more than once; make it two scenarios, or say the first act as a Given"
		}
		return ""
	})
}

func checkOrder(f feature) []finding {
	order := regexp.MustCompile(`^G?(W?T?)+$`)
	return perScenario(f, func(_ *messages.Scenario, blocks string) string {
		if !order.MatchString(blocks) {
			return "the order is Given, When, Then"
		}
		return ""
	})
}

func checkThen(f feature) []finding {
	return perScenario(f, func(s *messages.Scenario, blocks string) string {
		if len(s.Steps) > 0 && !strings.HasSuffix(blocks, "T") {
			return "ends without a Then; say what people can rely on"
		}
		return ""
	})
}

// perScenario asks about every scenario and the blocks it is made of: one letter for Given, When and Then, And folded in.
func perScenario(f feature, ask func(s *messages.Scenario, blocks string) string) []finding {
	var found []finding
	for _, s := range scenariosOf(f) {
		blocks := ""
		for _, step := range s.Steps {
			letter := map[messages.StepKeywordType]string{
				messages.StepKeywordType_CONTEXT: "G", messages.StepKeywordType_ACTION: "W", messages.StepKeywordType_OUTCOME: "T",
			}[step.KeywordType]
			if step.KeywordType == messages.StepKeywordType_UNKNOWN {
				found = append(found, finding{step.Location.Line, "a step starts with Given, When, Then, And or But"})
			}
			if !strings.HasSuffix(blocks, letter) {
				blocks += letter
			}
		}
		if says := ask(s, blocks); says != "" {
			found = append(found, finding{s.Location.Line, fmt.Sprintf("scenario %q: %s", s.Name, says)})
		}
	}
	return found
}

// checkOutlines compares what the steps of an outline ask for with the columns of its examples, both ways.
func checkOutlines(f feature) []finding {
	variable := regexp.MustCompile(`<([^<>]+)>`)
	var found []finding
	for _, s := range scenariosOf(f) {
		text := s.Name
		for _, step := range s.Steps {
			text += "\n" + step.Text
			if step.DataTable != nil {
				for _, row := range step.DataTable.Rows {
					for _, cell := range row.Cells {
						text += "\n" + cell.Value
					}
				}
			}
		}
		columns := map[string]bool{}
		for _, e := range s.Examples {
			for _, cell := range e.TableHeader.Cells {
				columns[cell.Value] = true
				if !strings.Contains(text, "<"+cell.Value+">") {
					found = append(found, finding{e.Location.Line, fmt.Sprintf("no step uses the column %q; drop it", cell.Value)})
				}
			}
		}
		for _, match := range variable.FindAllStringSubmatch(text, -1) {
			if !columns[match[1]] {
				found = append(found, finding{s.Location.Line, fmt.Sprintf("no example says what <%s> is", match[1])})
			}
		}
	}
	return found
}

// checkLayout wants two spaces for each level and nothing after the last word.
func checkLayout(f feature) []finding {
	levels := []struct {
		starts *regexp.Regexp
		indent int
	}{
		{regexp.MustCompile(`^Feature:`), 0},
		{regexp.MustCompile(`^(Background|Scenario|Scenario Outline):`), 2},
		{regexp.MustCompile(`^(Given|When|Then|And|But|Examples:|\*)( |$)`), 4},
		{regexp.MustCompile(`^\|`), 6},
	}
	var found []finding
	for i, line := range f.lines {
		at := int64(i + 1)
		words := strings.TrimLeft(line, " ")
		switch {
		case strings.ContainsAny(line, "\t\r"):
			found = append(found, finding{at, "a tab or carriage return; indent with spaces, end lines with a newline"})
		case strings.TrimRight(line, " ") != line:
			found = append(found, finding{at, "spaces after the last word"})
		case words == "" && i > 0 && i < len(f.lines)-1 && f.lines[i-1] == "":
			found = append(found, finding{at, "two empty lines in a row"})
		}
		for _, level := range levels {
			if indent := len(line) - len(words); level.starts.MatchString(words) && indent != level.indent {
				found = append(found, finding{at, fmt.Sprintf("indented by %d, not %d", indent, level.indent)})
			}
		}
	}
	if last := len(f.lines) - 1; f.lines[last] != "" {
		found = append(found, finding{int64(last + 1), "the last line has no end"})
	}
	return found
}

// checkLanguage finds words that say how instead of what: addresses, ports, status codes, paths, markup and file names.
func checkLanguage(f feature) []finding {
	how := regexp.MustCompile(`https?://|:\d{2,5}\b|\bport \d+|\b[1-5]\d\d\b|/_(matrix|synapse)|[{}]|\.(ya?ml|json|log|sql)\b|\b\d+ ?(ms|s|seconds?|minutes?)\b`)
	version := regexp.MustCompile(`\b\d+(\.\d+)+\b`)
	var found []finding
	for _, pickle := range f.pickles {
		for _, step := range pickle.Steps {
			if word := how.FindString(version.ReplaceAllString(step.Text, "")); word != "" {
				found = append(found, finding{f.doc.Location.Line, fmt.Sprintf("step %q says how (%q); say what an operator can rely on", step.Text, word)})
			}
		}
	}
	return found
}
