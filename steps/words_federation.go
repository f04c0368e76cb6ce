package steps

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"maunium.net/go/mautrix/event"

	"matrixstack/stack"
)

// registerFederation holds the words about homeservers that speak to each other.
func registerFederation(r Registrar) {
	r.Given(`^beta shows a certificate (nobody trusts|that has expired|of another name)$`, betaShowsBadCertificate)
	r.When(`^(\w+) is asked in the name of (\w+), (signed with its key|signed with a made-up key|signed for somebody else|without a signature)$`, isAskedInNameOf)
	r.When(`^(\w+) shuts (\w+) out of "([^"]+)"$`, shutsOut)
	r.When(`^beta shows its own certificate again$`, betaShowsOwnCertificate)
	r.Then(`^(\w+) answers the other homeserver$`, answersTheOther)
	r.Then(`^(\w+) asked nobody else whose key it is$`, askedNobodyElse)
	r.Then(`^(\w+) is not told that (\w+) has read it in private$`, isNotToldOfReading)
	r.Then(`^the log of (\w+) says that the certificate of beta is not trusted$`, logSaysUntrusted)
}

// shutsOut denies a homeserver the room.
func shutsOut(ctx context.Context, name, siteName, room string) error {
	s := from(ctx)
	d, roomID, err := s.guest(name, room)
	if err != nil {
		return err
	}
	site, err := s.site(siteName)
	if err != nil {
		return err
	}
	acl := &event.ServerACLEventContent{Allow: []string{"*"}, Deny: []string{site.ServerName}}
	_, err = d.client.SendStateEvent(ctx, roomID, event.StateServerACL, "", acl)
	return s.tried(err, "%s shuts %s out of %q", name, siteName, room)
}

// isAskedInNameOf asks a homeserver what only another one may ask: for a profile. It is the test that asks; the signature
// decides who it is taken for.
func isAskedInNameOf(ctx context.Context, name, asking, how string) error {
	s := from(ctx)
	site, err := s.site(name)
	if err != nil {
		return err
	}
	origin, key, err := s.peerKey(asking)
	if err != nil {
		return err
	}
	query := url.Values{"room_alias": {"#nowhere-" + s.suffix + ":" + site.ServerName}}
	request, err := peerRequest(ctx, site, http.MethodGet, "/_matrix/federation/v1/query/directory?"+query.Encode(), nil)
	if err != nil {
		return err
	}
	destination := site.ServerName
	switch how {
	case "signed with a made-up key":
		key = madeUp(key)
	case "signed for somebody else":
		destination = "somebody-else.test"
	}
	if how != "without a signature" {
		if err := xMatrix(request, key, origin, destination, nil); err != nil {
			return err
		}
	}
	return s.tried(doJSON(s.http(), request, nil), "%s asks %s %s", asking, name, how)
}

// answersTheOther wants the answer of a homeserver that took the signature: that it knows no such alias.
func answersTheOther(ctx context.Context, name string) error {
	s := from(ctx)
	s.last.looked = true
	var answer statusError
	if errors.As(s.last.err, &answer) && answer.status == http.StatusNotFound && errcode(answer) == "M_NOT_FOUND" {
		return nil
	}
	return fmt.Errorf("%s: %s did not answer: %w", s.last.what, name, s.last.err)
}

// askedNobodyElse reads the whole log: what is known of a key is not asked again.
func askedNobodyElse(ctx context.Context, name string) error {
	s := from(ctx)
	site, err := s.site(name)
	if err != nil {
		return err
	}
	said, err := s.stack.Logs(ctx, site.Component("synapse"), time.Time{})
	if err != nil {
		return err
	}
	if asked := regexp.MustCompile(`Requesting keys .* from notary server (\S+)`).FindStringSubmatch(said); asked != nil {
		return fmt.Errorf("%s tells %s which homeservers its people talk to: it asks there for their keys", name, asked[1])
	}
	return nil
}

// errcode is the Matrix error code of an answer, or "".
func errcode(answer statusError) string {
	var body struct {
		Code string `json:"errcode"`
	}
	_ = json.Unmarshal([]byte(answer.body), &body) // a page that is no JSON has no code
	return body.Code
}

func federationRefusals() reasons {
	unauthorized := func(err error) bool {
		var answer statusError
		return errors.As(err, &answer) && answer.status == http.StatusUnauthorized && errcode(answer) != ""
	}
	return reasons{
		"the signature is missing or wrong": unauthorized,
		"the other homeserver cannot be trusted": anyOf(answeredWith(
			http.StatusForbidden, http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout,
		)),
	}
}

func betaShowsBadCertificate(ctx context.Context, how string) error {
	s := from(ctx)
	by, until, hosts := s.stack.Authority(), time.Now().AddDate(0, 1, 0), []string{}
	switch how {
	case "nobody trusts":
		stranger, err := stack.NewAuthority("an authority nobody trusts")
		if err != nil {
			return err
		}
		by = stranger
	case "that has expired":
		until = time.Now().AddDate(0, 0, -1)
	case "of another name":
		hosts = []string{"somebody-else.test"}
	}
	var err error
	s.restoreBeta, err = s.stack.ChangeCertificate(ctx, "beta-traefik", by, until, hosts...)
	s.mended = append(s.mended, s.restoreBeta)
	return err
}

func betaShowsOwnCertificate(ctx context.Context) error {
	s := from(ctx)
	if s.restoreBeta == nil {
		return errors.New("beta's certificate was not changed in this scenario")
	}
	return s.restoreBeta(ctx)
}

func logSaysUntrusted(ctx context.Context, component string) error {
	s := from(ctx)
	return eventually(ctx, func(ctx context.Context) error {
		said, err := s.stack.Logs(ctx, component, s.started)
		if err != nil {
			return err
		}
		for line := range strings.Lines(said) {
			if strings.Contains(line, "beta.test") && (strings.Contains(line, "certificate verify failed") || strings.Contains(line, "VerificationError")) {
				return nil
			}
		}
		return fmt.Errorf("the log of %s does not say that beta's certificate is not trusted", component)
	})
}

// isNotToldOfReading looks into the database of a homeserver: no client shows what its homeserver should never have heard.
func isNotToldOfReading(ctx context.Context, name, reader string) error {
	s := from(ctx)
	site, err := s.site(name)
	if err != nil {
		return err
	}
	p, err := s.person(reader)
	if err != nil {
		return err
	}
	told, err := s.stack.SQL(ctx, site, "synapse", fmt.Sprintf("SELECT count(*) FROM receipts_linearized WHERE user_id = '%s' AND receipt_type = 'm.read.private'", p.userID()))
	if err != nil {
		return err
	}
	if told != "0" {
		return fmt.Errorf("%s knows %s things that %s has read in private", name, told, reader)
	}
	return nil
}
