package steps

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/id"

	"matrixstack/stack"
)

// registerCalls holds the words about the place where calls of many people are held.
func registerCalls(r Registrar) {
	r.Given(`^the operator opened the call "([^"]+)"$`, operatorOpenedCall)
	r.When(`^(\w+) asks the token service for the call "([^"]+)" in the name of (\w+)$`, asksTokenServiceInName)
	r.When(`^(\w+) joins the call "([^"]+)" with a token (of the operator|of the token service|signed by somebody else|that has expired)$`, joinsCallWith)
	r.Then(`^(\w+) is in the call "([^"]+)"$`, isInCall)
	r.Then(`^(\w+) leads who wants to join a call to its token service$`, leadsToTokenService)
	r.Then(`^(\w+) sends sound and pictures to where the firewall lets them in$`, sendsWhereLetIn)
	r.Then(`^(\w+) shows clients the way to its calls$`, showsClientsTheCalls)
	r.Then(`^the homeserver of (\w+) shows the way to the calls of (\w+)$`, homeserverShowsCalls)
	r.Then(`^the homeserver of (\w+) tells clients who is in a room by now$`, tellsWhoIsIn)
}

// rtcFocus is a place for calls, as homeservers announce it.
type rtcFocus struct {
	Type    string `json:"type"`
	Service string `json:"livekit_service_url"`
}

// announces wants that just the token service of a site is announced.
func (s *scenario) announces(name string, found []rtcFocus) error {
	site, err := s.site(name)
	if err != nil {
		return err
	}
	if want := (rtcFocus{"livekit", tokenServiceOf(site)}); len(found) != 1 || found[0] != want {
		return fmt.Errorf("%s sends clients to the calls at %v, not at %v", site.ServerName, found, want)
	}
	return nil
}

func showsClientsTheCalls(ctx context.Context, name string) error {
	s := from(ctx)
	site, err := s.site(name)
	if err != nil {
		return err
	}
	found, err := s.announced(ctx, site)
	if err != nil {
		return err
	}
	return s.announces(name, found)
}

// announced are the places for calls in a site's document for clients.
func (s *scenario) announced(ctx context.Context, site stack.Site) ([]rtcFocus, error) {
	var found struct {
		Foci []rtcFocus `json:"org.matrix.msc4143.rtc_foci"`
	}
	err := getJSON(ctx, s.http(), "https://"+site.ServerName+"/.well-known/matrix/client", &found)
	return found.Foci, err
}

func homeserverShowsCalls(ctx context.Context, name, site string) error {
	s := from(ctx)
	d, err := s.device(name)
	if err != nil {
		return err
	}
	var found struct {
		Transports []rtcFocus `json:"rtc_transports"`
	}
	_, err = d.client.MakeRequest(ctx, http.MethodGet, d.client.BuildClientURL("unstable", "org.matrix.msc4143", "rtc", "transports"), nil, &found)
	if err != nil {
		return fmt.Errorf("ask the homeserver of %s where calls are held: %w", name, err)
	}
	return s.announces(site, found.Transports)
}

func operatorOpenedCall(ctx context.Context, name string) error {
	s := from(ctx)
	if err := s.openCall(ctx, s.stack.World.Sites[0], name); err != nil {
		return fmt.Errorf("open the call %q: %w", name, err)
	}
	return nil
}

func joinsCallWith(ctx context.Context, name, called, what string) error {
	s := from(ctx)
	d, err := s.device(name)
	if err != nil {
		return err
	}
	site := d.owner.site
	place, secret := "wss://"+callPlace(site), site.Secrets.Hex("livekit")
	token := callToken{Issuer: site.CallKey(), Subject: string(d.owner.userID()), Expires: time.Now().Add(time.Hour).Unix(), Video: callGrant{Room: s.callName(called), Join: true}}
	switch what {
	case "signed by somebody else":
		secret = site.Secrets.Hex("somebody else")
	case "that has expired":
		token.Expires = time.Now().Add(-time.Hour).Unix()
	}
	jwt, err := token.signed(secret)
	if what == "of the token service" {
		place, jwt, err = s.askTokenService(ctx, d, s.tokenService(), called, d.owner.userID())
	}
	if err != nil {
		return err
	}
	if token, err = readCallToken(jwt); err != nil {
		return err
	}
	told, socket, err := s.joinCall(ctx, place, jwt)
	s.call = call{called, token, told, socket}
	return s.tried(err, "%s joins the call %q with a token %s", name, called, what)
}

// isInCall wants that the call greeted somebody under their name, and in that call.
func isInCall(ctx context.Context, _, called string) error {
	s := from(ctx)
	if err := s.held(); err != nil {
		return err
	}
	for what, want := range map[string]string{"call": s.call.token.Video.Room, "name": s.call.token.Subject} {
		if s.call.name != called || want == "" || !bytes.Contains(s.call.told, []byte(want)) {
			return fmt.Errorf("what the call %q told first does not hold the %s %q: %.200q", s.call.name, what, want, s.call.told)
		}
	}
	return nil
}

// tokenService is the one of the operator's calls, wherever who asks is from.
func (s *scenario) tokenService() string { return tokenServiceOf(s.stack.World.Sites[0]) }

func tokenServiceOf(site stack.Site) string { return "https://" + site.MatrixHost() + "/livekit/jwt" }

// askTokenService asks for a token and where to go with it, as somebody's client does, in the name of them or of somebody else.
func (s *scenario) askTokenService(ctx context.Context, d *device, service, called string, inName id.UserID) (place, jwt string, err error) {
	proof, err := d.client.RequestOpenIDToken(ctx)
	if err != nil {
		return "", "", fmt.Errorf("ask the homeserver of %s for a proof of who it is: %w", d.owner.name, err)
	}
	body, err := json.Marshal(map[string]any{
		"room_id": "!" + s.callName(called), "slot_id": "m.call#ROOM", "openid_token": proof,
		"member": map[string]any{"id": "member-" + s.suffix, "claimed_user_id": inName, "claimed_device_id": d.client.DeviceID},
	})
	if err != nil {
		return "", "", err
	}
	var given struct{ URL, JWT string }
	err = postJSON(ctx, s.http(), service+"/get_token", body, &given)
	return given.URL, given.JWT, err
}

func asksTokenServiceInName(ctx context.Context, name, called, other string) error {
	s := from(ctx)
	d, p, err := s.deviceAndOther(name, other)
	if err != nil {
		return err
	}
	_, _, err = s.askTokenService(ctx, d, s.tokenService(), called, p.userID())
	return s.tried(err, "%s asks the token service in the name of %s", name, other)
}

func callRefusals() reasons {
	return reasons{
		"the homeserver keeps nothing for so long": anyOf(answeredInWords("The requested delay exceeds the allowed maximum."), answered(mautrix.RespError{ErrCode: "ORG.MATRIX.MSC4140_DELAY_TOO_LARGE"})),
		"nobody rings in public":                   answeredInWords("Call invites are not allowed in public rooms."),
		"nobody opened the call":                   statusOf(http.StatusNotFound),
		"the token opens no call":                  statusOf(http.StatusUnauthorized),
		"the token service does not believe it":    statusOf(http.StatusUnauthorized),
	}
}

// statusOf accepts an answer of any server with that status.
func statusOf(status int) func(error) bool {
	return func(err error) bool {
		var answer statusError
		return errors.As(err, &answer) && answer.status == status
	}
}
