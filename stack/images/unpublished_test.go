package images

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
)

// Each is what a tool really said.
func TestToolsThatFindNoSuchVersionAreUnderstood(t *testing.T) {
	t.Parallel()
	for said, says := range map[string]string{
		"uv: exit status 1: error: No solution found when resolving dependencies |   cause: Because there is no version of matrix-synapse==9.9.9 and you require matrix-synapse==9.9.9, we can conclude that your requirements are unsatisfiable.": "matrix-synapse has no version 9.9.9 that can be had; name one that is published",
		"npm: exit status 1: npm error notarget No matching version found for matrix-js-sdk@999.0 with a date before 11/26/2026, 1:29:37 AM.":                                                                                                      "matrix-js-sdk has no version 999.0 that can be had; name one that is published",
		`go: exit status 1: "Version": "v3.99.0", | "Error": "github.com/traefik/traefik/v3@v3.99.0: invalid version: unknown revision v3.99.0" | }`:                                                                                               "github.com/traefik/traefik/v3 has no version 3.99.0 that can be had; name one that is published",
		`go: exit status 1: "Version": "v3.99.0", | "Error": "github.com/traefik/traefik/v3@v3.99.0: reading https://modules.example/github.com/traefik/traefik/v3/@v/v3.99.0.info: 404 Not Found" | }`:                                            "github.com/traefik/traefik/v3 has no version 3.99.0 that can be had; name one that is published",
		"uv: exit status 2: error: Failed to fetch": "uv: exit status 2: error: Failed to fetch",
	} {
		assert.EqualError(t, unpublished(errors.New(said)), says)
	}
}
