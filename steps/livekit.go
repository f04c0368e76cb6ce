package steps

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/websocket"

	"matrixstack/stack"
)

// call is a call that somebody joined, and what it told them first.
type call struct {
	name   string
	token  callToken
	told   []byte
	socket *websocket.Conn
}

// callToken is what LiveKit lets people in with.
type callToken struct {
	Issuer  string    `json:"iss"`
	Subject string    `json:"sub"`
	Expires int64     `json:"exp"`
	Video   callGrant `json:"video"`
}

// callGrant is what a token allows.
type callGrant struct {
	Room   string `json:"room,omitempty"`
	Join   bool   `json:"roomJoin,omitempty"`
	Create bool   `json:"roomCreate,omitempty"`
}

// signed is the token as a JWT.
func (t callToken) signed(secret string) (string, error) {
	claims, err := json.Marshal(t)
	if err != nil {
		return "", err
	}
	encode := base64.RawURLEncoding.EncodeToString
	text := encode([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + encode(claims)
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(text))
	return text + "." + encode(mac.Sum(nil)), nil
}

// readCallToken reads what a JWT says, whoever signed it.
func readCallToken(jwt string) (callToken, error) {
	var t callToken
	parts := strings.Split(jwt, ".")
	if len(parts) != 3 {
		return t, errors.New("read a token: it has not three parts")
	}
	claims, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err == nil {
		err = json.Unmarshal(claims, &t)
	}
	if err != nil {
		return t, fmt.Errorf("read a token: %w", err)
	}
	return t, nil
}

// callName is the name a call has at LiveKit in this scenario.
func (s *scenario) callName(name string) string { return name + "-" + s.suffix }

// callPlace is where calls of a site are held, as clients are told.
func callPlace(site stack.Site) string { return site.MatrixHost() + "/livekit/sfu" }

// openCall opens a call as the token service does.
func (s *scenario) openCall(ctx context.Context, site stack.Site, name string) error {
	token := callToken{Issuer: site.CallKey(), Subject: "operator", Expires: time.Now().Add(time.Hour).Unix(), Video: callGrant{Create: true}}
	signed, err := token.signed(site.Secrets.Hex("livekit"))
	if err != nil {
		return err
	}
	body, err := json.Marshal(map[string]any{"name": s.callName(name), "empty_timeout": 60})
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "https://"+callPlace(site)+"/twirp/livekit.RoomService/CreateRoom", bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+signed)
	return doJSON(s.http(), request, nil)
}

// joinCall joins a call through the proxy, as a client does; when it is turned away, it asks why.
func (s *scenario) joinCall(ctx context.Context, place, jwt string) (told []byte, socket *websocket.Conn, err error) {
	u, err := url.Parse(place)
	if err != nil {
		return nil, nil, fmt.Errorf("join a call: %w", err)
	}
	query := "?" + url.Values{"access_token": {jwt}, "protocol": {"15"}, "auto_subscribe": {"1"}}.Encode()
	config, err := websocket.NewConfig("wss://"+u.Host+u.Path+"/rtc"+query, "https://"+u.Host)
	if err != nil {
		return nil, nil, fmt.Errorf("join a call: %w", err)
	}
	raw, err := s.stack.DialContext(ctx, "tcp", u.Host+":443")
	if err != nil {
		return nil, nil, fmt.Errorf("join a call: %w", err)
	}
	secure := tls.Client(raw, &tls.Config{RootCAs: s.stack.Roots(), ServerName: u.Host, MinVersion: tls.VersionTLS12})
	if err := secure.SetDeadline(time.Now().Add(patience)); err != nil {
		return nil, nil, errors.Join(fmt.Errorf("join a call: %w", err), raw.Close())
	}
	socket, err = websocket.NewClient(config, secure)
	if errors.Is(err, websocket.ErrBadStatus) {
		raw.Close()
		if why := getJSON(ctx, s.http(), "https://"+u.Host+u.Path+"/rtc/validate"+query, nil); why != nil {
			return nil, nil, why
		}
	}
	if err != nil {
		raw.Close()
		return nil, nil, fmt.Errorf("join a call: %w", err)
	}
	s.mended = append(s.mended, func(context.Context) error { return socket.Close() })
	if err := websocket.Message.Receive(socket, &told); err != nil {
		return nil, nil, fmt.Errorf("join a call: it tells nothing: %w", err)
	}
	return told, socket, nil
}

// soundPlace is where a call takes sound and pictures.
type soundPlace struct{ protocol, host, port string }

// String is how operators write it.
func (p soundPlace) String() string { return net.JoinHostPort(p.host, p.port) + "/" + p.protocol }

// soundPlaces reads on until the call has named places to send sound and pictures to, over both protocols.
func (c call) soundPlaces() ([]soundPlace, error) {
	named := map[string]soundPlace{}
	for len(named) < 2 {
		var told []byte
		if err := websocket.Message.Receive(c.socket, &told); err != nil {
			return nil, fmt.Errorf("the call %q names places to send sound to only over %s: %w", c.name, known(named), err)
		}
		for _, found := range regexp.MustCompile(`candidate:\S+ \d+ (udp|tcp) \d+ (\S+) (\d+) typ host`).FindAllSubmatch(told, -1) {
			named[string(found[1])] = soundPlace{string(found[1]), string(found[2]), string(found[3])}
		}
	}
	return slices.Collect(maps.Values(named)), nil
}
