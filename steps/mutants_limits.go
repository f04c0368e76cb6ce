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
			Name: "the bridge is limited like a person", Feature: "limits/people", Says: "the bridge was stopped",
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
			Name: "alpha tells nobody elsewhere who is who", Feature: "federation/people", Says: "",
			Alter: rewrite("synapse", homeserver, "presence:\n", "allow_profile_lookup_over_federation: false\npresence:\n"),
		},
	}
}
