package report

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"html/template"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// The functions below are what templates may say.

func seconds(s float64) string {
	switch {
	case s >= 90:
		return time.Duration(s * float64(time.Second)).Round(time.Second).String()
	case s >= 9.95:
		return fmt.Sprintf("%.0f s", s)
	case s >= 0.095:
		return fmt.Sprintf("%.1f s", s)
	}
	return fmt.Sprintf("%.0f ms", s*1000)
}

func day(t time.Time) string { return t.UTC().Format("2 January 2006") }

func clock(t time.Time) string { return t.UTC().Format("2 January 2006, 15:04 UTC") }

// slug turns words into the name of an anchor.
func slug(words ...any) string {
	text := strings.ToLower(fmt.Sprint(words...))
	return strings.Trim(regexp.MustCompile(`[^a-z0-9]+`).ReplaceAllString(text, "-"), "-")
}

func mark(status any) string {
	return cmp.Or(map[string]string{"passed": "✓", "failed": "✗", "skipped": "–"}[fmt.Sprint(status)], "?")
}

func word(status any) string {
	return cmp.Or(map[string]string{"passed": "held", "failed": "broken", "skipped": "skipped"}[fmt.Sprint(status)], fmt.Sprint(status))
}

// short is a digest as people compare them.
func short(digest string) string { return digest[:min(len(digest), len("sha256:")+12)] }

// rules writes a rule of the proxy in words.
func rules(rule string) string {
	return strings.NewReplacer("`", "", "Host(", "host ", "PathPrefix(", "paths below ", "PathRegexp(", "paths like ", ")", "", "(", "", "&&", "and", "||", "or").Replace(rule)
}

// requestLines writes requests one below the other.
func requestLines(requests []Request) string {
	var out strings.Builder
	for _, q := range requests {
		fmt.Fprintf(&out, "%s  %s\n", q.At.UTC().Format("15:04:05.000"), q)
	}
	return out.String()
}

// String is a request in one line, without its time.
func (q Request) String() string {
	answer := "no answer"
	if q.Status > 0 {
		answer = fmt.Sprint(q.Status)
	}
	if q.Server != "" {
		answer += " " + q.Server
	}
	times := ""
	if q.Times > 1 {
		times = fmt.Sprintf("  × %d", q.Times)
	}
	path, err := url.PathUnescape(q.Path)
	if err != nil {
		path = q.Path
	}
	if q.Query != "" {
		path += "?" + q.Query
	}
	return fmt.Sprintf("%-4s %s%s → %s, %s%s", q.Method, q.Host, path, answer, seconds(q.Seconds), times)
}

// inline is a picture as part of the page, so that the page is whole by itself; empty when it is gone.
func inline(dir, file string) template.URL {
	content, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(path.Clean("/"+file))))
	if err != nil {
		return ""
	}
	return template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(content))
}
