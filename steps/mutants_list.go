package steps

import (
	"context"
	"slices"
	"strings"

	"maunium.net/go/mautrix"

	"matrixstack/stack"
)

func imageMutants() []Mutant {
	return []Mutant{
		{
			Name: "another version of Synapse under the pinned name", Feature: "stack/servers", Says: "the lock says 1.144.0",
			Alter: change("synapse", func(c *stack.Component) { c.Image = "synapse-next" }),
		},
		{
			Name: "a database that sorts by language", Feature: "boot", Says: "collation", Cold: true,
			Alter: rewrite("postgres", "10-databases.sql", "LOCALE 'C'", "LOCALE 'C.UTF-8'"),
		},
		{
			Name: "the homeserver rules the database server", Feature: "stack/networks", Says: "synapse reads the accounts", Cold: true,
			Alter: rewrite("postgres", "10-databases.sql", "CREATE ROLE synapse LOGIN", "CREATE ROLE synapse SUPERUSER LOGIN"),
		},
		{
			Name: "the accounts rule the database server", Feature: "stack/networks", Says: "mas reads the accounts", Cold: true,
			Alter: rewrite("postgres", "10-databases.sql", "CREATE ROLE mas LOGIN", "CREATE ROLE mas SUPERUSER LOGIN"),
		},
		{
			Name: "the database of the accounts belongs to somebody else", Feature: "boot", Says: "mas", Cold: true,
			Alter: rewrite("postgres", "10-databases.sql", "CREATE DATABASE mas OWNER mas", "CREATE DATABASE mas OWNER synapse"),
		},
		{
			Name: "a server that stopped", Feature: "stack/servers", Says: "heisenbridge",
			After: func(ctx context.Context, r *run) error { return r.stack.Halt(ctx, "heisenbridge") },
		},
	}
}

func routeMutants() []Mutant {
	const file = "routes.yml"
	return []Mutant{
		{
			Name: "sign-in at the homeserver is not routed to MAS", Feature: "routing/doors", Says: "login",
			Alter: rewrite("traefik", file, "(login|logout|refresh)", "(nothing)"),
		},
		{
			Name: "the host of MAS is not routed", Feature: "routing/doors", Says: "auth.alpha.test",
			Alter: rewrite("traefik", file, "Host(`auth.alpha.test`)", "Host(`elsewhere.alpha.test`)"),
		},
		{
			Name: "the admin API is routed", Feature: "routing/doors", Says: "/_synapse/admin",
			Alter: rewrite("traefik", file, "PathPrefix(`/_synapse/client`)", "PathPrefix(`/_synapse`)"),
		},
		{
			Name: "well-known documents are not routed", Feature: "routing/doors", Says: "well-known",
			Alter: rewrite("traefik", file, "PathPrefix(`/.well-known/matrix/`)", "PathPrefix(`/.nothing/`)"),
		},
		{
			Name: "plain HTTP is not redirected", Feature: "routing/doors", Says: "plain",
			Alter: rewrite("traefik", "traefik.yml", "entryPoint: {to: https, scheme: https, permanent: true}", "entryPoint: {to: http, scheme: http, permanent: true}"),
		},
		{
			Name: "clients are sent to another host", Feature: "routing/doors", Says: "sends clients",
			Alter: rewrite("synapse", "homeserver.yaml", "public_baseurl: https://matrix.alpha.test/", "public_baseurl: https://chat.alpha.test/"),
		},
		{
			Name: "alpha serves no well-known document for servers", Feature: "routing/doors", Says: "matrix/server",
			Alter: rewrite("synapse", "homeserver.yaml", "serve_server_wellknown: true", "serve_server_wellknown: false"),
		},
		{
			Name: "the proxy shows a certificate nobody trusts", Feature: "routing/doors", Says: "certificate",
			After: foreignCertificate("traefik"),
		},
	}
}

func accountMutants() []Mutant {
	const file = "config.yaml"
	return []Mutant{
		{
			Name: "MAS accepts any password", Feature: "accounts/sign_up", Says: "was not refused",
			Alter: rewrite("mas", file, "minimum_complexity: 3", "minimum_complexity: 0"),
		},
		{
			Name: "names of bridged people are free to take", Feature: "accounts/sign_up", Says: "another reason",
			Alter: rewrite("mas", file, `prefixes: ["irc_", `, `prefixes: [`),
		},
		{
			Name: "registration is closed", Feature: "accounts/sign_up", Says: "/register",
			Alter: rewrite("mas", file, "password_registration_enabled: true", "password_registration_enabled: false"),
		},
		{
			Name: "MAS and Synapse do not share their secret", Feature: "accounts/sign_up", Says: "status 500",
			Alter: rewrite("mas", file, "kind: synapse\n  homeserver: alpha.test\n  secret: ", "kind: synapse\n  homeserver: alpha.test\n  secret: x"),
		},
		{
			// MAS keeps clients it once knew.
			Name: "the accounts do not know the operator's tool", Feature: "sign_in/invitation", Says: "Client authentication failed", Cold: true,
			Alter: set("mas", file, "clients[0].client_id", "01ARZ3NDEKTSV4RRFFQ69G5FAV"),
		},
		{
			Name: "Synapse asks MAS with a wrong secret", Feature: "accounts/sessions", Says: "status 500",
			Alter: rewrite("synapse", "homeserver.yaml", "endpoint: http://mas:8080/\n  secret: ", "endpoint: http://mas:8080/\n  secret: x"),
		},
		{
			Name: "MAS knows itself under another name", Feature: "routing/doors", Says: "auth",
			Alter: rewrite("mas", file, "public_base: https://auth.alpha.test/", "public_base: https://login.alpha.test/"),
		},
	}
}

func talkMutants() []Mutant {
	return []Mutant{
		{
			Name: "a sender's device encrypts nothing", Feature: "encryption/messages", Says: "not encrypted",
			Client: func(_ *device, c *mautrix.Client) { c.Crypto = nil },
		},
		{
			Name: "alpha trusts another authority", Feature: "federation/messages", Says: "Can't connect to server beta.test",
			Alter: foreignAuthority("synapse", "ca.crt"),
		},
		{
			Name: "beta's homeserver does not federate", Feature: "federation/messages", Says: "Failed to find any key to satisfy: _FetchKeyRequest(server_name='beta.test'",
			Alter: rewrite("beta-synapse", "homeserver.yaml", "names: [client, federation]", "names: [client]"),
		},
		{
			Name: "beta's proxy has no federation door", Feature: "federation/messages", Says: "homeserver does not support this room version",
			Alter: rewrite("beta-traefik", "routes.yml", "PathPrefix(`/_matrix/federation`)", "PathPrefix(`/_matrix/nothing`)"),
		},
		{
			Name: "Synapse pushes to the bridge with another token", Feature: "bridges/irc", Says: "did not see @heisenbridge:alpha.test join",
			Alter: rewrite("synapse", "heisenbridge.yaml", "hs_token: ", "hs_token: x"),
		},
		{
			Name: "the bridge comes with another token", Feature: "boot", Says: "heisenbridge",
			Alter: rewrite("heisenbridge", "registration.yaml", "as_token: ", "as_token: x"),
		},
		{
			Name: "the bridge may not speak for people on IRC", Feature: "bridges/irc", Says: "no \"ahoy from IRC\"",
			Alter: rewrite("synapse", "heisenbridge.yaml", "@irc_", "@nobody_"),
		},
	}
}

func networkMutants() []Mutant {
	join := func(network string) func(*stack.Component) {
		return func(c *stack.Component) { c.Networks = append(slices.Clone(c.Networks), network) }
	}
	return []Mutant{
		{Name: "a bridge joins the database network", Feature: "stack/networks", Says: "heisenbridge", Alter: change("heisenbridge", join("db"))},
		{Name: "the database joins the world outside", Feature: "stack/networks", Says: "postgres", Alter: change("postgres", join("world"))},
		{
			Name: "the homeserver left the bridge network", Feature: "stack/networks", Says: "synapse",
			Alter: change("synapse", func(c *stack.Component) {
				c.Networks = slices.DeleteFunc(slices.Clone(c.Networks), func(n string) bool { return strings.HasSuffix(n, "bridges") })
			}),
		},
	}
}
