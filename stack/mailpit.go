package stack

// mailpit is the mail server outside the stack that takes what the accounts send: over TLS, and from who it knows. People read
// their mail there.
func mailpit(r *renderer) Component {
	name := r.site.Component("mailpit")
	return Component{
		Name: name, Image: "mailpit", Container: name,
		Networks: []string{r.site.network(mailNetwork)}, Ports: []string{"8025/tcp"},
		Cmd: []string{
			"--smtp-auth-file", "/etc/mailpit/accounts", "--smtp-tls-cert", "/etc/mailpit/site.crt", "--smtp-tls-key", "/etc/mailpit/site.key",
			"--smtp-require-starttls", "--smtp-disable-rdns", "--disable-version-check",
		},
		Files:  append(r.certificate("/etc/mailpit", 0, name), r.file("mailpit/accounts", "/etc/mailpit/accounts", 0)),
		Serves: 1025, Version: []string{"/mailpit", "version", "--no-release-check"},
		Ready: Ready{HTTP: "8025/tcp/readyz"}, OnDemand: true,
	}
}
