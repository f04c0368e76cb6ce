package steps

// brokenTelegram are settings of the bridge to Telegram, at both ends.
func brokenTelegram() []brokenSetting {
	const bridge, config, homeserver, registration = "telegram", "config.yaml", "synapse", "telegram.yaml"
	return []brokenSetting{
		{bridge, config, "appservice.bot_username", "somebody", "bridges/telegram", "telegram"},
		{bridge, config, "appservice.hostname", "127.0.0.1", "bridges/telegram", "telegram"},
		{bridge, config, "appservice.hs_token", "another", "bridges/telegram", "telegram"},
		{bridge, config, "appservice.id", "another", "bridges/telegram", "telegram"},
		{bridge, config, "appservice.port", "29318", "bridges/telegram", "telegram"},
		{bridge, config, "bridge.encryption.appservice", "false", "bridges/telegram", "Unknown command"},
		{bridge, config, "bridge.permissions.@operator:alpha.test", "full", "bridges/telegram", "limited to bridge administrators"},
		{bridge, config, "homeserver.domain", "beta.test", "bridges/telegram", "telegram"},
		{homeserver, registration, "as_token", "another", "bridges/telegram", "telegram"},
		{homeserver, registration, "de.sorunome.msc2409.push_ephemeral", "false", "bridges/telegram", "Unknown command"},
		{homeserver, registration, "hs_token", "another", "bridges/telegram", "telegram"},
		{homeserver, registration, "id", "another", "bridges/telegram", "telegram"},
		{homeserver, registration, "namespaces.aliases[0].exclusive", "false", "bridges/names", "was not refused"},
		{homeserver, registration, "namespaces.users[0].exclusive", "false", "bridges/names", "is free"},
		{homeserver, registration, "url", "http://telegram:29318", "bridges/telegram", "telegram"},
	}
}

// brokenDiscord are settings of the bridge to Discord, at both ends.
func brokenDiscord() []brokenSetting {
	const bridge, config, homeserver, registration = "discord", "config.yaml", "synapse", "discord.yaml"
	return []brokenSetting{
		{bridge, config, "appservice.as_token", "another", "bridges/discord", "discord"},
		{bridge, config, "appservice.bot.username", "somebody", "bridges/discord", "discord"},
		{bridge, config, "appservice.database.uri", "':memory:'", "bridges/discord", "nobody told Alice"},
		{bridge, config, "appservice.hostname", "127.0.0.1", "bridges/discord", "discord"},
		{bridge, config, "appservice.hs_token", "another", "bridges/discord", "discord"},
		{bridge, config, "appservice.id", "another", "bridges/discord", "discord"},
		{bridge, config, "appservice.port", "29335", "bridges/discord", "discord"},
		{bridge, config, "bridge.encryption.allow", "false", "bridges/discord", "Unknown command"},
		{bridge, config, "bridge.encryption.appservice", "false", "bridges/discord", "Unknown command"},
		{bridge, config, "bridge.encryption.msc4190", "false", "bridges/discord", "discord"},
		{bridge, config, "bridge.permissions.@operator:alpha.test", "user", "bridges/discord", "limited to bridge administrators"},
		{bridge, config, "bridge.permissions.alpha.test", "admin", "bridges/discord", "limited to bridge administrators"},
		{bridge, config, "bridge.provisioning.shared_secret", "tools", "bridges/discord", "door for tools"},
		{bridge, config, "logging.min_level", "error", "operations/logs", "no line in the log of discord"},
		{bridge, config, "homeserver.domain", "beta.test", "bridges/discord", "discord"},
		{bridge, config, "homeserver.address", "http://synapse:8009", "bridges/discord", "discord"},
		{homeserver, registration, "as_token", "another", "bridges/rights", "discord speaks"},
		{homeserver, registration, "de.sorunome.msc2409.push_ephemeral", "false", "bridges/discord", "Unknown command"},
		{homeserver, registration, "hs_token", "another", "bridges/discord", "discord"},
		{homeserver, registration, "namespaces.users[0].exclusive", "false", "bridges/names", "is free"},
		{homeserver, registration, "namespaces.users[0].regex", "'@other_.*:alpha.test'", "bridges/rights", "discord speaks"},
		{homeserver, registration, "org.matrix.msc3202", "false", "bridges/discord", "Unknown command"},
		{homeserver, registration, "sender_localpart", "somebody", "bridges/names", "was not refused"},
		{homeserver, registration, "url", "http://discord:29335", "bridges/discord", "discord"},
	}
}
