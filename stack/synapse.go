package stack

const synapseUser = 991 // uid the image drops to

// synapse is the homeserver of a site. Under MAS it trusts it for every sign-in.
func synapse(r *renderer) Component {
	s := r.site
	networks := s.monitored(s.network(webNetwork), s.network(dbNetwork), worldNetwork)
	files := []File{
		r.file("synapse/homeserver.yaml", "/data/homeserver.yaml", synapseUser),
		r.file("synapse/log.config", "/data/log.config", synapseUser),
		r.text([]byte(s.Secrets.SigningKey("signing key")), "/data/signing.key", synapseUser),
	}
	cmd := []string{"run", "--config-path", "/data/homeserver.yaml"}
	if !r.Deployed() {
		files = append(files, r.file("synapse/test-override.yaml", "/data/test-override.yaml", synapseUser))
		cmd = append(cmd, "--config-path", "/data/test-override.yaml")
	}
	if len(s.Bridges) > 0 {
		networks = append(networks, s.network(bridgesNetwork))
	}
	for _, b := range s.Bridges {
		files = append(files, r.bridgeFile(b, "registration.yaml", "/data/bridges/"+b.Name+".yaml", synapseUser))
	}
	c := Component{
		Name: s.Component("synapse"), Image: s.SynapseImage, Container: s.Component("synapse"), Site: s.Name,
		Needs: []string{s.Component("postgres")}, Networks: networks, Ports: []string{"8008/tcp", "9000/tcp"},
		Cmd:     cmd,
		Files:   files,
		Storage: []Storage{{Path: "/data", Host: s.host("synapse"), Owner: synapseUser, Keys: []string{"signing.key"}}},
		Serves:  8008, Version: []string{"python3", "-c", "from importlib.metadata import version; print(version('matrix-synapse'))"},
		Ready: Ready{HTTP: "8008/tcp/health"}, Migrating: "SELECT count(*) FROM background_updates",
		Health: []string{"python3", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8008/health', timeout=5)"},
	}
	r.trust(&c, "/data/ca.crt", synapseUser)
	return c
}
