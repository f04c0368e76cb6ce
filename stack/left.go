package stack

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/moby/moby/client"
	"golang.org/x/sync/errgroup"
)

// Server is one container of a stack that was left running, found by its label.
type Server struct {
	Run   string // short id of its run
	Owner string // whom the run belongs to
	Name  string // of the component
	State string // as the engine says it, "Up 5 minutes"
	Image string // what the engine runs
	Ports []string
	id    string
}

// Left finds the servers of all stacks in the engine that are called so, of any name when none is given.
func Left(ctx context.Context, engine *Engine, names ...string) ([]Server, error) {
	found, err := engine.containers(ctx)
	if err != nil {
		return nil, err
	}
	var servers []Server
	var known []string
	for _, c := range found {
		s := Server{Run: c.Labels[labelRun], Owner: c.Labels[labelOwner], Name: c.Labels[labelServer], State: c.Status, Image: c.Image, id: c.ID}
		known = append(known, s.Name)
		for _, p := range c.Ports {
			if p.PublicPort != 0 {
				s.Ports = append(s.Ports, fmt.Sprintf("%s:%d->%d/%s", p.IP, p.PublicPort, p.PrivatePort, p.Type))
			}
		}
		slices.Sort(s.Ports)
		if len(names) == 0 || slices.Contains(names, s.Name) {
			servers = append(servers, s)
		}
	}
	slices.Sort(known)
	for _, name := range names {
		if !slices.Contains(known, name) {
			return nil, fmt.Errorf("%w %q; left running: %s", errUnknown, name, cmp.Or(strings.Join(slices.Compact(known), ", "), "none, make up boots a stack"))
		}
	}
	slices.SortFunc(servers, func(a, b Server) int { return cmp.Or(strings.Compare(a.Run, b.Run), strings.Compare(a.Name, b.Name)) })
	return servers, nil
}

// CopyLogs writes what servers logged, at most tail lines of each when tail is not negative. Lines of several servers carry
// their name; those that are there already come in the order of their time. follow goes on until the context ends.
func CopyLogs(ctx context.Context, engine *Engine, servers []Server, tail int, follow bool, out io.Writer) error {
	options := client.ContainerLogsOptions{Follow: follow, Timestamps: !follow}
	if tail >= 0 {
		options.Tail = fmt.Sprint(tail)
	}
	lines := &logLines{out: out, width: width(servers), sorted: !follow}
	group, ctx := errgroup.WithContext(ctx)
	for _, s := range servers {
		group.Go(func() error {
			read, write := io.Pipe()
			go func() { write.CloseWithError(engine.copyLog(ctx, s.id, options, write)) }()
			return lines.of(s.Name, read)
		})
	}
	return cmp.Or(group.Wait(), lines.flush())
}

// width is that of the longest name; 0 when there is only one server, whose lines need none.
func width(servers []Server) int {
	longest := 0
	for _, s := range servers {
		longest = max(longest, len(s.Name))
	}
	if len(servers) < 2 {
		return 0
	}
	return longest
}

// logLines gathers lines of several servers.
type logLines struct {
	out    io.Writer
	width  int
	sorted bool // lines begin with their time, and wait for flush
	mu     sync.Mutex
	kept   []logLine
}

type logLine struct{ when, server, text string }

// of takes the lines of one server until it says no more.
func (l *logLines) of(server string, said io.Reader) error {
	lines := bufio.NewScanner(said)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		line := logLine{server: server, text: lines.Text()}
		if l.sorted {
			line.when, line.text, _ = strings.Cut(line.text, " ")
		}
		l.mu.Lock()
		if l.kept = append(l.kept, line); !l.sorted {
			l.print()
		}
		l.mu.Unlock()
	}
	return lines.Err()
}

// flush prints what waited.
func (l *logLines) flush() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	slices.SortStableFunc(l.kept, func(a, b logLine) int { return strings.Compare(a.when, b.when) })
	l.print()
	return nil
}

func (l *logLines) print() {
	for _, line := range l.kept {
		if l.width > 0 {
			fmt.Fprintf(l.out, "%-*s  ", l.width, line.server)
		}
		fmt.Fprintln(l.out, line.text)
	}
	l.kept = nil
}

// Shell runs a command inside a server at a terminal, or the shell it has when none is given, and returns the exit code.
func Shell(ctx context.Context, engine *Engine, server Server, command []string, t Terminal) (int, error) {
	if len(command) > 0 {
		return engine.attach(ctx, server.id, command, t)
	}
	probe := Terminal{In: strings.NewReader(""), Out: io.Discard, Err: io.Discard}
	if code, err := engine.attach(ctx, server.id, []string{"/bin/sh", "-c", ":"}, probe); err != nil || code != 0 {
		return code, fmt.Errorf("open a shell in %q: its image has none; name a command of it: stackctl shell %s COMMAND", server.Name, server.Name)
	}
	return engine.attach(ctx, server.id, []string{"/bin/sh"}, t)
}

// Sweep removes what runs of dead processes left in the engine.
func Sweep(ctx context.Context, engine *Engine) error {
	return engine.remove(ctx, func(labels map[string]string) bool { return abandoned(labels[labelOwner]) })
}

// Down removes the runs that belong to owner.
func Down(ctx context.Context, engine *Engine, owner string) error {
	return engine.remove(ctx, func(labels map[string]string) bool { return labels[labelOwner] == owner })
}

func thisProcess() string {
	host, _ := os.Hostname()
	return fmt.Sprintf("%s/%d", host, os.Getpid())
}

// abandoned tells whether a run's process is gone. Runs of other machines are left alone.
func abandoned(owner string) bool {
	var pid int
	host, _ := os.Hostname()
	if _, err := fmt.Sscanf(strings.TrimPrefix(owner, host+"/"), "%d", &pid); err != nil || !strings.HasPrefix(owner, host+"/") {
		return false
	}
	return !processAlive(pid)
}
