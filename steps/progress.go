package steps

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"
)

// progress says what is going on: one plain line for each finished scenario, and on a terminal also what is running.
type progress struct {
	out      io.Writer
	terminal bool
	total    int
	begun    time.Time

	mu      sync.Mutex
	done    int
	running []string
}

func newProgress(out io.Writer, terminal bool, total int) *progress {
	return &progress{out: out, terminal: terminal, total: total, begun: time.Now()}
}

func (p *progress) begin(r Result) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.running = append(p.running, r.Name)
	p.status()
}

func (p *progress) end(r Result) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done++
	if i := slices.Index(p.running, r.Name); i >= 0 {
		p.running = slices.Delete(p.running, i, i+1)
	}
	line := fmt.Sprintf("%-7s %5.1fs  %s  %s", r.Status, r.Duration.Seconds(), r.Place(), r.Name)
	if r.Status == Failed {
		line = fmt.Sprintf("FAILED  %5.1fs  %s  %s\n        %s", r.Duration.Seconds(), r.Place(), r.Name, strings.ReplaceAll(r.Reason, "\n", "\n        "))
	}
	if p.terminal {
		fmt.Fprint(p.out, "\r\x1b[K")
	}
	fmt.Fprintln(p.out, line)
	p.status()
}

// status rewrites the last line of a terminal.
func (p *progress) status() {
	if !p.terminal {
		return
	}
	line := fmt.Sprintf("%d/%d  %.0fs  %s", p.done, p.total, time.Since(p.begun).Seconds(), strings.Join(p.running, " | "))
	const width = 100
	if runes := []rune(line); len(runes) > width {
		line = string(runes[:width]) + "..."
	}
	if p.done == p.total {
		line = ""
	}
	fmt.Fprint(p.out, "\r\x1b[K"+line)
}
