package steps

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"matrixstack/stack"
)

// registerServers holds the words about the servers themselves and what their operator does.
func registerServers(r Registrar) {
	r.Given(`^the operator closes registration$`, operatorClosesRegistration)
	r.Then(`^(\S+) cannot reach (\S+)$`, cannotReach)
	r.Then(`^(\w+) cannot read the database of (\w+)$`, cannotReadDatabase)
	r.Then(`^(\S+) reaches (\S+)$`, reaches)
	r.Then(`^(\S+) takes the certificates that the world takes$`, takesPublicCertificates)
	r.Then(`^every database of (\w+) sorts by byte, as Synapse demands$`, databasesSortByByte)
	r.Then(`^every server is healthy$`, everyServerHealthy)
	r.Then(`^every server runs the version of the lock$`, everyServerRunsLockedVersion)
	r.Then(`^every server was started from the image that was resolved$`, everyServerFromResolvedImage)
	r.Then(`^the database of (\w+) asks whoever comes for a password$`, databaseAsksForPassword)
	r.Then(`^the network "([^"]+)" connects only (.+)$`, networkConnectsOnly)
}

func everyServerHealthy(ctx context.Context) error {
	s := from(ctx)
	var problems []error
	for _, name := range s.stack.Names() {
		problems = append(problems, s.stack.Healthy(ctx, name))
	}
	return errors.Join(problems...)
}

// everyServerRunsLockedVersion asks each server itself; a name on an image proves nothing.
func everyServerRunsLockedVersion(ctx context.Context) error {
	s := from(ctx)
	var problems []error
	for _, name := range s.stack.Names() {
		c, _ := s.run.all.Component(name)
		want, err := s.run.resolved(c)
		if err != nil {
			return err
		}
		if len(c.Version) == 0 {
			continue // that it is the resolved image is all there is to know
		}
		said, err := s.stack.Exec(ctx, name, c.Version...)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		exact := regexp.MustCompile(`(^|[^0-9.])` + regexp.QuoteMeta(want.Version) + `($|[^0-9.]|\.$)`)
		if !exact.MatchString(strings.TrimSpace(said)) {
			problems = append(problems, fmt.Errorf("%s says its version is %q, the lock says %s", name, strings.TrimSpace(said), want.Version))
		}
	}
	return errors.Join(problems...)
}

func everyServerFromResolvedImage(ctx context.Context) error {
	s := from(ctx)
	var problems []error
	for _, name := range s.stack.Names() {
		c, _ := s.run.all.Component(name)
		want, err := s.run.resolved(c)
		if err != nil {
			return err
		}
		runs, err := s.stack.ImageOf(ctx, name)
		if err != nil {
			return err
		}
		if runs != want.ImageID {
			problems = append(problems, fmt.Errorf("%s runs image %s, resolved was %s", name, runs, want.ImageID))
		}
	}
	return errors.Join(problems...)
}

func databasesSortByByte(ctx context.Context, name string) error {
	s := from(ctx)
	site, err := s.site(name)
	if err != nil {
		return err
	}
	wrong, err := s.stack.SQL(ctx, site, "postgres", "SELECT datname || ': ' || pg_encoding_to_char(encoding) || ' ' || datcollate || ' ' || datctype FROM pg_database WHERE (pg_encoding_to_char(encoding), datcollate, datctype) <> ('UTF8', 'C', 'C')")
	if err != nil {
		return err
	}
	if wrong != "" {
		return fmt.Errorf("databases of %s do not sort by byte in UTF-8: %s", name, strings.ReplaceAll(wrong, "\n", ", "))
	}
	return nil
}

// cannotReadDatabase reads, under the name one server has at the database, what it may and what another one keeps.
func cannotReadDatabase(ctx context.Context, server, other string) error {
	s := from(ctx)
	site := s.stack.World.Sites[0]
	read := func(database string) error {
		_, err := s.stack.SQL(ctx, site, database, "SET ROLE "+server+"; SELECT count(*) FROM users")
		return err
	}
	if err := read(server); err != nil {
		return fmt.Errorf("%s cannot read even its own database: %w", server, err)
	}
	switch err := read(other); {
	case err == nil:
		return fmt.Errorf("%s reads the accounts in the database of %s", server, other)
	case !strings.Contains(err.Error(), "permission denied"):
		return err
	}
	return nil
}

// databaseAsksForPassword comes over the network, as everybody does who finds a way into one of the servers there.
func databaseAsksForPassword(ctx context.Context, siteName string) error {
	s := from(ctx)
	site, err := s.site(siteName)
	if err != nil {
		return err
	}
	const come = `
import sys, psycopg2
try:
    psycopg2.connect(host=sys.argv[1], dbname="postgres", user=sys.argv[2], password="a guess", connect_timeout=10)
except psycopg2.OperationalError as refused:
    print(refused)
`
	for _, role := range []string{"synapse", "postgres"} {
		said, err := s.stack.Exec(ctx, site.Component("synapse"), "python3", "-c", come, site.Component("postgres"), role)
		if err != nil {
			return err
		}
		if !strings.Contains(said, "password authentication failed") {
			return fmt.Errorf("the database lets %s in with a password that was guessed: %s", role, cmp.Or(strings.TrimSpace(said), "it says nothing"))
		}
	}
	return nil
}

// thoseThatRun reads a list of all there could be: which of them run differs from boot to boot.
func (s *scenario) thoseThatRun(list string) ([]string, error) {
	names := strings.Split(strings.ReplaceAll(list, " and ", ", "), ", ")
	if i := slices.Index(names, "its bridges"); i >= 0 {
		names = slices.Delete(names, i, i+1)
		for _, b := range s.stack.World.Sites[0].Bridges {
			names = append(names, b.Name)
		}
	}
	for _, name := range names {
		if _, ok := s.run.all.Component(name); !ok {
			return nil, fmt.Errorf("no server is called %q", name)
		}
	}
	names = slices.DeleteFunc(names, func(name string) bool { return !s.stack.Has(name) })
	slices.Sort(names)
	return names, nil
}

func networkConnectsOnly(ctx context.Context, network, list string) error {
	s := from(ctx)
	want, err := s.thoseThatRun(list)
	if err != nil {
		return err
	}
	got, err := s.stack.Members(ctx, network)
	if err != nil {
		return err
	}
	if !slices.Equal(got, want) {
		return fmt.Errorf("network %q connects %s, not %s", network, strings.Join(got, ", "), strings.Join(want, ", "))
	}
	return nil
}

func reaches(ctx context.Context, name, target string) error {
	return from(ctx).stack.Reach(ctx, name, target)
}

// cannotReach first makes sure that there is something to reach, by asking from where it must be possible.
func cannotReach(ctx context.Context, name, target string) error {
	s := from(ctx)
	return eventually(ctx, func(ctx context.Context) error { // the engine lifts what keeps networks apart while somebody makes another one
		err := s.stack.Reach(ctx, name, target)
		if err == nil {
			return fmt.Errorf("%s reaches %s", name, target)
		}
		if errors.Is(err, stack.ErrNotReached) {
			return nil
		}
		return err
	})
}

// takesPublicCertificates looks at what a server written in Python knows by itself: the test world has it take its own authority instead.
func takesPublicCertificates(ctx context.Context, name string) error {
	const few = 100 // public authorities; there are some 140
	said, err := from(ctx).stack.Exec(ctx, name, "env", "-u", "SSL_CERT_FILE", "python3", "-c", "import ssl; print(len(ssl.create_default_context().get_ca_certs()))")
	if err != nil {
		return err
	}
	var count int
	if _, err := fmt.Sscan(said, &count); err != nil {
		return fmt.Errorf("ask %s whom it trusts: %w", name, err)
	}
	if count < few {
		return fmt.Errorf("%s knows %d public authorities: it takes no certificate that the world takes", name, count)
	}
	return nil
}

// operatorClosesRegistration changes MAS's configuration for this scenario.
func operatorClosesRegistration(ctx context.Context) error {
	s := from(ctx)
	restore, err := s.stack.Rewrite(ctx, "mas", "/config/config.yaml", func(content string) (string, error) {
		const open = "password_registration_enabled: true"
		if strings.Count(content, open) != 1 {
			return "", fmt.Errorf("expected one %q", open)
		}
		return strings.Replace(content, open, "password_registration_enabled: false", 1), nil
	})
	s.mended = append(s.mended, restore)
	return err
}
