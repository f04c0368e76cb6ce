package steps

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"matrixstack/steps/report"
)

func TestSettingThatAServerCannotUseIsNamed(t *testing.T) {
	t.Parallel()
	config := map[string]string{
		"synapse/homeserver.yaml": "max_upload_size: 50 MB\nserver_name: alpha.test\nmacaroon_secret_key: canary-key\nlisteners: [{port: 8008}]\n",
		"mas/config.yaml":         "http: {listeners: [{name: web}]}\npasswords: {enabled: maybe}\n",
		"traefik/routes.yml":      "http: [\n",
	}
	for name, test := range map[string]struct {
		server, said string
		status       string
		want         []string
	}{
		"by its value":        {"synapse", "  File \"repository.py\", line 199\n    self.max_upload_size = self.parse_size(config.get(\"max_upload_size\", \"50M\"))\nValueError: invalid literal for int() with base 10: '50 MB'", "exited", []string{"max_upload_size: 50 MB in homeserver.yaml"}},
		"by its name":         {"mas", "Error: Failed to load configuration\n  invalid type: found string \"maybe\", expected a boolean for key \"passwords.enabled\" in config.yaml", "exited", []string{"passwords.enabled: maybe in config.yaml"}},
		"a secret stays one":  {"synapse", "macaroon_secret_key is no good", "exited", []string{"macaroon_secret_key: [redacted] in homeserver.yaml"}},
		"not one that waited": {"synapse", "max_upload_size", "created", nil},
		"none is named":       {"synapse", "psycopg2.OperationalError: connection refused", "exited", nil},
		"a file is no YAML":   {"traefik", "yaml: line 2", "exited", []string{"read routes.yml of traefik: yaml: line 1: did not find expected node content"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found := misread(report.State{Server: test.server, Status: test.status}, config, parseLog(test.server, timed(test.said+"\n")))
			if test.want == nil {
				assert.Empty(t, found)
				return
			}
			require.Len(t, found, 1)
			assert.Equal(t, test.want, found[0].Evidence)
		})
	}
}
