package steps

import (
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/pion/stun/v4"
	"github.com/pion/turn/v5"
	"maunium.net/go/mautrix"

	"matrixstack/stack"
)

// relayed is a place at the relay that somebody opened: what is sent there comes out at their phone.
type relayed struct {
	net.PacketConn
	client *turn.Client
}

// permit lets others send to the place.
func (r *relayed) permit(others ...net.Addr) error { return r.client.CreatePermission(others...) }

// meet lets two places at the relay send to one another.
func meet(a, b *relayed) error { return errors.Join(a.permit(b.LocalAddr()), b.permit(a.LocalAddr())) }

// credentials are what the homeserver gives people for the relay.
func (s *scenario) credentials(ctx context.Context, name string) (*mautrix.RespTurnServer, error) {
	d, err := s.device(name)
	if err != nil {
		return nil, err
	}
	given, err := d.client.TurnServer(ctx)
	if err != nil {
		return nil, fmt.Errorf("ask the homeserver of %s for a relay: %w", name, err)
	}
	if len(given.URIs) == 0 {
		return nil, fmt.Errorf("the homeserver of %s names no relay", name)
	}
	const longest = 24 * 60 * 60 // whoever finds them later must not be able to use them, while a call may take hours
	if given.TTL < 10*60 || given.TTL > longest {
		return nil, fmt.Errorf("the homeserver of %s gives credentials for the relay that are good for %s", name, time.Duration(given.TTL)*time.Second)
	}
	return given, nil
}

// relay opens a place at the relay the credentials are for, over udp or tcp, as a phone does. It is closed when the scenario ends.
func (s *scenario) relay(ctx context.Context, given *mautrix.RespTurnServer, protocol string) (*relayed, error) {
	client, address, err := s.reachRelay(ctx, given, protocol)
	if err != nil {
		return nil, err
	}
	place, err := client.AllocateWithContext(ctx)
	if errors.Is(err, stun.ErrAttributeNotFound) {
		err = fmt.Errorf("it asks nobody who they are: %w", err)
	}
	if err != nil {
		return nil, fmt.Errorf("open a place at the relay %s: %w", address, err)
	}
	s.mended = append(s.mended, func(context.Context) error { return place.Close() })
	return &relayed{place, client}, nil
}

// isAsDeclared wants a place to be one of the relay as it is declared: where the operator's firewall lets packets in.
func (r *relayed) isAsDeclared(relay stack.Component) error {
	if realm := r.client.Realm().String(); !slices.Contains(relay.Hosts, realm) {
		return fmt.Errorf("the relay %s answers for another one, %s", strings.Join(relay.Hosts, ", "), realm)
	}
	at := r.LocalAddr().(*net.UDPAddr)
	for _, ports := range relay.Public {
		var first, last int
		if n, _ := fmt.Sscanf(ports, "%d-%d/udp", &first, &last); n == 2 && first <= at.Port && at.Port <= last {
			return nil
		}
	}
	return fmt.Errorf("the relay opens places at ports like %d; let in are only %s", at.Port, strings.Join(relay.Public, ", "))
}

// reachRelay finds the relay the credentials are for, and listens to it until the scenario ends.
func (s *scenario) reachRelay(ctx context.Context, given *mautrix.RespTurnServer, protocol string) (*turn.Client, string, error) {
	var address string
	for _, uri := range given.URIs {
		if found := regexp.MustCompile(`^turn:(.+)\?transport=` + protocol + `$`).FindStringSubmatch(uri); found != nil {
			address = found[1]
		}
	}
	if address == "" {
		return nil, "", fmt.Errorf("the homeserver names no relay over %s, only %s", protocol, strings.Join(given.URIs, ", "))
	}
	_, endpoint, err := s.stack.Locate(ctx, protocol, address)
	if err != nil {
		return nil, "", err
	}
	conn, err := packets(ctx, protocol, endpoint)
	if err != nil {
		return nil, "", fmt.Errorf("reach the relay %s: %w", address, err)
	}
	client, err := turn.NewClient(&turn.ClientConfig{
		STUNServerAddr: endpoint, TURNServerAddr: endpoint, Conn: conn, Username: given.Username, Password: given.Password, RTO: time.Second,
	})
	if err != nil {
		return nil, "", errors.Join(fmt.Errorf("reach the relay %s: %w", address, err), conn.Close())
	}
	s.mended = append(s.mended, func(context.Context) error {
		client.Close()
		return conn.Close()
	})
	if err := client.Listen(); err != nil {
		return nil, "", fmt.Errorf("listen to the relay %s: %w", address, err)
	}
	return client, address, nil
}

// packets is a way to send packets to an address, which over tcp go one after another.
func packets(ctx context.Context, protocol, endpoint string) (net.PacketConn, error) {
	if protocol == "udp" {
		var l net.ListenConfig
		return l.ListenPacket(ctx, "udp4", "0.0.0.0:0")
	}
	var d net.Dialer
	conn, err := d.DialContext(ctx, protocol, endpoint)
	if err != nil {
		return nil, err
	}
	return turn.NewSTUNConn(conn), nil
}

// carries sends a text from one place at the relay to another until it comes out there, from nobody else.
func carries(ctx context.Context, from, to *relayed, text string) error {
	return eventually(ctx, func(context.Context) error {
		if _, err := from.WriteTo([]byte(text), to.LocalAddr()); err != nil {
			return err
		}
		if err := to.SetReadDeadline(time.Now().Add(5 * interval)); err != nil {
			return err
		}
		buffer := make([]byte, 1500)
		for {
			n, sender, err := to.ReadFrom(buffer)
			if err != nil {
				return fmt.Errorf("%q did not come out of the relay: %w", text, err)
			}
			if string(buffer[:n]) == text && sender.String() == from.LocalAddr().String() {
				return nil
			}
		}
	})
}

// signedForRelay is the password that goes with a user name at the relay of a site.
func signedForRelay(site stack.Site, username string) string {
	mac := hmac.New(sha1.New, []byte(site.Secrets.Hex("turn")))
	mac.Write([]byte(username))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// relayAnswered accepts a refusal of the relay with one code.
func relayAnswered(code stun.ErrorCode) func(error) bool {
	return func(err error) bool {
		var refusal *stun.TurnError
		return errors.As(err, &refusal) && refusal.ErrorCodeAttr.Code == code
	}
}
