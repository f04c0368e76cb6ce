package main

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"matrixstack/stack"
	"matrixstack/stack/deploy"
	"matrixstack/stack/images"
)

// newRenderCommand groups what is written for operators.
func newRenderCommand() *cobra.Command {
	command := &cobra.Command{Use: "render", Short: "write what was tested, for a machine to run"}
	command.AddCommand(newRenderComposeCommand())
	return command
}

// renderFlags are the options of a deployment as they stand on the command line.
type renderFlags struct {
	deploy.Options
	signIn, allowBuilt, subnet       string
	images                           []string
	out                              string
	yes, dryRun                      bool
	acmeEmail, acmeServer, acmeCA    string
	cert, key, ca                    string
	smtp, smtpUser, smtpPasswordFile string
	smtpFrom, api                    string
}

// newRenderComposeCommand writes a Compose project.
func newRenderComposeCommand() *cobra.Command {
	var f renderFlags
	command := &cobra.Command{
		Use: "compose", Short: "write a Compose project that runs what was tested under a domain of your own",
		Long: "Writes a Compose project into a folder: images by digest, configuration, secrets, and a README about start, backup and upgrade.\n" +
			"Into a folder that has one already it shows the difference first. Secrets there are read and stay. What was edited by hand is named,\n" +
			"and nothing is written until --yes says that it may be lost.",
		RunE: func(cmd *cobra.Command, _ []string) error { return f.run(cmd) },
	}
	flags := command.Flags()
	flags.StringVar(&f.Domain, "domain", "", "server name: what stands after the colon of a Matrix ID")
	flags.StringVar(&f.out, "out", "", "folder to write into")
	flags.StringVar(&f.signIn, "sign-in", "mas", "who holds the accounts: mas or synapse")
	flags.StringVar(&f.Storage, "storage", stack.Storages, "folder of the machine for what must survive")
	flags.StringVar(&f.subnet, "subnet", "172.30.0.0/16", "private range that the networks are cut out of")
	flags.StringSliceVar(&f.Bridges, "bridges", nil, "bridges, by name: heisenbridge, telegram, discord")
	flags.StringVar(&f.api, "telegram-api", "", "file with ID:HASH from my.telegram.org")
	flags.BoolVar(&f.Monitoring, "monitoring", false, "run Prometheus beside it")
	flags.StringVar(&f.Deployment.PublicIP, "public-ip", "", "address of the machine on the internet; with it people can call each other")
	flags.StringVar(&f.allowBuilt, "allow-built", "", "run images built from recipes where no digest is known; =all: wherever there is a recipe")
	flags.Lookup("allow-built").NoOptDefVal = string(deploy.BuiltUnpinned)
	flags.StringSliceVar(&f.images, "image", nil, "NAME=REPOSITORY@sha256:... runs another image")
	flags.StringVar(&f.acmeEmail, "acme-email", "", "whom Let's Encrypt warns")
	flags.StringVar(&f.acmeServer, "acme-server", "", "directory of another ACME server")
	flags.StringVar(&f.acmeCA, "acme-ca", "", "file with who signed the certificate of that server")
	flags.StringVar(&f.cert, "tls-cert", "", "file with a certificate of your own, in place of ACME")
	flags.StringVar(&f.key, "tls-key", "", "file with its key")
	flags.StringVar(&f.ca, "tls-ca", "", "file with who signed it, when that is a private authority: the servers then trust nobody else")
	flags.StringVar(&f.smtp, "smtp", "", "HOST:PORT of a mail server with STARTTLS; without one nobody gets back in by mail")
	flags.StringVar(&f.smtpUser, "smtp-user", "", "name at the mail server")
	flags.StringVar(&f.smtpPasswordFile, "smtp-password-file", "", "file with the password there")
	flags.StringVar(&f.smtpFrom, "smtp-from", "", "address that the mail server lets it send from; else accounts@ the domain")
	flags.BoolVar(&f.yes, "yes", false, "replace what was edited by hand, leave storage that was moved, or move the accounts")
	flags.BoolVar(&f.dryRun, "dry-run", false, "show the difference and write nothing")
	return command
}

func (f *renderFlags) run(cmd *cobra.Command) error {
	if f.out == "" {
		return usageError{errors.New("render a deployment: name a folder to write into: --out DIR")}
	}
	if err := f.read(); err != nil {
		return fmt.Errorf("render a deployment: %w", err)
	}
	f.Command = commandLine(os.Args)
	lock, err := images.Load()
	if err != nil {
		return err
	}
	secrets, err := deploy.ReadSecrets(f.out)
	if err != nil {
		return err
	}
	moves := false
	if f.Moved, moves, err = deploy.MovesAccounts(f.out, f.SignIn); err != nil {
		return err
	}
	project, err := deploy.Render(f.Options, secrets, lock)
	if err != nil {
		return err
	}
	if err := project.Follows(f.out, f.yes); err != nil {
		return err
	}
	changes, err := project.Changes(f.out)
	if err != nil {
		return err
	}
	return f.write(cmd, project, changes, moves)
}

// write shows what changes, and writes it unless that would lose what somebody edited.
func (f *renderFlags) write(cmd *cobra.Command, project deploy.Project, changes []deploy.Change, moves bool) error {
	out := cmd.OutOrStdout()
	again, err := deploy.Written(f.out)
	if err != nil {
		return err
	}
	var edited, servers []string
	for _, c := range changes {
		if again || f.dryRun {
			fmt.Fprint(out, c.Diff)
		}
		if c.Edited {
			edited = append(edited, c.Path)
			servers = append(servers, c.Server())
		}
	}
	switch {
	case f.dryRun:
		fmt.Fprintf(out, "%d files would change\n", len(changes))
		return nil
	case len(edited) > 0 && !f.yes && again:
		return fmt.Errorf("render a deployment: edited by hand since it was written: %s; nothing was written; pass --yes to replace them by what is shown above", strings.Join(edited, ", "))
	case len(edited) > 0 && !f.yes:
		return fmt.Errorf("render a deployment: %s holds files that somebody else wrote: %s; nothing was written; name another folder, or pass --yes to replace them", f.out, strings.Join(edited, ", "))
	}
	if err := project.Write(f.out, changes); err != nil {
		return err
	}
	switch {
	case !again:
		fmt.Fprintf(out, "wrote %d files; begin with %s\n", len(changes), filepath.Join(f.out, "README.md"))
	case len(changes) == 0:
		fmt.Fprintln(out, "nothing changed")
	default:
		fmt.Fprintf(out, "%d files changed; in %s, as root: %s\n", len(changes), f.out, strings.Join(commandsAfter(servers, moves), ", then "))
	}
	return nil
}

// commandsAfter are what brings a rendering to the servers. Compose starts anew those whose rendered configuration is another one; of a
// file that was edited by hand, and is now what it was rendered as before, it knows nothing.
func commandsAfter(servers []string, moves bool) []string {
	const start = "docker compose up --detach --wait --remove-orphans"
	if moves {
		return []string{"./prepare", "./move-accounts", start} // nobody may sign in before, and all start anew
	}
	commands := []string{"./prepare", start}
	slices.Sort(servers)
	servers = slices.DeleteFunc(slices.Compact(servers), func(name string) bool { return name == "" })
	if len(servers) > 0 {
		commands = append(commands, "docker compose restart "+strings.Join(servers, " "))
	}
	return commands
}

// read turns flags, and the files they name, into options.
func (f *renderFlags) read() error {
	var problems []error
	file := func(flag, path string) []byte {
		if path == "" {
			return nil
		}
		content, err := os.ReadFile(path)
		if err != nil {
			problems = append(problems, fmt.Errorf("read %s: %w", flag, err))
		}
		return content
	}
	f.Built, f.SignIn, f.Overrides = deploy.Built(f.allowBuilt), stack.SignIn(f.signIn), map[string]string{}
	if f.SignIn != stack.SignInMAS && f.SignIn != stack.SignInSynapse {
		problems = append(problems, fmt.Errorf("--sign-in=%s: it is mas or synapse", f.signIn))
	}
	if f.Built != deploy.BuiltNever && f.Built != deploy.BuiltUnpinned && f.Built != deploy.BuiltAll {
		problems = append(problems, fmt.Errorf("--allow-built=%s: it is unpinned or all", f.allowBuilt))
	}
	for _, pair := range f.images {
		name, ref, ok := strings.Cut(pair, "=")
		if !ok {
			problems = append(problems, fmt.Errorf("--image=%s: write NAME=REPOSITORY@sha256:DIGEST", pair))
		}
		f.Overrides[name] = ref
	}
	var err error
	if f.Subnet, err = netip.ParsePrefix(f.subnet); err != nil {
		problems = append(problems, fmt.Errorf("--subnet=%s: write a range such as 172.30.0.0/16", f.subnet))
	}
	d := &f.Deployment
	if f.cert != "" || f.key != "" {
		d.Certificate = stack.KeyPair{Cert: file("--tls-cert", f.cert), Key: file("--tls-key", f.key)}
	} else {
		d.ACME = &stack.ACME{Email: f.acmeEmail, Server: f.acmeServer, Authority: file("--acme-ca", f.acmeCA)}
	}
	d.Authority = file("--tls-ca", f.ca)
	problems = append(problems, f.readMail(file), f.readTelegram(file))
	return errors.Join(problems...)
}

func (f *renderFlags) readMail(file func(flag, path string) []byte) error {
	if f.smtp == "" {
		return nil
	}
	if f.smtpFrom != "" {
		if from, err := mail.ParseAddress(f.smtpFrom); err != nil || from.Address != f.smtpFrom {
			return fmt.Errorf("--smtp-from=%s: write an address alone, such as matrix@example.org", f.smtpFrom)
		}
	}
	host, number, err := net.SplitHostPort(f.smtp)
	port, wrong := strconv.ParseUint(number, 10, 16)
	if err != nil || wrong != nil || f.smtpUser == "" || f.smtpPasswordFile == "" {
		return fmt.Errorf("--smtp=%s: write HOST:PORT, and name who sends with --smtp-user and --smtp-password-file", f.smtp)
	}
	password := strings.TrimSpace(string(file("--smtp-password-file", f.smtpPasswordFile)))
	f.Deployment.Mail = &stack.Mail{Host: host, Port: int(port), User: f.smtpUser, Password: strconv.Quote(password), From: f.smtpFrom}
	return nil
}

func (f *renderFlags) readTelegram(file func(flag, path string) []byte) error {
	line, _, err := bufio.NewReader(strings.NewReader(string(file("--telegram-api", f.api)))).ReadLine()
	if f.api == "" || err != nil {
		return nil // without a file, or without a line in it, the bridge is refused
	}
	number, hash, ok := strings.Cut(strings.TrimSpace(string(line)), ":")
	id, err := strconv.Atoi(number)
	if !ok || err != nil || hash == "" {
		return errors.New("read --telegram-api: the file must hold one line ID:HASH")
	}
	f.Deployment.Telegram = &stack.TelegramAPI{ID: id, Hash: hash}
	return nil
}

// commandLine is how the same is rendered again: without what holds for this time only.
func commandLine(args []string) string {
	words := []string{"stackctl"}
	for _, word := range args[1:] {
		if word != "--yes" && word != "--dry-run" {
			words = append(words, word)
		}
	}
	return strings.Join(words, " ")
}
