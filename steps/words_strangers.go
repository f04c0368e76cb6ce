package steps

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/id"
)

// registerStrangers holds the words about those who have no account here.
func registerStrangers(r Registrar) {
	r.When(`^a stranger asks (\w+) for (a guest account|the public directory|the people)$`, strangerAsksFor)
	r.Then(`^(\w+) answers nobody over outdated encryption$`, answersNobodyOutdated)
	r.Then(`^(\w+) does not learn what the devices of (\w+) are called$`, doesNotLearnDeviceNames)
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

// doesNotLearnDeviceNames asks for the devices of a person as clients do that want to write to them.
func doesNotLearnDeviceNames(ctx context.Context, name, other string) error {
	s := from(ctx)
	owner, err := s.person(other)
	if err != nil {
		return err
	}
	at, err := s.deviceNames(ctx, other, owner)
	if err != nil {
		return err
	}
	if strings.Join(at, "") == "" {
		return fmt.Errorf("the devices of %s have no names at home either, so that proves nothing", other)
	}
	elsewhere, err := s.deviceNames(ctx, name, owner)
	if err != nil {
		return err
	}
	if told := strings.Join(elsewhere, ""); told != "" {
		return fmt.Errorf("%s learns that %s has a device called %q", name, other, told)
	}
	return nil
}

// deviceNames are what somebody is told the devices of a person are called; empty for those without a name.
func (s *scenario) deviceNames(ctx context.Context, name string, of *person) (names []string, err error) {
	d, err := s.device(name)
	if err != nil {
		return nil, err
	}
	found, err := d.client.QueryKeys(ctx, &mautrix.ReqQueryKeys{DeviceKeys: mautrix.DeviceKeysRequest{of.userID(): []id.DeviceID{}}})
	if err != nil {
		return nil, fmt.Errorf("ask for the devices of %s as %s: %w", of.name, name, err)
	}
	for _, device := range found.DeviceKeys[of.userID()] {
		called, _ := device.Unsigned["device_display_name"].(string)
		names = append(names, called)
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("%s is told of no device of %s", name, of.name)
	}
	return names, nil
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
	return reasons{"strangers are no guests": anyOf(answeredInWords("Guest access is disabled"), answered(mautrix.MUnrecognized))}
}
