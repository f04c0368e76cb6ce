package stack

import (
	"bytes"
	"fmt"
	"maps"
	"text/template"

	"matrixstack/fixtures"
)

// renderer turns templates into files for one site. The first error sticks, so that
// declarations stay plain lists; NewWorld reports it.
type renderer struct {
	site Site
	env  Environment
	err  error
}

// file renders fixtures/templates/<name> to path, readable by owner.
func (r *renderer) file(name, path string, owner int) File { return r.render(name, path, owner, r) }

// bridgeFile renders a template of one bridge, which may also speak of .Bridge.
func (r *renderer) bridgeFile(b Bridge, name, path string, owner int) File {
	return r.render(b.Name+"/"+name, path, owner, struct {
		*renderer
		Bridge Bridge
	}{r, b})
}

func (r *renderer) render(name, path string, owner int, data any) File {
	content, err := fixtures.Templates.ReadFile("templates/" + name)
	if err != nil {
		r.fail(fmt.Errorf("read template %q: %w", name, err))
		return File{}
	}
	parsed, err := template.New(name).Option("missingkey=error").Parse(string(content))
	if err != nil {
		r.fail(fmt.Errorf("parse template: %w", err))
		return File{}
	}
	var out bytes.Buffer
	if err := parsed.Execute(&out, data); err != nil {
		r.fail(fmt.Errorf("render template: %w", err))
		return File{}
	}
	return File{Path: path, Content: out.Bytes(), Mode: 0o640, Owner: owner}
}

// text is a file whose content is already there.
func (r *renderer) text(content []byte, path string, owner int) File {
	return File{Path: path, Content: content, Mode: 0o640, Owner: owner}
}

// private is key material of this run.
func (r *renderer) private(content []byte, path string, owner int) File {
	return File{Path: path, Content: content, Mode: 0o640, Owner: owner, Private: true}
}

// certificate issues a certificate for hosts and returns it as cert and key files in dir.
func (r *renderer) certificate(dir string, owner int, hosts ...string) []File {
	if r.Deployed() {
		pair := r.site.Deployment.Certificate
		return []File{r.private(pair.Cert, dir+"/site.crt", owner), r.private(pair.Key, dir+"/site.key", owner)}
	}
	if r.env.Authority == nil {
		return []File{r.private(nil, dir+"/site.crt", owner), r.private(nil, dir+"/site.key", owner)}
	}
	pair, err := r.env.Authority.CertificateFor(hosts...)
	if err != nil {
		r.fail(err)
		return nil
	}
	return []File{r.private(pair.Cert, dir+"/site.crt", owner), r.private(pair.Key, dir+"/site.key", owner)}
}

// trust lets a component verify names against the authority of the world. The image of a deployed one knows public authorities
// itself.
func (r *renderer) trust(c *Component, path string, owner int) {
	if r.Deployed() && len(r.site.Deployment.Authority) == 0 {
		return
	}
	env := map[string]string{"SSL_CERT_FILE": path}
	maps.Copy(env, c.Env)
	c.Env, c.Files = env, append(c.Files, r.authority(path, owner))
}

func (r *renderer) authority(path string, owner int) File {
	if r.Deployed() {
		return r.private(r.site.Deployment.Authority, path, owner)
	}
	if r.env.Authority == nil {
		return r.private(nil, path, owner)
	}
	return r.private(r.env.Authority.PEM(), path, owner)
}

func (r *renderer) fail(err error) {
	if r.err == nil {
		r.err = err
	}
}

// The methods below are what templates may say.

// Site is the site being rendered.
func (r *renderer) Site() Site { return r.site }

// Secret is the secret called label of this site.
func (r *renderer) Secret(label string) string { return r.site.Secrets.Hex(label) }

// ULID is the identifier called label of this site.
func (r *renderer) ULID(label string) string { return r.site.Secrets.ULID(label) }

// Name is the network alias of a kind of component at this site.
func (r *renderer) Name(kind string) string { return r.site.Component(kind) }

// Deployed tells whether the site is meant to stay.
func (r *renderer) Deployed() bool { return r.site.Deployment != nil }

// Deployment is what the operator decided about a site that is meant to stay.
func (r *renderer) Deployment() Deployment {
	if r.site.Deployment == nil {
		return Deployment{}
	}
	return *r.site.Deployment
}

// Mail is where the accounts send mail; nil when they send none.
func (r *renderer) Mail() *Mail {
	if r.Deployed() {
		return r.site.Deployment.Mail
	}
	return &Mail{Host: r.Name("mailpit"), Port: 1025, User: "mas", Password: r.Secret("mail server")}
}

// MAS tells whether the site's accounts are held by MAS.
func (r *renderer) MAS() bool { return r.site.SignIn == SignInMAS }

// Operator is the person who runs the site.
func (r *renderer) Operator() string { return r.site.OperatorID() }

// Subnet is the address range of a network of this site.
func (r *renderer) Subnet(kind string) string { return r.env.Subnets[r.site.network(kind)] }

// World is the address range of the network outside.
func (r *renderer) World() string { return r.env.Subnets[worldNetwork] }
