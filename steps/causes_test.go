package steps

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"matrixstack/steps/report"
)

// likely ranks what is behind a failure of which only this is known.
func likely(t *testing.T, reason string, logs map[string]string, e Evidence) []string {
	t.Helper()
	e.Logs = map[string]string{}
	for server, text := range logs {
		e.Logs[server] = timed(text + "\n")
	}
	var said []string
	for _, c := range causes(reason, e, merge(e)) {
		require.NotEmpty(t, c.Evidence, c.Cause)
		require.NotEmpty(t, c.Remedy, c.Cause)
		said = append(said, c.Cause)
	}
	return said
}

// clue is what a server says when a cause is behind it: a line of a log, why the scenario failed, or an answer.
type clue struct {
	cause, server, log, reason string
	request                    report.Request
}

// clues has at least one for each rule.
func clues() []clue { return append(sureClues(), otherClues()...) }

func sureClues() []clue {
	return []clue{
		{cause: "the feature says what no step understands", reason: "no step has these words; see steps/words_*.go, or write it there"},
		{cause: "another version runs than the lock says", reason: "synapse is 1.163.2, the lock says 1.144.0"},
		{cause: "the disk is full", server: "postgres", log: `FATAL:  could not write to file "base/1": No space left on device`},
		{cause: "the database refuses a password", server: "mas", log: `error returned from database: password authentication failed for user "mas"`},
		{cause: "the database sorts by a language", server: "synapse", log: `synapse.storage.engines._base.IncorrectDatabaseSetup: Database has incorrect collation of 'C.UTF-8'. Should be 'C'`},
		{cause: "the database or its owner does not exist", server: "postgres", log: `FATAL:  database "elsewhere" does not exist`},
		{cause: "a port is taken", reason: "start traefik: the engine could not: Bind for 127.0.0.1:443 failed: port is already allocated"},
		{cause: "the container engine does not start a server", reason: "start heisenbridge: the engine could not: unable to start container process: unable to apply caps: operation not permitted"},
		{cause: "the proxy does not take all of its configuration", server: "traefik", log: "2026-11-26T23:30:25Z ERR EntryPoint doesn't exist entryPointName=https routerName=calls@file"},
		{cause: "a port is taken", server: "synapse", log: "OSError: [Errno 98] Address already in use"},
		{cause: "a server does not understand its configuration", server: "synapse", log: "Error in configuration at 'log_config':"},
		{cause: "a homeserver cannot connect to another", reason: `create room "harbour": M_UNKNOWN (HTTP 502): Can't connect to server alpha.test`},
		{cause: "a homeserver may not speak to another", reason: `create room "harbour": M_FORBIDDEN (HTTP 403): Federation denied with beta.test.`},
		{cause: "another homeserver has no door for this one", reason: `create room "harbour": M_UNSUPPORTED_ROOM_VERSION (HTTP 400): User's homeserver does not support this room version`},
		{cause: "mails do not go out", reason: "waited 20s: no mail came to alice-27ea5e2a@mail.test; 0 came before"},
		{cause: "a homeserver does not accept the signature of another", reason: `create room "harbour": M_UNAUTHORIZED (HTTP 400): Failed to find any key to satisfy: _FetchKeyRequest(server_name='beta.test')`},
		{cause: "a certificate is not accepted", reason: `Get "https://alpha.test/": tls: failed to verify certificate: x509: certificate signed by unknown authority`},
		{cause: "a certificate is not accepted", server: "synapse", log: `twisted.web._newclient.ResponseNeverReceived: [<OpenSSL.SSL.Error: [('SSL routines', '', 'certificate verify failed')]>]`},
		{cause: "a server and its clients have no encryption in common", reason: `Get "https://matrix.alpha.test/": connection error: PROTOCOL_ERROR`},
		{cause: "a server and its clients have no encryption in common", reason: `Get "https://matrix.alpha.test/": remote error: tls: handshake failure`},
		{cause: "the homeserver is asked what MAS has to answer", reason: "sign in as Alice: M_UNRECOGNIZED (HTTP 404): Unrecognized request"},
		{cause: "the homeserver is asked what MAS has to answer", request: report.Request{Method: "POST", Host: "matrix.alpha.test", Path: "/_matrix/client/v3/login", Status: 404, Answer: `{"errcode":"M_UNRECOGNIZED"}`}},
		{cause: "the homeserver and the accounts do not share their secret", server: "mas", log: "ERROR could not provision: homeserver answered 403 Forbidden"},
		{cause: "a bridge and the homeserver do not share their tokens", reason: "start telegram: not ready\n    mautrix.errors.request.MUnknownToken: [redacted] access token passed."},
		{cause: "a bridge and the homeserver do not share their tokens", server: "heisenbridge", log: "mautrix.errors.request.MUnknownToken: [redacted] access token"},
		{cause: "a bridge and the homeserver do not share their tokens", server: "synapse", log: "synapse.appservice.api - WARNING - push_bulk to http://heisenbridge:9898 threw exception(HttpResponseException) 401: b''"},
		{cause: "the proxy has no route there", request: report.Request{Method: "GET", Host: "auth.alpha.test", Path: "/", Status: 404, Answer: "404 page not found"}},
		{cause: "what stands behind the proxy does not answer it", request: report.Request{Method: "GET", Host: "auth.alpha.test", Path: "/", Status: 502, Answer: "Bad Gateway"}},
		{cause: "what stands behind the proxy does not answer it", server: "traefik", log: `{"DownstreamStatus":502,"RequestHost":"matrix.alpha.test"}`},
	}
}

func otherClues() []clue {
	return []clue{
		{cause: "a name is not found", server: "mas", log: "failed to lookup address information: Name or service not known"},
		{cause: "the database does not answer", server: "mas", log: "ERROR mas_axum_utils::fancy_error:67 POST-28 - pool timed out while waiting for an open connection"},
		{cause: "the database does not answer", server: "synapse", log: `psycopg2.OperationalError: connection to server at "postgres" (172.18.0.2), port 5432 failed`},
		{cause: "a server may not read or write a file", server: "prometheus", log: "open /prometheus/queries.active: permission denied"},
		{cause: "a homeserver does not accept the signature of another", server: "synapse", log: "synapse.api.errors.SynapseError: 401: Invalid signature for server beta.test"},
		{cause: "another homeserver has no door for this one", server: "synapse", log: `synapse.http.matrixfederationclient - 893 - WARNING - POST-46 - {PUT-O-4} [beta.test] Request failed: PUT matrix-federation://beta.test/_matrix/federation/v2/invite/x: HttpResponseException('404: Not Found')`},
		{cause: "a homeserver does not reach another", server: "synapse", log: `synapse.http.matrixfederationclient - 893 - WARNING - POST-46 - {PUT-O-4} [beta.test] Request failed: PUT matrix-federation://beta.test/_matrix/federation/v2/invite/x: ResponseNeverReceived(...)`},
		{cause: "nobody listens at an address", server: "telegram", log: "Cannot connect to host synapse:8009: Connect call failed, Connection refused"},
		{cause: "a server fails by itself", server: "synapse", log: "Traceback (most recent call last):"},
		{cause: "the homeserver knows a token no more", request: report.Request{Method: "GET", Host: "matrix.alpha.test", Path: "/", Status: 401, Answer: `{"errcode":"M_UNKNOWN_TOKEN"}`}},
		{cause: "somebody had to wait for a limit", request: report.Request{Method: "POST", Host: "matrix.alpha.test", Path: "/", Status: 429}},
		{cause: "the proxy hangs up on clients that wait for news", reason: "Alice waiting for news: after 20s of 30s: GET matrix.alpha.test/_matrix/client/v3/sync: EOF"},
		{cause: "a server does not answer at the door where it is asked how it is", reason: "start traefik: not ready after 1m1.5s: no good answer at 8080/tcp/ping"},
		{cause: "it came too late, or not at all", reason: `Bob waited 20s for "hi" in room "tea"; saw nothing`},
	}
}

func TestEveryCauseIsKnownByWhatServersSay(t *testing.T) {
	t.Parallel()
	found := map[string]bool{}
	for _, test := range clues() {
		logs := map[string]string{}
		if test.server != "" {
			logs[test.server] = test.log
		}
		e := Evidence{Alone: true}
		if test.request.Method != "" {
			e.Requests = []report.Request{test.request}
		}
		said := likely(t, test.reason, logs, e)
		require.NotEmpty(t, said, "nobody knows %q", test.cause)
		assert.Equal(t, test.cause, said[0], "%s%s%s", test.reason, test.log, test.request.Answer)
		found[test.cause] = true
	}
	for _, r := range rules() {
		assert.True(t, found[r.cause], "no test has what servers say when %s", r.cause)
	}
}

func TestAServerThatStoppedComesFirst(t *testing.T) {
	t.Parallel()
	e := Evidence{
		Alone: true, States: []report.State{
			{Server: "mas", Good: true, Status: "running", Restarts: 2, Remark: "ended by itself 2 times and was started again"},
			{Server: "postgres", Status: "exited", Remark: "exit code 137, out of memory"},
			{Server: "synapse", Status: "exited", Remark: "exit code 1"},
		},
		Requests: []report.Request{{Method: "GET", Host: "matrix.alpha.test", Path: "/", Status: 502}},
	}
	said := likely(t, "waited 20s", map[string]string{"synapse": "Connection refused\nTraceback (most recent call last):"}, e)
	assert.Equal(t, []string{"postgres ran out of memory", "synapse does not run", "what stands behind the proxy does not answer it", "mas ended by itself and was started again", "nobody listens at an address"}, said, "the five most likely, likeliest first")
}

func TestAMailServerIsMissedOnlyWhereThereIsOne(t *testing.T) {
	t.Parallel()
	reason := "start traefik: not ready after 1m1.5s: no good answer at 8080/tcp/ping"
	logs := map[string]string{"mas": "WARN mas_cli::util:121 mailer-test-0 - Could not connect to the mail backend error=failed to lookup address information: Name or service not known"}
	without := likely(t, reason, logs, Evidence{Alone: true})
	assert.Equal(t, "a server does not answer at the door where it is asked how it is", without[0])
	with := likely(t, reason, logs, Evidence{Alone: true, States: []report.State{{Server: "mailpit", Good: true, Status: "running"}}})
	assert.Equal(t, "a name is not found", with[0])
}

func TestWhatRanBesideCountsLess(t *testing.T) {
	t.Parallel()
	e := Evidence{Marks: []string{"0000aaaa"}}
	said := likely(t, "", map[string]string{"synapse": "- GET-1 - {@alice-0000aaaa:alpha.test} Connection refused\n- GET-2 - {@bob-1111bbbb:alpha.test} x509: certificate has expired"}, e)
	assert.Equal(t, []string{"nobody listens at an address", "a certificate is not accepted"}, said, "a surer sign of somebody else comes after one that is about the scenario")
}

func TestEvidenceIsShortAndTellsWhere(t *testing.T) {
	t.Parallel()
	e := Evidence{Alone: true, Logs: map[string]string{}}
	for i := range 9 {
		e.Logs["synapse"] += timed(fmt.Sprintf("Connection refused by %s\n", []string{"a", "b", "c", "d", "e", "f", "g", "h", "i"}[i]))
	}
	found := causes("", e, merge(e))
	require.Len(t, found, 1)
	assert.Len(t, found[0].Evidence, mostSigns)
	assert.Regexp(t, `^12:00:00 synapse: Connection refused by \w$`, found[0].Evidence[0])
}

func TestLogsAreMergedByTimeAndTheScenarioStandsOut(t *testing.T) {
	t.Parallel()
	at := func(ms int) time.Time { return time.Date(2026, 1, 1, 12, 0, 0, ms*1e6, time.UTC) }
	line := func(ms int, text string) string { return at(ms).Format(time.RFC3339Nano) + " " + text + "\n" }
	e := Evidence{
		Marks:    []string{"0000aaaa", "!tea:alpha.test"},
		Requests: []report.Request{{At: at(100), Method: "PUT", Host: "matrix.alpha.test", Path: "/_matrix/client/v3/rooms/%21tea:alpha.test/send/1", Status: 200, Seconds: 0.05, Times: 1}, {At: at(400), Method: "GET", Host: "auth.alpha.test", Path: "/register", Status: 200, Seconds: 0.05, Times: 1}},
		Logs: map[string]string{
			"traefik": line(152, `{"RequestMethod":"PUT","RequestPath":"/_matrix/client/v3/rooms/%21tea:alpha.test/send/1"}`) +
				line(455, `{"RequestMethod":"GET","RequestPath":"/register","request_User-Agent":"go scenario/1111bbbb"}`) +
				line(460, `{"RequestMethod":"GET","RequestPath":"/register?x=1","request_User-Agent":"go scenario/0000aaaa"}`) + line(900, `{"RequestMethod":"GET","RequestPath":"/register"}`),
			"synapse": line(110, "m - 1 - INFO - PUT-7 - started") + line(120, "m - 1 - ERROR - PUT-7 - it falls") + line(121, "Traceback (most recent call last):") + line(122, "  File x") +
				line(130, "m - 1 - INFO - GET-8 - {@bob-1111bbbb:alpha.test} GET /_matrix/client/v3/rooms/x") + line(150, "m - 1 - INFO - PUT-7 - {@alice-0000aaaa:alpha.test} Processed \"PUT /_matrix/client/v3/rooms/!tea:alpha.test/send/1 HTTP/1.1\""),
			"heisenbridge": line(170, "event in !tea:alpha.test") + line(171, "event in !other:alpha.test"),
		},
	}
	var told []string
	for _, l := range merge(e) {
		if l.own {
			told = append(told, fmt.Sprintf("%s %s #%d", l.at.Format("05.000"), l.server, l.request))
		}
	}
	assert.Equal(t, []string{
		"00.110 synapse #1", "00.120 synapse #1", "00.121 synapse #1", "00.122 synapse #1", "00.150 synapse #1", "00.152 traefik #1", "00.170 heisenbridge #0", "00.460 traefik #2",
	}, told)
	assert.Len(t, merge(e), 12, "nothing is lost")
}

func TestTheSameRequestOfSomebodyElseIsTheirs(t *testing.T) {
	t.Parallel()
	e := Evidence{
		Marks:    []string{"0000aaaa"},
		Requests: []report.Request{{At: time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC), Method: "POST", Host: "h", Path: "/createRoom", Seconds: 0.1, Times: 1}},
		Logs: map[string]string{"synapse": timed("m - POST-1 - uri='/createRoom'\nm - POST-2 - uri='/createRoom'\nm - POST-1 - {@alice-0000aaaa:alpha.test} POST /createRoom\n" +
			"m - POST-2 - {@alice-1111bbbb:alpha.test} POST /createRoom\nm - POST-2 - it failed\nm - POST-1 - it failed\n")},
	}
	var told []string
	for _, l := range merge(e) {
		if l.own {
			told = append(told, l.text[4:10])
		}
	}
	assert.Equal(t, []string{"POST-1", "POST-1", "POST-1"}, told)
}

func TestLinesAreBriefOnAPage(t *testing.T) {
	t.Parallel()
	for whole, want := range map[string]string{
		"2026-11-25 02:48:36,308 - synapse.access - 521 - INFO - POST-1 - x": "synapse.access - 521 - INFO - POST-1 - x",
		"2026-11-25 02:48:36.622 UTC [23] ERROR:  no":                        "[23] ERROR:  no",
		"2026-11-25T02:48:36.622Z  INFO mas: up":                             " INFO mas: up",
		`{"DownstreamStatus":502,"Duration":43805842,"RequestHost":"matrix.alpha.test","RequestMethod":"POST","RequestPath":"/x?y=1","RouterName":"homeserver@file","ServiceAddr":"synapse:8008"}`: "POST matrix.alpha.test/x?y=1 → 502, 44ms, homeserver@file to synapse:8008",
		`{"DownstreamStatus":404,"RequestHost":"alpha.test","RequestMethod":"GET","RequestPath":"/"}`:                                                                                              "GET alpha.test/ → 404, 0s, no route",
		`{"level":"info"}`: `{"level":"info"}`,
	} {
		assert.Equal(t, want, brief(whole))
	}
}

func TestOfRequestsThatAreTheSameTheOneThatEndedIsMeant(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	requests := []report.Request{{At: at, Method: "POST", Path: "/register", Seconds: 0.062}, {At: at.Add(63 * time.Millisecond), Method: "POST", Path: "/register", Seconds: 0.4}}
	assert.Equal(t, 1, asked(logEntry{at: at.Add(60 * time.Millisecond), text: "POST /register HTTP"}, requests))
	assert.Equal(t, 2, asked(logEntry{at: at.Add(460 * time.Millisecond), text: "POST /register HTTP"}, requests))
	assert.Zero(t, asked(logEntry{at: at.Add(2 * time.Second), text: "POST /register HTTP"}, requests))
}

func TestKeysThatSpanLinesAreLeftOutOfTheMergedLog(t *testing.T) {
	t.Parallel()
	said := mergedText(merge(Evidence{Logs: map[string]string{"mas": timed("-----BEGIN RSA PRIVATE KEY-----\nAAAA\nBBBB\n-----END RSA PRIVATE KEY-----\nready\n-----BEGIN PRIVATE KEY-----\nCCCC\nthe key was cut off")}}))
	assert.NotRegexp(t, `AAAA|BBBB|CCCC`, said)
	assert.Regexp(t, `ready`, said)
	assert.Regexp(t, `the key was cut off`, said)
}

func TestServersThatCannotBeCausesAreNone(t *testing.T) {
	t.Parallel()
	states := []report.State{{Server: "postgres", Status: "paused", Good: true}, {Server: "heisenbridge", Status: "created"}}
	assert.Equal(t, []string{"postgres is paused"}, likely(t, "", nil, Evidence{States: states}), "who only waited did nothing wrong")
}

func TestWhatTheEngineSaysOfContainersIsACause(t *testing.T) {
	t.Parallel()
	away := report.State{Status: "unknown", Remark: "Cannot connect to the Docker daemon"}
	mas, postgres := away, away
	mas.Server, postgres.Server = "mas", "postgres"
	assert.Equal(t, []string{"the container engine does not answer"}, likely(t, "", nil, Evidence{States: []report.State{mas, postgres}}))
	alone := report.State{Server: "mas", Status: "restarting", Good: true, Restarts: 3, Left: []string{"db"}, Remark: "not in the network db any more"}
	assert.Equal(t, []string{"mas is not in the network db any more"}, likely(t, "", nil, Evidence{States: []report.State{alone}}))
	alone.Left = nil
	assert.Equal(t, []string{"mas ends again and again"}, likely(t, "", nil, Evidence{States: []report.State{alone}}))
	removed := report.State{Server: "mas", Status: "gone", Remark: "its container was removed"}
	assert.Equal(t, []string{"mas is gone"}, likely(t, "", nil, Evidence{States: []report.State{removed}}))
}
