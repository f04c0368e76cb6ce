package steps

// brokenLogs give settings of what servers tell, to the operator and to nobody else, other values, one at a time.
func brokenLogs() []brokenSetting {
	const feature, homeserver, log, bridge, bridgeConfig, proxy, proxyConfig = "operations/logs", "synapse", "log.config", "telegram", "config.yaml", "traefik", "traefik.yml"
	const untold, plain = "tells when something happened", `"%(message)s"`
	return []brokenSetting{
		{homeserver, log, "formatters.precise.format", plain, feature, "no line in the log of synapse " + untold},
		{homeserver, log, "handlers.console.class", "logging.NullHandler", "boot", "synapse"},
		{homeserver, log, "handlers.console.formatter", "", feature, "no line in the log of synapse " + untold},
		{homeserver, log, "root.handlers", "[]", feature, "no line in the log of synapse " + untold},
		{homeserver, log, "version", "2", "boot", "synapse"},
		{bridge, bridgeConfig, "logging.formatters.plain.format", plain, feature, "no line in the log of telegram " + untold},
		{bridge, bridgeConfig, "logging.handlers.console.class", "logging.NullHandler", feature, "start telegram"},
		{bridge, bridgeConfig, "logging.handlers.console.formatter", "", feature, "no line in the log of telegram " + untold},
		{bridge, bridgeConfig, "logging.root.handlers", "[]", feature, "no line in the log of telegram " + untold},
		{bridge, bridgeConfig, "logging.version", "2", feature, "start telegram"},
		{proxy, proxyConfig, "log.level", "ERROR", feature, "no line in the log of traefik " + untold},
		{"livekit", "livekit.yaml", "logging.level", "error", feature, "no line in the log of livekit " + untold},
		{homeserver, log, "root.level", "DEBUG", feature, "the log of synapse holds lines for its makers"},
		{bridge, bridgeConfig, "logging.loggers.mau.level", "DEBUG", feature, "the log of telegram holds lines for its makers"},
		{proxy, proxyConfig, "log.level", "DEBUG", feature, "the log of traefik holds lines for its makers"},
		{"discord", bridgeConfig, "logging.min_level", "debug", feature, "the log of discord holds lines for its makers"},
		{"discord", bridgeConfig, "logging.writers[0].format", "pretty-colored", feature, "no line in the log of discord " + untold},
		{"livekit", "livekit.yaml", "logging.level", "debug", feature, "the log of livekit holds lines for its makers"},
		{proxy, proxyConfig, "global.checkNewVersion", "true", "operations/operating", "it may ask its makers for news"},
		{proxy, proxyConfig, "global.sendAnonymousUsage", "true", "operations/operating", "it may ask its makers for news"},
		{homeserver, "homeserver.yaml", "report_stats", "true", "operations/operating", "tells its makers how it is used"},
		{homeserver, "homeserver.yaml", "trusted_key_servers", "[{server_name: nowhere.test}]", "federation/signatures", "which homeservers its people talk to"},
	}
}
