package steps

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	mathrand "math/rand/v2"
	"slices"
	"strings"
	"time"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"
	"maunium.net/go/mautrix/pushrules"

	"matrixstack/stack"
	"matrixstack/stack/check"
)

// LiveOptions say whom a check of a deployment may be.
type LiveOptions struct {
	Token    string // registration token; opens throw-away accounts
	User     string // localpart of an existing account
	Password string
	Peer     *stack.Peer // homeserver to boot for the deployment to talk to; nil for none
}

// Check runs the scenarios tagged @live, and only those, against a deployment that was not booted here. Its people are thrown away
// afterwards. Findings are what was asked besides.
func Check(ctx context.Context, t *check.Target, o Options, l LiveOptions) (Verdict, []check.Finding, error) {
	o.Tags = "@live"
	if o.Seed == 0 {
		o.Seed = mathrand.Uint64N(1_000_000) + 1
	}
	chosen, err := choose(o)
	if err != nil {
		return Verdict{}, nil, err
	}
	suffix := make([]byte, 4)
	_, _ = rand.Read(suffix)
	elsewhere := t.Elsewhere
	elsewhere.Site = siteElsewhere(t.ServerName, t.Homeserver, t.Accounts)
	elsewhere.Servers = []string{"synapse", "traefik"}
	if t.Accounts != "" {
		elsewhere.Servers = append(elsewhere.Servers, "mas")
	}
	r := &run{whole: &whole{options: o, words: registerAll, live: newLive(l, hex.EncodeToString(suffix))}}
	if r.all, err = stack.NewWorld(stack.TestSites(stack.SignInMAS), stack.Environment{}); err != nil {
		return Verdict{}, nil, err
	}
	r.stack = elsewhere.Reach()
	verdict := Verdict{Seed: o.Seed, Started: time.Now(), Expected: chosen.count()}
	var found []check.Finding
	if l.Token != "" || l.User != "" {
		found, elsewhere.Servers = r.look(ctx, guests(chosen), elsewhere.Servers)
	}
	found = append(found, r.raise(ctx, &elsewhere)...)
	r.stack = elsewhere.Reach()
	r.collector = newCollector(o.Out, o.Terminal, chosen)
	verdict.Err = r.pass(ctx, "live", "@live", 1, chosen)
	verdict.Results = r.collector.Results()
	verdict.Interrupted = ctx.Err() != nil
	found = append(found, r.leave(ctx, t.ServerName)...)
	verdict.Elapsed = time.Since(verdict.Started)
	return verdict, found, r.removePeer(ctx)
}

// leave removes the people of the run, also after an interrupt, and says what is left behind.
func (r *run) leave(ctx context.Context, serverName string) []check.Finding {
	ctx, done := cleanup(ctx)
	defer done()
	f := check.Finding{Level: check.Good, About: "what is left behind", Where: serverName}
	gone, err := r.live.leave(ctx, r)
	switch {
	case err != nil:
		f.Level, f.What, f.Set = check.Mistake, redact(err.Error()), "the accounts that begin with check-"
	case gone == 0:
		return nil
	default:
		f.What = fmt.Sprintf("%d throw-away accounts left every room and were deactivated, and are refused when they sign in", gone)
	}
	if r.live.pictures > 0 {
		f.What += fmt.Sprintf("; %d small pictures stay among the files, since no client can remove them", r.live.pictures)
	}
	return []check.Finding{f}
}

// look asks what takes an account: the relay, pushes and bridges. It tells which servers there are.
func (r *run) look(ctx context.Context, guests, servers []string) (found []check.Finding, have []string) {
	s := newScenario(r)
	about := func(f check.Finding) { found = append(found, f) }
	defer func() { _ = s.end(ctx) }() // what is left behind is looked for at the end
	p, found := s.lookIn(ctx, guests)
	if p == nil {
		return found, servers
	}
	about(s.lookRelay(ctx, p))
	if found[len(found)-1].Level == check.Good {
		servers = append(servers, "coturn")
	}
	about(s.lookCalls(ctx, p))
	about(s.lookPush(ctx, p))
	found = append(found, s.lookBridges(ctx, p)...)
	return found, servers
}

// lookPush asks whether a phone may register to be woken, and takes the registration back.
func (s *scenario) lookPush(ctx context.Context, p *person) check.Finding {
	f := check.Finding{Level: check.Mistake, About: "pushes", Where: p.site.ServerName}
	client := p.first.client
	var rules pushrules.PushRuleset
	_, err := client.MakeRequest(ctx, "GET", client.BuildClientURL("v3", "pushrules", "global", ""), nil, &rules)
	if err == nil {
		_, err = client.MakeRequest(ctx, "GET", client.BuildClientURL("v3", "pushers"), nil, nil)
	}
	if err != nil {
		f.What, f.Set = redact(err.Error()), "route all of /_matrix to the homeserver"
		return f
	}
	f.Level, f.What = check.Good, "rules and pushers are kept"
	return f
}

// lookBridges invites the bot of each bridge there is, and waits until it comes.
func (s *scenario) lookBridges(ctx context.Context, p *person) []check.Finding {
	var found []check.Finding
	bots := botsOf(p.site)
	for _, name := range slices.Sorted(maps.Keys(bots)) {
		bot := id.UserID(bots[name])
		err := getJSON(ctx, s.http(), "https://"+p.site.MatrixHost()+profilePath(bots[name]), nil)
		if err != nil {
			continue // there is no such bridge
		}
		f := check.Finding{Level: check.Good, About: "bridge " + name, Where: bots[name]}
		if f.What, err = p.invites(ctx, bot); err != nil {
			f.Level, f.What = check.Note, redact(strings.ReplaceAll(err.Error(), "\n", "; "))
			f.Set = "nothing, when its owner has to let people in first (ADDMASK at Heisenbridge); else see whether the bridge runs, and that its registration names the same url and tokens as at the homeserver"
		}
		found = append(found, f)
	}
	return found
}

// invites asks a bot into a room of its own, and says what it answered.
func (p *person) invites(ctx context.Context, bot id.UserID) (answer string, err error) {
	client := p.first.client
	room, err := client.CreateRoom(ctx, &mautrix.ReqCreateRoom{Preset: "trusted_private_chat", IsDirect: true, Invite: []id.UserID{bot}})
	if err != nil {
		return "", err
	}
	err = eventually(ctx, func(ctx context.Context) error {
		var member event.MemberEventContent
		if err := client.StateEvent(ctx, room.RoomID, event.StateMember, bot.String(), &member); err != nil {
			return err
		}
		switch member.Membership {
		case event.MembershipJoin:
			answer = "its bot comes when it is invited"
		case event.MembershipLeave:
			answer = "its bot answers, and serves others than throw-away accounts"
		default:
			return errors.New("its bot does not answer an invitation")
		}
		return nil
	})
	open, done := cleanup(ctx)
	defer done()
	_, leaving := client.LeaveRoom(open, room.RoomID)
	return answer, errors.Join(err, leaving)
}
