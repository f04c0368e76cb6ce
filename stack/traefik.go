package stack

// traefik is the proxy of a site: all traffic of people and peers enters here, over TLS.
func traefik(r *renderer) Component {
	s := r.site
	hosts := []string{s.ServerName, s.MatrixHost()}
	if s.SignIn == SignInMAS {
		hosts = append(hosts, s.AuthHost())
	}
	files := []File{
		r.file("traefik/traefik.yml", "/etc/traefik/traefik.yml", 0),
		r.file("traefik/routes.yml", "/etc/traefik/dynamic/routes.yml", 0),
	}
	ports := []string{"80/tcp", "443/tcp", "8080/tcp"}
	if !s.Operator {
		ports = append(ports, "8448/tcp")
	}
	return Component{
		Name: s.Component("traefik"), Image: "traefik", Container: s.Component("traefik"), Site: s.Name,
		Networks: s.monitored(s.network(webNetwork), worldNetwork), Hosts: hosts, Ports: ports,
		Files:  append(files, r.certificate("/etc/traefik/certs", 0, hosts...)...),
		Serves: 443, Version: []string{"traefik", "version"},
		Ready: Ready{HTTP: "8080/tcp/ping"},
	}
}
