package steps

import (
	"context"
	"slices"

	"matrixstack/stack"
)

func operationMutants() []Mutant {
	return []Mutant{
		{
			Name: "the monitoring asks the homeserver at another door", Feature: "operations/monitoring", Says: "up == 1",
			Alter: rewrite("prometheus", "servers.yml", "synapse:9000", "synapse:8008"),
		},
		{
			Name: "the monitoring takes the proxy for the homeserver", Feature: "operations/monitoring", Says: "group by",
			Alter: rewrite("prometheus", "servers.yml", "metrics_path: /_synapse/metrics\n    static_configs: [{targets: [\"synapse:9000\"]}]", "static_configs: [{targets: [\"traefik:8080\"]}]"),
		},
		{
			Name: "the alert never comes", Feature: "operations/monitoring", Says: "no alert is firing",
			Alter: rewrite("prometheus", "rules.yml", "expr: up == 0", "expr: up == 2"),
		},
		{
			Name: "the deployed monitoring has no rules", Feature: "operations/monitoring", Says: "finds no rule",
			Alter: rewrite("prometheus", "prometheus.yml", "rule_files: [/etc/prometheus/rules.yml]", ""),
		},
		{
			Name: "the database joins the monitoring network", Feature: "operations/monitoring", Says: "postgres",
			Alter: change("postgres", func(c *stack.Component) { c.Networks = append(slices.Clone(c.Networks), "monitoring") }),
		},
		{
			Name: "the numbers of the proxy are for everybody", Feature: "routing/doors", Says: "is answered at alpha.test/metrics",
			Alter: rewrite("traefik", "routes.yml", "    homeserver:\n", "    numbers:\n      rule: PathPrefix(`/metrics`)\n      entryPoints: [https]\n      service: prometheus@internal\n    homeserver:\n"),
		},
		{
			Name: "the numbers of the proxy are for everybody who comes without encryption", Feature: "routing/doors", Says: "in plain HTTP with status 200",
			Alter: set("traefik", "traefik.yml", "metrics.prometheus.entryPoint", "http"),
		},
		{
			Name: "the numbers of the accounts are for everybody", Feature: "routing/doors", Says: "is answered at auth.alpha.test/metrics",
			Alter: rewrite("mas", "config.yaml", "        - name: adminapi\n", "        - name: adminapi\n        - name: prometheus\n"),
		},
		{
			Name: "the proxy does not notice what the operator changes", Feature: "routing/doors", Says: "does not notice what the operator changes",
			Alter: set("traefik", "traefik.yml", "providers.file.watch", "false"),
		},
		{
			Name: "the relay keeps what it does to itself", Feature: "operations/logs", Says: "start coturn",
			Alter: rewrite("coturn", "turnserver.conf", "log-file=stdout", "log-file=/tmp/turnserver.log"),
		},
		{
			Name: "the relay does not say when", Feature: "operations/logs", Says: "no line in the log of coturn",
			Alter: rewrite("coturn", "turnserver.conf", "new-log-timestamp\n", ""),
		},
		{
			Name: "the proxy keeps no trace of requests", Feature: "operations/logs", Says: "the log of traefik",
			Alter: rewrite("traefik", "traefik.yml", "accessLog:\n  format: json", ""),
		},
		{
			Name: "the homeserver writes down what it asks the database", Feature: "operations/operating", Says: "the log of synapse holds a token",
			Alter: set("synapse", "log.config", "loggers.synapse.storage.SQL.level", "DEBUG"),
		},
		{
			Name: "the homeserver keeps no trace of requests", Feature: "operations/logs", Says: "the log of synapse",
			Alter: rewrite("synapse", "log.config", "level: INFO", "level: WARNING"),
		},
		{
			Name: "everybody may read what MAS is told", Feature: "operations/storage", Says: "the configuration of mas is open to others: /config/config.yaml (-rw-r--r--)",
			Alter: change("mas", func(c *stack.Component) {
				c.Files = slices.Clone(c.Files)
				c.Files[0].Mode = 0o644
			}),
		},
		{
			Name: "the homeserver has no storage", Feature: "operations/storage", Says: "synapse keeps something outside its storage",
			Alter: change("synapse", func(c *stack.Component) { c.Storage = nil }),
		},
		{
			Name: "the storage of the homeserver belongs to root", Feature: "operations/storage", Says: "belongs to somebody else",
			After: func(ctx context.Context, r *run) error {
				_, err := r.stack.Exec(ctx, "synapse", "chown", "0", "/data")
				return err
			},
		},
	}
}
