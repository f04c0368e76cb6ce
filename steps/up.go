package steps

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/cucumber/godog"
	messages "github.com/cucumber/messages/go/v21"

	"matrixstack/stack"
)

// Interactive is a stack that people look around in.
type Interactive struct {
	stack    *stack.Stack
	scenario *scenario
	site     stack.Site
	accounts []account
	token    string   // opens an account; empty when none is wanted
	missing  []string // what was asked for and did not start, with the reason
}

// account is one that is ready to be used.
type account struct{ id, password, is string }

// Up boots the whole stack with the on-demand servers of that name, leaves it running under KeptOwner and makes accounts.
func Up(ctx context.Context, o Options, with []string) (*Interactive, error) {
	left, err := stack.Left(ctx, o.Engine)
	if err != nil {
		return nil, err
	}
	if i := slices.IndexFunc(left, func(s stack.Server) bool { return s.Owner == KeptOwner }); i >= 0 {
		return nil, fmt.Errorf("boot the stack: run %s is up already; make down removes it", left[i].Run)
	}
	o.Keep = true
	r := &run{whole: &whole{options: o}}
	var verdict Verdict
	chosen, err := announced(with)
	if err != nil {
		return nil, err
	}
	if err := r.boot(ctx, chosen, &verdict); err != nil {
		return nil, errors.Join(err, r.remove(ctx))
	}
	up := &Interactive{stack: r.stack, scenario: newScenario(r), site: r.stack.World.Sites[0]}
	for i, name := range with {
		if why := errors.Join(r.stack.NotStarted(name), unlessEmpty(r.missing(chosen.scenarios[i]))); why != nil {
			up.missing = append(up.missing, why.Error())
		}
	}
	if err := up.populate(ctx); err != nil {
		return nil, errors.Join(err, r.remove(ctx))
	}
	return up, nil
}

// announced is a selection that wants those servers and nothing else.
func announced(servers []string) (selection, error) {
	all, err := stack.NewWorld(stack.TestSites(stack.SignInMAS), stack.Environment{})
	if err != nil {
		return selection{}, err
	}
	lesser, err := stack.NewWorld(stack.TestSites(stack.SignInSynapse), stack.Environment{})
	if err != nil {
		return selection{}, err
	}
	var chosen selection
	for _, name := range servers {
		tags := []*messages.PickleTag{{Name: "@" + name}}
		if _, ok := lesser.Component(name); !ok {
			tags = append([]*messages.PickleTag{{Name: "@mas"}}, tags...) // only there where MAS is, and not built for nothing
		}
		if c, ok := all.Component(name); !ok || !c.OnDemand {
			return selection{}, fmt.Errorf("boot the stack: no server called %q starts on demand; known: %s", name, strings.Join(OnDemand(all), ", "))
		}
		chosen.scenarios = append(chosen.scenarios, &godog.Scenario{Tags: tags})
	}
	return chosen, nil
}

// OnDemand lists the servers of a world that start only when somebody wants them.
func OnDemand(w stack.World) []string {
	var names []string
	for _, c := range w.Components {
		if c.OnDemand {
			names = append(names, c.Name)
		}
	}
	return names
}

func unlessEmpty(reason string) error {
	if reason == "" {
		return nil
	}
	return errors.New(reason)
}

// populate makes an administrator, two people and, where accounts ask for one, a registration token.
func (i *Interactive) populate(ctx context.Context) (err error) {
	s := i.scenario
	defer func() { err = errors.Join(err, s.end(ctx)) }()
	for _, who := range []struct{ name, is string }{{"Operator", "administrator, owner of the bridges"}, {"Alice", "person"}, {"Bob", "person"}} {
		p, err := s.introduce(who.name, i.site.Name)
		if err != nil {
			return err
		}
		p.username, p.password = strings.ToLower(who.name), "tea and biscuits for "+strings.ToLower(who.name)
		signUp := s.signUp
		if who.name == "Operator" {
			signUp = s.signUpAdministrator
		}
		if err := signUp(ctx, p, "first look"); err != nil {
			return err
		}
		if err := s.signOut(ctx, p.first); err != nil {
			return err
		}
		i.accounts = append(i.accounts, account{p.userID().String(), p.password, who.is})
	}
	if i.site.SignIn != stack.SignInMAS {
		return nil
	}
	i.token = "come-in"
	if err := s.accounts(ctx, i.site, "user-registration-tokens", []byte(`{"token":"`+i.token+`"}`), nil); err != nil {
		return fmt.Errorf("issue an invitation: %w", err)
	}
	return nil
}

// signUpAdministrator makes an account with the rights of an operator, as the README of a deployment does, and signs in on a first device.
func (s *scenario) signUpAdministrator(ctx context.Context, p *person, deviceName string) error {
	if p.site.SignIn == stack.SignInMAS {
		if err := s.signUp(ctx, p, deviceName); err != nil {
			return err
		}
		return s.manage(ctx, "promote-admin", p.username)
	}
	_, err := s.stack.Exec(ctx, p.site.Component("synapse"), "python3", "-m", "synapse._scripts.register_new_matrix_user",
		"-c", "/data/homeserver.yaml", "--admin", "-u", p.username, "-p", p.password, "http://127.0.0.1:8008")
	if err != nil {
		return fmt.Errorf("make %s an administrator: %w", p.name, err)
	}
	return s.passwordSignIn(ctx, p, deviceName)
}

// AuthorityPEM is the certificate of who signed what the stack shows.
func (i *Interactive) AuthorityPEM() []byte { return i.stack.AuthorityPEM() }

// FrontDoor is where a person begins: the accounts, or what clients are pointed at when there is no place for accounts.
func (i *Interactive) FrontDoor() string {
	if i.site.SignIn == stack.SignInMAS {
		return "https://" + i.site.AuthHost() + "/"
	}
	return "https://" + i.site.MatrixHost() + "/_matrix/static/"
}

// Describe tells a person where everything is, who is there, and how to trust its certificates.
func (i *Interactive) Describe(ctx context.Context, w io.Writer, authority string) error {
	s := i.stack
	fmt.Fprintf(w, "\nrun %s is up; make down removes it, build/stackctl status, logs and shell look into it\n\naddresses\n", s.Run)
	hosts := map[string][]string{} // by address of this machine
	for _, c := range s.World.Components {
		if !s.Has(c.Name) {
			continue
		}
		for _, port := range c.Ports {
			endpoint, err := s.Endpoint(ctx, c.Name, port)
			if err != nil {
				return err
			}
			fmt.Fprintf(w, "  %-14s port %-9s is %-16s %s\n", c.Name, port, endpoint, strings.Join(c.Hosts, " "))
			if address, at, _ := net.SplitHostPort(endpoint); port == "443/tcp" && at == "443" {
				hosts[address] = append(hosts[address], c.Hosts...)
			}
		}
	}
	for _, why := range i.missing {
		fmt.Fprintf(w, "  missing: %s\n", why)
	}
	i.describeAccounts(w)
	fmt.Fprintf(w, "\nto trust its certificates, until make down\n  they are signed by %s\n", authority)
	fmt.Fprintln(w, "  Firefox: Settings, Certificates, Authorities, Import; Chromium: Settings, Certificates, Custom, Import; curl: --cacert "+authority)
	for address, names := range hosts {
		fmt.Fprintf(w, "to reach it by name, one line in /etc/hosts\n  %s %s\n", address, strings.Join(names, " "))
	}
	command, err := i.browser(ctx, "chromium")
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "or, without changing this machine, in Chromium\n  %s\n", quoted(command))
	return nil
}

func (i *Interactive) describeAccounts(w io.Writer) {
	fmt.Fprintf(w, "\naccounts of %s\n", i.site.ServerName)
	for _, a := range i.accounts {
		fmt.Fprintf(w, "  %-24s password %q  %s\n", a.id, a.password, a.is)
	}
	if i.token != "" {
		fmt.Fprintf(w, "  registration token %q, for where the operator wants one; sign-up is open otherwise\n", i.token)
	} else {
		fmt.Fprintln(w, "  whoever likes signs up at the homeserver, without a token")
	}
}

// browser is the command that opens the front door in Chromium: the hosts are where the stack publishes them, and exactly the
// certificate that was verified here is taken.
func (i *Interactive) browser(ctx context.Context, binary string) ([]string, error) {
	hosts := []string{i.site.MatrixHost(), i.site.ServerName}
	if i.site.SignIn == stack.SignInMAS {
		hosts = append(hosts, i.site.AuthHost())
	}
	rules, pin, err := i.scenario.mapped(ctx, hosts...)
	if err != nil {
		return nil, err
	}
	profile := filepath.Join(os.TempDir(), "matrix-stack-"+i.stack.Run)
	command := []string{binary, "--user-data-dir=" + profile, "--no-first-run", "--host-resolver-rules=" + rules, "--ignore-certificate-errors-spki-list=" + pin, i.FrontDoor()}
	if os.Geteuid() == 0 { // Chromium has no sandbox for root
		command = slices.Insert(command, 1, "--no-sandbox")
	}
	return command, nil
}

// Open shows the front door in a browser that goes on after this process.
func (i *Interactive) Open(ctx context.Context) error {
	binary, err := findChromium()
	if err != nil {
		return err
	}
	command, err := i.browser(ctx, binary)
	if err != nil {
		return err
	}
	if err := exec.Command(command[0], command[1:]...).Start(); err != nil {
		return fmt.Errorf("open a browser: %w", err)
	}
	return nil
}

// quoted is a command as a shell reads it.
func quoted(command []string) string {
	for i, word := range command {
		if strings.ContainsAny(word, " ,*=") {
			command[i] = "'" + word + "'"
		}
	}
	return strings.Join(command, " ")
}
