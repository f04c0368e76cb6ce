package stack

// coturn relays calls of people who find no direct way to each other.
func coturn(r *renderer) Component {
	s := r.site
	c := Component{
		Name: s.Component("coturn"), Image: "coturn", Container: s.Component("coturn"), Site: s.Name, OnDemand: true,
		Networks: []string{worldNetwork}, Hosts: []string{s.TurnHost()}, Ports: []string{"3478/udp", "3478/tcp"},
		Public:     []string{"3478/udp", "3478/tcp", "49160-49260/udp"},
		Entrypoint: []string{"turnserver", "-c", "/etc/coturn/turnserver.conf"},
		Files: []File{
			r.file("coturn/turnserver.conf", "/etc/coturn/turnserver.conf", nobody),
		},
		Serves: 3478, Version: []string{"turnserver", "--version"},
		Ready: Ready{Log: "IO method (admin thread)"}, // the last to start
	}
	if !r.Deployed() {
		// It reads one file, and knows its own address once it runs.
		c.Entrypoint = []string{"/bin/sh", "-c", `sed "s/THIS-ADDRESS/$(hostname -i)/" /etc/coturn/turnserver.conf /etc/coturn/test-override.conf > /tmp/turnserver.conf && exec turnserver -c /tmp/turnserver.conf`}
		c.Files = append(c.Files, r.file("coturn/test-override.conf", "/etc/coturn/test-override.conf", nobody))
	}
	return c
}
