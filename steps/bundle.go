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

// redact takes secrets out of text: tokens by their shape, everything else by the name it stands under.
func redact(text string) string {
	const hidden = "[redacted]"
	for _, shape := range []string{
		`\b(?:syt|syr|syl)_[A-Za-z0-9+/=_-]+`,                                       // Synapse's tokens
		`\bm(?:at|ar|ct|cr|pt)_[A-Za-z0-9]+_[A-Za-z0-9]+`,                           // MAS's tokens
		`(?s)-----BEGIN [A-Z ]*PRIVATE KEY-----.*?-----END [A-Z ]*PRIVATE KEY-----`, // keys
	} {
		text = regexp.MustCompile(shape).ReplaceAllString(text, hidden)
	}
	text = regexp.MustCompile(`(?i)(authorization:\s*\w+\s+)\S+`).ReplaceAllString(text, "${1}"+hidden)
	text = regexp.MustCompile(`(?i)(bearer\s+)[A-Za-z0-9._~+/=-]{16,}`).ReplaceAllString(text, "${1}"+hidden)
	name := `(?:[a-z_]*(?:token|secret|password|passphrase)(?:_key)?|code_verifier|macaroon_secret_key|form_secret|encryption|POSTGRES_PASSWORD)`
	text = regexp.MustCompile(`(?im)((?:^|[^/\w])`+name+`"?\s*[:=]\s*)(?:"[^"\n]*"|'[^'\n]*'|[^\s&,;{}\[\]"']+)`).ReplaceAllString(text, "${1}"+hidden)
	return regexp.MustCompile(`(?i)(\bPASSWORD\s+)'[^']*'`).ReplaceAllString(text, "${1}'"+hidden+"'")
}
