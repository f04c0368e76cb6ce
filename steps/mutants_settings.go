package steps

import "fmt"

// brokenSetting is one setting that was given another value.
type brokenSetting struct {
	component, file, path string
	to                    string // in YAML; empty removes the value
	feature               string // what must go red
	says                  string // part of the reason it must give
}

func (b brokenSetting) mutant() Mutant {
	to := b.to
	if to == "" {
		to = "nothing"
	}
	return Mutant{
		Name: fmt.Sprintf("%s sets %s in %s to %s", b.component, b.path, b.file, to), Feature: b.feature, Says: b.says,
		Alter: set(b.component, b.file, b.path, b.to),
	}
}

// settingMutants give settings of the templates other values, one at a time. What the lists beside this one break is not repeated.
func settingMutants() []Mutant {
	var all []Mutant
	for _, rows := range [][]brokenSetting{
		brokenAccounts(), brokenMails(), brokenHomeservers(), brokenBridges(), brokenTelegram(), brokenDiscord(), brokenRoutes(), brokenProxies(), brokenCalls(), brokenLogs(), brokenLimits(),
	} {
		for _, row := range rows {
			all = append(all, row.mutant())
		}
	}
	return all
}

func brokenAccounts() []brokenSetting {
	const mas, file = "mas", "config.yaml"
	return []brokenSetting{
		{mas, file, "account.account_deactivation_allowed", "false", "sign_in/account", "Account deactivation is not allowed"},
		{mas, file, "account.displayname_change_allowed", "false", "sign_in/account", "of the Lake"},
		{mas, file, "account.password_registration_email_required", "true", "accounts/sign_up", ""},
		{mas, file, "clients[0].client_auth_method", "client_secret_post", "sign_in/invitation", "Client authentication failed"},
		{mas, file, "clients[0].client_secret", "another", "sign_in/invitation", "Client authentication failed"},
		{mas, file, "database.database", "elsewhere", "boot", "mas"},
		{mas, file, "database.host", "nowhere", "boot", "mas"},
		{mas, file, "database.password", "another", "boot", "mas"},
		{mas, file, "database.username", "somebody", "boot", "mas"},
		{mas, file, "http.listeners[web].binds[0].address", `"[::]:8090"`, "routing/doors", "502"},
		{mas, file, "http.listeners[internal].binds[0].address", `"[::]:8090"`, "boot", "mas"},
		{mas, file, "http.listeners[web].resources[discovery].name", "health", "routing/doors", ""},
		{mas, file, "http.listeners[web].resources[human].name", "health", "accounts/sign_up", ""},
		{mas, file, "http.listeners[web].resources[assets].name", "health", "accounts/sign_up", "status 404"},
		{mas, file, "http.listeners[web].resources[oauth].name", "health", "accounts/sessions", ""},
		{mas, file, "http.listeners[web].resources[adminapi].name", "health", "sign_in/invitation", "user-registration-tokens: status 404"},
		{mas, file, "http.listeners[internal].resources[health].name", "discovery", "boot", "mas"},
		{mas, file, "http.listeners[internal].resources[prometheus].name", "discovery", "operations/operating", "for its numbers"},
		{mas, file, "matrix.endpoint", "http://synapse:8009/", "accounts/sign_up", ""},
		{mas, file, "matrix.homeserver", "elsewhere.test", "accounts/sign_up", ""},
		{mas, file, "matrix.kind", "synapse_read_only", "accounts/sign_up", ""},
		{mas, file, "passwords.enabled", "false", "accounts/sign_up", ""},
		{mas, file, "passwords.schemes[0].algorithm", "bcrypt", "sign_in/account", "is kept as"},
		{mas, file, "policy.data.admin_clients", "[01ARZ3NDEKTSV4RRFFQ69G5FAV]", "sign_in/invitation", "scope 'urn:mas:admin' not allowed"},
		{mas, file, "policy.data.registration.banned_usernames.literals", "[root, postmaster]", "accounts/sign_up", "was not refused"},
		{mas, file, "rate_limiting.registration.burst", "999", "limits/addresses", ""},
		{mas, file, "secrets.encryption", "short", "boot", "mas"},
		{mas, file, "secrets.keys[0].key_file", "/config/keys/none.pem", "boot", "mas"},
		{mas, file, "telemetry.metrics.exporter", "none", "operations/operating", "for its numbers"},
	}
}

func brokenHomeservers() []brokenSetting {
	const alpha, beta, file = "synapse", "beta-synapse", "homeserver.yaml"
	return []brokenSetting{
		{alpha, file, "app_service_config_files", "[]", "boot", "heisenbridge"},
		{alpha, file, "database.args.cp_max", "0", "boot", ""},
		{alpha, file, "database.args.dbname", "elsewhere", "boot", "synapse"},
		{alpha, file, "database.args.host", "nowhere", "boot", "synapse"},
		{alpha, file, "database.args.password", "another", "boot", "synapse"},
		{alpha, file, "database.args.user", "somebody", "boot", "synapse"},
		{alpha, file, "database.name", "sqlite3", "boot", "synapse"},
		{alpha, file, "enable_metrics", "false", "operations/operating", "for its numbers"},
		{beta, file, "enable_registration", "false", "sign_in/homeserver", "Registration has been disabled"},
		{beta, file, "enable_registration_without_verification", "false", "boot", "beta-synapse"},
		{beta, file, "registration_shared_secret", "null", "sign_in/homeserver", "registration_shared_secret"},
		{alpha, file, "listeners[0].bind_addresses", `["127.0.0.1"]`, "boot", "synapse"},
		{alpha, file, "listeners[0].port", "8009", "boot", "synapse"},
		{alpha, file, "listeners[0].type", "manhole", "boot", "synapse"},
		{alpha, file, "listeners[0].resources[0].names", "[client]", "federation/messages", ""},
		{alpha, file, "listeners[1].bind_addresses", `["127.0.0.1"]`, "operations/operating", "for its numbers"},
		{alpha, file, "listeners[1].port", "9009", "operations/operating", "for its numbers"},
		{alpha, file, "listeners[1].type", "http", "operations/operating", "for its numbers"},
		{alpha, file, "log_config", "/data/none.config", "boot", "synapse"},
		{alpha, file, "matrix_authentication_service.enabled", "false", "accounts/sign_up", ""},
		{alpha, file, "matrix_authentication_service.endpoint", "http://mas:8089/", "accounts/sign_up", ""},
		{alpha, file, "max_upload_size", "1M", "media/size", "says that a file may have"},
		{beta, file, "password_config.policy.enabled", "false", "sign_in/homeserver", "too weak"},
		{alpha, file, "rc_joins.local.per_second", "9", "limits/people", ""},
		{beta, file, "rc_login.address.burst_count", "999", "limits/addresses", ""},
		{alpha, file, "rc_media_create.burst_count", "999", "limits/people", "nobody stopped it"},
		{beta, file, "rc_registration.burst_count", "999", "limits/addresses", "nobody stopped it"},
		{alpha, file, "room_list_publication_rules[0].action", "allow", "communities/directory", "was not refused"},
		{alpha, file, "server_name", "elsewhere.test", "boot", "synapse"},
		{alpha, file, "signing_key_path", "/data/none/signing.key", "boot", "synapse"},
		{alpha, file, "signing_key_path", "/data/other.key", "routing/doors", "signing key that was deployed"},
	}
}

func brokenBridges() []brokenSetting {
	const bridge, homeserver = "heisenbridge", "synapse"
	return []brokenSetting{
		{bridge, "registration.yaml", "hs_token", "another", "bridges/irc", "did not see @heisenbridge:alpha.test join"},
		{bridge, "registration.yaml", "namespaces.users[0].regex", "'@other_.*:alpha.test'", "boot", "heisenbridge"},
		{bridge, "registration.yaml", "sender_localpart", "somebody", "boot", "heisenbridge"},
		{homeserver, "discord.yaml", "namespaces.aliases", "[{regex: '#.*', exclusive: true}]", "communities/addresses", "M_EXCLUSIVE"},
		{homeserver, "heisenbridge.yaml", "namespaces.aliases", "[{regex: '#.*', exclusive: true}]", "communities/addresses", "M_EXCLUSIVE"},
		{homeserver, "heisenbridge.yaml", "as_token", "another", "boot", "heisenbridge"},
		{homeserver, "heisenbridge.yaml", "namespaces.users[0].exclusive", "false", "bridges/names", "is free"},
		{homeserver, "heisenbridge.yaml", "sender_localpart", "somebody", "boot", "heisenbridge"},
		{homeserver, "heisenbridge.yaml", "url", "http://heisenbridge:9899", "bridges/irc", "did not see @heisenbridge:alpha.test join"},
	}
}

func brokenRoutes() []brokenSetting {
	const proxy, file = "traefik", "routes.yml"
	return []brokenSetting{
		{proxy, file, "http.routers.auth.entryPoints", "[http]", "routing/doors", ""},
		{proxy, file, "http.routers.auth.service", "synapse", "routing/doors", ""},
		{proxy, file, "http.routers.federation.entryPoints", "[http]", "routing/doors", "key/v2/server"},
		{proxy, file, "http.routers.federation.rule", "Host(`alpha.test`) && PathPrefix(`/_matrix/key`)", "federation/messages", "homeserver does not support this room version"},
		{proxy, file, "http.routers.federation.service", "mas", "routing/doors", "key/v2/server"},
		{proxy, file, "http.routers.homeserver.entryPoints", "[http]", "routing/doors", ""},
		{proxy, file, "http.routers.homeserver.priority", "300", "routing/doors", "login"},
		{proxy, file, "http.routers.homeserver.service", "mas", "routing/doors", ""},
		{proxy, file, "http.routers.ping.entryPoints", "[http]", "boot", "traefik"},
		{proxy, file, "http.routers.ping.rule", "Path(`/pong`)", "boot", "traefik"},
		{proxy, file, "http.routers.ping.service", "synapse", "boot", "traefik"},
		{proxy, file, "http.routers.sign-in.entryPoints", "[http]", "routing/doors", "login"},
		{proxy, file, "http.routers.sign-in.priority", "50", "routing/doors", "login"},
		{proxy, file, "http.routers.sign-in.service", "synapse", "routing/doors", "login"},
		{proxy, file, "http.routers.upload.entryPoints", "[http]", "media/size", "another reason"},
		{proxy, file, "http.routers.upload.middlewares", "[]", "media/size", "another reason"},
		{proxy, file, "http.routers.upload.priority", "50", "media/size", "another reason"},
		{proxy, file, "http.routers.upload.rule", "Host(`matrix.alpha.test`) && PathPrefix(`/_matrix/nothing/`)", "media/size", "another reason"},
		{proxy, file, "http.routers.upload.service", "mas", "media/files", "uploads a picture: HTTP 404"},
		{proxy, file, "http.routers.well-known.entryPoints", "[http]", "routing/doors", "well-known"},
		{proxy, file, "http.routers.well-known.service", "mas", "routing/doors", "well-known"},
		{proxy, file, "http.services.mas.loadBalancer.servers[0].url", "http://mas:8090", "routing/doors", ""},
		{proxy, file, "http.services.synapse.loadBalancer.servers[0].url", "http://synapse:8090", "routing/doors", ""},
		{proxy, file, "tls.stores.default.defaultCertificate.certFile", "/etc/traefik/certs/none.crt", "routing/doors", "certificate"},
		{proxy, file, "tls.stores.default.defaultCertificate.keyFile", "/etc/traefik/certs/none.key", "routing/doors", "certificate"},
	}
}

func brokenProxies() []brokenSetting {
	const proxy, file = "traefik", "traefik.yml"
	return []brokenSetting{
		{proxy, file, "accessLog.format", "common", "operations/logs", "the log of traefik does not tell"},
		{"beta-traefik", file, "entryPoints.federation.address", `":8449"`, "routing/doors", "beta"},
		{proxy, file, "entryPoints.http.address", `":81"`, "routing/doors", "plain"},
		{proxy, file, "entryPoints.http.http.redirections.entryPoint.permanent", "false", "routing/doors", "plain"},
		{proxy, file, "entryPoints.https.address", `":444"`, "routing/doors", ""},
		{proxy, file, "entryPoints.traefik.address", `":8081"`, "boot", "traefik"},
		{proxy, file, "ping.manualRouting", "false", "operations/restarts", "and leads nowhere"},
		{proxy, file, "providers.file.directory", "/etc/traefik/none", "boot", "traefik"},
	}
}
