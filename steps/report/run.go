// Package report turns what a run found into pages that people read: the living documentation, its Markdown twin and a page for
// each failure. It knows nothing of how a run is made; all it reads is the result.
package report

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// The files of a report folder that others read.
const (
	ResultFile = "run.json"
	PageFile   = "index.html"
	TwinFile   = "index.md"
)

// format is the version of the result; a page is not made from another one.
const format = 1

// Run is the machine-readable result of a run: everything its pages show. Secrets are taken out before it is made.
type Run struct {
	Format         int        `json:"format"`
	Started        time.Time  `json:"started"`
	Seconds        float64    `json:"seconds"`
	ResolveSeconds float64    `json:"resolveSeconds"` // finding the images
	BootSeconds    float64    `json:"bootSeconds"`    // from nothing to all healthy
	Warm           bool       `json:"warm"`           // booted from kept databases
	MemoryBytes    uint64     `json:"memoryBytes"`    // of the servers, after the run
	Seed           uint64     `json:"seed"`
	Asked          string     `json:"asked,omitempty"` // the part of the features that was asked for; empty means all
	Expected       int        `json:"expected"`        // scenarios that were chosen
	Problem        string     `json:"problem,omitempty"`
	Boot           *Boot      `json:"boot,omitempty"` // set when the stack did not come up
	Notices        []string   `json:"notices,omitempty"`
	Scenarios      []Scenario `json:"scenarios"` // by place
	Images         []Image    `json:"images"`
	Servers        []Server   `json:"servers"`
	Routes         []Route    `json:"routes"`
	Settings       []Setting  `json:"settings"`
	Past           []Past     `json:"past"` // runs so far, oldest first, this one last
}

// Boot says why the stack did not come up.
type Boot struct {
	Reason string  `json:"reason"`
	Bundle string  `json:"bundle,omitempty"` // folder, relative to the report
	Causes []Cause `json:"causes,omitempty"`
}

// Status is what became of a scenario or a step, in the words of the result.
type Status string

// What can become of a scenario.
const (
	Passed  Status = "passed"
	Failed  Status = "failed"
	Skipped Status = "skipped"
)

// Scenario is one scenario after the run.
type Scenario struct {
	Feature     string    `json:"feature"`
	Description string    `json:"description,omitempty"` // of the feature
	File        string    `json:"file"`
	Line        int       `json:"line"`
	Name        string    `json:"name"`
	Tags        []string  `json:"tags,omitempty"`
	Status      Status    `json:"status"`
	Reason      string    `json:"reason,omitempty"` // why it failed or was skipped
	Started     time.Time `json:"started"`
	Seconds     float64   `json:"seconds"`
	Steps       []Step    `json:"steps"`
	Pictures    []string  `json:"pictures,omitempty"` // files, relative to the report
	Requests    []Request `json:"requests,omitempty"`
	More        int       `json:"more,omitempty"`   // requests beyond those
	Bundle      string    `json:"bundle,omitempty"` // folder, relative to the report
	Again       string    `json:"again,omitempty"`  // the command that runs it again
	Causes      []Cause   `json:"causes,omitempty"`
}

// Unsaid is why the scenario failed, unless one of its steps says it already.
func (s Scenario) Unsaid() string {
	if slices.ContainsFunc(s.Steps, func(step Step) bool { return step.Error == s.Reason }) {
		return ""
	}
	return s.Reason
}

// Step is one step of a scenario, as it stands in its file.
type Step struct {
	Keyword string     `json:"keyword"`
	Text    string     `json:"text"`
	Table   [][]string `json:"table,omitempty"`
	Doc     string     `json:"doc,omitempty"`
	Status  string     `json:"status"`
	Error   string     `json:"error,omitempty"`
	Seconds float64    `json:"seconds"`
}

// Request is what a scenario asked a server, or the same asked several times.
type Request struct {
	At      time.Time `json:"at"`
	Method  string    `json:"method"`
	Host    string    `json:"host"`
	Path    string    `json:"path"`            // without its query, where tokens and codes stand
	Query   string    `json:"query,omitempty"` // the part of it that says what was meant, and holds no secret
	Status  int       `json:"status"`
	Server  string    `json:"server,omitempty"` // what the answer says it is from
	Seconds float64   `json:"seconds"`          // of all of them
	Times   int       `json:"times"`
	Answer  string    `json:"answer,omitempty"` // start of an answer that is no success, or why there is none
}

// Image is one image the stack ran, and where it came from.
type Image struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	Source  string `json:"source"`
	Digest  string `json:"digest,omitempty"`
	Note    string `json:"note,omitempty"`
	Home    string `json:"home,omitempty"` // where it is published
}

// overridden is where an image comes from that somebody brought.
const overridden = "override"

// Available tells whether there was something to run.
func (i Image) Available() bool { return i.Source != "unavailable" }

// Server is one server of the declarations.
type Server struct {
	Name     string    `json:"name"`
	Image    string    `json:"image"`
	Site     string    `json:"site,omitempty"` // empty for the world outside
	Networks []string  `json:"networks"`
	Hosts    []string  `json:"hosts,omitempty"` // names by which people and peers reach it
	Port     int       `json:"port,omitempty"`
	Needs    []string  `json:"needs,omitempty"`
	Storage  []Storage `json:"storage,omitempty"`
	Ran      bool      `json:"ran"`
}

// Storage is a folder that outlives its container.
type Storage struct {
	Path string `json:"path"`
	Host string `json:"host"` // on the operator's machine
}

// Route is a door of a proxy: which requests go to which server.
type Route struct {
	Proxy  string `json:"proxy"`
	Name   string `json:"name"`
	Rule   string `json:"rule"`
	Server string `json:"server"`
}

// Setting is one setting of the templates.
type Setting struct {
	Server  string   `json:"server"`
	File    string   `json:"file"`
	Path    string   `json:"path"`
	Value   string   `json:"value"` // as deployed; secrets are masked
	For     string   `json:"for"`
	Noticed []string `json:"noticed,omitempty"` // features that go red when it is another one: "routing/doors"
}

// Load reads the result of the last run.
func Load(dir string) (Run, error) {
	var run Run
	content, err := os.ReadFile(filepath.Join(dir, ResultFile))
	if os.IsNotExist(err) {
		return run, fmt.Errorf("read the last result: %s has no %s; run make acceptance first", dir, ResultFile)
	}
	if err != nil {
		return run, fmt.Errorf("read the last result: %w", err)
	}
	if err := json.Unmarshal(content, &run); err != nil {
		return run, fmt.Errorf("read the last result: %s: %w; run make acceptance again", ResultFile, err)
	}
	if run.Format != format {
		return run, fmt.Errorf("read the last result: %s has format %d, this program reads %d; run make acceptance again", ResultFile, run.Format, format)
	}
	return run, nil
}

// Save writes the result of a run.
func (r Run) Save(dir string) error {
	r.Format = format
	content, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		return fmt.Errorf("write %s: %w", ResultFile, err)
	}
	return WriteWhole(filepath.Join(dir, ResultFile), append(content, '\n'))
}

// WriteWhole writes a file so that it is whole or not there, and replaces what a reader may have open.
func WriteWhole(path string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	part := path + ".part"
	defer os.Remove(part) // it is there still only when something went wrong
	if err := os.WriteFile(part, content, 0o644); err != nil {
		return err
	}
	return os.Rename(part, path)
}
