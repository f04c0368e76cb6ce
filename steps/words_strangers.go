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

// answersNobodyOutdated offers nothing newer than TLS 1.1, which RFC 8996 forbids.
func answersNobodyOutdated(ctx context.Context, siteName string) error {
	s := from(ctx)
	site, err := s.site(siteName)
	if err != nil {
		return err
	}
	line, err := s.stack.DialContext(ctx, "tcp", net.JoinHostPort(site.MatrixHost(), "443"))
	if err != nil {
		return fmt.Errorf("reach %s: %w", site.MatrixHost(), err)
	}
	defer line.Close()
	outdated := &tls.Config{ServerName: site.MatrixHost(), MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11, InsecureSkipVerify: true} //nolint:gosec // it is the mistake that is looked for
	err = tls.Client(line, outdated).HandshakeContext(ctx)
	var told *net.OpError
	switch {
	case err == nil:
		return fmt.Errorf("%s answers over TLS 1.1, which others can break", site.MatrixHost())
	case errors.As(err, &told) && told.Op == "remote error":
		return nil // it says why it hangs up
	}
	return fmt.Errorf("offer %s outdated encryption: %w", site.MatrixHost(), err)
}

// takesNobodysWord says, as a proxy in front of this one would, that somebody else is calling: whoever is believed has any address
// they like, and no limit is theirs. Where a request claims it, limits/addresses looks.
func takesNobodysWord(ctx context.Context, siteName string) error {
	s := from(ctx)
	site, err := s.site(siteName)
	if err != nil {
		return err
	}
	const claim = "PROXY TCP4 203.0.113.7 203.0.113.8 40000 443\r\n" // proxy-protocol.txt by HAProxy, version 1
	for _, before := range []string{"", claim} {
		line, err := s.stack.DialContext(ctx, "tcp", net.JoinHostPort(site.MatrixHost(), "443"))
		if err != nil {
			return fmt.Errorf("reach %s: %w", site.MatrixHost(), err)
		}
		defer line.Close()
		if _, err := line.Write([]byte(before)); err != nil {
			return fmt.Errorf("claim another address at %s: %w", site.MatrixHost(), err)
		}
		ctx, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		// Whose certificate it is does not matter here.
		config := &tls.Config{ServerName: site.MatrixHost(), InsecureSkipVerify: true} //nolint:gosec // nothing is said on this line
		err = tls.Client(line, config).HandshakeContext(ctx)
		switch {
		case ctx.Err() != nil:
			return fmt.Errorf("%s neither answers nor hangs up on %q: %w", site.MatrixHost(), before, err)
		case before == "" && err != nil:
			return fmt.Errorf("begin to speak with %s: %w", site.MatrixHost(), err)
		case before != "" && err == nil:
			return fmt.Errorf("%s believes that somebody else is calling when they say so", site.MatrixHost())
		}
	}
	return nil
}

func strangerRefusals() reasons {
	return reasons{"strangers are no guests": anyOf(answeredInWords("Guest access is disabled"), answeredInWords("Registration has been disabled. Only m.login.application_service registrations are allowed."))}
}
