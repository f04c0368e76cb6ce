package steps

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"maunium.net/go/mautrix/id"

	"matrixstack/stack"
	"matrixstack/stack/upgrade"
)

// scenario is what one scenario knows: people, rooms and the outcome of its last When.
type scenario struct {
	stack        *stack.Stack // shared by all scenarios, unless it has its own
	own          *stack.Stack
	run          *run   // shared by all scenarios of a run
	suffix       string // makes names of this scenario unique in the run
	started      time.Time
	people       map[string]*person
	ircNetwork   string               // that people are connected to, when it is not the one all share
	rooms        map[string]id.RoomID // by the name used in the feature
	hosts        map[string]string    // who made a room
	keyBackup    keyBackup
	backupBefore keyBackup       // that was given up for it
	encrypted    map[string]bool // rooms in which everything must arrive encrypted
	irc          map[string]*ircUser
	sent         map[string]id.EventID     // by the text that was sent
	sentTo       map[string]id.RoomID      // by the text that was sent
	heldBack     map[string]map[string]any // what a homeserver has not passed on yet, by what was said
	last         outcome
	picture      picture
	found        found                         // what a client of another make found
	mended       []func(context.Context) error // puts back what the scenario changed
	restoreBeta  func(context.Context) error   // gives beta its own certificate back
	feature      string                        // the file it stands in
	relays       map[string]*relayed           // places at the relay, by whose they are
	delayed      map[string]id.DelayID         // what the homeserver says for somebody later, by what it is
	call         call                          // what somebody joined
	noise        noise                         // what somebody goes on doing
	pictures     []string                      // screenshots it took
	post         post
	wire         *wire
	life         *life            // what people did on its own stack
	verdicts     []upgrade.Record // on the hops it made
	backup       string           // folder of the backup the operator has
	drill        upgrade.Drill    // verdict on restoring it
	deployed     *deployment      // what the operator deployed
}

// outcome is what the last When came to. An error nobody looked at fails the scenario.
type outcome struct {
	what   string
	err    error
	looked bool
}

type scenarioKey struct{}

// from finds the scenario a step belongs to.
func from(ctx context.Context) *scenario { return ctx.Value(scenarioKey{}).(*scenario) }

func newScenario(r *run) *scenario {
	suffix := make([]byte, 4)
	_, _ = rand.Read(suffix)
	name := hex.EncodeToString(suffix)
	return &scenario{
		stack: r.stack, run: r, suffix: name, started: time.Now(),
		people: map[string]*person{}, rooms: map[string]id.RoomID{}, hosts: map[string]string{}, encrypted: map[string]bool{}, irc: map[string]*ircUser{}, sent: map[string]id.EventID{}, sentTo: map[string]id.RoomID{}, delayed: map[string]id.DelayID{}, heldBack: map[string]map[string]any{},
		post: post{read: map[string]int{}}, wire: &wire{mark: "scenario/" + name},
	}
}

// person finds somebody the scenario introduced.
func (s *scenario) person(name string) (*person, error) {
	p, ok := s.people[name]
	if !ok {
		return nil, fmt.Errorf("nobody called %q yet; known: %s", name, known(s.people))
	}
	return p, nil
}

// device finds the device a person uses unless a step says otherwise.
func (s *scenario) device(name string) (*device, error) {
	p, err := s.person(name)
	if err != nil {
		return nil, err
	}
	if p.first == nil {
		return nil, fmt.Errorf("%s is not signed in anywhere yet", name)
	}
	return p.first, nil
}

// deviceAndOther finds the device of a person, and the other person whom a step is about.
func (s *scenario) deviceAndOther(name, other string) (*device, *person, error) {
	d, err := s.device(name)
	if err != nil {
		return nil, nil, err
	}
	p, err := s.person(other)
	return d, p, err
}

// room finds a room the scenario introduced.
func (s *scenario) room(name string) (id.RoomID, error) {
	room, ok := s.rooms[name]
	if !ok {
		return "", fmt.Errorf("no room %q yet; known: %s", name, known(s.rooms))
	}
	return room, nil
}

// roomOf finds the room a person means: a bridge gives each person a room of their own under one name.
func (s *scenario) roomOf(p *person, name string) (id.RoomID, error) {
	if room, ok := s.rooms[theirs(p.name, name)]; ok {
		return room, nil
	}
	return s.room(name)
}

// theirs is what the scenario calls a room that each person has for themselves.
func theirs(name, room string) string { return room + " of " + name }

// isEncrypted tells whether a room of the scenario was made encrypted.
func (s *scenario) isEncrypted(room id.RoomID) bool {
	for name, made := range s.rooms {
		if made == room && s.encrypted[name] {
			return true
		}
	}
	return false
}

// http makes a client with its own connections, whose requests are kept as evidence.
func (s *scenario) http() *http.Client {
	client := s.stack.HTTPClient()
	client.Transport = s.wire.record(client.Transport)
	return client
}

// marks are what tells lines of logs about the scenario from all others: what makes its names unique, and what servers named themselves.
func (s *scenario) marks() []string {
	marks := []string{s.suffix}
	for _, room := range s.rooms {
		if room != "" {
			marks = append(marks, room.String())
		}
	}
	for _, event := range s.sent {
		if event != "" {
			marks = append(marks, event.String())
		}
	}
	return marks
}

// secrets are the passwords, tokens and keys of the people of the scenario.
func (s *scenario) secrets() []string {
	var all []string
	for _, p := range s.people {
		all = append(all, p.password, p.oldPassword, p.securityKey, p.invitation)
		if p.link != nil {
			all = append(all, p.link.RawQuery)
		}
		for _, d := range p.devices {
			all = append(all, d.session.accessToken, d.session.refreshToken, d.old.accessToken, d.old.refreshToken)
		}
	}
	return all
}

// tried records what a When came to, for the Then that follows. What went wrong before must have been looked at by then.
func (s *scenario) tried(err error, format string, args ...any) error {
	if s.last.err != nil && !s.last.looked {
		s.last.looked = true
		return fmt.Errorf("%s, which nobody looked at: %w", s.last.what, s.last.err)
	}
	s.last = outcome{what: fmt.Sprintf(format, args...), err: err}
	return nil
}

// held is content when the last When was not refused.
func (s *scenario) held() error {
	if s.last.err == nil {
		return nil
	}
	s.last.looked = true
	return fmt.Errorf("%s: %w", s.last.what, s.last.err)
}

// refused is content when the last When was refused with one of the given error codes.
func (s *scenario) refused(accept func(error) bool) error {
	s.last.looked = true
	if s.last.err == nil {
		return fmt.Errorf("%s was not refused", s.last.what)
	}
	if !accept(s.last.err) {
		return fmt.Errorf("%s was refused for another reason: %w", s.last.what, s.last.err)
	}
	return nil
}

// end closes clients, puts back what was changed, also after an interrupt, and fails for an outcome nobody looked at.
func (s *scenario) end(ctx context.Context) error {
	ctx, done := cleanup(ctx)
	defer done()
	var problems []error
	if s.last.err != nil && !s.last.looked {
		problems = append(problems, fmt.Errorf("%s, which nobody looked at: %w", s.last.what, s.last.err))
	}
	if s.run.live != nil {
		problems = append(problems, s.leaveRooms(ctx))
	}
	for _, mend := range slices.Backward(s.mended) {
		problems = append(problems, mend(ctx))
	}
	var closing sync.WaitGroup
	for _, p := range s.people {
		for _, d := range p.devices {
			closing.Go(d.close)
		}
	}
	for _, u := range s.irc {
		closing.Go(u.close)
	}
	closing.Wait()
	return errors.Join(problems...)
}

func known[V any](m map[string]V) string {
	if len(m) == 0 {
		return "none"
	}
	return strings.Join(slices.Sorted(maps.Keys(m)), ", ")
}
