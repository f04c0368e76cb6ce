package stack

// coturn relays calls of people who find no direct way to each other.
func coturn(r *renderer) Component {
	s := r.site
	return Component{
		Name: s.Component("coturn"), Image: "coturn", Container: s.Component("coturn"), Site: s.Name, OnDemand: true,
		Networks: []string{worldNetwork}, Hosts: []string{s.TurnHost()}, Ports: []string{"3478/udp", "3478/tcp"},
		Public: []string{"3478/udp", "3478/tcp", "49160-49260/udp"},
		// It has to be told its own address, which it knows once it runs.
		Entrypoint: []string{"/bin/sh", "-c", `sed "s/THIS-ADDRESS/$(hostname -i)/" /etc/coturn/turnserver.conf > /tmp/turnserver.conf && exec turnserver -c /tmp/turnserver.conf`},
		Files: []File{
			r.file("coturn/turnserver.conf", "/etc/coturn/turnserver.conf", nobody),
		},
		Serves: 3478, Version: []string{"turnserver", "--version"},
		Ready: Ready{Log: "IO method (admin thread)"}, // the last to start
	}
}
