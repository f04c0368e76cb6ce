package steps

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"

	"maunium.net/go/mautrix"

	"matrixstack/stack"
)

// registerRouting holds the words about how people and peers find their way in.
func registerRouting(r Registrar) {
	r.Given(`^(\w+) has a public room called "([^"]+)"$`, hasPublicRoom)
	r.When(`^the operator opens one more door of (\w+)$`, operatorOpensDoor)
	r.When(`^the proxy of (\w+) loses its routes$`, proxyLosesRoutes)
	r.Then(`^(\w+) answers other homeservers with its own signing key$`, answersWithSigningKey)
	r.Then(`^(\w+) leads other homeservers to its (web|federation) door$`, leadsPeersTo)
	r.Then(`^(the document for clients|the homeserver|what keeps the accounts) of (\w+) lets pages of others ask$`, letsPagesAsk)
	r.Then(`^(\w+) shows clients the way to its accounts$`, showsClientsTheAccounts)
	r.Then(`^(\w+) shows clients the way to its homeserver$`, showsClientsTheWay)
	r.Then(`^nobody on the way may keep what the homeserver answers (\w+)$`, nobodyKeeps)
	r.Then(`^plain HTTP to (\w+) leads to HTTPS and carries nothing else$`, plainLeadsToHTTPS)
	r.Then(`^signing in at the homeserver of (\w+) is answered by Matrix Authentication Service$`, signInAnsweredByMAS)
	r.Then(`^the (account monitoring|account sync|admin API|health check|metrics|proxy monitoring) of (\w+) is closed to the outside$`, isClosedToOutside)
	r.Then(`^the door for (clients|people who look after their account|whoever only has a server name) of (\w+) is at one host only$`, isAtOneHost)
	r.Then(`^the new door of (\w+) leads to its homeserver$`, newDoorLeads)
	r.Then(`^the proxy of (\w+) does not say that it is well$`, proxyIsNotWell)
	r.Then(`^the proxy of (\w+) shows nobody where its doors lead$`, proxyShowsNobody)
	r.Then(`^what keeps the accounts of (\w+) has no page to try out questions$`, hasNoPlayground)
}

func (s *scenario) site(name string) (stack.Site, error) {
	site, ok := s.stack.World.Site(name)
	if !ok {
		return stack.Site{}, fmt.Errorf("no site is called %q", name)
	}
	return site, nil
}

func showsClientsTheWay(ctx context.Context, name string) error {
	s := from(ctx)
	site, err := s.site(name)
	if err != nil {
		return err
	}
	client, err := s.anonymous(site)
	if err != nil {
		return err
	}
	found, err := mautrix.DiscoverClientAPIWithClient(ctx, client.Client, site.ServerName)
	if err != nil {
		return fmt.Errorf("ask %s where its homeserver is: %w", site.ServerName, err)
	}
	if found == nil {
		return fmt.Errorf("%s does not tell clients where its homeserver is", site.ServerName)
	}
	if want := "https://" + site.MatrixHost() + "/"; found.Homeserver.BaseURL != want {
		return fmt.Errorf("%s sends clients to %q, not to %s", site.ServerName, found.Homeserver.BaseURL, want)
	}
	// Clients give the address books of their owners to it.
	if stranger := found.IdentityServer.BaseURL; stranger != "" {
		return fmt.Errorf("%s sends clients to the identity server %q, which nobody deployed", site.ServerName, stranger)
	}
	versions, err := client.Versions(ctx)
	if err != nil {
		return fmt.Errorf("no homeserver answers where %s sends clients: %w", site.ServerName, err)
	}
	if len(versions.Versions) == 0 {
		return fmt.Errorf("what answers where %s sends clients is not a homeserver", site.ServerName)
	}
	return nil
}

func showsClientsTheAccounts(ctx context.Context, name string) error {
	s := from(ctx)
	site, err := s.site(name)
	if err != nil {
		return err
	}
	var found struct {
		Authentication struct {
			Issuer  string `json:"issuer"`
			Account string `json:"account"`
		} `json:"org.matrix.msc2965.authentication"`
	}
	if err := getJSON(ctx, s.http(), "https://"+site.ServerName+"/.well-known/matrix/client", &found); err != nil {
		return err
	}
	issuer := "https://" + site.AuthHost() + "/"
	if found.Authentication.Issuer != issuer || !strings.HasPrefix(found.Authentication.Account, issuer) {
		return fmt.Errorf("%s sends people to %+v, not to %s", site.ServerName, found.Authentication, issuer)
	}
	var told metadata
	if err := getJSON(ctx, s.http(), issuer+".well-known/openid-configuration", &told); err != nil {
		return err
	}
	if told.Issuer != issuer {
		return fmt.Errorf("the service at %s calls itself %q", issuer, told.Issuer)
	}
	return nil
}

func leadsPeersTo(ctx context.Context, name, door string) error {
	s := from(ctx)
	site, err := s.site(name)
	if err != nil {
		return err
	}
	var found struct {
		Server string `json:"m.server"`
	}
	err = getJSON(ctx, s.http(), "https://"+site.ServerName+"/.well-known/matrix/server", &found)
	var answer statusError
	if door == "federation" && errors.As(err, &answer) && answer.status == http.StatusNotFound {
		return nil // without a document peers go to port 8448
	}
	if err != nil {
		return err
	}
	if want := site.ServerName + map[string]string{"web": ":443", "federation": ":8448"}[door]; found.Server != want {
		return fmt.Errorf("%s sends other homeservers to %q, not to %q", site.ServerName, found.Server, want)
	}
	return nil
}

func answersWithSigningKey(ctx context.Context, name string) error {
	s := from(ctx)
	site, err := s.site(name)
	if err != nil {
		return err
	}
	address := site.ServerName + ":443"
	if !site.Operator {
		address = site.ServerName + ":8448"
	}
	var found struct {
		Server string                       `json:"server_name"`
		Keys   map[string]map[string]string `json:"verify_keys"`
	}
	if err := getJSON(ctx, s.http(), "https://"+address+"/_matrix/key/v2/server", &found); err != nil {
		return err
	}
	deployed, err := publicKey(site.Secrets.SigningKey("signing key"))
	if err != nil {
		return err
	}
	shown := slices.ContainsFunc(slices.Collect(maps.Values(found.Keys)), func(key map[string]string) bool { return key["key"] == deployed })
	if found.Server != site.ServerName || !shown {
		return fmt.Errorf("%s shows other homeservers the keys of %q, and not the signing key that was deployed: %v", address, found.Server, found.Keys)
	}
	return nil
}

// publicKey is what a signing key, as its file has it, is known by.
func publicKey(file string) (string, error) {
	fields := strings.Fields(file)
	seed, err := base64.RawStdEncoding.DecodeString(fields[len(fields)-1])
	if err != nil || len(seed) != ed25519.SeedSize {
		return "", errors.Join(errors.New("read the deployed signing key: it is no ed25519 seed"), err)
	}
	return base64.RawStdEncoding.EncodeToString(ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey)), nil
}

func plainLeadsToHTTPS(ctx context.Context, name string) error {
	s := from(ctx)
	site, err := s.site(name)
	if err != nil {
		return err
	}
	client := newBrowser(s.http())
	for _, host := range []string{site.ServerName, site.MatrixHost()} {
		const path = "/_matrix/client/versions"
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+host+path, nil)
		if err != nil {
			return fmt.Errorf("ask %s in plain text: %w", host, err)
		}
		answer, err := client.Do(request)
		if err != nil {
			return fmt.Errorf("ask %s in plain text: %w", host, err)
		}
		body, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err != nil {
			return fmt.Errorf("ask %s in plain text: %w", host, err)
		}
		if want := "https://" + host + path; answer.StatusCode/100 != 3 || answer.Header.Get("Location") != want || strings.Contains(string(body), "versions") {
			return fmt.Errorf("%s answers plain HTTP with %s to %q: %.80s", host, answer.Status, answer.Header.Get("Location"), body)
		}
	}
	return nil
}

func signInAnsweredByMAS(ctx context.Context, name string) error {
	s := from(ctx)
	site, err := s.site(name)
	if err != nil {
		return err
	}
	client, err := s.anonymous(site)
	if err != nil {
		return err
	}
	for _, version := range []string{"r0", "v3"} {
		var found struct {
			Flows []struct {
				Type      string `json:"type"`
				Delegated bool   `json:"org.matrix.msc3824.delegated_oidc_compatibility"`
			} `json:"flows"`
		}
		if err := getJSON(ctx, client.Client, "https://"+site.MatrixHost()+"/_matrix/client/"+version+"/login", &found); err != nil {
			return err
		}
		delegated := false
		for _, flow := range found.Flows {
			delegated = delegated || flow.Type == "m.login.sso" && flow.Delegated
		}
		if !delegated {
			return fmt.Errorf("what answers sign-in at %s is not Matrix Authentication Service: it offers %v", site.MatrixHost(), found.Flows)
		}
	}
	return nil
}

func hasPublicRoom(ctx context.Context, name, room string) error {
	s := from(ctx)
	return s.makeRoom(ctx, name, room, &mautrix.ReqCreateRoom{Preset: "public_chat", RoomAliasName: s.alias(room)})
}

// alias is the local part of the alias a room has in this scenario; it keeps the characters that URLs must escape.
func (s *scenario) alias(room string) string {
	return strings.ReplaceAll(room, " ", "_") + "-" + s.suffix
}
