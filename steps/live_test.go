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

func TestOnlyLiveScenariosRunAgainstADeployment(t *testing.T) {
	t.Parallel()
	r := &run{whole: &whole{live: &live{}}}
	_, err := r.begin(t.Context(), &godog.Scenario{Name: "The operator stops a server", Tags: []*messages.PickleTag{{Name: "@own_stack"}}})
	assert.ErrorContains(t, err, `The operator stops a server is not tagged @live`)
	chosen, err := choose(Options{Features: featureDir, Tags: "@live"})
	require.NoError(t, err)
	for _, scenario := range chosen.scenarios {
		assert.True(t, hasTag(scenario, "@live"), scenario.Name)
		for _, tag := range scenario.Tags {
			assert.NotContains(t, []string{"@own_stack", "@first"}, tag.Name, "%s must leave others alone", scenario.Name)
		}
	}
}

func TestLiveScenariosNeedPeopleThatCanBeHad(t *testing.T) {
	t.Parallel()
	step := func(text string) *messages.PickleStep { return &messages.PickleStep{Text: text} }
	two := &godog.Scenario{Steps: []*messages.PickleStep{step("Alice has an account"), step("Bob has an account")}}
	one := &godog.Scenario{Steps: []*messages.PickleStep{step("Alice has an account")}}
	none := &godog.Scenario{Steps: []*messages.PickleStep{step("alpha shows clients the way to its homeserver")}}
	assert.Empty(t, (*live)(nil).missing(two), "people of the test world are made at will")
	assert.Empty(t, (&live{token: "x"}).missing(two))
	assert.Contains(t, (&live{user: "me"}).missing(two), "Bob")
	assert.Empty(t, (&live{user: "me"}).missing(one))
	assert.Contains(t, (&live{}).missing(one), "--registration-token")
	assert.Empty(t, (&live{}).missing(none))
	assert.NotEmpty(t, (&live{token: "x", without: "refused"}).missing(one))
}

func TestThrowAwayPeopleStayTheSameForAllScenarios(t *testing.T) {
	t.Parallel()
	l := newLive(LiveOptions{Token: "come in"}, "ab12")
	first, second := &person{name: "Alice", browser: newBrowser(&http.Client{})}, &person{name: "Alice", browser: newBrowser(&http.Client{})}
	require.NoError(t, l.claim(first))
	require.NoError(t, l.claim(second))
	assert.Equal(t, first.username, second.username)
	assert.Equal(t, "check-alice-ab12", first.username)
	assert.Equal(t, "come in", first.invitation)
}

func TestBrowserOfSomebodyRemembersThemInAllScenarios(t *testing.T) {
	t.Parallel()
	l := newLive(LiveOptions{Token: "come in"}, "ab12")
	first, second, other := &person{name: "Alice", browser: newBrowser(&http.Client{})}, &person{name: "Alice", browser: newBrowser(&http.Client{})}, &person{name: "Bob", browser: newBrowser(&http.Client{})}
	for _, p := range []*person{first, second, other} {
		require.NoError(t, l.claim(p))
	}
	assert.Same(t, first.browser.Jar, second.browser.Jar, "who signs in again and again is stopped by the limits of a deployment")
	assert.NotSame(t, first.browser.Jar, other.browser.Jar)
}

func TestAccountThatCannotBeHadSaysWhatToDo(t *testing.T) {
	t.Parallel()
	site := stack.Site{ServerName: "example.org"}
	for name, test := range map[string]struct {
		user  string
		err   error
		level check.Level
		set   string
	}{
		"wrong token":    {"", refusal{"/register/steps/01/token", []string{"invalid"}}, check.Mistake, "--usage-limit 2"},
		"too often":      {"", refusal{"/register/password", []string{"You've made too many requests in a short period."}}, check.Unseen, "pass --user"},
		"wrong password": {"me", refusal{"/login", []string{"Invalid credentials"}}, check.Mistake, "the password of me"},
		"no password":    {"me", deadEnd{"Alice", "/login", http.StatusOK, nil}, check.Mistake, "signs in with a password"},
		"closed":         {"", deadEnd{"Alice", "/register", http.StatusOK, nil}, check.Mistake, "password_registration_enabled"},
		"something else": {"", refusal{"/register/password", []string{"exists"}}, check.Mistake, "log of who keeps the accounts"},
	} {
		f := newLive(LiveOptions{User: test.user}, "ab12").noAccount(&person{name: "Alice", username: "me", site: site}, test.err)
		assert.Equal(t, test.level, f.Level, name)
		assert.Contains(t, f.Set, test.set, name)
	}
	l := newLive(LiveOptions{Token: "come in"}, "ab12")
	l.cannot["Bob"] = "no account for Bob could be had"
	assert.Equal(t, l.cannot["Bob"], l.missing(&godog.Scenario{Steps: []*messages.PickleStep{{Text: "Bob has an account"}}}))
	assert.Empty(t, l.missing(&godog.Scenario{Steps: []*messages.PickleStep{{Text: "Alice has an account"}}}))
	p := &person{name: "Bob", username: "bob", site: stack.Site{ServerName: "example.org"}}
	l.refused[p.userID()] = errors.New("asked for before")
	assert.EqualError(t, l.signUp(t.Context(), nil, p, "phone"), "asked for before")
}
