package steps

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/cucumber/godog"
	messages "github.com/cucumber/messages/go/v21"
	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/id"

	"matrixstack/stack"
)

// live is what a run against a deployment that was not booted here has to be careful with: its people are few and throw-away,
// they stay the same for all scenarios, and nothing of them is left.
type live struct {
	token    string // opens accounts; empty when the operator gave none
	user     string // existing account, in place of Alice's
	password string
	suffix   string
	peer     *stack.Peer
	made     map[id.UserID]*person
	browsers map[id.UserID]http.CookieJar // what the browser of somebody remembers: who is signed in at MAS is not asked again
	refused  map[id.UserID]error          // why somebody has no account; it is asked for once
	without  string                       // why there are no accounts after all
	cannot   map[string]string            // why somebody has none, by name
	pictures int                          // uploaded, which no client can remove
	alone    string                       // why there is nobody of another homeserver
}

// patient lets a client wait when it is told to, as deployments tell who asks often.
func (l *live) patient(client *mautrix.Client) {
	if l != nil {
		const tries = 6
		client.IgnoreRateLimit, client.DefaultHTTPRetries = false, tries
	}
}

var needsAccount = regexp.MustCompile(`^(\w+) has an account( on beta)?$`)

// hasTag tells whether a scenario, or its feature, is tagged so.
func hasTag(pickle *godog.Scenario, name string) bool {
	return slices.ContainsFunc(pickle.Tags, func(tag *messages.PickleTag) bool { return tag.Name == name })
}

// missing says why a scenario cannot run with the people there are.
func (l *live) missing(pickle *godog.Scenario) string {
	if l == nil {
		return ""
	}
	for _, step := range pickle.Steps {
		name := needsAccount.FindStringSubmatch(step.Text)
		switch {
		case name == nil:
		case name[2] != "" && l.alone != "":
			return l.alone
		case name[2] != "":
		case l.without != "":
			return l.without
		case l.cannot[name[1]] != "":
			return l.cannot[name[1]]
		case l.token == "" && (l.user == "" || name[1] != "Alice"):
			return "no account for " + name[1] + ": pass --registration-token"
		}
	}
	return ""
}

// claim gives a person of a scenario the account that belongs to the name.
func (l *live) claim(p *person) error {
	if l == nil {
		return nil
	}
	p.username, p.password, p.invitation = "check-"+strings.ToLower(p.name)+"-"+l.suffix, "correct horse battery "+l.suffix, l.token
	if l.user != "" && p.name == "Alice" && !p.isOfPeer() {
		p.username, p.password, p.invitation = l.user, l.password, ""
	}
	if l.browsers[p.userID()] == nil {
		l.browsers[p.userID()] = p.browser.Jar
	}
	p.browser.Jar = l.browsers[p.userID()]
	return nil
}

// newLive is a check with those accounts.
func newLive(o LiveOptions, suffix string) *live {
	return &live{
		token: o.Token, user: o.User, password: o.Password, suffix: suffix, peer: o.Peer,
		made: map[id.UserID]*person{}, browsers: map[id.UserID]http.CookieJar{}, refused: map[id.UserID]error{},
		cannot: map[string]string{},
	}
}

const (
	longestWait = 3 * time.Minute // for sign-ins that are too many; MAS as deployed allows one in 20 seconds
	betweenAsks = 10 * time.Second
)

// unhurried tries again while a deployment says that somebody signs in too often: its limits hold for a check, too.
func (l *live) unhurried(ctx context.Context, try func() error) error {
	ctx, cancel := context.WithTimeout(ctx, longestWait)
	defer cancel()
	ticker := time.NewTicker(betweenAsks)
	defer ticker.Stop()
	for {
		err := try()
		if !tooMuch(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-ticker.C:
		}
	}
}

// signUp makes the account at its first use, and signs in to it from then on. Who was refused is not asked for again.
func (l *live) signUp(ctx context.Context, s *scenario, p *person, deviceName string) error {
	if l.user == p.username || l.made[p.userID()] != nil {
		return l.unhurried(ctx, func() error { return s.signIn(ctx, p, deviceName) })
	}
	if l.refused[p.userID()] == nil {
		l.refused[p.userID()] = l.makeAccount(ctx, s, p, deviceName)
	}
	return l.refused[p.userID()]
}

func (l *live) makeAccount(ctx context.Context, s *scenario, p *person, deviceName string) error {
	if p.isOfPeer() {
		if err := s.registerAtPeer(ctx, p); err != nil {
			return err
		}
		l.made[p.userID()] = p
		return s.signIn(ctx, p, deviceName)
	}
	if p.site.SignIn == stack.SignInMAS {
		if err := s.authorize(ctx, p, deviceName, true); err != nil {
			return err
		}
		l.made[p.userID()] = p
		return nil
	}
	made, err := s.registerWithToken(ctx, p, deviceName)
	if err != nil {
		return fmt.Errorf("sign up %s: %w", p.name, err)
	}
	l.made[p.userID()] = p
	return s.open(ctx, p, deviceName, made)
}

// registerWithToken makes an account at a homeserver that keeps its accounts itself (the flow of m.login.registration_token).
func (s *scenario) registerWithToken(ctx context.Context, p *person, deviceName string) (session, error) {
	client, err := s.anonymous(p.site)
	if err != nil {
		return session{}, err
	}
	request := &mautrix.ReqRegister[any]{Username: p.username, Password: p.password, InitialDeviceDisplayName: deviceName}
	passed := ""
	for {
		answer, asked, err := client.Register(ctx, request)
		if err == nil && answer != nil && asked == nil {
			return session{deviceID: answer.DeviceID, accessToken: answer.AccessToken}, nil
		}
		if asked == nil {
			return session{}, err
		}
		stage := "m.login.registration_token"
		if len(asked.Completed) > 0 {
			stage = "m.login.dummy"
		}
		if stage == passed || asked.ErrCode != "" {
			return session{}, fmt.Errorf("%s was not passed: %s %s", passed, asked.ErrCode, asked.Error)
		}
		passed = stage
		request.Auth = map[string]any{"type": stage, "token": p.invitation, "session": asked.Session}
	}
}

// leave deactivates every account the run made, and proves it: each is refused when it signs in again. Those of the peer go with it.
func (l *live) leave(ctx context.Context, r *run) (gone int, err error) {
	var problems []error
	for user, p := range l.made {
		if p.isOfPeer() {
			continue
		}
		s := newScenario(r)
		err := context.Cause(ctx)
		if err == nil {
			err = errors.Join(s.leave(ctx, p), s.end(ctx))
		}
		if err != nil {
			problems = append(problems, fmt.Errorf("remove the account %s: %w; deactivate it by hand", user, err))
		}
		gone++
	}
	return gone, errors.Join(problems...)
}

func (s *scenario) leave(ctx context.Context, p *person) error {
	remembered := p.browser.Jar
	p.browser, p.devices, p.first = newBrowser(s.http()), map[string]*device{}, nil
	p.browser.Jar = remembered
	s.people[p.name] = p
	live := s.run.live
	if err := live.unhurried(ctx, func() error { return s.signIn(ctx, p, "last look") }); err != nil {
		return err
	}
	joined, err := p.first.client.JoinedRooms(ctx)
	if err == nil && len(joined.JoinedRooms) > 0 {
		err = fmt.Errorf("it was still in %d rooms", len(joined.JoinedRooms))
	}
	if err := errors.Join(err, p.deactivate(ctx, p.password)); err != nil {
		return err
	}
	p.first.close()
	p.first = nil
	again := &person{name: p.name, site: p.site, username: p.username, password: p.password, browser: newBrowser(s.http()), devices: map[string]*device{}}
	if err := live.unhurried(ctx, func() error { return s.signIn(ctx, again, "afterwards") }); err == nil {
		return errors.New("it was deactivated and still signs in")
	} else if !wasRefused(err) {
		return fmt.Errorf("whether it is gone could not be seen: %w", err)
	}
	return nil
}

// wasRefused tells a refusal to sign in from a failure to ask.
func wasRefused(err error) bool {
	var form refusal
	var page deadEnd
	return errors.As(err, &form) || errors.As(err, &page) || answered(mautrix.MForbidden)(err) || answered(mautrix.MUserDeactivated)(err)
}

// siteElsewhere is how features know a deployment that was not booted here: they call it alpha.
func siteElsewhere(serverName, homeserver, accounts string) stack.Site {
	site := stack.Site{Name: "alpha", ServerName: serverName, Homeserver: homeserver, Accounts: accounts, SignIn: stack.SignInSynapse, Operator: true}
	if accounts != "" {
		site.SignIn = stack.SignInMAS
	}
	return site
}

// botsOf lists the bots of bridges that a deployment may have.
func botsOf(site stack.Site) map[string]string {
	bots := map[string]string{}
	for _, b := range site.AllBridges() {
		bots[b.Name] = "@" + b.Bot + ":" + site.ServerName
	}
	return bots
}

// profilePath is where anybody reads whether somebody exists.
func profilePath(user string) string { return "/_matrix/client/v3/profile/" + url.PathEscape(user) }
