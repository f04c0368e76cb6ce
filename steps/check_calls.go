package steps

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"

	"maunium.net/go/mautrix"

	"matrixstack/stack/check"
)

const (
	aboutRelay = "relay for calls"
	aboutCalls = "place for calls"
)

// lookRelay opens places at the relay, over each way the homeserver names, and lets what is sent at one come out at the other.
func (s *scenario) lookRelay(ctx context.Context, p *person) check.Finding {
	f := check.Finding{Level: check.Mistake, About: aboutRelay, Where: p.site.ServerName}
	given, err := p.first.client.TurnServer(ctx)
	if err != nil || len(given.URIs) == 0 {
		f.Level, f.What, f.Set = check.Note, "the homeserver names none, so that calls fail between strict networks", "turn_uris and turn_shared_secret in homeserver.yaml, when people call each other"
		return f
	}
	f.Where = strings.Join(given.URIs, ", ")
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	places, err := s.placesAtRelay(ctx, given)
	if err != nil {
		f.What, f.Set = redact(oneLine(err.Error())), "open port 3478 (UDP and TCP) and the relayed ports; the same secret in static-auth-secret of coturn and turn_shared_secret of the homeserver"
		if strings.Contains(f.What, "no such host") {
			f.Set = "an A (and AAAA) record for the host in turn_uris of homeserver.yaml, or --resolve for it"
		}
		return f
	}
	if err := meetThere(ctx, places[0], places[len(places)-1], s.suffix); err != nil {
		f.What, f.Set = "of two people at the relay none hears the other: "+redact(oneLine(err.Error())), "external-ip=PUBLIC/OWN in turnserver.conf, when the relay has another address than people know; it takes its own people for a private network otherwise"
		return f
	}
	f.Level, f.What = check.Good, "who is signed in hears others through it"
	return f
}

// placesAtRelay are two places at least, over all ways there are.
func (s *scenario) placesAtRelay(ctx context.Context, given *mautrix.RespTurnServer) (places []*relayed, err error) {
	var problems []error
	for _, protocol := range []string{"udp", "tcp", "udp"} {
		if !slices.ContainsFunc(given.URIs, func(uri string) bool { return strings.HasSuffix(uri, "transport="+protocol) }) {
			continue
		}
		place, err := s.relay(ctx, given, protocol)
		problems, places = append(problems, err), append(places, place)
	}
	if len(places) == 0 {
		problems = append(problems, errors.New("the homeserver names no relay over UDP or TCP"))
	}
	return places, errors.Join(problems...)
}

func meetThere(ctx context.Context, a, b *relayed, text string) error {
	if err := meet(a, b); err != nil {
		return err
	}
	return errors.Join(carries(ctx, a, b, text), carries(ctx, b, a, text))
}

// lookCalls goes where the deployment sends clients that want to hold a call: to the token service, and with its token into a call.
func (s *scenario) lookCalls(ctx context.Context, p *person) check.Finding {
	f := check.Finding{Level: check.Mistake, About: aboutCalls, Where: p.site.ServerName}
	foci, err := s.announced(ctx, p.site)
	if err != nil || len(foci) == 0 {
		f.Level, f.What, f.Set = check.Note, "clients are shown none, so that no calls of several people are held", "org.matrix.msc4143.rtc_foci in the document for clients, when people call each other"
		return f
	}
	f.Where = foci[0].Service
	place, jwt, err := s.askTokenService(ctx, p.first, foci[0].Service, "check", p.userID())
	if err != nil {
		f.What, f.Set = "its token service gives no token: "+redact(oneLine(err.Error())), "a route to the token service at this path, and a way for it to the homeserver by the name of the deployment"
		return f
	}
	f.Where = place
	told, socket, err := s.joinCall(ctx, place, jwt)
	if err != nil {
		f.What, f.Set = "its own token opens no call: "+redact(oneLine(err.Error())), "LIVEKIT_URL of the token service to where LiveKit is reached, and the same key and secret at both"
		return f
	}
	sound, err := call{"check", callToken{}, told, socket}.soundPlaces()
	if err == nil {
		err = s.isReached(ctx, sound)
	}
	if err != nil {
		f.What, f.Set = "sound and pictures do not arrive: "+redact(oneLine(err.Error())), "rtc.node_ip of LiveKit to the address of the machine on the internet, and its ports open in the firewall"
		return f
	}
	f.Level, f.What = check.Good, fmt.Sprintf("who is signed in gets in, with sound and pictures at %v", sound)
	return f
}

// isReached connects to the places of a call that take connections; what comes as packets alone is answered to nobody else.
func (s *scenario) isReached(ctx context.Context, places []soundPlace) error {
	for _, place := range places {
		if place.protocol != "tcp" {
			continue
		}
		connection, err := s.stack.DialContext(ctx, "tcp", net.JoinHostPort(place.host, place.port))
		if err != nil {
			return err
		}
		connection.Close()
	}
	return nil
}
