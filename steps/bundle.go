package steps

import (
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// Evidence is what a scenario that failed leaves for whoever looks into it.
type Evidence struct {
	Requests []string          // one line for each request of its people
	Logs     map[string]string // by server, from the start of the scenario
	Config   map[string]string // rendered configuration by server and file
	Stopped  []string          // servers that do not run any more
	Images   string            // provenance table
	Seed     uint64
}

// writeBundle writes everything needed to look into a failure, with every secret taken out, and returns its folder.
func writeBundle(dir string, r Result, e Evidence) (string, error) {
	bundle := filepath.Join(dir, "failures", fmt.Sprintf("%s-%d-%s", slug(strings.TrimSuffix(filepath.Base(r.File), ".feature")), r.Line, slug(r.Name)))
	files := map[string]string{
		"summary.txt":  r.text() + "again: " + r.Reproduce(e.Seed) + "\n",
		"requests.txt": strings.Join(e.Requests, "\n") + "\n",
		"images.txt":   e.Images,
	}
	for server, said := range e.Logs {
		files["logs/"+server+".log"] = said
	}
	for name, content := range e.Config {
		files["config/"+name] = content
	}
	var problems []error
	for name, content := range files {
		path := filepath.Join(bundle, filepath.FromSlash(name))
		problems = append(problems, os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(redact(content)), 0o644))
	}
	if err := errors.Join(problems...); err != nil {
		return bundle, fmt.Errorf("write failure bundle: %w", err)
	}
	return bundle, nil
}

// slug turns words into a file name; long ones keep their start and are told apart by a checksum.
func slug(words string) string {
	clean := strings.Trim(regexp.MustCompile(`[^a-z0-9]+`).ReplaceAllString(strings.ToLower(words), "-"), "-")
	const longest = 60
	if len(clean) > longest {
		return fmt.Sprintf("%s-%08x", strings.Trim(clean[:longest], "-"), crc32.ChecksumIEEE([]byte(words)))
	}
	return clean
}

// redact takes secrets out of text: tokens and keys by their shape, everything else by the name it stands under.
func redact(text string) string {
	const (
		hidden = "[redacted]"
		name   = `[a-z_]*(?:token|secret|password|passphrase)(?:_key|_confirm)?|code_verifier`
		is     = `[\\"']*[ \t]*[:=][ \t]*`
		value  = `\\"[^"\n]*\\"|"(?:\\.|[^"\\\n])*"|'(?:[^'\n]|'')*'|(?:[^\s&,;{}\[\]"'\\]|\\[^"\n])+`
	)
	for _, secret := range []struct{ shape, shown string }{
		{`\b(?:syt|syr|syl)_[A-Za-z0-9+/=_-]+`, hidden},                                                               // Synapse's tokens
		{`\bm(?:at|ar|ct|cr|pt)_[A-Za-z0-9]+_[A-Za-z0-9]+`, hidden},                                                   // MAS's tokens
		{`(?s)-----BEGIN [A-Z ]*PRIVATE KEY-----(?:.*?-----END [A-Z ]*PRIVATE KEY-----|[A-Za-z0-9+/=\s\\]*)`, hidden}, // keys, also cut off
		{`\bed25519 \S+ [A-Za-z0-9+/]{43}`, hidden},                                                                   // a homeserver's signing key
		{`(?i)(authorization` + is + `[\["'\\]*[\w-]+[ \t]+)[^\s"'\\]+`, "${1}" + hidden},
		{`(?i)(bearer\s+)[A-Za-z0-9._~+/=-]{16,}`, "${1}" + hidden},
		{`(?i)(cookie` + is + `(?:\[?\\?["'])?)[^\s"\[\]][^\n"\[\]]*`, "${1}" + hidden},
		{`([?&](?:code|ticket)=)[^&\s"']+`, "${1}" + hidden},
		{`(?m)^(\w+:)[0-9a-f]{64}$`, "${1}" + hidden}, // who a mail server knows
		{`(://[^/\s:@]+:)[^/\s@]+@`, "${1}" + hidden + "@"},
		{`(?im)^([ \t-]*(?:` + name + `|encryption):[ \t]+)[^\s"'\[{|>][^\n]*`, "${1}" + hidden}, // YAML: a value ends with its line
		{`(?im)((?:^|[^/\w])(?:` + name + `)` + is + `)(?:` + value + `)`, "${1}" + hidden},
		{`(?i)(\bPASSWORD\s+)'(?:[^']|'')*'`, "${1}'" + hidden + "'"}, // SQL
	} {
		text = regexp.MustCompile(secret.shape).ReplaceAllString(text, secret.shown)
	}
	return text
}
