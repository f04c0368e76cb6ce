// Package deploy writes a Compose project from the declarations and templates that the tests run.
package deploy

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/netip"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/idna"

	"matrixstack/stack"
	"matrixstack/stack/images"
)

// Built says which images of recipes may stand in for published ones.
type Built string

// What may be built.
const (
	BuiltNever    Built = ""         // published images only
	BuiltUnpinned Built = "unpinned" // where no digest of the published one is known
	BuiltAll      Built = "all"      // wherever there is a recipe
)

// Options are what an operator decides.
type Options struct {
	Domain     string // server name: the part of a Matrix ID after the colon
	SignIn     stack.SignIn
	Moved      bool         // the accounts were the homeserver's before MAS had them
	Storage    string       // folder of the machine that keeps what must survive; empty means stack.Storages
	Subnet     netip.Prefix // the networks are cut out of it
	Bridges    []string     // by name
	Monitoring bool
	Built      Built
	Overrides  map[string]string // image by name, with its digest
	Deployment stack.Deployment
	Command    string // that renders it again, for its README
}

// site is what the options declare.
func (o Options) site(secrets stack.Secrets) stack.Site {
	deployment := o.Deployment
	if deployment.Storage = o.Storage; o.Storage == "" {
		deployment.Storage = stack.Storages
	}
	site := stack.Site{
		Name: strings.Split(o.Domain, ".")[0], ServerName: o.Domain, SynapseImage: "synapse", SignIn: o.SignIn, Moved: o.Moved, Operator: true,
		Calls: deployment.PublicIP != "", Monitoring: o.Monitoring, Secrets: secrets, Deployment: &deployment,
	}
	for _, b := range site.AllBridges() {
		if slices.Contains(o.Bridges, b.Name) {
			site.Bridges = append(site.Bridges, b)
		}
	}
	return site
}

// check finds every mistake at once.
func (o Options) check() error {
	problems := []error{checkDomain(o.Domain)}
	report := func(format string, args ...any) { problems = append(problems, fmt.Errorf(format, args...)) }
	if o.Storage != "" && (!path.IsAbs(o.Storage) || path.Clean(o.Storage) != o.Storage || o.Storage == "/") {
		report("storage %q must be an absolute path without / at its end", o.Storage)
	}
	if !o.Subnet.IsValid() || !o.Subnet.Addr().Is4() || o.Subnet.Masked() != o.Subnet || o.Subnet.Bits() > 20 || !o.Subnet.Addr().IsPrivate() {
		report("subnet %q must be a private IPv4 range of /20 or wider, such as 172.30.0.0/16", o.Subnet)
	}
	site := o.site(stack.NewSecrets(""))
	var known []string
	for _, b := range site.AllBridges() {
		known = append(known, b.Name)
	}
	for _, name := range o.Bridges {
		if !slices.Contains(known, name) {
			report("no bridge is called %q; known: %s", name, strings.Join(known, ", "))
		}
	}
	if slices.Contains(o.Bridges, "telegram") && o.Deployment.Telegram == nil {
		report("the bridge to Telegram needs an API of its own: get one at my.telegram.org, write ID:HASH into a file and pass it with --telegram-api")
	}
	if ip := o.Deployment.PublicIP; ip != "" {
		if address, err := netip.ParseAddr(ip); err != nil || address.Zone() != "" {
			report("public address %q is no IP address", ip)
		}
	}
	if o.Deployment.ACME == nil {
		problems = append(problems, checkCertificate(o.Deployment, hosts(site)))
	}
	return errors.Join(problems...)
}

// checkDomain takes what can stand after the colon of a Matrix ID and be reached at port 443.
func checkDomain(domain string) error {
	bad := func(why string) error { return fmt.Errorf("domain %q %s", domain, why) }
	switch {
	case domain == "":
		return errors.New("a domain is needed: --domain example.org")
	case strings.Contains(domain, "://") || strings.ContainsAny(domain, "/?#@"):
		return bad("must be a name alone, as example.org, without scheme or path")
	case strings.HasPrefix(domain, "["):
		return bad("is an IP address; Matrix IDs last, addresses do not: use a name")
	case strings.Contains(domain, ":"):
		return bad("has a port; leave it out, everything is served at 443")
	}
	if _, err := netip.ParseAddr(domain); err == nil {
		return bad("is an IP address; Matrix IDs last, addresses do not: use a name")
	}
	ascii, err := idna.New(idna.MapForLookup(), idna.BidiRule(), idna.VerifyDNSLength(true)).ToASCII(domain)
	if err != nil {
		return bad("is no domain name: " + err.Error())
	}
	if ascii != domain {
		return bad(fmt.Sprintf("must be written as it stands in DNS: %q", ascii))
	}
	if strings.HasSuffix(domain, ".") {
		return bad("must not end in a dot")
	}
	if labels := strings.Split(domain, "."); len(labels) < 2 {
		return bad("has a single label; nobody outside could find it")
	} else if strings.Trim(labels[len(labels)-1], "0123456789") == "" {
		return bad("ends in a number, as no domain does")
	}
	const longest = 253 - len("matrix.")
	if len(domain) > longest {
		return bad(fmt.Sprintf("is longer than %d characters", longest))
	}
	return nil
}

// hosts are the names people and peers reach the site by.
func hosts(site stack.Site) []string {
	names := []string{site.ServerName, site.MatrixHost()}
	if site.SignIn == stack.SignInMAS {
		names = append(names, site.AuthHost())
	}
	return names
}

// checkCertificate holds a certificate of the operator's own against what it must be good for.
func checkCertificate(d stack.Deployment, hosts []string) error {
	pair, err := tls.X509KeyPair(d.Certificate.Cert, d.Certificate.Key)
	if err != nil {
		return fmt.Errorf("read the certificate: %w; pass --tls-cert and --tls-key, or leave both out for Let's Encrypt", err)
	}
	var problems []error
	for _, host := range hosts {
		if err := pair.Leaf.VerifyHostname(host); err != nil {
			problems = append(problems, fmt.Errorf("the certificate is not for %s: %w", host, err))
		}
	}
	if time.Now().After(pair.Leaf.NotAfter) {
		problems = append(problems, fmt.Errorf("the certificate expired on %s", pair.Leaf.NotAfter.Format(time.DateOnly)))
	}
	if len(d.Authority) > 0 && !x509.NewCertPool().AppendCertsFromPEM(d.Authority) {
		problems = append(problems, errors.New("the authority holds no certificate"))
	}
	return errors.Join(problems...)
}

// imageID is how an engine calls an image that no registry has to know.
var imageID = regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)

// reference is what Compose is told to run for an image of the lock.
func (o Options) reference(lock images.Lock, name string) (image, error) {
	entry, ok := lock.Entry(name)
	if !ok {
		return image{}, fmt.Errorf("image %q is not in the lock", name)
	}
	if own := o.Overrides[name]; own != "" {
		local := imageID.MatchString(own)
		if !local && !strings.Contains(own, "@sha256:") {
			return image{}, fmt.Errorf("image %q is overridden by %q, which names no digest; add @sha256 and it, or name an image of this engine by its ID: docker image inspect --format '{{.Id}}' %s", name, own, own)
		}
		return image{own, "brought by the operator, not the image of the lock", local}, nil
	}
	built := entry.BuiltRef()
	if pinned := entry.Pinned(); pinned != "" && (o.Built != BuiltAll || built == "") {
		return image{ref: pinned}, nil
	}
	if o.Built != BuiltNever && built != "" {
		return image{built, "built from its recipe: make images IMAGE=" + name + " puts it into the engine", true}, nil
	}
	remedy := "name one with --image " + name + "=REPOSITORY@sha256:DIGEST, or one that this engine has, as after docker load, by its ID: --image " + name + "=sha256:ID"
	if built != "" {
		remedy = "allow the one built from its recipe with --allow-built, or " + remedy
	}
	return image{}, fmt.Errorf("image %q is not pinned: %s; %s", name, entry.Unpinned(), remedy)
}
