package steps

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"matrixstack/steps/report"
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
		`name=\"csrf\" value=\"%s\"`, `<input name="csrf" value="%s">`, "csrf=%s", "Set-Cookie: session=%s; HttpOnly", "cookie: a=b; session=%s", `"Cookie":["session=%s"]`,
	}
}

// planted is a text full of secrets, and the secrets.
func planted() (said string, secrets []string) {
	var text strings.Builder
	plant := func(form string) {
		secret := fmt.Sprintf("CANARY%dbird", len(secrets))
		secrets = append(secrets, secret)
		fmt.Fprintf(&text, form+"\n\n", secret)
	}
	for _, form := range canaries() {
		plant(form)
	}
	for _, token := range []string{"syt_YWxpY2U_aBcDeFgHiJ%s_0a1b2c", "syr_%s", "mat_%s_0aB1c2", "mar_%s_0aB1c2", "mct_%s_0aB1c2", "mcr_%s_0aB1c2"} {
		plant("the client of Alice holds " + token + " now")
	}
	return text.String(), secrets
}

// timed is a text as the engine gives a log.
func timed(text string) string {
	var log strings.Builder
	for line := range strings.Lines(text) {
		log.WriteString("2026-01-01T12:00:00.000000001Z " + line)
	}
	return log.String()
}

// TestNothingTheRunLeavesHoldsASecret plants secrets in everything reports are made from, and looks for them in every file.
func TestNothingTheRunLeavesHoldsASecret(t *testing.T) {
	t.Parallel()
	said, secrets := planted()
	known := "nobody guesses this"
	said += "the words are: " + known + "\n"
	assert.Equal(t, redact(said), redact(redact(said)), "what is hidden stays as it is")
	dir, begin := filepath.Join(t.TempDir(), "report"), time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	var requests []report.Request
	for text := range strings.SplitSeq(said, "\n\n") {
		requests = append(requests, report.Request{At: begin, Method: "GET", Host: "alpha.test", Path: "/x", Status: 403, Answer: text, Server: text, Times: 1})
	}
	result := Result{
		Feature: "F", File: "features/f/f.feature", Line: 3, Name: "S", Status: Failed, Reason: said, Requests: requests,
		Steps: []StepResult{{Text: "it fails", Status: "failed", Error: said, Doc: said, Table: [][]string{{said}}}},
	}
	evidence := Evidence{
		Requests: requests, Logs: map[string]string{"synapse": timed(said), "mas": timed(strings.ReplaceAll(said, "\n\n", "\n"))}, Config: map[string]string{"synapse/homeserver.yaml": said},
		Images: []report.Image{{Name: "synapse", Note: said}}, States: []report.State{{Server: "synapse", Status: "exited", Remark: said}}, Marks: []string{"CANARY"}, Secrets: []string{known},
	}
	result, err := writeBundle(dir, result, evidence)
	require.NoError(t, err)
	report.Scrub(&result, func(text string) string { return hide(text, evidence.Secrets) }) // as the end of a scenario does
	v := exampleVerdict()
	v.World, v.Results, v.Notices, v.Unbooted = wholeWorld(t), append(v.Results, result), []string{hide(said, evidence.Secrets)}, &result
	require.NoError(t, v.WriteReports(dir))
	require.NoError(t, v.writeDocumentation(dir, filepath.Join(dir, "history.json"), ""))
	files := readAll(t, dir)
	for _, name := range []string{"index.html", "index.md", "run.json", "history.json", "junit.xml", "cucumber.json", "failures/f-3-s/index.html", "failures/f-3-s/merged.log", "failures/f-3-s/config/synapse/homeserver.yaml"} {
		assert.Contains(t, files, name)
	}
	assert.Contains(t, files["failures/f-3-s/merged.log"], "the client of Alice holds", "the log itself is there")
	forms := append(canaries(), "a token", "a token", "a token", "a token", "a token", "a token")
	for name, content := range files {
		assert.NotContains(t, content, known, "%s shows the words of a person", name)
		for i, secret := range secrets {
			assert.NotContains(t, content, secret, "%s shows %s", name, forms[i])
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
		"sha256:0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f9",
		"https://matrix.alpha.test:8448/_matrix/client/v3/profile/@alice:alpha.test",
		"#lobby:alpha.test was not found, status code: 404",
		"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
	} {
		assert.Equal(t, said, redact(said))
	}
}
