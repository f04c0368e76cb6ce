package steps

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// registerOperating holds the words about what an operator wants to know of servers.
func registerOperating(r Registrar) {
	r.Then(`^no log of any server holds a password, a token or a key$`, logsHoldNoSecret)
	r.Then(`^no server tells its makers how it is used$`, makersAreToldNothing)
	r.Then(`^the (synapse|mas) measures itself for the operator$`, measuresItself)
	r.Then(`^the log of (\w+) leaves out what only its makers need$`, logIsForOperators)
	r.Then(`^the log of (\w+) tells when something happened(, and how serious it is)?$`, logTellsWhen)
}

// secretsOfPeople are the secrets of everybody in the scenario, by what they are.
func (s *scenario) secretsOfPeople() map[string]string {
	const shortestSecret = 20 // what is shorter is no secret
	secrets := map[string]string{}
	for _, p := range s.people {
		secrets["the password of "+p.name] = p.password
		for _, cookie := range p.browser.Jar.Cookies(&url.URL{Scheme: "https", Host: p.site.AuthHost(), Path: "/"}) {
			if len(cookie.Value) >= shortestSecret {
				secrets["the cookie "+cookie.Name+" of "+p.name] = cookie.Value
			}
		}
		for _, d := range p.devices {
			secrets["a token of "+p.name] = d.session.accessToken
			if d.session.refreshToken != "" {
				secrets["a refresh token of "+p.name] = d.session.refreshToken
			}
		}
	}
	return secrets
}

// logsHoldNoSecret looks for everything secret of the scenario and of the deployment in everything any server wrote.
func logsHoldNoSecret(ctx context.Context) error {
	s := from(ctx)
	if err := s.held(); err != nil {
		return err
	}
	secrets := s.secretsOfPeople()
	shape := regexp.MustCompile(`(?m)^\s*(?:- )?([a-z_-]*(?:secret|token|password|encryption)[a-z_]*)(?:: |=)["']?([A-Za-z0-9+/=]{20,})`)
	for _, c := range s.stack.World.Components {
		for _, f := range c.Files {
			for _, match := range shape.FindAllStringSubmatch(string(f.Content), -1) {
				secrets[match[1]+" of "+c.Name] = match[2]
			}
		}
	}
	const fewest = 8 // two people and the deployment have more; fewer means that the shape went out of date
	if len(secrets) < fewest {
		return fmt.Errorf("only %d secrets are known to look for", len(secrets))
	}
	for _, server := range s.stack.Names() {
		said, err := s.stack.Logs(ctx, server, time.Time{})
		if err != nil {
			return err
		}
		for what, secret := range secrets {
			if strings.Contains(said, secret) {
				return fmt.Errorf("the log of %s holds %s", server, what)
			}
		}
	}
	return nil
}

// makersAreToldNothing believes servers what they say of it when they start: what they send would leave hours later.
func makersAreToldNothing(ctx context.Context) error {
	s := from(ctx)
	said := map[string]string{}
	for _, server := range []string{"synapse", "traefik"} {
		var err error
		if said[server], err = s.stack.Logs(ctx, server, time.Time{}); err != nil {
			return err
		}
	}
	for _, promise := range []string{"Version check is disabled", "Stats collection is disabled"} {
		if !strings.Contains(said["traefik"], promise) {
			return fmt.Errorf("traefik does not say %q: it may ask its makers for news, or tell them how it is used", promise)
		}
	}
	if reports := "Scheduling stats reporting"; strings.Contains(said["synapse"], reports) {
		return fmt.Errorf("synapse says %q: it tells its makers how it is used", reports)
	}
	return nil
}

const (
	logColor  = `(\x1b\[\d+m)?` // some logs come in colours
	logMoment = `\W*` + logColor + `\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d`
)

// logTellsWhen looks for one line, since servers say some things, as what they are, before they have read how to.
func logTellsWhen(ctx context.Context, server, also string) error {
	s := from(ctx)
	said, err := s.stack.Logs(ctx, server, time.Time{})
	if err != nil {
		return err
	}
	shape := `(?m)^` + logMoment
	if also != "" {
		shape += `.*(\b|m)INFO?\b` // some come in colours
	}
	if server == "synapse" {
		shape += ` - [A-Z]+-\d+ - ` // the request it belongs to
	}
	if server == "discord" {
		shape = `(?m)^{"level":"info".*"time":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d`
	}
	if !regexp.MustCompile(shape).MatchString(said) {
		return fmt.Errorf("no line in the log of %s tells when something happened%s: %.200q", server, also, said[max(0, len(said)-200):])
	}
	return nil
}

// logIsForOperators looks for lines that servers write for who debugs them: they fill the disk, and hide what matters.
func logIsForOperators(ctx context.Context, server string) error {
	said, err := from(ctx).stack.Logs(ctx, server, time.Time{})
	if err != nil {
		return err
	}
	const part = `( - \S+ - \d+ -)?` // Synapse says first which part of it speaks
	verbose := regexp.MustCompile(`(?m)^(` + logMoment + `\S*` + part + `\s+` + logColor + `(DEBUG|DBG|TRACE|TRC)\b|{"level":"(debug|trace)").*`)
	if line := verbose.FindString(said); line != "" {
		return fmt.Errorf("the log of %s holds lines for its makers: %.200q", server, line)
	}
	return nil
}

// measuresItself asks for the numbers where the operator's monitoring does: from the inside.
func measuresItself(ctx context.Context, server string) error {
	s := from(ctx)
	door := map[string]struct{ port, path string }{"synapse": {"9000/tcp", "/_synapse/metrics"}, "mas": {"8081/tcp", "/metrics"}}[server]
	endpoint, err := s.stack.Endpoint(ctx, server, door.port)
	if err != nil {
		return err
	}
	said, err := getText(ctx, &http.Client{Timeout: patience}, "http://"+endpoint+door.path)
	if err != nil {
		return fmt.Errorf("ask %s for its numbers: %w", server, err)
	}
	if number := requestNumbers()[server]; !strings.Contains(said, "\n"+number) {
		return fmt.Errorf("%s counts no requests: none of its numbers is called %s", server, number)
	}
	return nil
}
