package steps

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"matrixstack/stack"
	"matrixstack/stack/check"
)

const (
	aboutTowards = "federation towards a peer"
	aboutFrom    = "federation from a peer"
	answersPeers = 60 * time.Second // how long a homeserver may take to say that it reaches another one
)

// raise boots the peer of a check, lets the people of scenarios reach it, and asks whether it and the deployment reach one another.
func (r *run) raise(ctx context.Context, to *stack.Elsewhere) []check.Finding {
	p := r.live.peer
	if p == nil {
		r.live.alone = "no peer: pass --peer"
		const what = "not tried; --peer NAME, with --peer-cert and --peer-key, boots a homeserver here for it to talk to"
		return []check.Finding{
			{Level: check.Note, About: aboutTowards, Where: to.Site.ServerName, What: what},
			{Level: check.Note, About: aboutPushes, Where: to.Site.ServerName, What: what + ", with a push gateway at its door"},
		}
	}
	if r.live.alone = r.live.without; r.live.alone != "" {
		return nil
	}
	r.live.alone = "the deployment and its peer do not reach one another"
	if err := r.bootPeer(ctx, to); err != nil {
		return []check.Finding{{Level: check.Mistake, About: aboutTowards, Where: p.ServerName, What: "the peer does not come up: " + redact(oneLine(err.Error())), Set: "a container engine, port 8448 of this machine left free, and --peer-network of that engine"}}
	}
	r.stack = to.Reach()
	found := r.meet(ctx, to.Site)
	if !slices.ContainsFunc(found, func(f check.Finding) bool { return f.Level == check.Mistake }) {
		to.Servers, r.live.alone = append(to.Servers, "beta-synapse", "beta-traefik"), ""
	}
	return found
}

// bootPeer finds the images of the peer and starts it. Features call it beta.
func (r *run) bootPeer(ctx context.Context, to *stack.Elsewhere) error {
	o, p := r.options, r.live.peer
	if err := stack.Sweep(ctx, o.Engine); err != nil {
		return err
	}
	images := map[string]stack.Image{}
	if err := r.find(ctx, stack.PeerImages, images); err != nil {
		return err
	}
	for _, name := range stack.PeerImages {
		if _, ok := images[name]; !ok {
			return fmt.Errorf("image %q is unavailable", name)
		}
	}
	var err error
	if r.peer, err = p.Start(ctx, o.Engine, images, func(string) {}); err != nil {
		return err
	}
	door, err := r.peer.Endpoint(ctx, p.Component("traefik"), "443/tcp")
	if err != nil {
		return err
	}
	site := r.peer.World.Sites[0]
	site.Name = "beta"
	return to.Add(site, door, p.Certificate.Cert)
}

// removePeer removes the peer, also after an interrupt.
func (r *run) removePeer(ctx context.Context) error {
	if r.peer == nil {
		return nil
	}
	if err := r.peer.Stop(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("remove the peer: %w; stackctl down removes what is left", err)
	}
	return nil
}

// meet lets a person of each homeserver ask for the name of a person of the other.
func (r *run) meet(ctx context.Context, site stack.Site) (found []check.Finding) {
	p, began := r.live.peer, time.Now()
	s := newScenario(r)
	defer func() { _ = s.end(ctx) }() // what is left behind is looked for at the end
	people := map[string]*person{"alpha": {}, "beta": {}}
	for name, at := range map[string]string{"Alice": "alpha", "Bob": "beta"} {
		var err error
		if people[at], err = s.introduce(name, at); err == nil {
			err = s.signUp(ctx, people[at], "check")
		}
		if err != nil {
			return []check.Finding{{Level: check.Mistake, About: aboutTowards, Where: people[at].site.ServerName, What: redact(oneLine(err.Error())), Set: "see account above"}}
		}
	}
	inward := check.Finding{Level: check.Good, About: aboutFrom, Where: site.ServerName, What: p.ServerName + " asks it, and is answered"}
	why := people["beta"].asksWho(ctx, people["alpha"])
	if why != nil {
		why = r.ofLog(ctx, site, why, began)
		inward.Level, inward.What, inward.Set = r.whyNotFrom(site, why)
	}
	outward := check.Finding{Level: check.Good, About: aboutTowards, Where: p.ServerName, What: site.ServerName + " asks it, and is answered"}
	err := people["alpha"].asksWho(ctx, people["beta"])
	switch {
	case err == nil:
	case denied(err) && denied(why):
		outward.Level, outward.What = check.Note, "it is not spoken to either"
	default:
		outward.Level, outward.What, outward.Set = r.whyNotTowards(ctx, err, began)
		if outward.Level == check.Note && inward.Level != check.Mistake {
			outward.Level = check.Mistake // it has no other reason
		}
	}
	pushed := check.Finding{Level: check.Note, About: aboutPushes, Where: p.ServerName, What: "not tried: it takes somebody of the peer who invites"}
	if why == nil && err == nil {
		pushed = s.wakes(ctx, people["alpha"], people["beta"])
	}
	return []check.Finding{outward, inward, pushed}
}

// asksWho asks for the name of somebody elsewhere. Homeservers ask one another for it each time, however long they got no answer.
func (p *person) asksWho(ctx context.Context, other *person) error {
	ctx, cancel := context.WithTimeout(ctx, answersPeers)
	defer cancel()
	_, err := p.first.client.GetProfile(ctx, other.userID())
	if err != nil && strings.Contains(err.Error(), "Profile lookup over federation is disabled") {
		return nil // that is an answer
	}
	if ctx.Err() != nil {
		return fmt.Errorf("no answer within %s", answersPeers)
	}
	return err
}

// whyNotTowards says why the deployment does not get at the peer, as far as that can be seen at the peer's door.
func (r *run) whyNotTowards(ctx context.Context, err error, since time.Time) (level check.Level, what, set string) {
	p := r.live.peer
	said, logErr := r.peer.Logs(ctx, p.Component("traefik"), since)
	err = errors.Join(err, logErr)
	switch {
	case denied(err):
		return check.Mistake, "it refuses to speak to the peer", toAllow + p.ServerName
	case strings.Contains(said, "TLS handshake error from"): // libraries differ in what they say as they hang up
		what = "it hangs up while the peer shows its certificate, as who does not trust it does"
		if known := p.Trusted(); known != nil {
			what += "; nor does this machine: " + oneLine(known.Error())
		}
		return check.Mistake, what, "the full chain of a public authority in --peer-cert, or federation_custom_ca_list in homeserver.yaml with who signed it"
	case strings.Contains(said, "/_matrix/federation/v1/query/"):
		return check.Note, "its request arrived at the peer and was refused: " + redact(oneLine(err.Error())), ""
	}
	what = "nothing of it arrived at the peer: " + redact(oneLine(err.Error()))
	if p.Network != "" {
		return check.Mistake, what, "--peer-network must be one that the homeserver joins; ip_range_whitelist in homeserver.yaml with its range, since addresses there are private"
	}
	return check.Mistake, what, p.ServerName + " in DNS must lead to this machine, with port 8448 open to the deployment; at a private address also ip_range_whitelist in homeserver.yaml"
}

const toAllow = "leave out federation_domain_whitelist in homeserver.yaml, or add "

// toOther finds in the log of a homeserver why a request of its own was not answered.
var toOther = regexp.MustCompile(`\[(\S+)\] Request failed: \S+ \S+: (.*)`)

// ofLog is why the peer was not answered, in the words of its own log.
func (r *run) ofLog(ctx context.Context, site stack.Site, why error, since time.Time) error {
	said, err := r.peer.Logs(ctx, r.live.peer.Component("synapse"), since)
	if err != nil {
		return errors.Join(why, err)
	}
	for _, found := range toOther.FindAllStringSubmatch(said, -1) {
		if found[1] == site.ServerName {
			why = fmt.Errorf("%w: %s", why, strings.TrimSpace(found[2]))
		}
	}
	return why
}

// denied tells whether a homeserver speaks only to some others.
func denied(why error) bool {
	return why != nil && strings.Contains(why.Error(), "Federation denied with")
}

// whyNotFrom says why the peer does not get at the deployment, and what to set.
func (r *run) whyNotFrom(site stack.Site, why error) (level check.Level, what, set string) {
	what = "the peer is not answered: " + redact(oneLine(why.Error()))
	switch says := why.Error(); {
	case denied(why):
		return check.Mistake, what, toAllow + r.live.peer.ServerName
	case strings.Contains(says, "401"):
		return check.Note, "it answers the peer, and cannot get at the keys of the peer to believe it", ""
	case strings.Contains(says, "404"):
		return check.Mistake, what, "route Host(`" + site.ServerName + "`) && (PathPrefix(`/_matrix/federation`) || PathPrefix(`/_matrix/key`)) to the homeserver, port 8008"
	case strings.Contains(says, "certificate"):
		return check.Mistake, what, "the full chain in the certificate of the deployment; for a private authority pass --ca FILE"
	}
	return check.Mistake, what, "lead the containers of this machine to where other homeservers find " + site.ServerName + "; --resolve does not hold for them"
}

// registerAtPeer makes an account as the operator of the peer does: it takes no others.
func (s *scenario) registerAtPeer(ctx context.Context, p *person) error {
	_, err := s.run.peer.Exec(ctx, s.run.live.peer.Component("synapse"), "python3", "-m", "synapse._scripts.register_new_matrix_user",
		"-c", "/data/homeserver.yaml", "-u", p.username, "-p", p.password, "--no-admin", "http://127.0.0.1:8008")
	return err
}

// isOfPeer tells whether somebody lives at the peer.
func (p *person) isOfPeer() bool { return p.site.Name != "alpha" }

// leaveRooms takes a picture back and lets everybody leave the rooms of the scenario: people of the peer first, and the others when they have seen that, so
// that nothing is left to be sent to a peer that is gone.
func (s *scenario) leaveRooms(ctx context.Context) error {
	var problems []error
	if p := s.picture; p.event != "" {
		_, err := p.by.client.RedactEvent(ctx, p.room, p.event)
		problems = append(problems, err)
		s.run.live.pictures++
	}
	for _, visitors := range []bool{true, false} {
		for _, p := range s.people {
			if p.first != nil && p.isOfPeer() == visitors {
				problems = append(problems, s.leavesAll(ctx, p.first))
			}
		}
	}
	return errors.Join(problems...)
}

func (s *scenario) leavesAll(ctx context.Context, d *device) error {
	joined, err := d.client.JoinedRooms(ctx)
	if err != nil {
		return fmt.Errorf("leave the rooms of %s: %w", d.owner.name, err)
	}
	var problems []error
	for _, room := range joined.JoinedRooms {
		if !slices.Contains(slices.Collect(maps.Values(s.rooms)), room) {
			continue
		}
		err := eventually(ctx, func(ctx context.Context) error {
			members, err := d.client.JoinedMembers(ctx, room)
			if err != nil || d.owner.isOfPeer() {
				return err
			}
			for member := range members.Joined {
				if member.Homeserver() != d.owner.site.ServerName {
					return fmt.Errorf("%s is still in the room %s", member, room)
				}
			}
			return nil
		})
		_, leaving := d.client.LeaveRoom(ctx, room)
		problems = append(problems, err, leaving)
	}
	return errors.Join(problems...)
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
