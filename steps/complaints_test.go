package steps

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestComplaintsAreWhatServersSaidWentWrong(t *testing.T) {
	t.Parallel()
	logs := map[string]string{
		"synapse":      "2026-01-01 10:00:00 - synapse.http - 1 - INFO - GET-1 - fine\n2026-01-01 10:00:01 - synapse.mas - 2 - ERROR - POST-7 - wrong secret for @alice-1a:alpha.test\n2026-01-01 10:00:02 - synapse.mas - 2 - ERROR - POST-8 - wrong secret for @bob-2b:alpha.test\n",
		"mas":          "\x1b[31mERROR\x1b[0m could not provision, password=hunter2\n",
		"heisenbridge": "one\ntwo\nthree\nfour\n",
		"postgres":     "LOG:  ready\n",
		"traefik":      "",
	}
	said := complaints(logs, []string{"heisenbridge", "traefik"})
	assert.Equal(t, []string{
		"heisenbridge is not running; it ended with",
		"heisenbridge: two", "heisenbridge: three", "heisenbridge: four",
		"mas: ERROR could not provision, password=[redacted]",
		"synapse: 2026-01-01 10:00:01 - synapse.mas - 2 - ERROR - POST-7 - wrong secret for @alice-1a:alpha.test",
		"traefik is not running; it left no log",
	}, said)
}

func TestComplaintsStayShort(t *testing.T) {
	t.Parallel()
	said := complaints(map[string]string{"synapse": "ERROR " + strings.Repeat("x", 1000) + "\nERROR a\nERROR b\nERROR c\n"}, nil)
	assert.Len(t, said, mostComplaints)
	for _, line := range said {
		assert.Less(t, len(line), longestComplaint+20)
	}
}
