package steps

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"matrixstack/fixtures"
)

// settingWords says what settings are for: by file of a server ("mas/config.yaml"), then by setting or the start of its path.
type settingWords map[string]map[string]string

func loadWords() (settingWords, error) {
	var words settingWords
	if err := yaml.Unmarshal(fixtures.Words, &words); err != nil {
		return nil, fmt.Errorf("read fixtures/words.yaml: %w", err)
	}
	return words, nil
}

// of finds the words for a setting: those of its own file, else those that every bridge shares.
func (w settingWords) of(at place) (file, name string, ok bool) {
	shared := "bridge/" + at.file
	if _, known := w["synapse/"+at.file]; at.server == "synapse" && !known {
		shared = "bridge/registration.yaml" // the homeserver has those of all bridges, by their names
	}
	for _, file := range []string{at.server + "/" + at.file, shared} {
		// The longest name first.
		for _, name := range slices.Backward(slices.Sorted(maps.Keys(w[file]))) {
			if rest, below := strings.CutPrefix(at.path, name); below && (rest == "" || strings.ContainsAny(rest[:1], ".[")) {
				return file, name, true
			}
		}
	}
	return "", "", false
}
