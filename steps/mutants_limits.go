package steps

// limitMutants lift what is deployed against those who take too much.
func limitMutants() []Mutant {
	const homeserver, accounts = "homeserver.yaml", "config.yaml"
	return []Mutant{
		{
			Name: "messages have no limit", Feature: "limits/people", Says: "nobody stopped it",
			Alter: rewrite("synapse", homeserver, "rc_message: {per_second: 0.5, burst_count: 30}", "rc_message: {per_second: 999, burst_count: 999}"),
		},
		{
			Name: "people come and go half as often at once", Feature: "limits/people", Says: "after 10",
			Alter: rewrite("synapse", homeserver, "local: {per_second: 0.1, burst_count: 10}", "local: {per_second: 0.1, burst_count: 5}"),
		},
		{
			Name: "the bridge is limited like a person", Feature: "limits/people", Says: "the bridge heisenbridge was stopped",
			Alter: rewrite("synapse", "heisenbridge.yaml", "rate_limited: false", "rate_limited: true"),
		},
		{
			Name: "MAS takes everybody for the proxy", Feature: "limits/addresses", Says: "stopped together",
			Alter: rewrite("mas", accounts, "trusted_proxies: [", `trusted_proxies: ["0.0.0.0/0"] #`),
		},
		{
			Name: "beta takes everybody for the proxy", Feature: "limits/addresses", Says: "stopped together",
			Alter: rewrite("beta-synapse", homeserver, "x_forwarded: true", "x_forwarded: false"),
		},
		{
			Name: "passwords may be guessed at MAS", Feature: "limits/addresses", Says: "nobody stopped it",
			Alter: rewrite("mas", accounts, "per_ip: {burst: 3, per_second: 0.05}", "per_ip: {burst: 999, per_second: 99}"),
		},
		{
			Name: "guesses at beta are not counted", Feature: "limits/addresses", Says: "at another address goes on guessing",
			Alter: rewrite("beta-synapse", homeserver, "failed_attempts: {per_second: 0.17, burst_count: 3}", "failed_attempts: {per_second: 99, burst_count: 99}"),
		},
		{
			Name: "alpha tells nobody elsewhere who is who", Feature: "federation/people", Says: "Profile lookup over federation is disabled",
			Alter: rewrite("synapse", homeserver, "presence:\n", "allow_profile_lookup_over_federation: false\npresence:\n"),
		},
	}
}

// brokenLimits give limits other values, one at a time.
func brokenLimits() []brokenSetting {
	const alpha, beta, homeserver, mas, accounts = "synapse", "beta-synapse", "homeserver.yaml", "mas", "config.yaml"
	const unstopped = "nobody stopped it"
	return []brokenSetting{
		{alpha, homeserver, "rc_delayed_event_mgmt.burst_count", "999", "limits/people", unstopped},
		{alpha, homeserver, "rc_delayed_event_mgmt.per_second", "999", "limits/people", unstopped},
		{alpha, homeserver, "rc_joins.remote.burst_count", "3", "limits/people", "not after 10"},     // higher, rc_joins.local stops first
		{alpha, homeserver, "rc_joins_per_room.burst_count", "999", "limits/people", "not after 20"}, // then rc_joins.local stops
		{alpha, homeserver, "rc_joins_per_room.per_second", "999", "limits/people", "not after 20"},
		{alpha, homeserver, "rc_media_create.per_second", "999", "limits/people", unstopped},
		{alpha, homeserver, "rc_message.per_second", "0.001", "limits/people", "as good as locked out"},
		{beta, homeserver, "rc_login.account.burst_count", "999", "limits/addresses", "at another address goes on signing in"},
		{beta, homeserver, "rc_login.account.per_second", "999", "limits/addresses", "at another address goes on signing in"},
		{beta, homeserver, "rc_login.address.per_second", "999", "limits/addresses", unstopped},
		{beta, homeserver, "rc_registration.per_second", "999", "limits/addresses", unstopped},
		{alpha, "discord.yaml", "rate_limited", "true", "limits/people", "the bridge discord was stopped"},
		{alpha, "telegram.yaml", "rate_limited", "true", "limits/people", "the bridge telegram was stopped"},
		{mas, accounts, "rate_limiting.email_authentication.attempt_per_session.per_second", "999", "limits/mail", unstopped},
		{mas, accounts, "rate_limiting.registration.per_second", "999", "limits/addresses", unstopped},
	}
}
