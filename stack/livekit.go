package stack

import "fmt"

// livekit passes on sound and pictures of calls between those who take part.
func livekit(r *renderer) Component {
	s := r.site
	return Component{
		Name: s.Component("livekit"), Image: "livekit", Container: s.Component("livekit"), Site: s.Name, OnDemand: true,
		Networks: []string{s.network(webNetwork), worldNetwork}, Ports: []string{"7880/tcp", "7881/tcp", "7882/udp"}, Public: []string{"7881/tcp", "7882/udp"},
		Cmd:    []string{"--config", "/etc/livekit/livekit.yaml"},
		Files:  []File{r.file("livekit/livekit.yaml", "/etc/livekit/livekit.yaml", 0)},
		Serves: 7880, Version: []string{"/livekit-server", "--version"},
		Ready: Ready{HTTP: "7880/tcp/"},
	}
}

// lkJWT lets people of the homeserver into calls: it asks the homeserver who they are and signs their tokens.
func lkJWT(r *renderer) Component {
	s := r.site
	c := Component{
		Name: s.Component("lk-jwt"), Image: "lk-jwt", Container: s.Component("lk-jwt"), Site: s.Name, OnDemand: true,
		Needs:    []string{s.Component("livekit"), s.Component("synapse"), s.Component("traefik")},
		Networks: []string{s.network(webNetwork), worldNetwork}, Ports: []string{"8080/tcp"},
		Env: map[string]string{
			"LIVEKIT_URL": fmt.Sprintf("wss://%s/livekit/sfu", s.MatrixHost()), "LIVEKIT_KEY": s.CallKey(), "LIVEKIT_SECRET": r.Secret("livekit"),
			"LIVEKIT_FULL_ACCESS_HOMESERVERS": s.ServerName,
		},
		Serves: 8080,
		Ready:  Ready{HTTP: "8080/tcp/healthz"},
	}
	r.trust(&c, "/etc/lk-jwt/ca.crt", 0)
	return c
}
