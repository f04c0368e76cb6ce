package steps

import (
	"bytes"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"matrixstack/stack"
	"matrixstack/steps/report"
)

// place is where a setting stands, in words: the kind of server, its file, the path in it.
type place struct{ server, file, path string }

func (p place) compare(other place) int {
	return slices.Compare([]string{p.server, p.file, p.path}, []string{other.server, other.file, other.path})
}

// deployed tells whether deployments are configured with a file: nothing of the world outside is, and nothing that only tests change.
func deployed(c stack.Component, f stack.File) bool {
	name := path.Base(f.Path)
	readable := slices.Contains([]string{".yaml", ".yml", ".conf", ".config", ".sql"}, path.Ext(name))
	return c.Site != "" && readable && !f.Private && !strings.HasPrefix(name, "test-")
}

// settingsOf lists what a component is configured with.
func settingsOf(c stack.Component) ([]configured, error) {
	var all []configured
	for _, f := range c.Files {
		if !deployed(c, f) {
			continue
		}
		found, err := settingsOfFile(c.Name, f)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}

// settingsOfFile reads a file in the syntax its name says.
func settingsOfFile(component string, f stack.File) ([]configured, error) {
	switch path.Ext(f.Path) {
	case ".conf":
		return settingsInLines(component, f), nil
	case ".sql":
		return settingsInSQL(component, f), nil
	}
	_, found, err := settingsIn(component, f)
	return found, err
}

// where is the place of a setting. Servers of both sites share their places.
func (s configured) where(w stack.World) place {
	c, _ := w.Component(s.component)
	if site, _ := w.Site(c.Site); !site.Operator {
		return place{strings.TrimPrefix(s.component, site.Name+"-"), s.file, s.path}
	}
	return place{s.component, s.file, s.path}
}

// deployedSettings are all settings that deployments are configured with, sorted by place: where both sites have one, the operator's own.
func deployedSettings(w stack.World) ([]report.Setting, error) {
	noticed, err := noticedBy(w)
	if err != nil {
		return nil, err
	}
	words, err := loadWords()
	if err != nil {
		return nil, err
	}
	own := map[place]configured{}
	for _, c := range w.Components {
		settings, err := settingsOf(c)
		if err != nil {
			return nil, err
		}
		for _, s := range settings {
			if at := s.where(w); own[at].component == "" || s.component == at.server {
				own[at] = s
			}
		}
	}
	var all []report.Setting
	for _, at := range slices.SortedFunc(maps.Keys(own), place.compare) {
		s := report.Setting{Server: at.server, File: at.file, Path: at.path, Value: shown(own[at]), Noticed: noticed[at]}
		if file, name, ok := words.of(at); ok {
			s.For = words[file][name]
		}
		all = append(all, s)
	}
	return all, nil
}

// noticedBy tells which features are red once a setting is another one: make mutants breaks it and looks.
func noticedBy(intact stack.World) (map[place][]string, error) {
	by := map[place][]string{}
	for _, m := range Mutants() {
		if m.Alter == nil {
			continue
		}
		broken := intact
		broken.Components = slices.Clone(intact.Components)
		if m.Alter(&broken) != nil {
			continue // somebody changed what it breaks; a unit test tells whoever meant to
		}
		for i, c := range intact.Components {
			changed, err := changedSettings(c, broken.Components[i])
			if err != nil {
				return nil, err
			}
			for _, s := range changed {
				if at := s.where(intact); !slices.Contains(by[at], m.Feature) {
					by[at] = append(by[at], m.Feature)
				}
			}
		}
	}
	return by, nil
}

// changedSettings lists settings of a component that another one, made from it, has not or has otherwise.
func changedSettings(intact, broken stack.Component) ([]configured, error) {
	same := func(i int) bool {
		return i < len(broken.Files) && bytes.Equal(intact.Files[i].Content, broken.Files[i].Content)
	}
	var changed []configured
	for i, f := range intact.Files {
		if same(i) || !deployed(intact, f) || i >= len(broken.Files) {
			continue
		}
		before, err := settingsOfFile(intact.Name, f)
		if err != nil {
			return nil, err
		}
		after, err := settingsOfFile(broken.Name, broken.Files[i])
		if err != nil {
			return nil, err
		}
		for _, s := range before {
			j := slices.IndexFunc(after, func(other configured) bool { return other.path == s.path })
			if j < 0 || after[j].value() != s.value() {
				changed = append(changed, s)
			}
		}
	}
	return changed, nil
}

// shown is a value without what would have to stay secret, though only tests know it.
func shown(s configured) string {
	value := s.value()
	switch {
	case value == "":
		return "(empty here)"
	case regexp.MustCompile(`\b[0-9a-f]{32,}\b`).MatchString(value):
		return regexp.MustCompile(`\b[0-9a-f]{32,}\b`).ReplaceAllString(value, "(secret)")
	}
	return value
}
