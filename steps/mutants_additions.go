package steps

import (
	"context"
	"slices"

	"matrixstack/stack"
)

const httpsDoor = "    address: \":443\"\n" // where people come in, in the configuration of a proxy

// additionMutants set what nobody meant to set: servers have more settings than the templates do.
func additionMutants() []Mutant {
	const unrefused = "was not refused"
	return []Mutant{
		{Name: "strangers are guests of beta", Feature: "routing/strangers", Says: unrefused, Alter: settingOf("beta-synapse", "allow_guest_access: true")},
		{Name: "strangers read the public directory", Feature: "routing/strangers", Says: unrefused, Alter: setting("allow_public_rooms_without_auth: true")},
		{Name: "the proxy speaks outdated encryption", Feature: "routing/strangers", Says: "TLS 1.1", Alter: rewrite("traefik", "routes.yml", "tls:\n", "tls:\n  options:\n    default: {minVersion: VersionTLS10}\n")},
		{Name: "the proxy speaks encryption that is out of use", Feature: "routing/doors", Says: "PROTOCOL_ERROR", Alter: rewrite("traefik", "routes.yml", "tls:\n", "tls:\n  options:\n    default: {maxVersion: VersionTLS12, cipherSuites: [TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA, TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA]}\n")},
		{Name: "clients are answered under the server name as well", Feature: "routing/closed", Says: "as well: status 200", Alter: rewrite("traefik", "routes.yml", "(PathPrefix(`/_matrix/federation`) ||", "(PathPrefix(`/_matrix`) ||")},
		{Name: "accounts are served under the server name as well", Feature: "routing/closed", Says: "as well: status", Alter: rewrite("traefik", "routes.yml", "Host(`auth.alpha.test`)", "Host(`auth.alpha.test`) || Host(`alpha.test`)")},
		{Name: "the proxy shows inside where its doors lead", Feature: "routing/closed", Says: "where its doors lead", Alter: both(
			rewrite("traefik", "traefik.yml", "ping: {manualRouting: true}", "ping: {manualRouting: true}\napi: {}"),
			rewrite("traefik", "routes.yml", "    ping:\n", "    api: {rule: PathPrefix(`/api`), entryPoints: [traefik], service: api@internal}\n    ping:\n"),
		)},
		{Name: "the proxy writes down cookies", Feature: "operations/operating", Says: "holds the cookie", Alter: rewrite("traefik", "traefik.yml", "{User-Agent: keep}", "{User-Agent: keep, Cookie: keep}")},
		{Name: "the proxy turns names with a slash away", Feature: "routing/doors", Says: "50%_tea/cakes", Alter: turningAway("Slash")},
		{Name: "the proxy turns names with a percent sign away", Feature: "routing/doors", Says: "50%_tea/cakes", Alter: turningAway("Percent")},
		{Name: "the proxy turns names with a number sign away", Feature: "routing/doors", Says: "50%_tea/cakes", Alter: turningAway("Hash")},
		{Name: "the proxy answers browsers one question at a time", Feature: "messaging/conversation", Alter: atHTTPSDoor("traefik", "http2: {maxConcurrentStreams: 1}")},
		{Name: "the proxy takes short messages only", Feature: "messaging/length", Says: "413", Alter: through("traefik", "homeserver", "buffering: {maxRequestBodyBytes: 50000}")},
		{Name: "the proxy takes little from other homeservers", Feature: "messaging/length", Says: "does not see", Alter: through("traefik", "federation", "buffering: {maxRequestBodyBytes: 50000}")},
		{Name: "the proxy lets little out", Feature: "messaging/length", Alter: through("traefik", "homeserver", "buffering: {maxResponseBodyBytes: 50000}")},
		{Name: "the proxy takes files of half the size", Feature: "media/size", Says: "413", Alter: rewrite("traefik", "routes.yml", "maxRequestBodyBytes: 52428800", "maxRequestBodyBytes: 26214400")},
		{Name: "the proxy lets pages run that people uploaded", Feature: "media/pages", Says: "runs what was uploaded", Alter: through("traefik", "homeserver", "headers: {customResponseHeaders: {Content-Security-Policy: \"\"}}")},
		{Name: "the proxy lets browsers show what people uploaded", Feature: "media/pages", Says: "shows what was uploaded", Alter: through("traefik", "homeserver", "headers: {customResponseHeaders: {Content-Disposition: \"\"}}")},
		{Name: "the proxy lets others keep what is meant for one", Feature: "clients/browsers", Says: "may keep", Alter: through("traefik", "homeserver", "headers: {customResponseHeaders: {Cache-Control: \"public, max-age=600\"}}")},
		{Name: "clients give address books to a stranger", Feature: "routing/doors", Says: "identity server", Alter: setting("default_identity_server: https://identity.elsewhere.test")},
		{Name: "nobody keeps track of who is there", Feature: "messaging/presence", Says: "does not see Bob online", Alter: rewrite("synapse", "homeserver.yaml", "presence:\n  enabled: true", "presence:\n  enabled: untracked")},
		{Name: "the proxy lets few requests in", Feature: "limits/everyday", Says: "429", Alter: through("traefik", "homeserver", "rateLimit: {average: 10, burst: 20}")},
		{Name: "the proxy lets one person ask two things at once", Feature: "messaging/conversation", Says: "429", Alter: through("traefik", "homeserver", "inFlightReq: {amount: 2}")},
		{Name: "the proxy takes refusals for a broken homeserver", Feature: "messaging/roles", Alter: through("traefik", "homeserver", "circuitBreaker: {expression: \"ResponseCodeRatio(400, 600, 0, 600) > 0.2\"}")},
		{Name: "people have one session", Feature: "accounts/sessions", Says: "/consent/", Alter: settingOfAccounts("experimental: {session_limit: {soft_limit: 1, hard_limit: 1}}")},
		{Name: "beta does not say that a name is taken", Feature: "sign_in/homeserver", Says: "was not refused", Alter: settingOf("beta-synapse", "inhibit_user_in_use_error: true")},
		{Name: "the proxy lets few pages of the accounts out", Feature: "limits/everyday", Says: "429", Alter: through("traefik", "auth", "rateLimit: {average: 1, burst: 5}")},
		{Name: "the proxy hangs up on slow lines", Feature: "media/slow", Alter: rewrite("traefik", "traefik.yml", "readTimeout: 300s", "readTimeout: 5s")},
		{Name: "the proxy hangs up on those who wait", Feature: "routing/patience", Says: "waiting for news: after 20", Alter: rewrite("traefik", "traefik.yml", "readTimeout: 300s", "readTimeout: 300s, writeTimeout: 20s")},
		{Name: "the proxy gives up on a homeserver that has no news", Feature: "routing/patience", Says: "after 20s of 31s: HTTP 504", Alter: both(
			rewrite("traefik", "routes.yml", "    synapse:\n      loadBalancer:\n", "    synapse:\n      loadBalancer:\n        serversTransport: hasty\n"),
			rewrite("traefik", "routes.yml", "  services:\n", "  serversTransports:\n    hasty: {forwardingTimeouts: {responseHeaderTimeout: 20s}}\n  services:\n"),
		)},
		{Name: "the accounts tell what only their makers need", Feature: "operations/logs", Says: "the log of mas holds lines for its makers", Alter: sets("mas", "RUST_LOG", "debug")},
		{Name: "browsers may not read what the homeserver answers", Feature: "clients/browsers", Says: "a browser lets no page read", Alter: through("traefik", "homeserver", "headers: {customResponseHeaders: {Access-Control-Allow-Origin: \"\"}}")},
		{Name: "anybody tries out questions to the accounts", Feature: "routing/closed", Says: "the outside is answered at auth.alpha.test/graphql/playground", Alter: rewrite("mas", "config.yaml", "        - name: graphql\n", "        - name: graphql\n          playground: true\n")},
		{Name: "invitations say nothing", Feature: "messaging/invitations", Says: "the invitation tells Bob", Alter: setting("room_prejoin_state: {disable_default_event_types: true}")},
		{Name: "what is said vanishes", Feature: "messaging/history", Alter: setting("retention: {enabled: true, default_policy: {min_lifetime: 1s, max_lifetime: 1s}}")},
		{Name: "who leaves a room is shown nothing of it", Feature: "messaging/history", Says: "not in room", Alter: setting("forget_rooms_on_leave: true")},
		{Name: "what is large elsewhere is closed", Feature: "federation/rooms", Alter: setting("limit_remote_rooms: {enabled: true, complexity: 0.001}")},
		{Name: "anybody gives addresses to any room", Feature: "communities/addresses", Says: unrefused, Alter: setting("require_membership_for_aliases: false")},
		{Name: "nobody has another name among friends", Feature: "messaging/faces", Says: `as "Bob" in "stage"`, Alter: setting("allow_per_room_profiles: false")},
		{Name: "nobody shows a face", Feature: "messaging/faces", Says: "Changing avatar is disabled", Alter: setting("enable_set_avatar_url: false")},
		{Name: "faces are tiny", Feature: "messaging/faces", Alter: setting("max_avatar_size: 1")},
		{Name: "nobody names themselves", Feature: "messaging/faces", Says: "Changing display name is disabled", Alter: setting("enable_set_displayname: false")},
		{Name: "phones are told late", Feature: "push/phones", Alter: rewrite("synapse", "homeserver.yaml", "  include_content:", "  jitter_delay: 60s\n  include_content:")},
		{Name: "only who shares a room is known by name", Feature: "federation/people", Alter: setting("require_auth_for_profile_requests: true\nlimit_profile_requests_to_users_who_share_rooms: true")},
		{Name: "no picture is made smaller", Feature: "media/files", Alter: setting("thumbnail_sizes: []")},
		{Name: "pictures are too large to be made smaller", Feature: "media/files", Alter: setting("max_image_pixels: 1")},
		{Name: "push gateways inside are asked", Feature: "push/secrets", Alter: setting("ip_range_blacklist: []")},
		{Name: "the homeserver is full", Feature: "messaging/rooms", Alter: setting("limit_usage_by_mau: true\nmax_mau_value: 1")},
		{Name: "beta believes where people say they are", Feature: "limits/addresses", Says: "nobody stopped it", Alter: believing("beta-traefik")},
		{Name: "alpha believes where people say they are", Feature: "limits/addresses", Says: "nobody stopped it", Alter: believing("traefik")},
		{Name: "the proxy believes whoever claims to be a proxy", Feature: "routing/strangers", Says: "believes that somebody else is calling", Alter: atHTTPSDoor("traefik", "proxyProtocol: {insecure: true}")},
		{Name: "the homeserver has a door for its makers", Feature: "stack/confinement", Says: "synapse listens at [9001] as well", Alter: rewrite("synapse", "homeserver.yaml", "enable_metrics: true\n", "  - {port: 9001, type: manhole, bind_addresses: [\"0.0.0.0\"]}\nenable_metrics: true\n")},
		{Name: "invitations need no answer", Feature: "messaging/invitations", Says: "without an answer to the invitation", Alter: setting("auto_accept_invites: {enabled: true}")},
		{Name: "elsewhere is told what people call their devices", Feature: "federation/people", Says: "found in the attic", Alter: setting("allow_device_name_lookup_over_federation: true")},
		{Name: "no file of beta is fetched", Feature: "media/files", Alter: setting("prevent_media_downloads_from: [beta.test]")},
		{
			Name: "the database lets everybody in", Feature: "stack/networks", Says: "lets synapse in", Cold: true,
			After: func(ctx context.Context, r *run) error {
				if _, err := r.stack.Exec(ctx, "postgres", "sed", "-i", "s/scram-sha-256/trust/", "/var/lib/postgresql/data/pg_hba.conf"); err != nil {
					return err
				}
				_, err := r.stack.SQL(ctx, r.stack.World.Sites[0], "postgres", "SELECT pg_reload_conf()")
				return err
			},
		},
		{Name: "an open phone is enough to remove other devices", Feature: "sign_in/homeserver", Says: unrefused, Alter: settingOf("beta-synapse", "ui_auth: {session_timeout: 1h}")},
		{Name: "older clients do not renew their sessions", Feature: "accounts/sessions", Says: "refresh the session: M_UNRECOGNIZED", Alter: rewrite("traefik", "routes.yml", "|refresh)", ")")},
		{Name: "older clients do not sign out", Feature: "accounts/sessions", Says: "M_UNRECOGNIZED", Alter: rewrite("traefik", "routes.yml", "login|logout", "login")},
		{Name: "a name of the operator is free to take", Feature: "accounts/sign_up", Says: unrefused, Alter: rewrite("mas", "config.yaml", ", postmaster]", "]")},
		{Name: "passwords may be almost good", Feature: "accounts/sign_up", Says: unrefused, Alter: rewrite("mas", "config.yaml", "minimum_complexity: 3", "minimum_complexity: 2")},
		{Name: "passwords may be almost long at beta", Feature: "sign_in/homeserver", Says: unrefused, Alter: rewrite("beta-synapse", "homeserver.yaml", "minimum_length: 10", "minimum_length: 9")},
		{Name: "word is kept for a week", Feature: "calls/leaving", Says: unrefused, Alter: rewrite("synapse", "homeserver.yaml", "max_event_delay_duration: 24h", "max_event_delay_duration: 7d")},
		{Name: "word is kept for an hour", Feature: "calls/leaving", Says: "the allowed maximum", Alter: rewrite("synapse", "homeserver.yaml", "max_event_delay_duration: 24h", "max_event_delay_duration: 1h")},
		{Name: "people are asked to prove that they are no machines", Feature: "accounts/sign_up", Says: "CAPTCHA", Alter: settingOfAccounts("captcha: {service: recaptcha_v2, site_key: a, secret_key: b}")},
		{Name: "a token is good for a day", Feature: "accounts/sessions", Says: "the token on the phone of Alice is good for 24h", Alter: settingOfAccounts("experimental: {access_token_ttl: 86400}")},
		{Name: "a token of an older client is good for a day", Feature: "accounts/sessions", Says: "the token on the tablet of Alice is good for 24h", Alter: settingOfAccounts("experimental: {compat_token_ttl: 86400}")},
		{Name: "people make one room and no more", Feature: "limits/everyday", Says: "M_LIMIT_EXCEEDED", Alter: setting("rc_room_creation: {per_second: 0.001, burst_count: 1}")},
		{Name: "other homeservers are heard one request at a time", Feature: "limits/everyday", Says: "Carol", Alter: setting("rc_federation: {window_size: 100000, reject_limit: 1, sleep_limit: 1, sleep_delay: 10000, concurrent: 1}")},
		{Name: "other homeservers are asked nothing", Feature: "federation/rooms", Says: "Failed to fetch alias", Alter: setting("federation_ip_range_blacklist: [\"0.0.0.0/0\"]")},
		{Name: "people upload hardly anything", Feature: "media/files", Says: "Media upload limit exceeded", Alter: setting("media_upload_limits: [{time_period: 1h, max_size: 1K}]")},
		{Name: "files from elsewhere trickle in", Feature: "media/files", Says: "exceeds ratelimits", Alter: setting("remote_media_download_burst_count: 1K\nremote_media_download_per_second: 1K")},
		{Name: "clients get one message at a time", Feature: "messaging/reading", Alter: setting("filter_timeline_limit: 1")},
		{Name: "the database writes down what it is asked", Feature: "operations/operating", Says: "the log of postgres holds a token", Alter: change("postgres", func(c *stack.Component) { c.Cmd = append(slices.Clone(c.Cmd), "-c", "log_statement=all") })},
		{Name: "clients let people come back unencrypted", Feature: "sign_in/ways", Says: unrefused, Alter: rewrite("mas", "config.yaml", "policy:\n  data:\n", "policy:\n  data:\n    client_registration: {allow_insecure_uris: true}\n")},
	}
}

// through sends what takes one of the routes of a proxy through something more.
func through(proxy, route, middleware string) func(*stack.World) error {
	return both(
		rewrite(proxy, "routes.yml", "    "+route+":\n", "    "+route+":\n      middlewares: [more]\n"),
		rewrite(proxy, "routes.yml", "  middlewares:\n", "  middlewares:\n    more: {"+middleware+"}\n"),
	)
}

// believing lets a proxy pass on what a client claims of its address.
func believing(proxy string) func(*stack.World) error {
	return atHTTPSDoor(proxy, "forwardedHeaders: {insecure: true}")
}

// atHTTPSDoor adds a setting to where people come in.
func atHTTPSDoor(proxy, text string) func(*stack.World) error {
	return rewrite(proxy, "traefik.yml", httpsDoor, httpsDoor+"    "+text+"\n")
}

// settingOfAccounts adds a setting to MAS.
func settingOfAccounts(text string) func(*stack.World) error {
	const begin = "matrix:\n"
	return rewrite("mas", "config.yaml", begin, text+"\n"+begin)
}

// turningAway lets a proxy refuse requests that name something with a character in it, as some versions of Traefik did by default.
func turningAway(character string) func(*stack.World) error {
	return rewrite("traefik", "traefik.yml", "      tls: {}\n", "      tls: {}\n      encodedCharacters: {allowEncoded"+character+": false}\n")
}
