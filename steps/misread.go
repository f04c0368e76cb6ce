package steps

import (
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"matrixstack/stack"
	"matrixstack/steps/report"
)

// misread finds the settings that a server which ended names in its last words: those whose values it repeats, else those it names alone.
func misread(s report.State, config map[string]string, entries []logEntry) []ranked {
	if s.Good || s.Status == "created" {
		return nil
	}
	said := lastSaid(s.Server, entries)
	var named, repeated []string
	for _, name := range slices.Sorted(maps.Keys(config)) {
		server, file, _ := strings.Cut(name, "/")
		if server != s.Server || !slices.Contains([]string{".yaml", ".yml", ".config"}, path.Ext(file)) {
			continue
		}
		_, settings, err := settingsIn(server, stack.File{Path: file, Content: []byte(config[name])})
		if err != nil {
			return []ranked{{report.Cause{Cause: s.Server + " cannot read its " + file, Remedy: "correct its template in fixtures/templates", Evidence: []string{oneLine(err.Error())}}, 97}}
		}
		for _, setting := range settings {
			shown := redact(fmt.Sprintf("%s: %s", setting.path, setting.value())) + " in " + file
			switch leaf := setting.path[strings.LastIndex(setting.path, ".")+1:]; {
			case !isNamed(leaf, said):
			case len(setting.value()) > 1 && strings.Contains(said, setting.value()):
				repeated = append(repeated, shown)
			default:
				named = append(named, shown)
			}
		}
	}
	if len(repeated) > 0 {
		named = repeated
	}
	if len(named) == 0 || len(named) > mostSigns {
		return nil // who names many says which values it would take
	}
	remedy := "correct it in fixtures/templates; fixtures/SETTINGS.md says what it is for"
	return []ranked{{report.Cause{Cause: s.Server + " cannot use a setting", Remedy: remedy, Evidence: named}, 97}}
}

// isNamed tells whether a text names a setting: in quotes, or as nothing else than a setting is called.
func isNamed(setting, text string) bool {
	const telling = 5 // shorter ones are words of any trace
	quoted := regexp.MustCompile("[\"'`.]" + regexp.QuoteMeta(setting) + "[\"'`]")
	whole := regexp.MustCompile(`\b` + regexp.QuoteMeta(setting) + `\b`)
	return quoted.MatchString(text) || len(setting) > telling && strings.Contains(setting, "_") && whole.MatchString(text)
}

// lastSaid are the last lines of a server.
func lastSaid(server string, entries []logEntry) string {
	const most = 25
	var lines []string
	for _, line := range slices.Backward(entries) {
		if line.server == server && len(lines) < most {
			lines = append(lines, line.text)
		}
	}
	return strings.Join(lines, "\n")
}
