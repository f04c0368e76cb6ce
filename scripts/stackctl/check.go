package main

import (
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"matrixstack/features"
	"matrixstack/stack"
	"matrixstack/stack/check"
	"matrixstack/steps"
)

// checkFlags are how a deployment is reached, and as whom.
type checkFlags struct {
	ca, user, passwordFile, token string
	resolve                       []string
	features                      string
	peer, peerCert, peerKey       string
	peerNetwork                   string
}

// newCheckCommand checks a deployment that was not booted here.
func newCheckCommand() *cobra.Command {
	var f checkFlags
	command := &cobra.Command{
		Use: "check https://matrix.example.org", Args: cobra.ExactArgs(1), Short: "check a running deployment from outside, and say what to set where something is wrong",
		Long: "Asks a deployment what people and other homeservers ask it, and runs the scenarios tagged @live, and only those, as throw-away\n" +
			"accounts that a registration token opens and that are deactivated afterwards. Without a token and without --user it asks only what\n" +
			"takes no account. It needs no container engine, unless --peer boots a homeserver for the deployment to talk to: the deployment must\n" +
			"reach port 8448 of this machine by that name, or find it in a network of the same engine.",
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd, args[0]) },
	}
	flags := command.Flags()
	flags.StringVar(&f.ca, "ca", "", "file with the authority that signed its certificates, when that is a private one")
	flags.StringSliceVar(&f.resolve, "resolve", nil, "HOST:ADDRESS connects to ADDRESS for that host; HOST:PORT:ADDRESS, or HOST:PORT:ADDRESS:PORT, for that port of it")
	flags.StringVar(&f.token, "registration-token", os.Getenv("STACK_REGISTRATION_TOKEN"), "opens the throw-away accounts; good for two (STACK_REGISTRATION_TOKEN)")
	flags.StringVar(&f.user, "user", "", "an existing account, for what takes only one: its name without server")
	flags.StringVar(&f.passwordFile, "password-file", "", "file with its password")
	flags.StringVar(&f.peer, "peer", "", "boot a homeserver of this name, for the deployment to talk to, and remove it afterwards")
	flags.StringVar(&f.peerCert, "peer-cert", "", "file with a certificate of that name, with those between it and its authority")
	flags.StringVar(&f.peerKey, "peer-key", "", "file with its key")
	flags.StringVar(&f.peerNetwork, "peer-network", "", "network of this engine that the deployment stands in, when it runs on this machine")
	flags.StringVar(&f.features, "features", "", "folder of features, in place of those this program came with")
	return command
}

func (f checkFlags) run(cmd *cobra.Command, address string) error {
	elsewhere, l, err := f.read()
	if err != nil {
		return usageError{fmt.Errorf("check a deployment: %w", err)}
	}
	out := cmd.OutOrStdout()
	o := steps.Options{Features: ".", Source: features.Files, ReportDir: "build/check", Out: out}
	if f.features != "" {
		o.Features, o.Source = f.features, nil
		if _, err := os.Stat(f.features); err != nil {
			return usageError{fmt.Errorf("check a deployment: read --features: %w", err)}
		}
	}
	target, err := check.Resolve(cmd.Context(), strings.TrimSuffix(address, "/"), elsewhere)
	if err != nil {
		return usageError{err}
	}
	fmt.Fprintf(out, "checking %s at https://%s\n", target.ServerName, target.Homeserver)
	found, early := check.Doors(cmd.Context(), target)
	wrong, _ := show(out, found)
	if early {
		return fmt.Errorf("check %s: %s; what to set stands above, and nothing else was asked, since it rests on that", target.ServerName, doors(wrong))
	}
	if l.Peer != nil {
		if o.Resolver, o.Engine, err = connect(cmd.Context(), false); err != nil {
			return err
		}
	}
	verdict, more, err := steps.Check(cmd.Context(), target, o, l)
	moreWrong, unseen := show(out, more)
	if err != nil {
		return err
	}
	skipped := 0
	for _, r := range verdict.Results {
		if r.Status == steps.Skipped {
			skipped++
			fmt.Fprintf(out, "%-6s %-32s %s: %s\n", check.Note, "skipped", r.Name, r.Reason)
		}
	}
	return verdictOf(out, target.ServerName, verdict.Problem(), wrong+moreWrong, unseen, skipped)
}

// verdictOf says what a check came to.
func verdictOf(out io.Writer, serverName, problem string, wrong, unseen, skipped int) error {
	var problems []string
	if problem != "" {
		problems = append(problems, problem)
	}
	if wrong > 0 {
		problems = append(problems, doors(wrong))
	}
	if unseen > 0 {
		problems = append(problems, "not everything could be seen")
	}
	if len(problems) > 0 {
		return fmt.Errorf("check %s: %s; the reasons stand above", serverName, strings.Join(problems, ", "))
	}
	left := ""
	if skipped > 0 {
		left = fmt.Sprintf("; %d scenarios did not run, for the reasons above", skipped)
	}
	fmt.Fprintf(out, "%s is as it should be, as far as can be seen from here%s\n", serverName, left)
	return nil
}

// doors counts what is wrong.
func doors(wrong int) string {
	if wrong == 1 {
		return "1 door is wrong"
	}
	return fmt.Sprintf("%d doors are wrong", wrong)
}

// show prints findings, and counts the mistakes, and what could not be seen.
func show(out io.Writer, found []check.Finding) (wrong, unseen int) {
	for _, f := range found {
		fmt.Fprintf(out, "%-6s %-32s %s: %s\n", f.Level, f.About, f.Where, f.What)
		if f.Set != "" {
			fmt.Fprintf(out, "       set: %s\n", f.Set)
		}
		if f.Level == check.Mistake {
			wrong++
		}
		if f.Level == check.Unseen {
			unseen++
		}
	}
	return wrong, unseen
}

// read turns flags into how and as whom the deployment is reached.
func (f checkFlags) read() (stack.Elsewhere, steps.LiveOptions, error) {
	elsewhere := stack.Elsewhere{Resolve: map[string]string{}}
	l := steps.LiveOptions{Token: f.token, User: f.user}
	var problems []error
	if f.ca != "" {
		content, err := os.ReadFile(f.ca)
		elsewhere.Roots = x509.NewCertPool()
		if err == nil && !elsewhere.Roots.AppendCertsFromPEM(content) {
			err = errors.New("it holds no certificate")
		}
		if err != nil {
			problems = append(problems, fmt.Errorf("read --ca %s: %w", f.ca, err))
		}
	}
	for _, rule := range f.resolve {
		named, to, err := resolved(rule)
		problems = append(problems, err)
		elsewhere.Resolve[named] = to
	}
	if strings.ContainsAny(f.user, "@:") {
		name, _, _ := strings.Cut(strings.TrimPrefix(f.user, "@"), ":")
		problems = append(problems, fmt.Errorf("--user=%s: write the name without server: --user %s", f.user, name))
	}
	if (f.user == "") != (f.passwordFile == "") {
		problems = append(problems, errors.New("--user and --password-file belong together"))
	}
	if f.passwordFile != "" {
		content, err := os.ReadFile(f.passwordFile)
		if err != nil {
			problems = append(problems, fmt.Errorf("read --password-file: %w", err))
		}
		if l.Password = strings.TrimSpace(string(content)); err == nil && l.Password == "" {
			problems = append(problems, fmt.Errorf("--password-file=%s: it is empty; write the password of %s to it", f.passwordFile, f.user))
		}
	}
	peer, err := f.readPeer()
	l.Peer = peer
	return elsewhere, l, errors.Join(append(problems, err)...)
}

// resolved reads a rule that says where to connect to: for every port of a host, or for one.
func resolved(rule string) (named, to string, err error) {
	host, rest, _ := strings.Cut(rule, ":")
	port, address, _ := strings.Cut(rest, ":")
	if address == "" || strings.Trim(port, "0123456789") != "" || port == "" {
		if ip := strings.Trim(rest, "[]"); host != "" && net.ParseIP(ip) != nil {
			return host, ip, nil
		}
		return "", "", fmt.Errorf("--resolve=%s: write HOST:ADDRESS or HOST:PORT:ADDRESS", rule)
	}
	if _, _, err := net.SplitHostPort(address); err != nil {
		address = net.JoinHostPort(strings.Trim(address, "[]"), port)
	}
	return net.JoinHostPort(host, port), address, nil
}

// readPeer reads what the peer is, if there is to be one. Who signed what the deployment shows, it trusts as well.
func (f checkFlags) readPeer() (*stack.Peer, error) {
	if f.peer == "" && f.peerCert == "" && f.peerKey == "" && f.peerNetwork == "" {
		return nil, nil
	}
	if f.peer == "" || f.peerCert == "" || f.peerKey == "" {
		return nil, errors.New("--peer, --peer-cert and --peer-key belong together")
	}
	if f.token == "" && f.user == "" {
		return nil, errors.New("--peer needs somebody to talk to: pass --registration-token, or --user")
	}
	p := &stack.Peer{ServerName: f.peer, Network: f.peerNetwork}
	var problems []error
	read := func(path string) []byte {
		if path == "" {
			return nil
		}
		content, err := os.ReadFile(path)
		if err != nil {
			problems = append(problems, fmt.Errorf("read what the peer needs: %w", err))
		}
		return content
	}
	p.Certificate, p.Authority = stack.KeyPair{Cert: read(f.peerCert), Key: read(f.peerKey)}, read(f.ca)
	if len(problems) == 0 {
		problems = append(problems, p.Check())
	}
	return p, errors.Join(problems...)
}
