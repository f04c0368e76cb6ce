package stack

import "slices"

// traefik is the proxy of a site: all traffic of people and peers enters here, over TLS.
func traefik(r *renderer) Component {
	s := r.site
	hosts := []string{s.ServerName, s.MatrixHost()}
	if s.SignIn == SignInMAS {
		hosts = append(hosts, s.AuthHost())
	}
	hosts = slices.Compact(hosts) // one name may be both
	files := []File{
		r.file("traefik/traefik.yml", "/etc/traefik/traefik.yml", 0),
		r.file("traefik/routes.yml", "/etc/traefik/dynamic/routes.yml", 0),
	}
	if !r.Deployed() {
		files = append(files, r.file("traefik/test-override.yml", "/etc/traefik/dynamic/test-override.yml", 0))
	}
	ports := []string{"80/tcp", "443/tcp", "8080/tcp"}
	if !s.Operator {
		ports = append(ports, "8448/tcp")
	}
	c := Component{
		Name: s.Component("traefik"), Image: "traefik", Container: s.Component("traefik"), Site: s.Name,
		Networks: s.monitored(s.network(webNetwork), worldNetwork), Hosts: hosts, Ports: ports,
		Public: slices.DeleteFunc(slices.Clone(ports), func(port string) bool { return port == "8080/tcp" }),
		Files:  files,
		Serves: 443, Version: []string{"traefik", "version"},
		Ready: Ready{HTTP: "8080/tcp/ping"}, Health: []string{"traefik", "healthcheck"},
	}
	if acme := r.Deployment().ACME; acme != nil {
		c.Storage = []Storage{{Path: "/etc/traefik/acme", Host: s.host("traefik")}}
		if len(acme.Authority) > 0 {
			c.Env = map[string]string{"LEGO_CA_CERTIFICATES": "/etc/traefik/acme-ca.crt"}
			c.Files = append(c.Files, r.private(acme.Authority, "/etc/traefik/acme-ca.crt", 0))
		}
		return c
	}
	c.Files = append(c.Files, r.certificate("/etc/traefik/certs", 0, hosts...)...)
	return c
}
