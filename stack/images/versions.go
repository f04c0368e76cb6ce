package images

import (
	"fmt"
	"regexp"
	"strings"

	"golang.org/x/mod/semver"
	debian "pault.ag/go/debian/version"
)

// newer tells whether one version of a software comes after another.
func newer(version, than string) (bool, error) {
	for _, v := range []string{version, than} {
		if !semver.IsValid("v" + v) {
			return false, fmt.Errorf("%q is no version", v)
		}
	}
	return semver.Compare("v"+version, "v"+than) > 0, nil
}

// newest is the highest of these versions, or "" when there is none. Pre-releases and what is no version do not count.
func newest(versions []string) string {
	best := ""
	for _, text := range versions {
		v := "v" + strings.TrimPrefix(text, "v")
		if semver.IsValid(v) && semver.Prerelease(v) == "" && semver.Build(v) == "" && semver.Compare(v, best) > 0 {
			best = v
		}
	}
	return strings.TrimPrefix(best, "v")
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

// tagged reads the versions that tags name which are spelled like the pinned one: as exact, with the same words around it.
func (e Entry) tagged(tags []string) []string {
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
