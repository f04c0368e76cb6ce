package stack

const nobody = 65534 // uid of "nobody" in the images of Prometheus and coturn

// prometheus asks the servers of a site for their numbers and tells the operator which of them stopped.
func prometheus(r *renderer) Component {
	s := r.site
	return Component{
		Name: s.Component("prometheus"), Image: "prometheus", Container: s.Component("prometheus"), Site: s.Name, OnDemand: true,
		Networks: []string{s.network(monitoringNetwork)}, Ports: []string{"9090/tcp"},
		Cmd: []string{"--config.file=/etc/prometheus/prometheus.yml", "--storage.tsdb.path=/prometheus", "--storage.tsdb.retention.time=30d"},
		Files: []File{
			r.file("prometheus/prometheus.yml", "/etc/prometheus/prometheus.yml", nobody),
			r.file("prometheus/servers.yml", "/etc/prometheus/servers.yml", nobody),
			r.file("prometheus/rules.yml", "/etc/prometheus/rules.yml", nobody),
		},
		Storage: []Storage{{Path: "/prometheus", Host: s.host("prometheus"), Owner: nobody}},
		Serves:  9090, Version: []string{"prometheus", "--version"},
		Ready: Ready{HTTP: "9090/tcp/-/ready"}, Health: []string{"promtool", "check", "ready", "--url=http://127.0.0.1:9090"},
	}
}
