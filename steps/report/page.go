package report

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

//go:embed pages
var pageFiles embed.FS

// page is what the template of the living documentation shows.
type page struct {
	Run
	Dir       string // of the report, for pictures
	Counts    PastFeature
	Since     string
	Foreign   []Image // that are not what the lock pins
	Versions  []Image
	Concerns  []concernView
	Failures  []Scenario
	Skips     []skipView
	Map       diagram
	Upgrades  []Upgrade
	Drills    []Upgrade
	Settings  []settingFile
	Covered   int
	Uncovered int
}

type concernView struct {
	Name     string
	Features []featureView
	Counts   PastFeature
}

type featureView struct {
	Title, Description, File, Key string
	Scenarios                     []Scenario
	Counts                        PastFeature
	Trend                         []bar
	Since                         string
	Settings                      []Setting
}

// scenarioView is a scenario together with where its pictures are.
type scenarioView struct {
	S   Scenario
	Dir string
}

type skipView struct {
	Reason    string
	Scenarios []Scenario
}

type settingFile struct {
	Name      string
	Settings  []Setting
	Uncovered int
}

// wrongLine is a line of a log that complains.
const wrongLine = `\b(ERROR|CRITICAL|FATAL|ERR|panic:)\b|→ 5\d\d, |^\S*(Error|Exception): `

// Write makes the pages of a run: index.html and index.md. Upgrade records are read from their folder, which need not be there.
func (r Run) Write(dir, upgrades string) error {
	records, notices, err := LoadUpgrades(upgrades)
	if err != nil {
		return err
	}
	r.Notices = append(slices.Clone(r.Notices), notices...)
	p := r.page(dir, records)
	pages, err := parse()
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := pages.ExecuteTemplate(&out, "index.html", p); err != nil {
		return fmt.Errorf("make the report: %w", err)
	}
	if err := WriteWhole(filepath.Join(dir, PageFile), out.Bytes()); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	if err := WriteWhole(filepath.Join(dir, TwinFile), p.markdown()); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}

// parse reads the templates of all pages.
func parse() (*template.Template, error) {
	pages, err := template.New("").Funcs(template.FuncMap{
		"seconds": seconds, "day": day, "clock": clock, "slug": slug, "mark": mark, "word": word, "short": short, "rules": rules,
		"inline": inline, "join": strings.Join, "lines": requestLines, "mib": func(bytes uint64) uint64 { return bytes >> 20 },
		"add": func(a, b int) int { return a + b }, "pair": func(s Scenario, dir string) scenarioView { return scenarioView{s, dir} },
		"trendWidth": func(bars int) int { return bars * barWidth }, "wrong": regexp.MustCompile(wrongLine).MatchString,
		"css": func() (template.CSS, error) {
			text, err := pageFiles.ReadFile("pages/style.css")
			return template.CSS(text), err
		},
		"js": func() (template.JS, error) {
			text, err := pageFiles.ReadFile("pages/script.js")
			return template.JS(text), err
		},
	}).ParseFS(pageFiles, "pages/*.html")
	if err != nil {
		return nil, fmt.Errorf("read the templates of pages: %w", err)
	}
	return pages, nil
}

func (r Run) page(dir string, records []Upgrade) page {
	p := page{Run: r, Dir: dir, Map: draw(r), Since: r.said(r.sinceWhen())}
	for _, image := range r.Images {
		if image.Available() {
			p.Versions = append(p.Versions, image)
		}
		if image.Source == overridden {
			p.Foreign = append(p.Foreign, image)
		}
	}
	for _, u := range records {
		if u.Drill() {
			p.Drills = append(p.Drills, u)
		} else {
			p.Upgrades = append(p.Upgrades, u)
		}
	}
	for _, s := range r.Scenarios {
		p.Counts = p.Counts.plus(s)
		switch s.Status {
		case Failed:
			p.Failures = append(p.Failures, s)
		case Skipped:
			i := slices.IndexFunc(p.Skips, func(v skipView) bool { return v.Reason == s.Reason })
			if i < 0 {
				i = len(p.Skips)
				p.Skips = append(p.Skips, skipView{Reason: s.Reason})
			}
			p.Skips[i].Scenarios = append(p.Skips[i].Scenarios, s)
		}
	}
	slices.SortStableFunc(p.Failures, func(a, b Scenario) int { return Foundation(a.File) - Foundation(b.File) })
	p.Concerns = r.concerns()
	p.Settings, p.Covered, p.Uncovered = r.settings()
	return p
}

func (f PastFeature) plus(s Scenario) PastFeature {
	switch s.Status {
	case Passed:
		f.Passed++
	case Failed:
		f.Failed++
	case Skipped:
		f.Skipped++
	}
	f.Seconds += s.Seconds
	return f
}

// Total is how many scenarios there were.
func (f PastFeature) Total() int { return f.Passed + f.Failed + f.Skipped }

// Known tells whether the page has a feature of that name.
func (p page) Known(feature string) bool {
	return slices.ContainsFunc(p.Scenarios, func(s Scenario) bool { return Key(s.File) == feature })
}

// Latest are the last runs, newest first.
func (p page) Latest() []Past {
	const most = 15
	latest := slices.Clone(p.Past[max(0, len(p.Past)-most):])
	slices.Reverse(latest)
	return latest
}

// concerns groups scenarios, which are ordered by place, into features and folders.
func (r Run) concerns() []concernView {
	var all []concernView
	for _, s := range r.Scenarios {
		name := concern(s.File)
		if n := len(all); n == 0 || all[n-1].Name != name {
			all = append(all, concernView{Name: name})
		}
		c := &all[len(all)-1]
		if n := len(c.Features); n == 0 || c.Features[n-1].File != s.File {
			c.Features = append(c.Features, r.feature(s))
		}
		f := &c.Features[len(c.Features)-1]
		f.Scenarios = append(f.Scenarios, s)
		f.Counts, c.Counts = f.Counts.plus(s), c.Counts.plus(s)
	}
	return all
}

func (r Run) feature(s Scenario) featureView {
	f := featureView{Title: s.Feature, Description: s.Description, File: s.File, Key: Key(s.File), Trend: r.trend(s.File)}
	if len(r.Past) > 1 {
		f.Since = r.said(r.since(func(p Past) (Status, bool) {
			then, ran := p.Features[s.File]
			return then.Status(), ran
		}))
	}
	for _, setting := range r.Settings {
		if slices.Contains(setting.Noticed, f.Key) {
			f.Settings = append(f.Settings, setting)
		}
	}
	return f
}

// said puts into words since when something is as it is.
func (r Run) said(begin Past, runs int) string {
	switch {
	case runs == 0:
		return ""
	case runs == 1 && len(r.Past) == 1:
		return "the first run that is remembered"
	case runs == 1:
		return "so since this run; the one before it came to something else"
	}
	return fmt.Sprintf("so in each of the last %d runs, since %s", runs, day(begin.When))
}

// settings groups the settings by file.
func (r Run) settings() (files []settingFile, covered, uncovered int) {
	for _, s := range r.Settings {
		name := s.Server + ", " + s.File
		if n := len(files); n == 0 || files[n-1].Name != name {
			files = append(files, settingFile{Name: name})
		}
		f := &files[len(files)-1]
		f.Settings = append(f.Settings, s)
		if len(s.Noticed) == 0 {
			f.Uncovered++
			uncovered++
			continue
		}
		covered++
	}
	return files, covered, uncovered
}
