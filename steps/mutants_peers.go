package steps

import (
	"slices"

	"matrixstack/stack"
)

// peerMutants break what homeservers owe each other, and files.
func peerMutants() []Mutant {
	const file = "homeserver.yaml"
	leave := func(network string) func(*stack.Component) {
		return func(c *stack.Component) {
			c.Networks = slices.DeleteFunc(slices.Clone(c.Networks), func(n string) bool { return n == network })
		}
	}
	return []Mutant{
		{
			Name: "alpha takes any certificate", Feature: "federation/trust", Says: "was not refused",
			Alter: rewrite("synapse", "test-override.yaml", "federation_custom_ca_list:", "federation_verify_certificates: false\nfederation_custom_ca_list:"),
		},
		{
			Name: "alpha speaks to nobody", Feature: "federation/messages", Says: "Federation denied with beta.test",
			Alter: rewrite("synapse", file, "\nserver_name:", "\nfederation_domain_whitelist: []\nserver_name:"),
		},
		{
			Name: "beta signs with another key", Feature: "federation/signatures", Says: "did not answer",
			Alter: rewrite("beta-synapse", "signing.key", "ed25519 a_test", "ed25519 b_test"),
		},
		{
			Name: "beta's homeserver left the world outside", Feature: "federation/messages", Says: "Can't connect to server alpha.test",
			Alter: change("beta-synapse", leave("world")),
		},
		{
			Name: "files are for everybody", Feature: "media/files", Says: "was not refused",
			Alter: rewrite("synapse", file, "max_upload_size: 50M", "max_upload_size: 50M\nenable_authenticated_media: false"),
		},
		{
			Name: "files lie somewhere else", Feature: "media/files", Says: "media folder",
			Alter: rewrite("synapse", file, "/data/media_store", "/data/somewhere"),
		},
		{
			Name: "the proxy cuts off large files", Feature: "media/files", Says: "413",
			Alter: rewrite("traefik", "routes.yml", "maxRequestBodyBytes: 52428800", "maxRequestBodyBytes: 1000"),
		},
		{
			Name: "the proxy takes files of any size", Feature: "media/size", Says: "another reason",
			Alter: rewrite("traefik", "routes.yml", "maxRequestBodyBytes: 52428800", "maxRequestBodyBytes: 524288000"),
		},
	}
}
