package images

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
)

// agreement looks at what can be told of an entry without asking anybody: whether lock, recipes and declared servers agree.
func (e Entry) agreement(recipes fs.FS, used []string) []Checked {
	problems := append(e.problems(recipes), e.versionProblems(recipes)...)
	if e.Of == "" && !slices.Contains(used, e.Name) {
		problems = append(problems, errors.New("no server runs it, and it is no other version of one that does; remove it"))
	}
	if len(problems) == 0 {
		return []Checked{{Image: e.Name, What: "lock", Verdict: Holds}}
	}
	var rows []Checked
	for _, problem := range problems {
		rows = append(rows, Checked{e.Name, "lock", Broken, problem.Error()})
	}
	return rows
}

// lacks reports what is wrong with the lock as a whole.
func (l Lock) lacks(used []string) []Checked {
	var rows []Checked
	for _, problem := range l.otherVersions() {
		rows = append(rows, Checked{"-", "lock", Broken, problem.Error()})
	}
	for _, image := range used {
		if _, ok := l.Entry(image); !ok {
			rows = append(rows, Checked{image, "lock", Broken, "a server runs it, the lock does not have it; add it"})
		}
	}
	return rows
}

// versionProblems reports tags and recipes that say another version than the entry, as when only one of them was moved.
func (e Entry) versionProblems(recipes fs.FS) []error {
	var problems []error
	if _, _, err := e.spelling(); err != nil {
		problems = append(problems, err)
	}
	if e.Recipe == "" {
		return problems
	}
	recipe, err := ReadRecipe(recipes, e.Recipe)
	if err != nil {
		return problems // told as a problem of the recipe
	}
	is, err := recipe.software(e.Version)
	if err != nil {
		return append(problems, err)
	}
	if is.Version != e.Version {
		to := e.Version
		if is.Registry == "Debian" {
			to = is.Version // a suite has one version, there is no choice
		}
		problems = append(problems, fmt.Errorf("its recipe makes %s %s, the lock says %s; run: make pin IMAGE=%s TAG=%s", is, is.Version, e.Version, e.Name, to))
	}
	return problems
}
