package steps

import (
	"regexp"
	"slices"
	"strings"
	"sync"
)

// hidden stands where a secret was.
const hidden = "[redacted]"

// secretShape is what a secret looks like, or what stands before it.
type secretShape struct {
	shape *regexp.Regexp
	shown string
}

// redact takes secrets out of text: tokens and keys by their shape, everything else by the name it stands under.
func redact(text string) string {
	if !suspicious(text) {
		return text
	}
	for _, secret := range secretShapes() {
		text = secret.shape.ReplaceAllString(text, secret.shown)
	}
	return text
}

// hide takes out secrets that are known, wherever they stand, and everything that looks like one.
func hide(text string, secrets []string) string {
	const shortest = 6 // anything shorter is no secret, and would be found everywhere
	for _, secret := range secrets {
		if len(secret) >= shortest {
			text = strings.ReplaceAll(text, secret, hidden)
		}
	}
	return redact(text)
}

// suspicious tells whether anything in a text can be a secret. Most lines of logs hold none, and there are many.
func suspicious(text string) bool {
	lower := strings.ToLower(text)
	signs := []string{
		"token", "secret", "passw", "passphrase", "code", "ticket=", "bearer", "authorization", "cookie", "encryption", "private key", "ed25519 ",
		"syt_", "syr_", "syl_", "mat_", "mar_", "mct_", "mcr_", "mpt_", "://", "csrf",
	}
	return slices.ContainsFunc(signs, func(sign string) bool { return strings.Contains(lower, sign) }) || randomWord().MatchString(text)
}

var randomWord = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`[0-9a-f]{64}`) })

var secretShapes = sync.OnceValue(func() []secretShape {
	const (
		name  = `[a-z_]*(?:token|secret|password|passphrase)(?:_key|_confirm)?|code_verifier|csrf`
		is    = `[\\"']*[ \t]*[:=][ \t]*`
		value = `\\"[^"\n]*\\"|"(?:\\.|[^"\\\n])*"|'(?:[^'\n]|'')*'|(?:[^\s&,;{}\[\]"'\\]|\\[^"\n])+`
	)
	var shapes []secretShape
	for _, secret := range []struct{ shape, shown string }{
		{`\b(?:syt|syr|syl)_[A-Za-z0-9+/=_-]+`, hidden},                                                               // Synapse's tokens
		{`\bm(?:at|ar|ct|cr|pt)_[A-Za-z0-9]+_[A-Za-z0-9]+`, hidden},                                                   // MAS's tokens
		{`(?s)-----BEGIN [A-Z ]*PRIVATE KEY-----(?:.*?-----END [A-Z ]*PRIVATE KEY-----|[A-Za-z0-9+/=\s\\]*)`, hidden}, // keys, also cut off
		{`\bed25519 \S+ [A-Za-z0-9+/]{43}`, hidden},                                                                   // a homeserver's signing key
		{`(?i)(authorization` + is + `[\["'\\]*[\w-]+[ \t]+)[^\s"'\\]+`, "${1}" + hidden},
		{`(?i)(bearer\s+)[A-Za-z0-9._~+/=-]{16,}`, "${1}" + hidden},
		{`(?i)(cookie` + is + `(?:\[?\\?["'])?)[^\s"\[\]][^\n"\[\]]*`, "${1}" + hidden},
		{`(?i)(name=\\?"csrf\\?" value=\\?")[^"\\\s]+`, "${1}" + hidden}, // what guards a form
		{`([?&](?:code|ticket)=)[^&\s"']+`, "${1}" + hidden},
		{`(?m)^(\w*[A-Za-z_]:)[0-9a-f]{64}$`, "${1}" + hidden}, // who a mail server knows; digests stay
		{`(://[^/\s:@]+:)[^/\s@]+@`, "${1}" + hidden + "@"},
		{`(?im)^([ \t-]*(?:` + name + `|encryption):[ \t]+)[^\s"'\[{|>][^\n]*`, "${1}" + hidden}, // YAML: a value ends with its line
		{`(?im)((?:^|[^/\w])(?:` + name + `)` + is + `)(?:` + value + `)`, "${1}" + hidden},
		{`(?i)(\bPASSWORD\s+)'(?:[^']|'')*'`, "${1}'" + hidden + "'"}, // SQL
	} {
		shapes = append(shapes, secretShape{regexp.MustCompile(secret.shape), secret.shown})
	}
	return shapes
})
