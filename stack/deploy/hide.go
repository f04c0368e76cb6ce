package deploy

import (
	"regexp"
	"strings"
)

// secretKey is a setting whose value nobody may read over a shoulder, up to that value. The word ends the name: password_config
// and signing_key_path are no secrets.
var secretKey = regexp.MustCompile(`(?im)^([^\n]*(?:password|secret|token|encryption|[_-]key|pass|_pickle|hash)['"]?[ \t]*[:=][ \t]*)(\S[^\n]*)$`)

// plainValue is a value that is no secret whatever its name: a switch, a number, a path, or the beginning of a list.
var plainValue = regexp.MustCompile(`^(?:true|false|null|\d+[a-z]?|\[.*|\{.*|\|.*|\[\]|["']?/[^\n]*|["']{2})[,\s]*$`)

// longSecret is a value as secrets of a deployment look, wherever it stands, or the digest of an image.
var longSecret = regexp.MustCompile(`(?:sha256:)?\b[0-9a-f]{64}\b|\b01[0-9A-HJKMNP-TV-Z]{24}\b|ed25519 \S+ \S+`)

// sqlSecret is a password in a statement.
var sqlSecret = regexp.MustCompile(`(?i)(PASSWORD ')[^']*'`)

const hidden = "(secret)"

// hide takes the secrets out of a text that people are shown.
func hide(text string) string {
	text = longSecret.ReplaceAllStringFunc(text, func(found string) string {
		if strings.HasPrefix(found, "sha256:") {
			return found
		}
		return hidden
	})
	text = sqlSecret.ReplaceAllString(text, "${1}"+hidden+"'")
	return secretKey.ReplaceAllStringFunc(text, func(line string) string {
		part := secretKey.FindStringSubmatch(line)
		if plainValue.MatchString(part[2]) {
			return line
		}
		return part[1] + hidden
	})
}

// isKey tells whether a file is a private key, which no part of is shown.
func isKey(content []byte) bool { return strings.Contains(string(content), "PRIVATE KEY-----") }
