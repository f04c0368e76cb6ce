package steps

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// canaries are secrets as they turn up in logs, requests and configuration; %s is what must not be seen.
func canaries() []string {
	return []string{
		"GET /sync?access_token=%s&timeout=0 HTTP/1.1", "GET /sync?timeout=0&access_token=%s", "POST /login?loginToken=%s",
		"Authorization: Bearer %s", "authorization: Basic %s", `"Authorization":["Bearer %s"]`, `"authorization": "Basic %s"`, "curl -H 'Authorization: Bearer %s'",
		`{"access_token":"%s","device_id":"A"}`, `{"refresh_token": "%s"}`, `body {\"access_token\":\"%s\"}`, `{'access_token': '%s'}`,
		`{"password":"%s \" quoted"}`, `{"type":"m.login.password","password":"x%s"}`, "username=a&password=%s&csrf=b", "password_confirm=%s",
		"new-password: %s", "    password: %s", "password: correct horse %s", `  password: "%s, quoted"`, "  - client_secret: '%s'", "client_secret=%s",
		"as_token: %s", "hs_token: %s", `"as_token": "%s"`, "macaroon_secret_key: %s", "form_secret: %s", "registration_shared_secret: %s",
		"secrets:\n  encryption: %s", "code_verifier=%s", "grant_type=authorization_code&code=%s", "https://client.test/?code=%s&state=x",
		"POSTGRES_PASSWORD=%s", "POSTGRES_PASSWORD: %s", "CREATE ROLE mas LOGIN PASSWORD '%s';", "alter role mas password '%s''s'", "postgresql://mas:%s@postgres/mas",
		"-----BEGIN PRIVATE KEY-----\n%s\n-----END PRIVATE KEY-----", "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n%s\n-----END RSA PRIVATE KEY-----",
		`"key": "-----BEGIN EC PRIVATE KEY-----\n%s\n-----END EC PRIVATE KEY-----"`, "-----BEGIN PRIVATE KEY-----\n%s\n(the log ends here)",
		"Set-Cookie: session=%s; HttpOnly", "cookie: a=b; session=%s", `"Cookie":["session=%s"]`,
	}
}

func TestBundleHoldsNoSecret(t *testing.T) {
	t.Parallel()
	var planted []string
	var text strings.Builder
	plant := func(form string) {
		secret := fmt.Sprintf("CANARY%dbird", len(planted))
		planted = append(planted, secret)
		fmt.Fprintf(&text, form+"\n\n", secret)
	}
	for _, form := range canaries() {
		plant(form)
	}
	for _, token := range []string{"syt_YWxpY2U_aBcDeFgHiJ%s_0a1b2c", "syr_%s", "mat_%s_0aB1c2", "mar_%s_0aB1c2", "mct_%s_0aB1c2", "mcr_%s_0aB1c2"} {
		plant("the client of Alice holds " + token + " now")
	}
	said := text.String()
	dir := t.TempDir()
	bundle, err := writeBundle(dir, Result{
		Feature: "F", File: "features/f.feature", Line: 3, Name: "S", Status: Failed, Reason: said,
		Steps: []StepResult{{Text: "it fails", Status: "failed", Error: said}},
	}, Evidence{Requests: strings.Split(said, "\n\n"), Logs: map[string]string{"synapse": said}, Config: map[string]string{"synapse/homeserver.yaml": said}, Images: said})
	require.NoError(t, err)
	files := readAll(t, bundle)
	assert.Len(t, files, 5)
	assert.Equal(t, redact(said), redact(redact(said)), "what is hidden stays as it is")
	for name, content := range files {
		for i, secret := range planted {
			assert.NotContains(t, content, secret, "%s shows %s", name, append(canaries(), "a token", "a token", "a token", "a token", "a token", "a token")[i])
		}
	}
}

func TestOrdinaryWordsStayReadable(t *testing.T) {
	t.Parallel()
	for _, said := range []string{
		"POST /register/password: could not connect",
		"the password is wrong",
		"Alice is refused because the password is too weak",
		"log in with a password or a token",
		"GET auth.alpha.test /password/change -> 200 OK in 3ms",
		`{"errcode":"M_UNKNOWN_TOKEN","error":"Invalid access token passed.","soft_logout":false}`,
		`{"token_type":"Bearer","expires_in":300}`,
		"passwords:\n  enabled: true\n  minimum_complexity: 3",
		"password_config:\n  enabled: true",
		"secrets:\n  keys:\n    - key_file: /config/keys/rsa.pem",
		"password_registration_enabled: true",
		"waited 20s: bearer of bad news",
		"synapse  sha256:0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f9",
		"https://matrix.alpha.test:8448/_matrix/client/v3/profile/@alice:alpha.test",
		"#lobby:alpha.test was not found, status code: 404",
		"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
	} {
		assert.Equal(t, said, redact(said))
	}
}
