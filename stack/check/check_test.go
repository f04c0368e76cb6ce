package check

import (
	"crypto/ed25519"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"maunium.net/go/mautrix/crypto/canonicaljson"

	"matrixstack/stack"
)

// page is what a host says at a path.
type page struct {
	status int
	body   string
	header map[string]string
}

// healthy is a deployment as it should be, by host and path.
func healthy(t *testing.T) map[string]page {
	t.Helper()
	free := map[string]string{"Access-Control-Allow-Origin": "*", "Content-Type": "application/json"}
	return map[string]page{
		"example.org/.well-known/matrix/client":              {200, `{"m.homeserver":{"base_url":"https://matrix.example.org/"}}`, free},
		"example.org/.well-known/matrix/server":              {200, `{"m.server":"example.org:443"}`, free},
		"example.org/_matrix/federation/v1/version":          {200, `{"server":{"name":"Synapse","version":"1.144.0"}}`, free},
		"example.org/_matrix/key/v2/server":                  {200, keysOf(t, "example.org", time.Now().Add(time.Hour)), free},
		"matrix.example.org/_matrix/client/versions":         {200, `{"versions":["v1.11","v1.12"]}`, free},
		"matrix.example.org/_matrix/client/v1/auth_metadata": {200, `{"issuer":"https://auth.example.org/"}`, free},
		"matrix.example.org/_matrix/client/v3/login":         {200, `{"flows":[{"type":"m.login.sso","org.matrix.msc3824.delegated_oidc_compatibility":true}]}`, free},
		"auth.example.org/.well-known/openid-configuration":  {200, `{"issuer":"https://auth.example.org/"}`, free},
	}
}

// keysOf is a document of keys, signed by itself.
func keysOf(t *testing.T, name string, until time.Time) string {
	t.Helper()
	key := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	public := base64.RawStdEncoding.EncodeToString(key.Public().(ed25519.PublicKey))
	document := map[string]any{"server_name": name, "valid_until_ts": until.UnixMilli(), "old_verify_keys": map[string]any{}, "verify_keys": map[string]any{"ed25519:a": map[string]string{"key": public}}}
	content, err := canonicaljson.Marshal(document)
	require.NoError(t, err)
	document["signatures"] = map[string]any{name: map[string]string{"ed25519:a": base64.RawStdEncoding.EncodeToString(ed25519.Sign(key, content))}}
	whole, err := json.Marshal(document)
	require.NoError(t, err)
	return string(whole)
}

// deploy serves pages under a certificate, and says how they are reached.
func deploy(t *testing.T, pages map[string]page, until time.Time, hosts ...string) *Target {
	t.Helper()
	authority, err := stack.NewAuthority("an authority")
	require.NoError(t, err)
	pair, err := authority.Issue(until, hosts...)
	require.NoError(t, err)
	certificate, err := tls.X509KeyPair(pair.Cert, pair.Key)
	require.NoError(t, err)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		said, ok := pages[strings.Split(r.Host, ":")[0]+r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		for name, value := range said.header {
			w.Header().Set(name, value)
		}
		w.WriteHeader(said.status)
		fmt.Fprint(w, said.body)
	}))
	server.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}
	server.StartTLS()
	t.Cleanup(server.Close)
	resolve := map[string]string{}
	for _, host := range []string{"example.org:443", "example.org:8448", "matrix.example.org:443", "auth.example.org:443"} {
		resolve[host] = server.Listener.Addr().String()
	}
	return &Target{ServerName: "example.org", Homeserver: "matrix.example.org", Now: time.Now, Elsewhere: stack.Elsewhere{Roots: authority.Pool(), Resolve: resolve}}
}

var everyHost = []string{"example.org", "matrix.example.org", "auth.example.org"}

func TestDeploymentAsItShouldBeHasNothingToSet(t *testing.T) {
	t.Parallel()
	found, early := Doors(t.Context(), deploy(t, healthy(t), time.Now().AddDate(0, 2, 0), everyHost...))
	assert.False(t, early)
	assert.Len(t, found, 15)
	for _, f := range found {
		assert.NotEqual(t, Mistake, f.Level, "%+v", f)
		assert.Empty(t, f.Set, "%+v", f)
	}
}

// mistake is one page that is wrong, and what must be said about it.
type mistake struct {
	path  string
	said  *page // nil removes it
	about string
	what  string
	set   string
}

const (
	html           = "<!doctype html><html><body>Welcome</body></html>"
	client, server = "example.org/.well-known/matrix/client", "example.org/.well-known/matrix/server"
	version, keys  = "example.org/_matrix/federation/v1/version", "example.org/_matrix/key/v2/server"
	matrix, auth   = "matrix.example.org", "auth.example.org"
)

func anybody() map[string]string { return map[string]string{"Access-Control-Allow-Origin": "*"} }

func mistakesForClients() map[string]mistake {
	free := anybody()
	return map[string]mistake{
		"no well-known for clients":           {client, nil, "well-known for clients", "no such document", "PathPrefix(`/.well-known/matrix/`)"},
		"well-known only at the homeserver":   {client, &page{404, `{"errcode":"M_NOT_FOUND"}`, free}, "well-known for clients", "homeserver answers", "public_baseurl"},
		"a web page for clients":              {client, &page{200, html, free}, "well-known for clients", "web page", "catch-all"},
		"text for clients":                    {client, &page{200, "hello", free}, "well-known for clients", "no JSON", "base_url"},
		"well-known that browsers cannot see": {client, &page{200, `{"m.homeserver":{"base_url":"https://matrix.example.org"}}`, nil}, "well-known for clients", "browser", "Access-Control-Allow-Origin: *"},
		"another homeserver":                  {client, &page{200, `{"m.homeserver":{"base_url":"https://old.example.org"}}`, free}, "well-known for clients", "https://old.example.org", "public_baseurl: https://matrix.example.org/"},
		"base URL without TLS":                {client, &page{200, `{"m.homeserver":{"base_url":"http://matrix.example.org"}}`, free}, "well-known for clients", "http://matrix.example.org", "public_baseurl"},
		"well-known that leads away":          {client, &page{302, "", map[string]string{"Location": "https://www.example.org/"}}, "well-known for clients", "leads away", "answer there itself"},
		"proxy without homeserver":            {matrix + "/_matrix/client/versions", &page{502, "Bad Gateway", nil}, "homeserver", "cannot reach", "8008"},
		"no route to the homeserver":          {matrix + "/_matrix/client/versions", nil, "homeserver", "no homeserver answers", "PathPrefix(`/_matrix`)"},
		"two CORS headers":                    {matrix + "/_matrix/client/versions", &page{200, `{"versions":["v1.11"]}`, map[string]string{"Access-Control-Allow-Origin": "*, *"}}, "homeserver", "browser", "CORS"},
	}
}

func mistakesOfAccounts() map[string]mistake {
	free := anybody()
	return map[string]mistake{
		"MAS is down":                     {matrix + "/_matrix/client/v1/auth_metadata", &page{500, `{"errcode":"M_UNKNOWN"}`, free}, "where accounts are", "cannot say", "matrix_authentication_service.endpoint"},
		"issuer without TLS":              {matrix + "/_matrix/client/v1/auth_metadata", &page{200, `{"issuer":"http://auth.example.org/"}`, free}, "where accounts are", "no address with TLS", "public_base"},
		"accounts lead to the homeserver": {auth + "/.well-known/openid-configuration", &page{404, `{"errcode":"M_UNRECOGNIZED"}`, free}, "accounts", "homeserver answers there", "8080"},
		"sign-in at the homeserver":       {matrix + "/_matrix/client/v3/login", &page{200, `{"flows":[{"type":"m.login.password"}]}`, free}, "sign-in of older clients", "the homeserver", "higher priority"},
	}
}

func mistakesForPeers(t *testing.T) map[string]mistake {
	t.Helper()
	free := anybody()
	return map[string]mistake{
		"accounts lead nowhere":              {auth + "/.well-known/openid-configuration", nil, "accounts", "MAS does not answer", "Host(`auth.example.org`)"},
		"issuers that differ":                {auth + "/.well-known/openid-configuration", &page{200, `{"issuer":"https://example.org/"}`, free}, "accounts", "calls itself", "http.public_base"},
		"a web page for homeservers":         {server, &page{200, html, nil}, "well-known for homeservers", "web page", `{"m.server":"example.org:443"}`},
		"URL for homeservers":                {server, &page{200, `{"m.server":"https://example.org"}`, free}, "well-known for homeservers", "no host and port", "without scheme"},
		"federation leads to something else": {version, &page{200, html, nil}, "federation", "no homeserver answers", "PathPrefix(`/_matrix/federation`)"},
		"old Synapse":                        {version, &page{200, `{"server":{"name":"Synapse","version":"1.98.0rc1 (b=x)"}}`, free}, "federation", "1.98.0rc1", "upgrade"},
		"keys of somebody else":              {keys, &page{200, keysOf(t, "example.com", time.Now().Add(time.Hour)), free}, "signing keys", `"example.com"`, "server_name"},
		"keys that expired":                  {keys, &page{200, keysOf(t, "example.org", time.Now().Add(-time.Hour)), free}, "signing keys", "good until", "clock"},
		"keys that were changed on the way":  {keys, &page{200, strings.Replace(keysOf(t, "example.org", time.Now().Add(time.Hour)), `"old_verify_keys":{}`, `"old_verify_keys":{"x":1}`, 1), free}, "signing keys", "not signed", "rewriting"},
		"no keys":                            {keys, nil, "signing keys", "no keys", "/_matrix/key"},
		"open admin API":                     {matrix + "/_synapse/admin/v1/server_version", &page{401, `{"errcode":"M_MISSING_TOKEN"}`, free}, "admin API is closed", "open to the world", "PathPrefix(`/_synapse/client`)"},
		"open metrics":                       {matrix + "/_synapse/metrics", &page{200, "# HELP x", nil}, "metrics of the homeserver is closed", "open to the world", "PathPrefix(`/_matrix`)"},
	}
}

func TestEachMistakeIsNamedWithWhatToSet(t *testing.T) {
	t.Parallel()
	tests := mistakesForClients()
	maps.Copy(tests, mistakesOfAccounts())
	maps.Copy(tests, mistakesForPeers(t))
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pages := healthy(t)
			delete(pages, test.path)
			if test.said != nil {
				pages[test.path] = *test.said
			}
			found, _ := Doors(t.Context(), deploy(t, pages, time.Now().AddDate(0, 2, 0), everyHost...))
			wrong := mistakes(found)
			require.Len(t, wrong, 1, "one mistake is one finding: %+v", wrong)
			assert.Equal(t, test.about, wrong[0].About)
			assert.Contains(t, wrong[0].What, test.what)
			assert.Contains(t, wrong[0].Set, test.set)
		})
	}
}

func mistakes(found []Finding) []Finding {
	var wrong []Finding
	for _, f := range found {
		if f.Level == Mistake {
			wrong = append(wrong, f)
		}
	}
	return wrong
}

func TestBadCertificatesAreExplained(t *testing.T) {
	t.Parallel()
	later := time.Now().AddDate(0, 2, 0)
	another, err := stack.NewAuthority("another authority")
	require.NoError(t, err)
	for name, test := range map[string]struct {
		target    *Target
		what, set string
	}{
		"expired":           {deploy(t, healthy(t), time.Now().Add(-time.Hour), everyHost...), "good only from", "renew"},
		"for another name":  {deploy(t, healthy(t), later, "www.example.org"), "is for www.example.org, not for example.org", "Host(`example.org`)"},
		"unknown authority": {trusting(deploy(t, healthy(t), later, everyHost...), nil), "nobody this machine trusts", "--ca FILE"},
		"another authority": {trusting(deploy(t, healthy(t), later, everyHost...), another.Pool()), "given by --ca has not signed the certificate; it was signed by CN=an authority", "--ca to a file with"},
		"nobody there":      {leading(deploy(t, healthy(t), later, everyHost...), "127.0.0.1:1"), "nobody answers", "publish port 443"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found, early := Doors(t.Context(), test.target)
			assert.True(t, early, "nothing else is asked")
			require.NotEmpty(t, mistakes(found))
			assert.Contains(t, mistakes(found)[0].What, test.what)
			assert.Contains(t, mistakes(found)[0].Set, test.set)
		})
	}
	soon, _ := Doors(t.Context(), deploy(t, healthy(t), time.Now().AddDate(0, 0, 5), everyHost...))
	assert.Equal(t, Note, soon[0].Level)
	assert.Contains(t, soon[0].Set, "renewed")
}

func trusting(t *Target, roots *x509.CertPool) *Target { t.Elsewhere.Roots = roots; return t }

func leading(t *Target, address string) *Target {
	for named := range t.Elsewhere.Resolve {
		t.Elsewhere.Resolve[named] = address
	}
	return t
}

func TestPlainHTTPAtTheTLSPortIsExplained(t *testing.T) {
	t.Parallel()
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	target := leading(deploy(t, healthy(t), time.Now().AddDate(0, 2, 0), everyHost...), plain.Listener.Addr().String())
	found, _ := Doors(t.Context(), target)
	assert.Contains(t, found[0].What, "plain HTTP")
}

func TestNamesThatAreNotInDNSAreNamed(t *testing.T) {
	t.Parallel()
	found := names(t.Context(), &Target{ServerName: "nobody.invalid", Homeserver: "nobody.invalid"})
	require.Len(t, found, 1, "one name is asked for once")
	assert.Equal(t, Mistake, found[0].Level)
	assert.Contains(t, found[0].Set, "an A (and AAAA) record for nobody.invalid")
}

func TestNamesThatAreFoundNowhereHaveTheirOwnRemedy(t *testing.T) {
	t.Parallel()
	target := &Target{ServerName: "nobody.invalid", Elsewhere: stack.Elsewhere{Resolve: map[string]string{"nobody.invalid:443": "127.0.0.1:1"}}}
	f := target.federation(t.Context(), "nobody.invalid:8448")
	assert.Contains(t, f.Set, "--resolve nobody.invalid:ADDRESS")
	assert.NotContains(t, f.Set, "firewall")
	target.Elsewhere.Resolve = map[string]string{"nobody.invalid": "127.0.0.1"}
	assert.NotContains(t, target.federation(t.Context(), "nobody.invalid:1").What, "no such host")
}

func TestCertificateOfTheAccountsIsExplained(t *testing.T) {
	t.Parallel()
	found, _ := Doors(t.Context(), deploy(t, healthy(t), time.Now().AddDate(0, 2, 0), "example.org", "matrix.example.org"))
	wrong := mistakes(found)
	require.Len(t, wrong, 1)
	assert.Equal(t, "accounts", wrong[0].About)
	assert.Contains(t, wrong[0].What, "not for auth.example.org")
	assert.Contains(t, wrong[0].Set, "Host(`auth.example.org`)")
}

func TestDoorsThatLeadAwayOrAskForAPasswordAreNotOpen(t *testing.T) {
	t.Parallel()
	pages := healthy(t)
	pages[matrix+"/metrics"] = page{401, "who are you?", nil}
	pages[matrix+"/health"] = page{302, "", map[string]string{"Location": "https://www.example.org/"}}
	found, _ := Doors(t.Context(), deploy(t, pages, time.Now().AddDate(0, 2, 0), everyHost...))
	assert.Empty(t, mistakes(found))
}

func TestVersionsAreComparedAsNumbers(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]bool{"1.98.0": true, "1.135.2": true, "1.136.0": false, "1.144.0 (b=x)": false, "2.0.0": false, "dev": false} {
		assert.Equal(t, want, older(version), version)
	}
}
