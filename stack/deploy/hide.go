package deploy

import "regexp"

// secretKey is the name of a setting whose value nobody may read over a shoulder, up to that value.
var secretKey = regexp.MustCompile(`(?im)^([^\n]*?(?:password|secret|token|encryption|_key|macaroon|hash|livekit)['"]?[a-z_ ]*['"]?\s*[:=]\s*)\S[^\n]*$`)

// longSecret is a value as secrets of a deployment look, wherever it stands.
var longSecret = regexp.MustCompile(`\b[0-9a-f]{64}\b|\b01[0-9A-HJKMNP-TV-Z]{24}\b|ed25519 \S+ \S+`)

// sqlSecret is a password in a statement.
var sqlSecret = regexp.MustCompile(`(?i)(PASSWORD ')[^']*'`)

// hide takes the secrets out of a text that people are shown.
func hide(text string) string {
	text = longSecret.ReplaceAllString(text, "(secret)")
	text = sqlSecret.ReplaceAllString(text, "$1(secret)'")
	return secretKey.ReplaceAllString(text, "$1(secret)")
}
