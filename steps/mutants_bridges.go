package steps

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"maunium.net/go/mautrix"

	"matrixstack/stack"
)

// ordered lets the operator tell the IRC bridge something he should not have.
func ordered(order, answer string) func(context.Context, *run) error {
	return func(_ context.Context, r *run) error {
		r.ircOrders = append(r.ircOrders, [2]string{order, answer})
		return nil
	}
}

// twice says everything a second time, as a client does that thinks the first was lost and makes up a new name for it.
type twice struct{ http.RoundTripper }

// RoundTrip sends a request, and once more what is said. Orders to the bridge, which are in capitals, would say no when repeated.
func (t twice) RoundTrip(request *http.Request) (*http.Response, error) {
	if !strings.Contains(request.URL.Path, "/send/m.room.message/") {
		return t.RoundTripper.RoundTrip(request)
	}
	said, err := io.ReadAll(request.Body)
	if err != nil {
		return nil, err
	}
	request.Body = io.NopCloser(bytes.NewReader(said))
	if regexp.MustCompile(`"body":"[a-z]`).Match(said) {
		again := request.Clone(request.Context())
		again.Body = io.NopCloser(bytes.NewReader(said))
		again.URL.Path, again.URL.RawPath = again.URL.Path+"again", ""
		answer, err := t.RoundTripper.RoundTrip(again)
		if err != nil {
			return nil, err
		}
		_ = answer.Body.Close()
	}
	return t.RoundTripper.RoundTrip(request)
}

// ircMutants break the bridge to IRC.
func ircMutants() []Mutant {
	return []Mutant{
		{Name: "the bridge to IRC looks at no certificate", Feature: "bridges/irc_lines", Says: "it said last", Alter: code("heisenbridge", "heisenbridge.network_room", "                        with_tls = \" with TLS\"\n                        ssl_ctx.verify_mode = ssl.CERT_REQUIRED", "                        with_tls = \" with TLS\"\n                        ssl_ctx.check_hostname = False\n                        ssl_ctx.verify_mode = ssl.CERT_NONE")},
		{Name: "the bridge to IRC takes no certificate", Feature: "bridges/irc_lines", Says: "CERTIFICATE_VERIFY_FAILED", Alter: sets("heisenbridge", "SSL_CERT_FILE", "/nowhere")},
		{Name: "the bridge to IRC knows no authority of the world", Feature: "stack/confinement", Says: "heisenbridge knows 0 public authorities", Alter: change("heisenbridge", func(c *stack.Component) {
			c.Files = append(slices.Clone(c.Files), stack.File{Path: "/etc/ssl/certs/ca-certificates.crt", Content: []byte("# none\n"), Mode: 0o444})
		})},
		{Name: "links on IRC lead nowhere", Feature: "bridges/irc_files", Says: "status 404", Alter: rewrite("traefik", "routes.yml", "PathPrefix(`/_heisenbridge/media/`)", "PathPrefix(`/_heisenbridge/files/`)")},
		{Name: "links on IRC lead to where only servers are", Feature: "bridges/irc_files", Says: "http://synapse:8008/", Alter: rewrite("heisenbridge", "registration.yaml", "media_url: https://matrix.alpha.test/", "media_url: http://synapse:8008/")},
		{Name: "links on IRC lead past the bridge", Feature: "bridges/irc_files", Says: "status 502", Alter: rewrite("traefik", "routes.yml", "http://heisenbridge:9898", "http://heisenbridge:9899")},
		{Name: "links on IRC are open inside only", Feature: "bridges/irc_files", Says: "status 404", Alter: rewrite("traefik", "routes.yml", "      entryPoints: [https]\n      service: heisenbridge\n", "      entryPoints: [traefik]\n      service: heisenbridge\n")},
		{Name: "links on IRC lead to the homeserver", Feature: "bridges/irc_files", Says: "status 404", Alter: rewrite("traefik", "routes.yml", "      service: heisenbridge\n", "      service: synapse\n")},
		{Name: "anybody fetches any file by way of IRC", Feature: "bridges/irc_files", Says: "was not refused", Alter: code("heisenbridge", "heisenbridge.__main__", "if self.mxc_checksum(server, media_id) != checksum:", "if False:")},
		{
			Name: "the IRC bridge belongs to somebody else", Feature: "bridges/irc", Says: "did not see @heisenbridge:alpha.test join",
			Alter: change("heisenbridge", func(c *stack.Component) {
				c.Cmd = slices.Clone(c.Cmd)
				c.Cmd[slices.Index(c.Cmd, stack.Operator)] = "@somebody:alpha.test"
			}),
		},
		{
			Name: "the IRC bridge lets everybody in", Feature: "bridges/bots", Says: "in the chat of Carol",
			After: ordered("ADDMASK *", "Mask added."),
		},
		{
			Name: "everybody rules the IRC bridge", Feature: "bridges/bots", Says: "Unknown command",
			After: ordered("ADDMASK @*:alpha.test --admin", "Mask added."),
		},
		{
			Name: "the IRC bridge cuts long texts off", Feature: "bridges/irc_talk", Says: "in 1 lines",
			After: ordered("MAXLINES 1", "Max lines default is 1"),
		},
		{
			Name: "the IRC bridge shows only those who speak", Feature: "bridges/irc_people", Says: "does not see",
			After: ordered("SYNC --lazy", "lazy"),
		},
		{
			Name: "a client sends everything twice", Feature: "bridges/irc", Says: "2 times",
			Client: func(_ *device, c *mautrix.Client) { c.Client.Transport = twice{c.Client.Transport} },
		},
		{
			Name: "the IRC bridge has a say over everybody", Feature: "bridges/rights", Says: "was not refused",
			Alter: rewrite("synapse", "heisenbridge.yaml", "'@irc_.*:alpha.test'\n      exclusive: true", "'@.*:alpha.test'\n      exclusive: false"),
		},
	}
}

// telegramMutants break the bridge to Telegram.
func telegramMutants() []Mutant {
	const config, registration = "config.yaml", "telegram.yaml"
	return []Mutant{
		{
			Name: "the Telegram bridge comes with another token", Feature: "bridges/telegram", Says: "MUnknownToken",
			Alter: rewrite("telegram", config, "as_token: ", "as_token: x"),
		},
		{
			Name: "the Telegram bridge asks Synapse how to sign in", Feature: "bridges/telegram", Says: "start telegram",
			Alter: rewrite("telegram", config, "https://matrix.alpha.test", "http://synapse:8008"),
		},
		{
			Name: "the Telegram bridge signs in for its keys", Feature: "bridges/telegram", Says: "does not support appservice login",
			Alter: rewrite("telegram", config, "msc4190: true", "msc4190: false"),
		},
		{
			Name: "the Telegram bridge reads no encryption", Feature: "bridges/telegram", Says: "Unknown command",
			Alter: rewrite("telegram", config, "allow: true", "allow: false"),
		},
		{
			Name: "the Telegram bridge hears of no keys", Feature: "bridges/telegram", Says: "Unknown command",
			Alter: rewrite("synapse", registration, "org.matrix.msc3202: true", "org.matrix.msc3202: false"),
		},
		{
			Name: "bridges get no keys", Feature: "bridges/telegram", Says: "Unknown command",
			Alter: set("synapse", "homeserver.yaml", "experimental_features.msc2409_to_device_messages_enabled", "false"),
		},
		{
			Name: "bridges hear of no devices", Feature: "bridges/telegram", Says: "Unknown command",
			Alter: set("synapse", "homeserver.yaml", "experimental_features.msc3202_transaction_extensions", "false"),
		},
		{
			Name: "tools sign people in at the Telegram bridge", Feature: "bridges/telegram", Says: "door for tools",
			Alter: set("telegram", config, "appservice.provisioning.enabled", "true"),
		},
		{
			Name: "the Telegram bridge forgets its keys", Feature: "bridges/telegram", Says: "sees 2 devices",
			Alter: rewrite("telegram", config, "sqlite:/data/bridge.db", "'sqlite::memory:'"),
		},
		{
			Name: "the Telegram bridge lets everybody in", Feature: "bridges/bots", Says: "in the chat of Carol",
			Alter: rewrite("telegram", config, "permissions:\n", "permissions:\n    \"*\": full\n"),
		},
		{
			Name: "the Discord bridge lets everybody in", Feature: "bridges/discord", Says: "in the chat of Carol",
			Alter: rewrite("discord", config, "permissions:\n", "permissions:\n    \"*\": user\n"),
		},
		{
			Name: "everybody rules the Telegram bridge", Feature: "bridges/bots", Says: "limited to bridge administrators",
			Alter: rewrite("telegram", config, `"alpha.test": full`, `"alpha.test": admin`),
		},
		{
			Name: "the Telegram bridge joins the database network", Feature: "stack/networks", Says: "telegram",
			Alter: change("telegram", func(c *stack.Component) { c.Networks = append(slices.Clone(c.Networks), "db") }),
		},
		{
			Name: "names on Telegram are free to take", Feature: "bridges/names", Says: "another reason",
			Alter: rewrite("mas", config, `, "telegram_"`, ""),
		},
		{
			Name: "the name of the Telegram bridge is free to take", Feature: "bridges/names", Says: "was not refused",
			Alter: rewrite("synapse", registration, "sender_localpart: telegrambot", "sender_localpart: somebot"),
		},
		{
			Name: "addresses on Telegram are free to take", Feature: "bridges/names", Says: "was not refused",
			Alter: rewrite("synapse", registration, "'#telegram_", "'#nothing_"),
		},
		{
			Name: "the Telegram bridge has a say over everybody", Feature: "bridges/rights", Says: "was not refused",
			Alter: rewrite("synapse", registration, "'@telegram_.*:alpha.test'\n      exclusive: true", "'@.*:alpha.test'\n      exclusive: false"),
		},
	}
}
