package steps

import (
	"context"

	"matrixstack/stack"
)

func operationMutants() []Mutant {
	return []Mutant{
		{
			Name: "the proxy keeps no trace of requests", Feature: "operations/logs", Says: "the log of traefik",
			Alter: rewrite("traefik", "traefik.yml", "accessLog:\n  format: json", ""),
		},
		{
			Name: "the homeserver keeps no trace of requests", Feature: "operations/logs", Says: "the log of synapse",
			Alter: rewrite("synapse", "log.config", "level: INFO", "level: WARNING"),
		},
		{
			Name: "the homeserver has no storage", Feature: "operations/storage", Says: "synapse keeps outside its storage",
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
