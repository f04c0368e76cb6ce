package steps

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"

	"maunium.net/go/mautrix"
)

// registerStrangers holds the words about those who have no account here.
func registerStrangers(r Registrar) {
	r.When(`^a stranger asks (\w+) for (a guest account|the public directory|the people)$`, strangerAsksFor)
	r.Then(`^(\w+) answers nobody over outdated encryption$`, answersNobodyOutdated)
	r.Then(`^(\w+) takes nobody's word for where they come from$`, takesNobodysWord)
}

func strangerAsksFor(ctx context.Context, siteName, what string) error {
	s := from(ctx)
	site, err := s.site(siteName)
	if err != nil {
		return err
	}
	client, err := s.anonymous(site)
	if err != nil {
		return err
	}
	switch what {
	case "a guest account":
		_, err = client.MakeRequest(ctx, http.MethodPost, client.BuildURLWithQuery(mautrix.ClientURLPath{"v3", "register"}, map[string]string{"kind": "guest"}), struct{}{}, nil)
	case "the public directory":
		_, err = client.PublicRooms(ctx, &mautrix.ReqPublicRooms{})
	default: // the people
		_, err = client.SearchUserDirectory(ctx, "a", 10)
	}
	return s.tried(err, "somebody asks %s for %s", siteName, what)
}

// greet says something at the door where clients come in, then begins to speak TLS. refused is why that came to nothing.
func (s *scenario) greet(ctx context.Context, host, first string, config *tls.Config) (refused, err error) {
	line, err := s.stack.DialContext(ctx, "tcp", net.JoinHostPort(host, "443"))
	if err != nil {
		return nil, fmt.Errorf("reach %s: %w", host, err)
	}
	defer line.Close()
	if _, err := line.Write([]byte(first)); err != nil {
		return nil, fmt.Errorf("say %q at %s: %w", first, host, err)
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	refused = tls.Client(line, config).HandshakeContext(ctx)
	if ctx.Err() != nil {
		return nil, fmt.Errorf("%s neither answers nor hangs up: %w", host, refused)
	}
	return refused, nil
}

// answersNobodyOutdated offers nothing newer than TLS 1.1, which RFC 8996 forbids.
func answersNobodyOutdated(ctx context.Context, siteName string) error {
	s := from(ctx)
	site, err := s.site(siteName)
	if err != nil {
		return err
	}
	outdated := &tls.Config{ServerName: site.MatrixHost(), MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11, InsecureSkipVerify: true} //nolint:gosec // it is the mistake that is looked for
	refused, err := s.greet(ctx, site.MatrixHost(), "", outdated)
	var told *net.OpError
	switch {
	case err != nil:
		return err
	case refused == nil:
		return fmt.Errorf("%s answers over TLS 1.1, which others can break", site.MatrixHost())
	case errors.As(refused, &told) && told.Op == "remote error":
		return nil // it says why it hangs up
	}
	return fmt.Errorf("offer %s outdated encryption: %w", site.MatrixHost(), refused)
}

// takesNobodysWord says, as a proxy in front of this one would, that somebody else is calling: whoever is believed has any address
// they like, and no limit is theirs. Where a request claims it, limits/addresses looks.
func takesNobodysWord(ctx context.Context, siteName string) error {
	s := from(ctx)
	site, err := s.site(siteName)
	if err != nil {
		return err
	}
	// Whose certificate it is does not matter here.
	config := &tls.Config{ServerName: site.MatrixHost(), InsecureSkipVerify: true} //nolint:gosec // nothing is said on this line
	refused, err := s.greet(ctx, site.MatrixHost(), "", config)
	if err := errors.Join(err, refused); err != nil {
		return fmt.Errorf("begin to speak with %s: %w", site.MatrixHost(), err)
	}
	const claim = "PROXY TCP4 203.0.113.7 203.0.113.8 40000 443\r\n" // proxy-protocol.txt by HAProxy, version 1
	refused, err = s.greet(ctx, site.MatrixHost(), claim, config)
	if err == nil && refused == nil {
		err = fmt.Errorf("%s believes that somebody else is calling when they say so", site.MatrixHost())
	}
	return err
}

func strangerRefusals() reasons {
	return reasons{"strangers are no guests": anyOf(answeredInWords("Guest access is disabled"), answeredInWords("Registration has been disabled. Only m.login.application_service registrations are allowed."))}
}
