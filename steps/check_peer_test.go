package steps

import (
	"errors"
	"net/http"
	"testing"

	"github.com/cucumber/godog"
	messages "github.com/cucumber/messages/go/v21"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"matrixstack/stack"
	"matrixstack/stack/check"
)

func TestPeopleOfAPeerNeedOneThatIsReached(t *testing.T) {
	t.Parallel()
	both := &godog.Scenario{Steps: []*messages.PickleStep{{Text: "Alice has an account"}, {Text: "Bob has an account on beta"}}}
	assert.Equal(t, "no peer", (&live{token: "x", alone: "no peer"}).missing(both))
	assert.Empty(t, (&live{token: "x"}).missing(both))
	assert.Empty(t, (&live{user: "me"}).missing(both), "whoever has an account talks to somebody of the peer")
}

func TestPeopleOfThePeerAreNotTheOperatorsOwn(t *testing.T) {
	t.Parallel()
	l := newLive(LiveOptions{User: "me"}, "ab12")
	here := &person{name: "Alice", site: stack.Site{Name: "alpha"}, browser: newBrowser(&http.Client{})}
	there := &person{name: "Alice", site: stack.Site{Name: "beta"}, browser: newBrowser(&http.Client{})}
	require.NoError(t, l.claim(here))
	require.NoError(t, l.claim(there))
	assert.Equal(t, "me", here.username)
	assert.Equal(t, "check-alice-ab12", there.username)
}

func TestWithoutAPeerItIsSaidHowToTryOne(t *testing.T) {
	t.Parallel()
	r := &run{whole: &whole{live: &live{}}}
	found := r.raise(t.Context(), &stack.Elsewhere{})
	require.Len(t, found, 2)
	for i, about := range []string{aboutTowards, aboutPushes} {
		assert.Equal(t, about, found[i].About)
		assert.Equal(t, check.Note, found[i].Level)
		assert.Contains(t, found[i].What, "--peer NAME")
	}
	assert.Contains(t, r.live.alone, "--peer")
}

func TestWhyAPeerIsNotAnsweredIsExplained(t *testing.T) {
	t.Parallel()
	r := &run{whole: &whole{live: &live{peer: &stack.Peer{ServerName: "peer.example.org"}}}}
	for says, want := range map[string]struct {
		level check.Level
		set   string
	}{
		"M_FORBIDDEN (HTTP 403): Federation denied with peer.example.org.":       {check.Mistake, "federation_domain_whitelist in homeserver.yaml, or add peer.example.org"},
		"M_UNAUTHORIZED (HTTP 401): Failed to find any key to satisfy":           {check.Note, ""},
		"M_UNKNOWN (HTTP 404): Not Found":                                        {check.Mistake, "route Host(`example.org`) && (PathPrefix(`/_matrix/federation`)"},
		"ResponseNeverReceived:[Error([('SSL routines', '', 'certificate verify": {check.Mistake, "--ca FILE"},
		"DNSLookupError('no results for hostname lookup: example.org')":          {check.Mistake, "--resolve does not hold"},
	} {
		level, what, set := r.whyNotFrom(stack.Site{ServerName: "example.org"}, errors.New(says))
		assert.Equal(t, want.level, level, says)
		assert.NotEmpty(t, what)
		assert.Contains(t, set, want.set)
	}
}
