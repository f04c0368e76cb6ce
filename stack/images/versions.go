package images

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/hashicorp/go-version"
	debian "pault.ag/go/debian/version"
)

// newer tells whether one version of a software comes after another.
func newer(a, b string) (bool, error) {
	first, err := version.NewVersion(a)
	if err != nil {
		return false, err
	}
	second, err := version.NewVersion(b)
	if err != nil {
		return false, err
	}
	return first.GreaterThan(second), nil
}

// newest is the highest of these versions, or "" when there is none. Pre-releases and what is no version do not count.
func newest(versions []string) string {
	var best *version.Version
	for _, text := range versions {
		v, err := version.NewVersion(text)
		if err != nil || v.Prerelease() != "" || v.Metadata() != "" {
			continue
		}
		if best == nil || v.GreaterThan(best) {
			best = v
		}
	}
	if best == nil {
		return ""
	}
	return strings.TrimPrefix(best.Original(), "v")
}

// spelling says what stands before and after the version in the tags of an image: "v" and "-bookworm".
func (e Entry) spelling() (before, after string, err error) {
	if e.Upstream == nil {
		return "", "", nil
	}
	before, after, ok := strings.Cut(e.Upstream.Tag, e.Version)
	if !ok {
		return "", "", fmt.Errorf("tag %q and version %q of the lock disagree; correct one", e.Upstream.Tag, e.Version)
	}
	return before, after, nil
}

// named reads what somebody wants pinned, a tag or a bare version, as a tag and the version it names.
func (e Entry) named(wanted string) (tag, version string, err error) {
	before, after, err := e.spelling()
	if err != nil {
		return "", "", err
	}
	bare := strings.TrimPrefix(wanted, "v")
	if e.Upstream == nil || regexp.MustCompile(`^[0-9]+(\.[0-9]+)*$`).MatchString(bare) && wanted != before+bare+after {
		wanted = before + bare + after
	}
	middle, ok := between(wanted, before, after)
	if _, err := newer(middle, e.Version); err != nil || !ok {
		return "", "", fmt.Errorf("tag %q names no version the way %q does; name one that does", wanted, before+e.Version+after)
	}
	return wanted, middle, nil
}

// versionsOf reads the versions that tags name which are spelled like the pinned one: as exact, with the same words around it.
func (e Entry) versionsOf(tags []string) []string {
	before, after, err := e.spelling()
	if err != nil {
		return nil
	}
	var found []string
	for _, tag := range tags {
		if middle, ok := between(tag, before, after); ok && strings.Count(middle, ".") == strings.Count(e.Version, ".") {
			found = append(found, middle)
		}
	}
	return found
}

// between is what stands in a tag between these words, when it begins as a version does.
func between(tag, before, after string) (string, bool) {
	middle, okBefore := strings.CutPrefix(tag, before)
	middle, okAfter := strings.CutSuffix(middle, after)
	return middle, okBefore && okAfter && regexp.MustCompile(`^[0-9]`).MatchString(middle)
}

// upstreamOf is the version of the software in a Debian version: 2.53.3 of 2.53.3+ds1-2.
func upstreamOf(text string) (string, error) {
	v, err := debian.Parse(text)
	if err != nil {
		return "", err
	}
	bare, _, _ := strings.Cut(v.Version, "+")
	return bare, nil
}
