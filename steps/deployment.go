package steps

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"matrixstack/stack"
	"matrixstack/stack/check"
	"matrixstack/stack/deploy"
)

// deployment is what an operator deployed: a project that was rendered, and that the commands of its README started.
type deployment struct {
	deploy.Trial
	home    string          // holds everything of it
	chosen  deploy.Options  // by its operator
	acme    *certifier      // whom it has its certificates from; nil when the operator brought one
	site    stack.Elsewhere // how it is reached
	found   []check.Finding // by the last check
	verdict Verdict         // of the last check
	untold  []error         // mistakes of which the operator was not told what to set

	authority  *stack.Authority // who signed the certificate the operator brought
	neighbours bool             // another homeserver stands in its network
	calls      bool             // people call each other there, and every bridge is there
}

const (
	deployedDomain   = "deployed.test"
	peersName        = "peer.test"
	operatorPassword = "a long one" // that its README shows
	somewhereElse    = "/somewhere/else"
)

// deployedHosts are the names of a deployment.
func deployedHosts() []string {
	site := stack.Site{ServerName: deployedDomain}
	return []string{site.ServerName, site.MatrixHost(), site.AuthHost()}
}

// How a deployment differs from others.
const (
	byAuthority     = " with certificates that are asked for" // not one the operator brings
	besideNeighbour = " where another homeserver is its neighbour"
	withCalls       = " with calls and every bridge"
	withoutMAS      = " without MAS"
)

// publicIP is an address of nobody (RFC 5737), where people would find the calls of a deployment.
const publicIP = "198.51.100.7"

// deploy renders a project, and starts it as its README says.
func (s *scenario) deploy(ctx context.Context, way string) error {
	home, err := os.MkdirTemp("", "deployment-")
	if err != nil {
		return fmt.Errorf("deploy: %w", err)
	}
	d := &deployment{home: home, neighbours: way == besideNeighbour}
	d.Trial = deploy.Trial{Dir: filepath.Join(home, "deployment"), Name: "ms-" + s.suffix}
	s.deployed = d
	if err := errors.Join(s.differ(d, way), s.chooses(ctx, d, way)); err != nil {
		return err
	}
	if err := s.render(ctx, d); err != nil {
		return err
	}
	s.mended = append(s.mended, func(ctx context.Context) error { return d.Remove(ctx, home) })
	if err := d.follow(ctx, "Before the first start", 0); err != nil {
		return err
	}
	return errors.Join(d.follow(ctx, "The first account", 0), d.findDoors(ctx), d.certified(ctx))
}

// differ makes it one that is deployed in that way.
func (s *scenario) differ(d *deployment, way string) error {
	ports, err := freePorts(2)
	switch {
	case err != nil:
		return err
	case way == withCalls:
		d.calls, d.Ports = true, map[string]int{"3478/udp": ports[0], "3478/tcp": ports[0]} // people know one port for both
	case way == byAuthority:
		d.Ports, d.Hosts = map[string]int{"80/tcp": ports[0], "443/tcp": ports[1]}, []string{certifierHost}
		d.acme, err = s.startCertifier(ports[0], ports[1])
	}
	return err
}

// chooses what an operator does, a certificate of a private authority included.
func (s *scenario) chooses(ctx context.Context, d *deployment, way string) error {
	choices, err := d.certificates()
	if err != nil {
		return err
	}
	subnet, err := s.run.options.Engine.FreeRange(ctx)
	if err != nil {
		return err
	}
	bridges := []string{"heisenbridge"}
	if d.calls {
		bridges = slices.Sorted(maps.Keys(botsOf(stack.Site{})))
		choices.PublicIP, choices.Telegram = publicIP, &stack.TelegramAPI{ID: 1, Hash: "nothing"}
	}
	d.chosen = deploy.Options{
		Domain: deployedDomain, SignIn: stack.SignInMAS, Storage: filepath.Join(d.home, "storage"), Subnet: subnet, Bridges: bridges, Monitoring: true,
		Built: deploy.BuiltAll, Deployment: choices, Command: "stackctl render compose",
	}
	if way == withoutMAS {
		d.chosen.SignIn = stack.SignInSynapse
	}
	return nil
}

// render writes the project as its operator chose.
func (s *scenario) render(ctx context.Context, d *deployment) error {
	secrets, err := deploy.ReadSecrets(d.Dir)
	if err != nil {
		return err
	}
	if d.chosen.Moved, _, err = deploy.MovesAccounts(d.Dir, d.chosen.SignIn); err != nil {
		return err
	}
	project, err := deploy.Render(d.chosen, secrets, s.run.options.Resolver.Lock)
	if err != nil {
		return err
	}
	needed, found := []string{}, map[string]stack.Image{}
	for _, c := range project.Servers {
		needed = append(needed, c.Image)
	}
	if err := s.run.find(ctx, needed, found); err != nil {
		return err
	}
	d.Trial, err = project.Try(ctx, d.Trial, found, stack.Labels(s.suffix), filepath.Join(s.run.options.Resolver.Store.Tools(), "compose"))
	return err
}

// follow does what a block of commands of its README says.
func (d *deployment) follow(ctx context.Context, section string, block int) error {
	commands, err := d.Commands(section, block)
	if err != nil {
		return err
	}
	if _, err := d.Run(ctx, strings.ReplaceAll(commands, somewhereElse, filepath.Join(d.home, "elsewhere"))); err != nil {
		return fmt.Errorf("do what the README of the deployment says about %q: %w", section, err)
	}
	return nil
}

// findDoors asks where the deployment is reached from this machine.
func (d *deployment) findDoors(ctx context.Context) error {
	for _, port := range []string{"80", "443"} {
		door, err := d.Door(ctx, "traefik", port)
		if err != nil {
			return err
		}
		for _, host := range deployedHosts() {
			d.site.Resolve[net.JoinHostPort(host, port)] = door
		}
	}
	if !d.calls {
		return nil
	}
	relay := stack.Site{ServerName: deployedDomain}.TurnHost()
	for named, port := range map[string]string{relay: "3478", publicIP: "7881"} {
		door, err := d.Door(ctx, map[string]string{relay: "coturn", publicIP: "livekit"}[named], port)
		if err != nil {
			return err
		}
		d.site.Resolve[net.JoinHostPort(named, port)] = door
	}
	return nil
}

// ofToken is how a registration token is printed: MAS says what it is, invite nothing else.
var ofToken = regexp.MustCompile(`(?m)(?:registration token: |^)([\w.~-]+)(?:$| registration_token)`)

// invitation is a registration token, made as its README says.
func (d *deployment) invitation(ctx context.Context) (string, error) {
	commands, err := d.Commands("The first account", 1)
	if err != nil {
		return "", err
	}
	said, err := d.Run(ctx, "{\n"+commands+"} <<'PASSWORD'\n"+operatorPassword+"\nPASSWORD")
	if err != nil {
		return "", fmt.Errorf("make a registration token as the README of the deployment says: %w", err)
	}
	token := ofToken.FindStringSubmatch(said)
	if token == nil {
		return "", errors.New("make a registration token as the README of the deployment says: none was printed")
	}
	return token[1], nil
}

// look checks the deployment as stackctl check does, as the operator or as throw-away people.
func (s *scenario) look(ctx context.Context, d *deployment, who LiveOptions) error {
	target, err := check.Resolve(ctx, "https://matrix."+deployedDomain, d.site)
	if err != nil {
		return err
	}
	found, early := check.Doors(ctx, target)
	d.found, d.verdict = found, Verdict{}
	if early {
		return nil
	}
	var more []check.Finding
	o := Options{Features: s.run.options.Features, ReportDir: filepath.Join(d.home, "check"), Out: io.Discard, Resolver: s.run.options.Resolver, Engine: s.run.options.Engine}
	d.verdict, more, err = Check(withoutScenario(ctx), target, o, who)
	d.found = append(d.found, more...)
	return err
}

// neighbour is a homeserver in the network where others find the deployment.
func (d *deployment) neighbour() (*stack.Peer, error) {
	pair, err := d.authority.Issue(time.Now().AddDate(0, 1, 0), peersName)
	if err != nil {
		return nil, err
	}
	return &stack.Peer{ServerName: peersName, Certificate: pair, Authority: d.authority.PEM(), Network: d.Name + "_world"}, nil
}

// withoutScenario ends when ctx does, and knows no scenario: those of a run within a scenario are others.
func withoutScenario(ctx context.Context) context.Context {
	alone, cancel := context.WithCancel(context.Background())
	context.AfterFunc(ctx, cancel)
	return alone
}

// mistakes are what the last check found wrong, a line each, with what to set.
func (d *deployment) mistakes() []string {
	var lines []string
	for _, f := range d.found {
		if f.Level == check.Mistake {
			lines = append(lines, fmt.Sprintf("%s at %s: %s; set: %s", f.About, f.Where, f.What, f.Set))
		}
	}
	for _, r := range d.verdict.Results {
		if r.Status == Failed {
			lines = append(lines, r.Name+": "+oneLine(r.Reason))
		}
	}
	return lines
}
