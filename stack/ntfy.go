package stack

// NtfyHost is where phones and homeservers reach ntfy.
const NtfyHost = "ntfy.world.test"

const ntfyUser = 991 // uid the image has for it

// ntfy is a push gateway outside the stack: it wakes phones that are kept away from those of Google and Apple.
func ntfy(r *renderer) Component {
	return Component{
		Name: "ntfy", Image: "ntfy", Container: "ntfy",
		Networks: []string{worldNetwork}, Hosts: []string{NtfyHost}, Ports: []string{"80/tcp", "443/tcp"},
		Cmd:    []string{"serve", "--config", "/etc/ntfy/server.yml"},
		Files:  append([]File{r.file("ntfy/server.yml", "/etc/ntfy/server.yml", ntfyUser)}, r.certificate("/etc/ntfy/certs", ntfyUser, NtfyHost)...),
		Serves: 443, Version: []string{"ntfy", "--help"},
		Ready: Ready{HTTP: "80/tcp/v1/health"}, OnDemand: true,
	}
}
