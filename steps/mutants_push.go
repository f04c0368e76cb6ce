package steps

import (
	"net/http"
	"strings"

	"maunium.net/go/mautrix"

	"matrixstack/stack"
)

// pushMutants breaks what wakes phones.
func pushMutants() []Mutant {
	const override, allowed = "test-override.yaml", `ip_range_whitelist: [`
	return []Mutant{
		{
			Name: "the homeserver may not reach push gateways", Feature: "push/phones", Says: "was not told of",
			Alter: rewrite("synapse", override, allowed, allowed+`] # `),
		},
		{
			Name: "the homeserver pushes to anybody, also inside", Feature: "push/secrets", Says: "was asked",
			Alter: rewrite("synapse", override, allowed, allowed+`"0.0.0.0/0", `),
		},
		{
			Name: "push gateways are told what was said", Feature: "push/secrets", Says: "learned",
			Alter: rewrite("synapse", "homeserver.yaml", "include_content: false", "include_content: true"),
		},
		{
			Name: "badges count messages", Feature: "push/phones", Says: "counts",
			Alter: rewrite("synapse", "homeserver.yaml", "group_unread_count_by_room: true", "group_unread_count_by_room: false"),
		},
		{
			Name: "the homeserver pushes nothing", Feature: "push/gateways", Says: "was asked 0 times",
			Alter: rewrite("synapse", "homeserver.yaml", "\npush:\n", "\npush:\n  enabled: false\n"),
		},
		{
			Name: "ntfy answers for another address", Feature: "push/ntfy", Says: "was not told of",
			Alter: rewrite("ntfy", "server.yml", "base-url: https://ntfy.world.test", "base-url: https://ntfy.other.test"),
		},
		{
			Name: "ntfy keeps nothing for phones that are off", Feature: "push/ntfy", Says: "was not told of",
			Alter: rewrite("ntfy", "server.yml", "cache-duration: 12h", `cache-duration: "0"`),
		},
		{
			Name: "the homeserver cannot tell whether a push gateway is the right one", Feature: "push/ntfy", Says: "was not told of",
			Alter: change("synapse", func(c *stack.Component) { c.Env = nil }),
		},
	}
}

// appMutants breaks what apps on small screens stand on.
func appMutants() []Mutant {
	return []Mutant{
		{
			Name: "the homeserver has no sliding sync", Feature: "clients/sliding_sync", Says: "M_UNRECOGNIZED",
			Alter: rewrite("synapse", "homeserver.yaml", "\nexperimental_features:\n", "\nexperimental_features:\n  msc3575_enabled: false\n"),
		},
		{
			Name: "the newer homeserver has no sliding sync", Feature: "clients/newer_homeserver", Says: "M_UNRECOGNIZED",
			Alter: settingOf("beta-synapse", "experimental_features: {msc3575_enabled: false}"),
		},
		{
			Name: "an app forgets where it was", Feature: "clients/sliding_sync", Says: "as if it were new",
			Client: func(_ *device, c *mautrix.Client) {
				c.RequestHook = func(request *http.Request) {
					if query := request.URL.Query(); strings.HasSuffix(request.URL.Path, "simplified_msc3575/sync") {
						query.Del("pos")
						request.URL.RawQuery = query.Encode()
					}
				}
			},
		},
	}
}
