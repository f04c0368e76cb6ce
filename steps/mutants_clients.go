package steps

// clientMutants break the clients of another make, and what they need to find the stack.
func clientMutants() []Mutant {
	const library, script = "js-client", "client.mjs"
	return []Mutant{
		{
			Name: "a client of another make encrypts nothing", Feature: "clients/second_library", Says: "not encrypted",
			Alter: rewrite(library, script, "(await this.client.sendEvent(room, type, content)).event_id",
				"(await this.client.http.authedRequest(\"PUT\", `/rooms/${encodeURIComponent(room)}/send/${type}/${Math.random()}`, undefined, content)).event_id"),
		},
		{
			Name: "a client of another make hears nothing again once it slept", Feature: "clients/second_library", Says: "while you were away",
			Alter: rewrite(library, script, "this.client.retryImmediately();", "this.client.stopClient();"),
		},
		{
			Name: "a client of another make locks files with another key than it says", Feature: "clients/second_library", Says: "open",
			Alter: rewrite(library, script, "const file = { ...info, url };", "const file = { ...info, url, iv: info.iv.replace(/^./, (c) => (c === \"A\" ? \"B\" : \"A\")) };"),
		},
		{
			Name: "a client of another make sends no keys", Feature: "clients/keys", Says: "welcome",
			Alter: rewrite(library, script, "const signals =", "if (String(resource).includes(\"/sendToDevice/m.room.encrypted\")) return new Response(\"{}\");\n        const signals ="),
		},
		{
			Name: "a client of another make says that the same signs differ", Feature: "clients/keys", Says: "comparing signs did not end well",
			Alter: rewrite(library, script, "this.shown.get(id).confirm()", "this.shown.get(id).mismatch()"),
		},
		{
			Name: "a client of another make keeps no backup", Feature: "clients/backup", Says: "backup",
			Alter: rewrite(library, script, "setupNewKeyBackup: true", "setupNewKeyBackup: false"),
		},
		{
			Name: "a device that was signed in by a code vouches for nothing", Feature: "sign_in/codes", Says: "verified is false",
			Alter: rewrite(library, script, "await this.crypto.crossSignDevice(this.client.getDeviceId());", ""),
		},
		{
			Name: "devices find no place to meet", Feature: "sign_in/codes", Says: "Invalid rendezvous URI",
			Alter: rewrite("synapse", "homeserver.yaml", "msc4108_enabled: true", "msc4108_enabled: false"),
		},
		{
			Name: "the proxy leads devices to no place to meet", Feature: "sign_in/codes", Says: "scans the code",
			Alter: rewrite("traefik", "routes.yml", " || PathPrefix(`/_synapse/client`)", ""),
		},
		{
			Name: "the proxy takes away what tells news from what was there", Feature: "sign_in/codes", Says: "scans the code",
			Alter: through("traefik", "homeserver", "headers: {customResponseHeaders: {ETag: \"\"}}"),
		},
		{
			Name: "the server name leads clients of every make nowhere", Feature: "clients/discovery", Says: "no homeserver is found",
			Alter: rewrite("traefik", "routes.yml", "PathPrefix(`/.well-known/matrix/`)", "PathPrefix(`/.nothing/`)"),
		},
		{
			Name: "the proxy leads to no account", Feature: "clients/discovery", Says: "has status 404",
			Alter: rewrite("traefik", "routes.yml", "rule: Host(`auth.alpha.test`)", "rule: Host(`auth.alpha.test`) && !PathPrefix(`/account`)"),
		},
		{
			Name: "the accounts are announced to clients of no make", Feature: "clients/discovery", Says: "auth_metadata",
			Alter: rewrite("synapse", "homeserver.yaml", "matrix_authentication_service:\n  enabled: true", "matrix_authentication_service:\n  enabled: false"),
		},
	}
}
