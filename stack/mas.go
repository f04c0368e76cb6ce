package stack

const masUser = 65532 // "nonroot" of the distroless image

// mas is the Matrix Authentication Service: it holds the accounts of a site.
func mas(r *renderer) Component {
	s := r.site
	c := Component{
		Name: s.Component("mas"), Image: "mas", Container: "matrix_" + s.Component("mas"), Site: s.Name,
		Needs:    []string{s.Component("postgres")},
		Networks: s.monitored(s.network(webNetwork), s.network(dbNetwork), s.network(mailNetwork)),
		Ports:    []string{"8081/tcp"},
		Env: map[string]string{
			"MAS_CONFIG": "/config/config.yaml",
			// Each password that is hashed takes 19 MiB for a moment. Left to itself the C library keeps what many took at once, up to
			// a gigabyte: after the first it raises the size from which on memory is given back (mallopt(3), M_MMAP_THRESHOLD).
			"MALLOC_MMAP_THRESHOLD_": "1048576",
		},
		Files: []File{
			r.file("mas/config.yaml", "/config/config.yaml", masUser),
			r.private(r.env.MASKey, "/config/keys/rsa.pem", masUser),
		},
		Storage: []Storage{{Path: "/config", Host: s.host("mas"), Owner: masUser, Keys: []string{"config.yaml", "keys/rsa.pem"}}},
		Serves:  8080, Version: []string{"mas-cli", "--version"},
		Ready: Ready{HTTP: "8081/tcp/health"},
	}
	if !r.Deployed() {
		c.Env["MAS_CONFIG"] = "/config/config.yaml:/config/test-override.yaml"
		c.Files = append(c.Files, r.file("mas/test-override.yaml", "/config/test-override.yaml", masUser))
	}
	r.trust(&c, "/config/ca.crt", masUser)
	return c
}
