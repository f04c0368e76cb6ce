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

func strangerRefusals() reasons {
	return reasons{"strangers are no guests": anyOf(answeredInWords("Guest access is disabled"), answeredInWords("Registration has been disabled. Only m.login.application_service registrations are allowed."))}
}
