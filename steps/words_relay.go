package steps

import (
	"context"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/pion/stun/v4"
	"maunium.net/go/mautrix"
)

// registerRelay holds the words about the relay for calls.
func registerRelay(r Registrar) {
	r.When(`^(\w+) and (\w+) meet at the relay over (UDP|TCP)$`, meetAtRelay)
	r.When(`^(\w+) asks the relay for a connection$`, asksForConnection)
	r.When(`^(\w+) looks for servers of the deployment through the relay$`, looksThroughRelay)
	r.When(`^(\w+) uses the relay with (a made-up password|credentials of yesterday)$`, usesRelayWith)
	r.When(`^somebody without an account asks for the relay$`, strangerAsksForRelay)
	r.Then(`^(\w+) and (\w+) hear each other through the relay$`, hearEachOther)
	r.Then(`^the relay of (\w+) tells strangers nothing of what it runs$`, relayTellsNothing)
}

func meetAtRelay(ctx context.Context, first, second, protocol string) error {
	s := from(ctx)
	s.relays = map[string]*relayed{}
	for _, name := range []string{first, second} {
		given, err := s.credentials(ctx, name)
		if err != nil {
			return err
		}
		place, err := s.relay(ctx, given, strings.ToLower(protocol))
		if err != nil {
			return err
		}
		declared, _ := s.stack.World.Component("coturn")
		if err := place.isAsDeclared(declared); err != nil {
			return err
		}
		s.relays[name] = place
	}
	return meet(s.relays[first], s.relays[second])
}

func hearEachOther(ctx context.Context, first, second string) error {
	s := from(ctx)
	a, b := s.relays[first], s.relays[second]
	if a == nil || b == nil {
		return fmt.Errorf("%s and %s have not met at the relay; there are: %s", first, second, known(s.relays))
	}
	if err := carries(ctx, a, b, "ring "+s.suffix); err != nil {
		return fmt.Errorf("%s does not hear %s: %w", second, first, err)
	}
	if err := carries(ctx, b, a, "hello "+s.suffix); err != nil {
		return fmt.Errorf("%s does not hear %s: %w", first, second, err)
	}
	return nil
}

// usesRelayWith makes sure that nothing but the named flaw is wrong with the credentials.
func usesRelayWith(ctx context.Context, name, what string) error {
	s := from(ctx)
	given, err := s.credentials(ctx, name)
	if err != nil {
		return err
	}
	site := s.people[name].site
	if signedForRelay(site, given.Username) != given.Password {
		return fmt.Errorf("the homeserver of %s signs for another relay: its secret differs", name)
	}
	if what == "a made-up password" {
		given.Password = signedForRelay(site, given.Username+"?")
	} else {
		given.Username = fmt.Sprintf("%d:%s", time.Now().AddDate(0, 0, -1).Unix(), s.people[name].userID())
		given.Password = signedForRelay(site, given.Username)
	}
	_, err = s.relay(ctx, given, "udp")
	return s.tried(err, "%s uses the relay with %s", name, what)
}

// looksThroughRelay asks the relay for each address of each server of the deployment, and for a few that private networks often have.
func looksThroughRelay(ctx context.Context, name string) error {
	s := from(ctx)
	given, err := s.credentials(ctx, name)
	if err != nil {
		return err
	}
	place, err := s.relay(ctx, given, "udp")
	if err != nil {
		return err
	}
	targets := []string{"10.0.0.1", "100.64.0.1", "127.0.0.1", "169.254.169.254", "172.16.0.1", "192.168.0.1", "224.0.0.251"}
	for _, c := range s.stack.World.Components {
		if c.Site != s.people[name].site.Name || c.Name == "coturn" {
			continue
		}
		addresses, err := s.stack.Addresses(ctx, c.Name)
		if err != nil {
			return err
		}
		for _, address := range addresses {
			targets = append(targets, address)
		}
	}
	for _, target := range targets {
		if err = place.permit(&net.UDPAddr{IP: net.ParseIP(target), Port: 5432}); !relayAnswered(stun.CodeForbidden)(err) {
			return s.tried(err, "%s looks for %s through the relay", name, target)
		}
	}
	return s.tried(err, "%s looks for servers of the deployment through the relay", name)
}

// asksForConnection asks for what calls do not need, and what would lead strangers anywhere: connections.
func asksForConnection(ctx context.Context, name string) error {
	s := from(ctx)
	given, err := s.credentials(ctx, name)
	if err != nil {
		return err
	}
	client, _, err := s.reachRelay(ctx, given, "tcp")
	if err != nil {
		return err
	}
	place, err := client.AllocateTCPWithContext(ctx)
	if err == nil {
		s.mended = append(s.mended, func(context.Context) error { return place.Close() })
	}
	return s.tried(err, "%s asks the relay for a connection", name)
}

// relayTellsNothing asks the relay what anybody may: where from they are seen.
func relayTellsNothing(ctx context.Context, name string) error {
	s := from(ctx)
	site, err := s.site(name)
	if err != nil {
		return err
	}
	client, address, err := s.reachRelay(ctx, &mautrix.RespTurnServer{URIs: []string{"turn:" + site.TurnHost() + ":3478?transport=udp"}}, "udp")
	if err != nil {
		return err
	}
	question, err := stun.Build(stun.TransactionID, stun.BindingRequest, stun.Fingerprint)
	if err != nil {
		return err
	}
	answer, err := client.PerformTransactionWithContext(question, client.STUNServerAddr(), false, ctx)
	if err != nil {
		return fmt.Errorf("ask the relay %s where from one is seen: %w", address, err)
	}
	if told, err := answer.Msg.Get(stun.AttrSoftware); err == nil {
		return fmt.Errorf("the relay %s tells strangers what it runs: %q", address, told)
	}
	return nil
}

func strangerAsksForRelay(ctx context.Context) error {
	s := from(ctx)
	site := s.stack.World.Sites[0]
	client, err := s.anonymous(site)
	if err != nil {
		return err
	}
	_, err = client.TurnServer(ctx)
	return s.tried(err, "somebody without an account asks for the relay")
}

func relayRefusals() reasons {
	return reasons{
		"the relay does not take these credentials": relayAnswered(stun.CodeUnauthorized),
		"the relay leads into no private network":   relayAnswered(stun.CodeForbidden),
		"the relay carries packets only":            relayAnswered(stun.CodeUnsupportedTransProto),
	}
}
