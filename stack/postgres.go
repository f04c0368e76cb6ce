package stack

const postgresUser = 999 // uid of "postgres" in the image

// postgres holds the databases of a site.
func postgres(r *renderer) Component {
	s := r.site
	c := Component{
		Name: s.Component("postgres"), Image: "postgres", Container: s.Component("postgres"), Site: s.Name,
		Networks: []string{s.network(dbNetwork)}, Ports: []string{"5432/tcp"},
		Env: map[string]string{
			"POSTGRES_USER": "postgres", "POSTGRES_PASSWORD": r.Secret("postgres"),
			"POSTGRES_INITDB_ARGS": "--encoding=UTF8 --locale=C",
			// From 18 on the image keeps its data elsewhere unless told.
			"PGDATA": "/var/lib/postgresql/data",
		},
		Files:    []File{r.file("postgres/databases.sql", "/docker-entrypoint-initdb.d/10-databases.sql", postgresUser)},
		Storage:  []Storage{{Path: "/var/lib/postgresql/data", Host: s.host("postgres"), Owner: postgresUser, Seed: true}},
		Database: true, Serves: 5432, Version: []string{"postgres", "--version"},
		Ready:  Ready{Exec: []string{"pg_isready", "-h", "127.0.0.1", "-U", "postgres"}},
		Health: []string{"pg_isready", "-h", "127.0.0.1", "-U", "postgres"},
	}
	if !r.Deployed() {
		// The machine of a test outlives it; what that would lose in a power cut is the one thing a test need not pay for.
		c.Cmd = []string{"postgres", "-c", "fsync=off", "-c", "full_page_writes=off"}
	}
	return c
}
