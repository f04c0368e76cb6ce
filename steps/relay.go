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
	return given, nil
}

// relay opens a place at the relay the credentials are for, over udp or tcp, as a phone does. It is closed when the scenario ends.
func (s *scenario) relay(ctx context.Context, given *mautrix.RespTurnServer, protocol string) (*relayed, error) {
	var address string
	for _, uri := range given.URIs {
		if found := regexp.MustCompile(`^turn:(.+)\?transport=` + protocol + `$`).FindStringSubmatch(uri); found != nil {
			address = found[1]
		}
	}
	if address == "" {
		return nil, fmt.Errorf("the homeserver names no relay over %s, only %s", protocol, strings.Join(given.URIs, ", "))
	}
	_, endpoint, err := s.stack.Locate(ctx, protocol, address)
	if err != nil {
		return nil, err
	}
	conn, err := packets(ctx, protocol, endpoint)
	if err != nil {
		return nil, fmt.Errorf("reach the relay %s: %w", address, err)
	}
	client, err := turn.NewClient(&turn.ClientConfig{
		TURNServerAddr: endpoint, Conn: conn, Username: given.Username, Password: given.Password, RTO: time.Second,
	})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("reach the relay %s: %w", address, err), conn.Close())
	}
	s.mended = append(s.mended, func(context.Context) error {
		client.Close()
		return conn.Close()
	})
	if err := client.Listen(); err != nil {
		return nil, fmt.Errorf("listen to the relay %s: %w", address, err)
	}
	place, err := client.AllocateWithContext(ctx)
	if err != nil {
		return nil, fmt.Errorf("open a place at the relay %s: %w", address, err)
	}
	s.mended = append(s.mended, func(context.Context) error { return place.Close() })
	return &relayed{place, client}, nil
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
