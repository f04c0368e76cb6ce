package stack

// Operator is the person who runs alpha: owner of its bridges.
const Operator = "@operator:alpha.test"

// OperatorID is the person who runs the site: owner of its bridges.
func (s Site) OperatorID() string { return "@operator:" + s.ServerName }

// AllBridges lists the bridges there can be at the site.
func (s Site) AllBridges() []Bridge { return bridges(s.OperatorID()) }

// bridges is the table of bridges: adding one is adding a row.
func bridges(operator string) []Bridge {
	const mautrixUser = 1337 // uid the images of mautrix run their bridges as
	return []Bridge{
		{
			Name: "heisenbridge", Network: "IRC", Bot: "heisenbridge", Namespace: "irc_", Port: 9898,
			Cmd: []string{"-c", "/data/registration.yaml", "-p", "9898", "-o", operator, "http://synapse:8008"},
			// It knows no SIGTERM, which a container's first process then ignores.
			StopSignal: "SIGINT", Files: []string{"registration.yaml"}, Verifies: true, Shows: "/_heisenbridge/media/",
			Version: []string{"python3", "-c", "from importlib.metadata import version; print(version('heisenbridge'))"},
			Ready:   Ready{HTTP: "9898/tcp/", Any: true},
			Health:  []string{"python3", "-c", "import socket; socket.create_connection(('127.0.0.1', 9898), 5)"},
		},
		{
			Name: "telegram", Network: "Telegram", Bot: "telegrambot", Namespace: "telegram_", Port: 29317,
			Entrypoint: []string{"python3", "-m", "mautrix_telegram"}, Cmd: []string{"-n", "-c", "/data/config.yaml"},
			Files: []string{"config.yaml"}, User: mautrixUser, AtProxy: true, Keeps: true, OnDemand: true,
			Version: []string{"python3", "-c", "from importlib.metadata import version; print(version('mautrix-telegram'))"},
			Tools:   "/_matrix/provision/v1/user/" + operator + "/login/request_code",
			Ready:   Ready{HTTP: "29317/tcp/_matrix/mau/ready"},
			Health:  []string{"python3", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:29317/_matrix/mau/ready', timeout=5)"},
		},
		{
			Name: "discord", Network: "Discord", Bot: "discordbot", Namespace: "discord_", Port: 29334,
			Entrypoint: []string{"/usr/bin/mautrix-discord"}, Cmd: []string{"-n", "-c", "/data/config.yaml"},
			Files: []string{"config.yaml"}, User: mautrixUser, Keeps: true, OnDemand: true,
			Version: []string{"/usr/bin/mautrix-discord", "--version"},
			Tools:   "/_matrix/provision/v1/login/token",
			Ready:   Ready{HTTP: "29334/tcp/_matrix/mau/ready"},
		},
	}
}
