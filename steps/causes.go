package steps

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"matrixstack/stack"
	"matrixstack/steps/report"
)

const (
	mostCauses  = 5
	mostSigns   = 3   // pieces of evidence for one cause
	longestSign = 300 // bytes of a piece of evidence
	ofOthers    = 45  // how much less sure is what is not about the scenario
	certain     = 100 // nothing is surer
	killed      = 137 // exit code of who was killed

	unknownState = "unknown" // of a server that the engine could not be asked about
)

// rule is a cause that servers give away: what says so, how sure that is, and what to do about it.
type rule struct {
	sure    int    // from 0 to 100; what scenarios provoke on purpose is less sure
	cause   string // in words
	remedy  string
	reason  string // pattern of why the scenario failed
	log     string // pattern of a line of a log, which begins with the name of the server: "synapse: ..."
	request string // pattern of a request with its answer
}

// rules are the causes there are signs for. Each has a test with what servers really say.
func rules() []rule {
	return []rule{
		{sure: 99, cause: "the feature says what no step understands", remedy: "correct its words, or write the step in steps/words_*.go", reason: `no step has these words|a step is (undefined|pending|ambiguous)`},
		{sure: 96, cause: "another version runs than the lock says", remedy: "see Images for where it came from; remove the override, or move the lock with make lock", reason: `the lock says|not the resolved|not the pinned`},
		{sure: 94, cause: "the disk is full", remedy: "free space where the container engine keeps its data", reason: `[Nn]o space left on device`, log: `[Nn]o space left on device`},
		{sure: 93, cause: "the database refuses a password", remedy: "compare the password in the server's configuration with databases.sql; a kept database still has the old one", log: `password authentication failed for user`},
		{sure: 92, cause: "the database sorts by a language", remedy: "create it with LOCALE 'C' and TEMPLATE template0; Synapse refuses any other", reason: `(?i)incorrect collation|collation of`, log: `(?i)incorrect collation|IncorrectDatabaseSetup|has incorrect (collation|ctype)`},
		{sure: 91, cause: "the database or its owner does not exist", remedy: "compare names in the server's configuration with databases.sql", log: `(database|role) "[^"]+" does not exist`},
		{sure: 90, cause: "the proxy does not take all of its configuration", remedy: "compare the names of entry points, services and middlewares in routes.yml with those in traefik.yml", log: `^(\S+-)?traefik: .*\bERR\b.*(entry ?point|router|middleware|service|configuration|providerName)`},
		{sure: 90, cause: "a port is taken", remedy: "stop what listens there, or give the server another port", reason: `port is already allocated`, log: `(?i)address (is )?already in use|EADDRINUSE`},
		{sure: 89, cause: "the container engine does not start a server", remedy: "its message says what this machine does not give: a right, a folder, a device, memory", reason: `the engine could not: `},
		{sure: 88, cause: "a server does not understand its configuration", remedy: "read Configuration at the setting that is named", log: `(?i)error in configuration|invalid configuration|unable to parse config|failed to load config|could not load config|unknown field|missing field|yaml: `, reason: `(?i)error in configuration|invalid configuration|missing field`},
		{sure: 87, cause: "a homeserver may not speak to another", remedy: "compare its federation_domain_whitelist with the name of the other", reason: `Federation denied with`},
		{sure: 86, cause: "a certificate is not accepted", remedy: "look who issued it, for which names and until when; servers trust what SSL_CERT_FILE names", reason: `x509: |certificate (signed by|verify|has expired|is valid for|is not)|unknown authority`, log: `(?i)x509: |certificate[ _]verify[ _]failed|unknown (certificate )?authority|certificate (signed by|has expired|is not valid|unknown)|tls: (bad|unknown) certificate|alert (bad|unknown)`},
		{sure: 85, cause: "a server and its clients have no encryption in common", remedy: "clients want TLS 1.2 or newer, and HTTP/2 wants ECDHE with GCM or ChaCha20: compare versions and cipher suites below tls of the proxy", reason: `connection error: PROTOCOL_ERROR|tls: (handshake failure|protocol version|no cipher suite|server selected unsupported)|ERR_SSL_VERSION|INADEQUATE_SECURITY`, log: `(?i)tls: (client offered only unsupported versions|no cipher suite supported by both)|alert (handshake failure|protocol version)|unsupported protocol|no shared cipher`},
		{sure: 85, cause: "the homeserver and the accounts do not share their secret", remedy: "matrix.secret of MAS and matrix_authentication_service.secret of Synapse have to be the same", log: `(?i)^\S*synapse: .*introspect.*(401|403)|^mas: .*(homeserver|synapse).*(401|403|unauthorized|forbidden)`},
		{sure: 85, cause: "the homeserver is asked what MAS has to answer", remedy: "the proxy leads login, logout and refresh below /_matrix/client/ to MAS: compare the route sign-in in routes.yml, and its priority", reason: `sign in as \w+: M_UNRECOGNIZED|/login/sso/redirect \(status 404\)`, request: `/_matrix/client/[^/]+/(login|logout|refresh)\S* → 404.*M_UNRECOGNIZED`},
		{sure: 85, cause: "the proxy hangs up on clients that wait for news", remedy: "its timeouts, and those of whatever stands before it, have to be longer than the half minute that clients wait", reason: `waiting for news: after`},
		{sure: 84, cause: "a bridge and the homeserver do not share their tokens", remedy: "as_token and hs_token in the bridge's registration have to be those of the file the homeserver reads", reason: `(?i)(as|hs)_token|bridge.*M_UNKNOWN_TOKEN|MUnknownToken`, log: `(?i)^(heisenbridge|telegram|discord|irc|\S*bridge): .*(M_?UNKNOWN_?TOKEN|M_FORBIDDEN|invalid (access )?token|bad token|(as|hs)_token|(401|403))|^\S*synapse: .*(push_bulk to|appservice|/_matrix/app/).*(401|403|M_FORBIDDEN)|Unrecognised (as_|access )token`},
		{sure: 84, cause: "a homeserver cannot connect to another", remedy: "look whether they share a network, and whether the other's proxy listens where its well-known file, or port 8448, leads", reason: `Can't connect to server`},
		{sure: 83, cause: "the proxy has no route there", remedy: "compare host and path of the request with routes.yml of the proxy", request: `404 page not found`, reason: `404 page not found`},
		{sure: 82, cause: "what stands behind the proxy does not answer it", remedy: "look at Servers whether it runs, and in routes.yml whether the proxy has its address", request: `→ 50[234]`, reason: `\b50[24]\b|[Bb]ad [Gg]ateway|Service Unavailable`, log: `^\S*traefik: .*"DownstreamStatus":50[24]`},
		{sure: 81, cause: "a name is not found", remedy: "names are those of components, on networks both have joined; compare the address in the configuration with the map", reason: `no such host|nobody answers for that host`, log: `(?i)no such host|name or service not known|name resolution|DNSLookupError|could not translate host name|server misbehaving|nodename nor servname|failed to lookup address|EAI_AGAIN|ENOTFOUND`},
		{sure: 80, cause: "another homeserver has no door for this one", remedy: "compare the federation routes of its proxy, and the port its well-known file or port 8448 leads to", reason: `homeserver does not support this room version`, log: `matrixfederationclient .*Request failed: .*HttpResponseException\('404`},
		{sure: 78, cause: "the database does not answer", remedy: "look at Servers whether it runs, and whether the server has joined its network", reason: `pool timed out while waiting`, log: `(?i)connection to server at .* failed|could not connect to server|PoolTimedOut|pool timed out while waiting|psycopg2\.OperationalError`},
		{sure: 75, cause: "a server may not read or write a file", remedy: "files and storage belong to the user it runs as; compare their owner", log: `(?i)permission denied|EACCES`},
		{sure: 70, cause: "mails do not go out", remedy: "compare email in the configuration of MAS with what the mail server wants: name, port, encryption, user and password", reason: `no mail came to`, log: `^mas: .* job-send-\S*email\S* - Job failed`},
		{sure: 66, cause: "a homeserver does not accept the signature of another", remedy: "compare the signing key in its storage with what it publishes, and whether the other reaches it to ask", log: `(?i)signature verification failed|invalid signature|SignatureVerifyException|failed to find any key to satisfy|unable to verify signature`, reason: `(?i)signing key that was deployed|failed to find any key to satisfy`},
		{sure: 62, cause: "a homeserver does not reach another", remedy: "the line says how far it came: a name, a connection, a certificate, an answer; look at the other's servers and proxy", log: `matrixfederationclient .*Request failed: `},
		{sure: 60, cause: "nobody listens at an address", remedy: "compare port and address in the configuration with what the other server binds to", reason: `connection refused`, log: `(?i)connection refused|ECONNREFUSED`},
		{sure: 55, cause: "a server fails by itself", remedy: "read the trace in its log; with a new version, its changelog", request: `→ 500`, reason: `status 500`, log: `Traceback \(most recent call last\)|panic: |"DownstreamStatus":500`},
		{sure: 40, cause: "the homeserver knows a token no more", remedy: "the session has ended, or another server issued it: look who answers sign-in, MAS or the homeserver", request: `→ 401.*M_UNKNOWN_TOKEN`, reason: `M_UNKNOWN_TOKEN`},
		{sure: 35, cause: "somebody had to wait for a limit", remedy: "compare rc_* of Synapse and rate_limiting of MAS with what the scenario does", request: `→ 429`, reason: `M_LIMIT_EXCEEDED|\b429\b`},
		{sure: 25, cause: "a server does not answer at the door where it is asked how it is", remedy: "compare address and port in its configuration with those of the message", reason: `not ready after .*no good answer at`},
		{sure: 20, cause: "it came too late, or not at all", remedy: "see the last requests for what was waited for; if everything is slow, run it again on a machine with less to do", reason: `waited \d|deadline exceeded|[Tt]imed? ?out|not ready after`},
	}
}

// ranked is a cause, and how sure it is.
type ranked struct {
	report.Cause
	sure int
}

// rank puts what something about the scenario itself speaks for before everything else.
func (r ranked) rank() int {
	if r.Beside {
		return r.sure - certain
	}
	return r.sure
}

// causes ranks what may be behind a failure. Signs in what is about the scenario count more than what ran beside it says.
func causes(reason string, e Evidence, entries []logEntry) []report.Cause {
	var found []ranked
	for _, state := range e.States {
		found = append(found, misread(state, e.Config, entries)...)
		sure, cause := stateCause(state)
		if sure > 0 && !slices.ContainsFunc(found, func(r ranked) bool { return r.Cause.Cause == cause.Cause }) { // the engine is one for all servers
			cause.Evidence = append(cause.Evidence, lastComplaint(state.Server, entries)...)
			found = append(found, ranked{cause, sure})
		}
	}
	telling := slices.DeleteFunc(slices.Clone(entries), func(line logEntry) bool { return e.usual(line.text) })
	for _, r := range rules() {
		signs, sure := r.signs(reason, e.Requests, telling)
		if len(signs) > 0 {
			found = append(found, ranked{report.Cause{Cause: r.cause, Remedy: r.remedy, Evidence: signs, Beside: sure <= r.sure-ofOthers}, sure})
		}
	}
	slices.SortStableFunc(found, func(a, b ranked) int { return b.rank() - a.rank() })
	var most []report.Cause
	for _, f := range found[:min(len(found), mostCauses)] {
		most = append(most, f.Cause)
	}
	return most
}

// usual tells whether a line stands in the log of every such stack. MAS tries its mail server when it starts, and only some stacks have one.
func (e Evidence) usual(line string) bool {
	mails := slices.ContainsFunc(e.States, func(s report.State) bool { return s.Server == "mailpit" })
	return routine().MatchString(line) || !mails && strings.Contains(line, "mailer-test-")
}

// stateCause is what the state of a server says, and how sure that is.
func stateCause(s report.State) (sure int, cause report.Cause) {
	remedy := "its last lines in the log say why"
	if s.ExitCode == killed {
		remedy = "it was killed: the machine had no memory left, or somebody did it"
	}
	switch {
	case s.Status == "created":
		return 0, cause // it only waited for another one
	case s.Status == unknownState:
		return 99, report.Cause{Cause: "the container engine does not answer", Remedy: "make setup starts it again; its own log says why it ended", Evidence: []string{s.Remark}}
	case s.Status == stack.Gone:
		return 97, report.Cause{Cause: s.Server + " is gone", Remedy: "somebody removed its container; the next run makes another", Evidence: []string{s.Remark}}
	case strings.Contains(s.Remark, "out of memory"):
		return 98, report.Cause{Cause: s.Server + " ran out of memory", Remedy: "give the machine more, or the server less to do", Evidence: []string{s.Remark}}
	case s.Status == "paused":
		return 97, report.Cause{Cause: s.Server + " is paused", Remedy: "somebody paused its container; docker unpause lets it go on", Evidence: []string{s.Status}}
	case len(s.Left) > 0:
		return 95, report.Cause{Cause: s.Server + " is not in the network " + strings.Join(s.Left, ", ") + " any more", Remedy: "somebody took it out; docker network connect puts it back", Evidence: []string{s.Remark}}
	case s.Status == "restarting":
		return 84, report.Cause{Cause: s.Server + " ends again and again", Remedy: remedy, Evidence: []string{s.Remark}}
	case !s.Good:
		return 89, report.Cause{Cause: s.Server + " does not run", Remedy: remedy, Evidence: []string{s.Status + ", " + s.Remark}}
	case s.Restarts > 0:
		return 79, report.Cause{Cause: s.Server + " ended by itself and was started again", Remedy: remedy, Evidence: []string{s.Remark}}
	}
	return 0, cause
}

// lastComplaint is the last line in which a server said that something went wrong, if it did.
func lastComplaint(server string, entries []logEntry) []string {
	for _, line := range slices.Backward(entries) {
		if line.server == server && complains(line.text) {
			return []string{line.text[:min(len(line.text), longestSign)]}
		}
	}
	return nil
}

// signs collects what speaks for a cause, and how sure it makes it.
func (r rule) signs(reason string, requests []report.Request, entries []logEntry) (signs []string, sure int) {
	add := func(sign string, weight int) {
		sure = max(sure, r.sure-weight)
		if len(sign) > longestSign {
			sign = strings.ToValidUTF8(sign[:longestSign], "") + "..."
		}
		if len(signs) < mostSigns && !slices.Contains(signs, sign) {
			signs = append(signs, sign)
		}
	}
	inReason, inRequest, inLog := pattern(r.reason), pattern(r.request), pattern(r.log)
	for line := range strings.Lines(reason) {
		if inReason(line) {
			add(strings.TrimSpace(line), 0)
		}
	}
	for i, q := range requests {
		if said := strings.TrimSpace(q.String() + " " + q.Answer); inRequest(said) {
			add(fmt.Sprintf("#%d %s", i+1, said), 0)
		}
	}
	for _, own := range []bool{true, false} {
		seen := map[string]bool{}
		for _, line := range entries {
			if line.own != own || !inLog(line.server+": "+line.text) {
				continue
			}
			if kind := kindOf(line.text); !seen[kind] {
				seen[kind] = true
				weight := 0
				if !own {
					weight = ofOthers
				}
				add(fmt.Sprintf("%s %s: %s", line.at.UTC().Format("15:04:05"), line.server, brief(line.text)), weight)
			}
		}
	}
	return signs, sure
}

// pattern makes a test of a pattern; one that is empty fits nothing.
func pattern(text string) func(string) bool {
	if text == "" {
		return func(string) bool { return false }
	}
	return regexp.MustCompile(text).MatchString
}
