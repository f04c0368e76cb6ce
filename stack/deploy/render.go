package deploy

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"path"
	"slices"
	"strings"
	"text/template"

	"matrixstack/stack"
	"matrixstack/stack/images"
)

//go:embed templates
var templates embed.FS

// File is one file of a deployment, by its path in the folder.
type File struct {
	Path    string
	Content []byte
	Mode    fs.FileMode
	secret  bool // never shown, never replaced
}

// Project is a deployment as files, sorted by path.
type Project struct {
	Files   []File
	Servers []stack.Component
	of      deployed // without its files
}

// Render makes the files of a deployment. The same options, secrets and lock give the same bytes.
func Render(o Options, s Secrets, lock images.Lock) (Project, error) {
	if err := o.check(); err != nil {
		return Project{}, fmt.Errorf("render a deployment: %w", err)
	}
	secrets := stack.NewDeployedSecrets(s.Seed)
	site := o.site(secrets)
	subnets := cut(o.Subnet, networksOf(site))
	world, err := stack.DeployedWorld(site, stack.Environment{Subnets: subnets, MASKey: s.MASKey})
	if err != nil {
		return Project{}, fmt.Errorf("render a deployment: %w", err)
	}
	if err := world.Validate(func(image string) bool { _, ok := lock.Entry(image); return ok }); err != nil {
		return Project{}, fmt.Errorf("render a deployment: %w", err)
	}
	found, err := o.images(world, lock)
	if err != nil {
		return Project{}, fmt.Errorf("render a deployment: %w", err)
	}
	compose, err := project(world, subnets, found)
	if err != nil {
		return Project{}, fmt.Errorf("render a deployment: %w", err)
	}
	of := deployed{Domain: o.Domain, Storage: site.Deployment.Storage, SignIn: o.SignIn, Moved: o.Moved}
	p := Project{Servers: world.Components, of: of, Files: []File{
		{Path: seedFile, Content: []byte(s.Seed + "\n"), Mode: 0o600, secret: true},
		{Path: masKeyFile, Content: s.MASKey, Mode: 0o600, secret: true},
		{Path: "compose.yaml", Content: append([]byte(composeHead), compose...), Mode: 0o644},
	}}
	for _, c := range world.Components {
		if err := p.add(c); err != nil {
			return Project{}, err
		}
	}
	pages, err := pages(o, site, world, found)
	if err != nil {
		return Project{}, err
	}
	p.Files = append(p.Files, pages...)
	slices.SortFunc(p.Files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	return p, nil
}

const composeHead = "# Written by stackctl render compose; README.md says how to work with it.\n"

// add gives a component its configuration files.
func (p *Project) add(c stack.Component) error {
	for _, f := range c.Files {
		p.Files = append(p.Files, File{Path: configFile(c, f), Content: f.Content, Mode: 0o600})
	}
	if len(c.Env) == 0 {
		return nil
	}
	content, err := environment(c)
	p.Files = append(p.Files, File{Path: environmentFile(c), Content: content, Mode: 0o600})
	return err
}

// images finds what Compose runs for each component, and names every one that is not pinned.
func (o Options) images(world stack.World, lock images.Lock) (map[string]image, error) {
	found := map[string]image{}
	var problems []error
	for name := range o.Overrides {
		if !slices.ContainsFunc(world.Components, func(c stack.Component) bool { return c.Image == name }) {
			problems = append(problems, fmt.Errorf("no server of this deployment runs an image called %q", name))
		}
	}
	for _, c := range world.Components {
		var err error
		found[c.Name], err = o.reference(lock, c.Image)
		problems = append(problems, err)
	}
	return found, errors.Join(problems...)
}

// networksOf lists the networks that a site can have. One keeps its range, whatever else is deployed later.
func networksOf(site stack.Site) []string {
	site.Monitoring, site.SignIn, site.Bridges = true, stack.SignInMAS, site.AllBridges()
	return stack.NetworksOf([]stack.Site{site})
}

// cut gives each network, in the order of names, a /24 of the range.
func cut(whole netip.Prefix, networks []string) map[string]string {
	subnets := map[string]string{}
	at := whole.Addr().As4()
	for i, name := range networks {
		at[2] = whole.Addr().As4()[2] + byte(i)
		subnets[name] = netip.PrefixFrom(netip.AddrFrom4(at), 24).String()
	}
	return subnets
}

// page is what the templates of this folder may speak of.
type page struct {
	Options    Options
	Site       stack.Site
	Components []stack.Component
	Images     map[string]image
	Hosts      []string
}

// Ref is what Compose runs for a component.
func (p page) Ref(c stack.Component) string { return p.Images[c.Name].ref }

// Mark says what is special about an image.
func (p page) Mark(c stack.Component) string { return p.Images[c.Name].mark }

// Config is where a file of a component lies.
func (p page) Config(c stack.Component, f stack.File) string { return configFile(c, f) }

// MAS tells whether MAS holds the accounts.
func (p page) MAS() bool { return p.Site.SignIn == stack.SignInMAS }

// Owner is the user that the files of a server belong to.
func (p page) Owner(server string) int {
	i := slices.IndexFunc(p.Components, func(c stack.Component) bool { return c.Name == server })
	return p.Components[i].Files[0].Owner
}

// PrivateAuthority tells whether the certificates are signed by somebody whom only those trust who were told.
func (p page) PrivateAuthority() bool {
	d := p.Options.Deployment
	return len(d.Authority) > 0 || d.ACME != nil && len(d.ACME.Authority) > 0
}

// Storage is the folder of the machine that keeps what must survive.
func (p page) Storage() string { return p.Site.Deployment.Storage }

func pages(o Options, site stack.Site, world stack.World, found map[string]image) ([]File, error) {
	data := page{o, site, world.Components, found, hosts(site)}
	var files []File
	modes := map[string]fs.FileMode{"README.md": 0o644, "prepare": 0o755, "backup": 0o755}
	if !data.MAS() {
		modes["invite"] = 0o755 // MAS has a command for that
	}
	if o.Moved {
		modes["move-accounts"] = 0o755
	}
	for name, mode := range modes {
		parsed, err := template.New(path.Base(name)).Option("missingkey=error").ParseFS(templates, "templates/"+name)
		if err != nil {
			return nil, fmt.Errorf("render %s: %w", name, err)
		}
		var out bytes.Buffer
		if err := parsed.Execute(&out, data); err != nil {
			return nil, fmt.Errorf("render %s: %w", name, err)
		}
		files = append(files, File{Path: name, Content: out.Bytes(), Mode: mode})
	}
	return files, nil
}
