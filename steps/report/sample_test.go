package report

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var sampleStart = time.Date(2026, 11, 24, 20, 15, 0, 0, time.UTC)

// sample is a run of many scenarios in which everything occurs that a page can show.
func sample(scenarios int) Run {
	r := Run{
		Format: format, Started: sampleStart, Seconds: 412, ResolveSeconds: 3, BootSeconds: 31.4, Warm: true, MemoryBytes: 1400 << 20, Seed: 856330, Expected: scenarios,
		Notices: []string{"alpha signs in at Synapse itself, since no image of Matrix Authentication Service is available; what is about MAS was skipped"},
		Images: []Image{
			{Name: "synapse", Version: "1.144.0", Source: "built", Digest: "sha256:03556152834e7ffc470b1f56a467f087a2939a0e452bec6acbdfa02ea96162ac", Home: "docker.io/matrixdotorg/synapse:v1.144.0"},
			{Name: "mas", Version: "1.8.0", Source: "unavailable", Note: "no package registry carries it"},
			{Name: "traefik", Version: "3.6.25", Source: "override", Digest: "sha256:d503e4b9a6fd9391d8ae2c06388d489ced6678852df2974e1427ec1513d4ce27", Note: "not the pinned artefact"},
			{Name: "postgres", Version: "15.18", Source: "present", Digest: "sha256:0c7ea5c64f3c70314e801b9ada52d06a789aa93ff411ed440615ef58174e3ac6"},
		},
		Servers: sampleServers(),
		Routes: []Route{
			{"traefik", "homeserver", "Host(`matrix.alpha.test`) && PathPrefix(`/_matrix`)", "synapse"},
			{"traefik", "auth", "Host(`auth.alpha.test`)", "mas"},
		},
		Settings: []Setting{
			{"synapse", "homeserver.yaml", "server_name", "alpha.test", "The part of everybody's name after the colon.", []string{"boot"}},
			{"synapse", "homeserver.yaml", "max_upload_size", "50M", "The largest file people may send.", []string{"concern-1/feature_1", "media/files"}},
			{"traefik", "routes.yml", "http.routers.auth.rule", "Host(`auth.alpha.test`)", "Leads the host of the accounts to MAS.", nil},
		},
	}
	for i := range scenarios {
		r.Scenarios = append(r.Scenarios, sampleScenario(i))
	}
	if scenarios > 3 {
		r.Problem = fmt.Sprintf("1 of %d scenarios failed", scenarios)
	}
	for i := range 12 {
		past := r.past()
		past.When, past.Problem = sampleStart.AddDate(0, 0, i-12), ""
		r.Past = append(r.Past, past)
	}
	r.Past = append(r.Past, r.past())
	return r
}

func sampleServers() []Server {
	return []Server{
		{Name: "traefik", Image: "traefik", Site: "alpha.test", Networks: []string{"web", "world"}, Hosts: []string{"alpha.test", "matrix.alpha.test", "auth.alpha.test"}, Ran: true},
		{Name: "synapse", Image: "synapse", Site: "alpha.test", Networks: []string{"web", "db", "bridges", "world"}, Ran: true, Storage: []Storage{{"/data", "/mnt/storage/matrix/synapse"}}},
		{Name: "mas", Image: "mas", Site: "alpha.test", Networks: []string{"web", "db"}},
		{Name: "postgres", Image: "postgres", Site: "alpha.test", Networks: []string{"db"}, Ran: true, Storage: []Storage{{"/var/lib", "/mnt/storage/matrix/postgres"}}},
		{Name: "heisenbridge", Image: "heisenbridge", Site: "alpha.test", Networks: []string{"bridges", "world"}, Ran: true},
		{Name: "beta-synapse", Image: "synapse-next", Site: "beta.test", Networks: []string{"beta-web", "world"}, Ran: true},
		{Name: "ircd", Image: "ngircd", Networks: []string{"world"}, Hosts: []string{"irc.world.test"}, Ran: true},
	}
}

func sampleScenario(i int) Scenario {
	const inFeature, inConcern = 5, 20
	s := Scenario{
		Feature: fmt.Sprintf("People of concern %d keep promise %d", i/inConcern, i/inFeature), Description: "Who does what is expected of them finds that it works.\nWho does not is told.",
		File: fmt.Sprintf("features/concern-%02d/feature_%d.feature", i/inConcern, i/inFeature), Line: 3 + i%inFeature*8, Name: fmt.Sprintf("Promise %d is kept <whatever> happens & more", i),
		Tags: []string{"@mas"}, Status: Passed, Started: sampleStart, Seconds: 0.3 + float64(i%17),
	}
	texts := []string{"Alice and Bob have an account", `Alice says "tea at five?" in "tea"`, `Bob can read "tea at five?" in "tea"`, "Bob has the file of Alice", "nobody else can read it", "Alice sees that Bob has read it"}
	for j, text := range texts {
		s.Steps = append(s.Steps, Step{Keyword: []string{"Given", "When", "Then", "And", "And", "And"}[j], Text: text, Status: "passed", Seconds: float64(j) / 2})
	}
	s.Steps[0].Table = [][]string{{"who", "where"}, {"Alice", "alpha"}, {"Bob", "beta"}}
	s.Steps[1].Doc = "tea at five?\nor later"
	const requests = 30
	for j := range requests {
		s.Requests = append(s.Requests, Request{
			At: sampleStart, Method: "PUT", Host: "matrix.alpha.test", Path: fmt.Sprintf("/_matrix/client/v3/rooms/%%21abcdefghijklmnop%d:alpha.test/send/m.room.encrypted/mautrix-go_1764012345_%d", i, j),
			Status: 200, Server: "Synapse/1.144.0", Seconds: 0.012, Times: 1 + j%3,
		})
	}
	s.More = 12
	switch {
	case i == 3:
		s.Status, s.Reason, s.Bundle, s.Again = Failed, "Bob waited 20s for \"tea at five?\" in room \"tea\"; saw nothing\nthe homeserver: 502 Bad Gateway", "failures/feature-0-27-promise", "make acceptance FEATURE="+s.File+":27 SEED=856330"
		s.Causes = []Cause{
			{Cause: "synapse does not run", Remedy: "its last lines in the log say why", Evidence: []string{"exited exit code 1"}},
			{Cause: "what stands behind the proxy does not answer it", Remedy: "look at Servers whether it runs", Evidence: []string{"#3 GET matrix.alpha.test/_matrix → 502"}},
		}
		s.Steps[2].Status, s.Steps[2].Error = "failed", s.Reason
		for j := 3; j < len(s.Steps); j++ {
			s.Steps[j].Status = "skipped"
		}
	case i%11 == 7:
		s.Status, s.Reason, s.Seconds, s.Requests, s.More = Skipped, `mas does not run: image "mas" is unavailable: no package registry carries it`, 0, nil, 0
	}
	return s
}

// sampleBundle is the page of the failure in the sample.
func sampleBundle() Bundle {
	s := sampleScenario(3)
	b := Bundle{
		Scenario: s, Seed: 856330, Run: "2026-11-24 20:15 UTC", Images: []Image{{Name: "synapse", Version: "1.144.0", Source: "built", Digest: "sha256:0355"}}, Causes: s.Causes, Said: []string{"synapse: ERROR - it fell"},
		States:   []State{{Server: "synapse", Status: "exited", Since: "2026-11-24T20:16:01", ExitCode: 1, Remark: "exit code 1"}, {Server: "traefik", Status: "running", Since: "2026-11-24T20:15:01", Image: "sha256:d503e4b9a6fd9391d8ae2c06388d489ced6678852df2974e1427ec1513d4ce27", Good: true}},
		Requests: s.Requests[:4], Config: []ConfigFile{{"synapse/homeserver.yaml", "server_name: alpha.test\nmacaroon_secret_key: [redacted]\n"}},
	}
	for i := range 120 {
		b.Log = append(b.Log, LogLine{At: fmt.Sprintf("20:16:%02d.000", i/3), Server: []string{"synapse", "traefik", "mas"}[i%3], Text: fmt.Sprintf("2026-11-24 20:16:00,000 - synapse.access.http.8008 - 515 - INFO - GET-%d - Processed request", i), Own: i%50 < 3, Request: i % 5 % 2})
	}
	b.Log[1].Text = "ERROR - it fell"
	return b
}

// writeSample makes a whole report of the sample, with a picture, a bundle and records of upgrades, and returns its folder.
func writeSample(t *testing.T, scenarios int) string {
	t.Helper()
	root := t.TempDir()
	dir, upgrades := filepath.Join(root, "report"), filepath.Join(root, "upgrades")
	r := sample(scenarios)
	r.Scenarios[0].Pictures = []string{"screenshots/sign-up.png", "screenshots/gone.png"}
	canvas := image.NewRGBA(image.Rect(0, 0, 40, 30))
	canvas.Set(3, 3, color.Black)
	var picture bytes.Buffer
	require.NoError(t, png.Encode(&picture, canvas))
	require.NoError(t, WriteWhole(filepath.Join(dir, "screenshots", "sign-up.png"), picture.Bytes()))
	require.NoError(t, os.MkdirAll(upgrades, 0o755))
	for name, record := range map[string]string{
		"synapse.json": `{"component":"synapse","from":"1.144.0","to":"1.163.2","when":"2026-11-20T10:00:00Z","verdict":"green","wayBack":"needs the backup","why":"the database is newer","cutOffSeconds":8.2,"durationSeconds":90,"items":[{"item":"Alice's room","outcome":"kept"},{"item":"her theme","outcome":"changed","why":"renamed by the new version"}]}`,
		"drill.json":   `{"kind":"drill","when":"2026-11-21T10:00:00Z","verdict":"a message lost: written after the backup","durationSeconds":300,"windowSeconds":60,"items":[{"item":"a message","outcome":"lost","why":"written after the backup"}]}`,
	} {
		require.NoError(t, os.WriteFile(filepath.Join(upgrades, name), []byte(record), 0o644))
	}
	if scenarios > 3 {
		require.NoError(t, sampleBundle().WriteBundle(filepath.Join(dir, "failures/feature-0-27-promise")))
	}
	require.NoError(t, r.Save(dir))
	require.NoError(t, r.Write(dir, upgrades))
	return dir
}
