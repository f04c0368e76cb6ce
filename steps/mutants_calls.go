package steps

import (
	"io"
	"net/http"
	"strings"

	"maunium.net/go/mautrix"

	"matrixstack/stack"
)

func callMutants() []Mutant {
	const file = "homeserver.yaml"
	return []Mutant{
		{
			Name: "a server that only some need does not start", Feature: "calls/relay", Says: "start coturn",
			Alter: change("coturn", func(c *stack.Component) { c.Entrypoint = []string{"/bin/false"} }),
		},
		{
			Name: "the homeserver signs for another relay", Feature: "calls/relay", Says: "Unauthorized",
			Alter: rewrite("synapse", file, "turn_shared_secret: ", "turn_shared_secret: x"),
		},
		{
			Name: "the homeserver names no relay over TCP", Feature: "calls/relay", Says: "names no relay over tcp",
			Alter: rewrite("synapse", file, `, "turn:turn.alpha.test:3478?transport=tcp"`, ""),
		},
		{
			Name: "the relay leads into private networks", Feature: "calls/relay", Says: "was not refused",
			Alter: rewrite("coturn", "turnserver.conf", "denied-peer-ip=172.16.0.0-172.31.255.255", ""),
		},
		{
			Name: "the relay asks nobody who they are", Feature: "calls/relay", Says: "asks nobody who they are",
			Alter: rewrite("coturn", "turnserver.conf", "use-auth-secret\nstatic-auth-secret=", "no-auth\n#"),
		},
		{Name: "the relay does not know its own address", Feature: "calls/relay", Says: "Forbidden IP", Alter: rewrite("coturn", "turnserver.conf", "/THIS-ADDRESS", "")},
		{
			Name: "one person takes all places at the relay", Feature: "calls/relay", Says: "not after 12",
			Alter: rewrite("coturn", "turnserver.conf", "user-quota=12", "user-quota=50"),
		},
		{
			Name: "the relay has one place for everybody", Feature: "calls/relay", Says: "Allocation Quota",
			Alter: rewrite("coturn", "turnserver.conf", "total-quota=100", "total-quota=1"),
		},
		{
			Name: "the relay opens connections", Feature: "calls/relay", Says: "asks the relay for a connection was not refused",
			Alter: rewrite("coturn", "turnserver.conf", "no-tcp-relay\n", ""),
		},
		{
			Name: "the relay speaks to many at once", Feature: "calls/relay", Says: "224.0.0.251 through the relay was not refused",
			Alter: rewrite("coturn", "turnserver.conf", "no-multicast-peers\n", ""),
		},
		{
			Name: "the relay tells strangers what it runs", Feature: "calls/relay", Says: "tells strangers what it runs",
			Alter: rewrite("coturn", "turnserver.conf", "no-software-attribute\n", ""),
		},
		{
			Name: "the relay opens places where the firewall is shut", Feature: "calls/relay", Says: "let in are only",
			Alter: rewrite("coturn", "turnserver.conf", "min-port=49160\nmax-port=49260", "min-port=40000\nmax-port=40100"),
		},
		{
			Name: "the relay takes itself for another one", Feature: "calls/relay", Says: "answers for another one",
			Alter: rewrite("coturn", "turnserver.conf", "realm=turn.alpha.test", "realm=elsewhere.test"),
		},
		{
			Name: "the relay has another secret than the homeserver", Feature: "calls/relay", Says: "401",
			Alter: rewrite("coturn", "turnserver.conf", "static-auth-secret=", "static-auth-secret=no"),
		},
		{
			Name: "the relay listens elsewhere", Feature: "calls/relay", Says: "open a place at the relay",
			Alter: rewrite("coturn", "turnserver.conf", "listening-port=3478", "listening-port=3479"),
		},
		{
			Name: "calls are not announced", Feature: "calls/rooms", Says: "sends clients to the calls",
			Alter: rewrite("synapse", file, "org.matrix.msc4143.rtc_foci", "org.example.nothing"),
		},
		{
			Name: "the homeserver keeps to itself where calls are held", Feature: "calls/rooms", Says: "where calls are held",
			Alter: rewrite("synapse", file, "msc4143_enabled: true", "msc4143_enabled: false"),
		},
		{
			Name: "LiveKit takes other tokens than the operator's", Feature: "calls/rooms", Says: "open the call",
			Alter: rewrite("livekit", "livekit.yaml", "alpha_token: ", "alpha_token: x"),
		},
		{
			Name: "the token service opens calls to everybody", Feature: "calls/tokens", Says: "was not refused",
			Alter: sets("lk-jwt", "LIVEKIT_FULL_ACCESS_HOMESERVERS", "*"),
		},
		{
			Name: "the token service opens calls to nobody of the house", Feature: "calls/tokens", Says: "status 404",
			Alter: sets("lk-jwt", "LIVEKIT_FULL_ACCESS_HOMESERVERS", "elsewhere.test"),
		},
		{
			Name: "the token service signs with a secret of its own", Feature: "calls/tokens", Says: "status",
			Alter: sets("lk-jwt", "LIVEKIT_SECRET", "a secret that nobody else has, long enough"),
		},
		{
			Name: "the token service sends people elsewhere", Feature: "calls/tokens", Says: "elsewhere.test",
			Alter: sets("lk-jwt", "LIVEKIT_URL", "wss://elsewhere.test/livekit/sfu"),
		},
		{
			Name: "the token service cannot ask other homeservers who somebody is", Feature: "calls/tokens", Says: "status 401",
			Alter: rewrite("beta-synapse", file, "names: [client, federation]", "names: [client]"),
		},
		{
			Name: "the token service reaches no homeserver", Feature: "calls/tokens", Says: "status 401",
			Alter: change("lk-jwt", func(c *stack.Component) { c.Networks = c.Networks[:1] }),
		},
		{
			Name: "calls are not routed", Feature: "calls/rooms", Says: "/livekit/sfu",
			Alter: rewrite("traefik", "routes.yml", "PathPrefix(`/livekit/sfu/`)", "PathPrefix(`/nothing/`)"),
		},
		{
			Name: "whoever has a token opens calls", Feature: "calls/rooms", Says: "was not refused",
			Alter: rewrite("livekit", "livekit.yaml", "auto_create: false", "auto_create: true"),
		},
		{
			Name: "the homeserver says nothing later", Feature: "calls/leaving", Says: "leave word",
			Alter: rewrite("synapse", file, "max_event_delay_duration: 24h", "# none"),
		},
		{
			Name: "phones are not heard of", Feature: "calls/leaving", Says: "called off",
			Client: func(_ *device, c *mautrix.Client) { c.Client.Transport = deaf{c.Client.Transport} },
		},
	}
}

// deaf lets clients believe that the homeserver heard what should become of what they left with it.
type deaf struct{ http.RoundTripper }

// RoundTrip keeps such requests to itself.
func (d deaf) RoundTrip(request *http.Request) (*http.Response, error) {
	if request.Method == http.MethodPost && strings.Contains(request.URL.Path, "/delayed_events/") {
		return &http.Response{StatusCode: http.StatusOK, Status: "200 OK", Header: http.Header{}, Body: io.NopCloser(strings.NewReader("{}")), Request: request}, nil
	}
	return d.RoundTripper.RoundTrip(request)
}

// brokenCalls give settings of calls and of the monitoring other values, one at a time.
func brokenCalls() []brokenSetting {
	return []brokenSetting{
		{"synapse", "homeserver.yaml", "experimental_features.msc4222_enabled", "false", "calls/rooms", "not who is there by now"},
		{"synapse", "homeserver.yaml", "turn_user_lifetime", "30d", "calls/relay", "credentials for the relay that are good for 720h"},
		{"livekit", "livekit.yaml", "rtc.tcp_port", "7891", "calls/rooms", "wants sound and pictures at 7891/tcp"},
		{"livekit", "livekit.yaml", "rtc.udp_port", "7892", "calls/rooms", "7892/udp; let in are"},
		{"livekit", "livekit.yaml", "rtc.use_external_ip", "true", "calls/rooms", "start livekit"},
		{"livekit", "livekit.yaml", "turn.enabled", "true", "calls/rooms", "start livekit"},
		{"prometheus", "prometheus.yml", "global.evaluation_interval", "1h", "operations/monitoring", "no alert is firing"},
		{"prometheus", "prometheus.yml", "scrape_config_files", "[]", "operations/monitoring", "the monitoring answers \"up\""},
		{"prometheus", "rules.yml", "groups[servers].rules[0].alert", "Something", "operations/monitoring", "as \"Something\""},
		{"prometheus", "rules.yml", "groups[servers].rules[0].annotations.summary", "something", "operations/monitoring", "in the words \"something\""},
		{"prometheus", "rules.yml", "groups[servers].rules[0].labels.severity", "none", "operations/monitoring", "severity \"none\""},
		{"prometheus", "servers.yml", "scrape_configs[0].job_name", "other", "operations/monitoring", "the monitoring answers \"up\""},
		{"prometheus", "servers.yml", "scrape_configs[1].job_name", "other", "operations/monitoring", "the monitoring answers \"up\""},
		{"prometheus", "servers.yml", "scrape_configs[2].job_name", "other", "operations/monitoring", "the monitoring answers \"up\""},
		{"traefik", "routes.yml", "http.routers.call-tokens.entryPoints", "[http]", "calls/rooms", "to the token service: status 404"},
		{"traefik", "routes.yml", "http.routers.call-tokens.rule", "Path(`/nothing`)", "calls/rooms", "to the token service: status 404"},
		{"traefik", "routes.yml", "http.services.lk-jwt.loadBalancer.servers[0].url", "http://lk-jwt:8081", "calls/tokens", "status 502"},
		{"traefik", "routes.yml", "http.routers.call-tokens.middlewares", "[]", "calls/tokens", "status 404"},
		{"traefik", "routes.yml", "http.routers.call-tokens.service", "synapse", "calls/rooms", "to the token service: status 404"},
		{"livekit", "livekit.yaml", "port", "7890", "calls/rooms", "start livekit"},
		{"prometheus", "prometheus.yml", "global.scrape_interval", "1h", "operations/monitoring", "the monitoring answers \"up\""},
		{"synapse", "homeserver.yaml", "matrix_rtc.transports[0].type", "other", "calls/rooms", "sends clients to the calls"},
		{"traefik", "routes.yml", "http.middlewares.calls.stripPrefix.prefixes", "[/livekit/jwt]", "calls/rooms", "/livekit/sfu"},
		{"traefik", "routes.yml", "http.routers.calls.entryPoints", "[http]", "calls/rooms", "/livekit/sfu"},
		{"traefik", "routes.yml", "http.routers.calls.service", "synapse", "calls/rooms", "/livekit/sfu"},
		{"prometheus", "servers.yml", "scrape_configs[1].static_configs[0].targets", "[mas:8080]", "operations/monitoring", "up == 1"},
		{"prometheus", "servers.yml", "scrape_configs[2].static_configs[0].targets", "[traefik:443]", "operations/monitoring", "up == 1"},
		{"synapse", "homeserver.yaml", "matrix_rtc.transports[0].livekit_service_url", "https://elsewhere.alpha.test/", "calls/rooms", "sends clients to the calls"},
		{"traefik", "routes.yml", "http.routers.calls.middlewares", "[]", "calls/rooms", "/livekit/sfu"},
		{"traefik", "routes.yml", "http.services.livekit.loadBalancer.servers[0].url", "http://livekit:7881", "calls/rooms", "/livekit/sfu"},
	}
}
