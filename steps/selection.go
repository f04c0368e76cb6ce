package steps

import (
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/cucumber/godog"
	messages "github.com/cucumber/messages/go/v21"
)

// selection is the features a run was asked for.
type selection struct {
	paths     []string // feature files, or one file:line
	scenarios []*godog.Scenario
	index     index
	longer    int // scenarios that were left out because they take minutes
}

// choose finds what FEATURE and TAGS ask for, and refuses what matches nothing.
func choose(o Options) (selection, error) {
	all, err := featureFiles(o.Source, o.Features)
	if err != nil {
		return selection{}, err
	}
	paths, err := narrow(o.Features, o.Feature, all)
	if err != nil {
		return selection{}, err
	}
	if err := checkTags(o.Source, o.Tags, all); err != nil {
		return selection{}, err
	}
	longer, err := o.leavesOut(paths)
	if err != nil {
		return selection{}, err
	}
	chosen := selection{paths: paths, index: index{}, longer: longer}
	err = everyFeature(o.Source, paths, o.tags(""), func(document *messages.GherkinDocument, uri string, pickles []*messages.Pickle) error {
		chosen.index.add(document, uri, pickles)
		for _, p := range pickles {
			if len(p.Steps) == 0 {
				return fmt.Errorf("read features: scenario %q of %s has no steps; write some or remove it", p.Name, uri)
			}
			chosen.scenarios = append(chosen.scenarios, p)
		}
		return nil
	})
	if err != nil {
		return selection{}, err
	}
	if len(chosen.scenarios) == 0 {
		known, err := knownTags(o.Source, all)
		if err != nil {
			return selection{}, err
		}
		return selection{}, fmt.Errorf("choose scenarios: none matches FEATURE=%q TAGS=%q; a line is one where a scenario starts, known tags: %s", o.Feature, o.Tags, strings.Join(known, ", "))
	}
	return chosen, nil
}

// tags is what godog is told: what was asked for, one more condition, and the long scenarios only when they were asked for.
func (o Options) tags(also string) string {
	var all []string
	for _, part := range []string{o.Tags, also} {
		if part != "" {
			all = append(all, part)
		}
	}
	if !o.Long {
		all = append(all, "~@long")
	}
	return strings.Join(all, " && ")
}

// leavesOut counts the long scenarios that match but for being long.
func (o Options) leavesOut(paths []string) (int, error) {
	if o.Long {
		return 0, nil
	}
	o.Long = true
	return countScenarios(o.Source, paths, o.tags("@long"))
}

// countScenarios tells how many scenarios of some files have the tags.
func countScenarios(source fs.FS, paths []string, tags string) (int, error) {
	count := 0
	err := everyFeature(source, paths, tags, func(_ *messages.GherkinDocument, _ string, pickles []*messages.Pickle) error {
		count += len(pickles)
		return nil
	})
	return count, err
}

// everyFeature visits some files, each with its scenarios that have the tags.
func everyFeature(source fs.FS, paths []string, tags string, visit func(document *messages.GherkinDocument, uri string, pickles []*messages.Pickle) error) error {
	suite := godog.TestSuite{Options: &godog.Options{FS: source, Paths: paths, Tags: tags}}
	features, err := suite.RetrieveFeatures()
	if err != nil {
		return fmt.Errorf("read features: %w", err)
	}
	for _, f := range features {
		if err := visit(f.GherkinDocument, f.Uri, f.Pickles); err != nil {
			return err
		}
	}
	return nil
}

// featureFiles lists the feature files of a folder, sorted.
func featureFiles(source fs.FS, root string) ([]string, error) {
	var files []string
	walk := filepath.WalkDir
	if source != nil {
		walk = func(root string, visit fs.WalkDirFunc) error { return fs.WalkDir(source, root, visit) }
	}
	err := walk(root, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && strings.HasSuffix(path, ".feature") {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read features: %w; run it from the top of the project", err)
	}
	slices.Sort(files)
	return files, nil
}

// narrow reduces files to what FEATURE names: a folder, a file, or file:line, with or without the root before it.
func narrow(root, want string, files []string) ([]string, error) {
	if want == "" || filepath.Clean(want) == filepath.Clean(root) {
		return files, nil
	}
	name, line := want, ""
	if before, after, ok := strings.Cut(want, ":"); ok {
		if _, err := strconv.Atoi(after); err != nil {
			return nil, fmt.Errorf("choose scenarios: FEATURE=%q: after the colon comes a line number", want)
		}
		name, line = before, ":"+after
	}
	name = strings.Trim(strings.TrimPrefix(filepath.ToSlash(filepath.Clean(name)), filepath.ToSlash(filepath.Clean(root))+"/"), "/")
	var found []string
	for _, file := range files {
		short := strings.TrimPrefix(filepath.ToSlash(file), filepath.ToSlash(filepath.Clean(root))+"/")
		if short == name || short == name+".feature" || strings.HasPrefix(short, name+"/") {
			found = append(found, file+line)
		}
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("choose scenarios: no feature is called %q; %s", want, alike(root, name, files))
	}
	if line != "" && len(found) > 1 {
		return nil, fmt.Errorf("choose scenarios: FEATURE=%q: a line needs one file, %q has %d", want, name, len(found))
	}
	return found, nil
}

// alike names the features that somebody may have meant: those with a part of the name, or of the folder, else the folders there are.
func alike(root, name string, files []string) string {
	folder, base := filepath.Split(filepath.ToSlash(name))
	var near, folders []string
	for _, file := range files {
		short := strings.TrimSuffix(strings.TrimPrefix(filepath.ToSlash(file), filepath.ToSlash(filepath.Clean(root))+"/"), ".feature")
		if strings.Contains(short, strings.TrimSuffix(base, ".feature")) || folder != "" && strings.HasPrefix(short, folder) {
			near = append(near, short)
		}
		folders = append(folders, filepath.ToSlash(filepath.Dir(short)))
	}
	if len(near) > 0 {
		return "did you mean " + strings.Join(near, ", ")
	}
	slices.Sort(folders)
	return "known folders: " + strings.Join(slices.Compact(folders), ", ")
}

// checkTags refuses expressions that godog would read as something else.
func checkTags(source fs.FS, expression string, files []string) error {
	if expression == "" {
		return nil
	}
	known, err := knownTags(source, files)
	if err != nil {
		return err
	}
	one := regexp.MustCompile(`^~?(@[^\s@~&|()]+)$`)
	for _, part := range strings.Split(strings.ReplaceAll(expression, "&&", ","), ",") {
		tag := one.FindStringSubmatch(strings.TrimSpace(part))
		if tag == nil {
			return fmt.Errorf(`choose scenarios: TAGS=%q: cannot read %q; write "@a && ~@b" or "@a,@b"`, expression, strings.TrimSpace(part))
		}
		if !slices.Contains(known, tag[1]) {
			return fmt.Errorf("choose scenarios: TAGS=%q: no scenario has the tag %s; known tags: %s", expression, tag[1], strings.Join(known, ", "))
		}
	}
	return nil
}

// knownTags lists the tags of feature files.
func knownTags(source fs.FS, files []string) ([]string, error) {
	tags := map[string]bool{}
	err := everyFeature(source, files, "", func(_ *messages.GherkinDocument, _ string, pickles []*messages.Pickle) error {
		for _, p := range pickles {
			for _, tag := range p.Tags {
				tags[tag.Name] = true
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return slices.Sorted(maps.Keys(tags)), nil
}

func (s selection) count() int { return len(s.scenarios) }

// with is the scenarios that have a tag.
func (s selection) with(tag string) selection {
	s.scenarios = slices.DeleteFunc(slices.Clone(s.scenarios), func(scenario *godog.Scenario) bool { return !hasTag(scenario, tag) })
	return s
}

// tagged lists the names scenarios are tagged with, without the @, less the scenarios that cannot run because of one of them.
func (s selection) tagged(can func(name string) bool) []string {
	names := map[string]bool{}
	for _, scenario := range s.scenarios {
		var own []string
		for _, tag := range scenario.Tags {
			own = append(own, strings.TrimPrefix(tag.Name, "@"))
		}
		if slices.ContainsFunc(own, func(name string) bool { return !can(name) }) {
			continue
		}
		for _, name := range own {
			names[name] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// each hands out the same selection feature by feature, in the order of a seed, to whoever asks first.
func (s selection) each(seed uint64) <-chan selection {
	features := make(chan selection, len(s.paths))
	for _, path := range s.shuffled(seed) {
		one := s
		one.paths = []string{path}
		features <- one
	}
	close(features)
	return features
}

// shuffled returns the feature files in the order of a seed; godog shuffles only within a file.
func (s selection) shuffled(seed uint64) []string {
	paths := slices.Clone(s.paths)
	order := rand.New(rand.NewPCG(seed, seed))
	order.Shuffle(len(paths), func(i, j int) { paths[i], paths[j] = paths[j], paths[i] })
	return paths
}
