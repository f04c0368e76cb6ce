package report

import (
	"bytes"
	"fmt"
	"path/filepath"
)

// Cause is a likely cause of a failure, with what speaks for it.
type Cause struct {
	Cause    string   `json:"cause"`
	Remedy   string   `json:"remedy"`
	Evidence []string `json:"evidence"`
	Beside   bool     `json:"beside,omitempty"` // only what ran beside the scenario says so
}

// Bundle is everything there is to look into a failure.
type Bundle struct {
	Scenario Scenario // without steps when the stack did not come up
	Seed     uint64
	Run      string // when the run began
	States   []State
	Images   []Image
	Causes   []Cause
	Settings []Setting // that are known to make the feature fail when they are other ones
	Said     []string  // what servers complained of
	Log      []LogLine
	Requests []Request
	Config   []ConfigFile
}

// State is what became of the container of a server.
type State struct {
	Server, Status, Since, Image string
	ExitCode, Restarts           int
	Good                         bool
	Left                         []string // networks it was in and is not any more
	Remark                       string
}

// LogLine is one line of a log of all servers.
type LogLine struct {
	At      string // time of day
	Server  string
	Text    string
	Own     bool // it is about the scenario; all others belong to what ran beside it
	Request int  // number of the request it tells of, from 1; 0 when none is known
}

// ConfigFile is a rendered file of a server, secrets taken out.
type ConfigFile struct{ Name, Text string }

// logBlock is a run of lines that are all about the scenario, or all not.
type logBlock struct {
	Own   bool
	Lines []LogLine
	Left  int // lines of others that stand only in the file
}

// mostFolded is how many lines of others are kept between two lines of the scenario; all of them are in the merged log.
const mostFolded = 40

// blocks folds away what is not about the scenario.
func (b Bundle) blocks() []logBlock {
	var all []logBlock
	for _, line := range b.Log {
		if n := len(all); n == 0 || all[n-1].Own != line.Own {
			all = append(all, logBlock{Own: line.Own})
		}
		last := &all[len(all)-1]
		if !line.Own && len(last.Lines) >= mostFolded {
			last.Lines, last.Left = last.Lines[1:], last.Left+1
		}
		last.Lines = append(last.Lines, line)
	}
	return all
}

// WriteBundle writes the page of a failure into its folder.
func (b Bundle) WriteBundle(dir string) error {
	pages, err := parse()
	if err != nil {
		return err
	}
	own := 0
	for _, line := range b.Log {
		if line.Own {
			own++
		}
	}
	var out bytes.Buffer
	if err := pages.ExecuteTemplate(&out, "bundle.html", struct {
		Bundle
		Blocks []logBlock
		Own    int
	}{b, b.blocks(), own}); err != nil {
		return fmt.Errorf("make the page of a failure: %w", err)
	}
	if err := WriteWhole(filepath.Join(dir, PageFile), out.Bytes()); err != nil {
		return fmt.Errorf("write the page of a failure: %w", err)
	}
	return nil
}
