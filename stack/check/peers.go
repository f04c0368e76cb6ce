package check

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"maunium.net/go/mautrix/crypto/canonicaljson"
)

// oldest is the oldest homeserver that the stack was proven with or that MAS works with.
var oldest = [3]int{1, 136, 0}

// peers follows the way of another homeserver: the document, the delegated name, its version and its keys.
func peers(ctx context.Context, t *Target) []Finding {
	address := "https://" + t.ServerName + "/.well-known/matrix/server"
	f := Finding{Level: Mistake, About: "well-known for homeservers", Where: address}
	said, err := t.ask(ctx, address)
	want := `{"m.server":"` + t.ServerName + `:443"}`
	var found struct {
		Server string `json:"m.server"`
	}
	delegated := t.ServerName + ":8448" // where peers go without a document
	switch {
	case err != nil:
		f.What, f.Set = t.unanswered(address, err, "serve "+want+" there")
	case said.status == http.StatusNotFound:
		f.Level, f.What = Note, "there is none, so that other homeservers go to port 8448"
		f.Set = "open port 8448, or serve " + want + " (serve_server_wellknown: true in homeserver.yaml)"
	case said.isHTML() && !said.json(&found):
		f.What, f.Set = "a web page is served instead", "let the web server pass on /.well-known/matrix/ before its catch-all page, or serve "+want
	case said.status != http.StatusOK || !said.json(&found) || found.Server == "":
		f.What, f.Set = "it names no server: "+said.says(), "serve "+want
	case strings.Contains(found.Server, "/"):
		f.What, f.Set = fmt.Sprintf("%q is no host and port", found.Server), "a name and a port without scheme or path: "+want
	default:
		f.Level, f.What, delegated = Good, "leads to "+found.Server, found.Server
		if !strings.Contains(delegated, ":") {
			delegated += ":8448"
		}
	}
	return []Finding{f, t.federation(ctx, delegated), t.keys(ctx, delegated)}
}

// federation asks what answers other homeservers.
func (t *Target) federation(ctx context.Context, delegated string) Finding {
	address := "https://" + delegated + "/_matrix/federation/v1/version"
	f := Finding{Level: Mistake, About: "federation", Where: address}
	said, err := t.ask(ctx, address)
	var found struct {
		Server struct{ Name, Version string }
	}
	route := "route Host(`" + strings.Split(delegated, ":")[0] + "`) && (PathPrefix(`/_matrix/federation`) || PathPrefix(`/_matrix/key`)) to the homeserver, port 8008"
	switch {
	case err != nil:
		f.What, f.Set = t.unanswered(address, err, "open that port in the firewall, or lead other homeservers to port 443 by the document for homeservers")
	case !said.json(&found) || found.Server.Version == "":
		f.What, f.Set = "no homeserver answers, but "+said.says(), route
	case found.Server.Name == "Synapse" && older(found.Server.Version):
		f.What, f.Set = "Synapse "+found.Server.Version+" is older than anything this was proven with", fmt.Sprintf("upgrade to %d.%d or newer, after a rehearsal", oldest[0], oldest[1])
	default:
		f.Level, f.What = Good, found.Server.Name+" "+found.Server.Version
	}
	return f
}

// older tells whether a version, as "1.144.0 (b=matrix-org-hotfixes)", is an older one than the oldest.
func older(version string) bool {
	var got [3]int
	if n, _ := fmt.Sscanf(version, "%d.%d.%d", &got[0], &got[1], &got[2]); n < 2 {
		return false
	}
	return slices.Compare(got[:], oldest[:]) < 0
}

// keys verifies that the keys shown to other homeservers are signed by themselves, for that name, and not too old.
func (t *Target) keys(ctx context.Context, delegated string) Finding {
	address := "https://" + delegated + "/_matrix/key/v2/server"
	f := Finding{Level: Mistake, About: "signing keys", Where: address}
	said, err := t.ask(ctx, address)
	var found struct {
		Name  string                       `json:"server_name"`
		Until int64                        `json:"valid_until_ts"`
		Keys  map[string]map[string]string `json:"verify_keys"`
	}
	switch {
	case err != nil:
		f.What, f.Set = t.unanswered(address, err, "the same as for federation")
	case !said.json(&found) || len(found.Keys) == 0:
		f.What, f.Set = "no keys are shown, but "+said.says(), "route /_matrix/key to the homeserver as well"
	case found.Name != t.ServerName:
		f.What, f.Set = fmt.Sprintf("they are the keys of %q", found.Name), "server_name: "+t.ServerName+" in homeserver.yaml was decided when the database was made; lead the name to the right homeserver"
	case time.UnixMilli(found.Until).Before(t.Now()):
		f.What, f.Set = "they were good until "+time.UnixMilli(found.Until).Format(time.DateTime), "the clock of the homeserver; key_refresh_interval in homeserver.yaml"
	case !signed(said.body, found.Name, found.Keys):
		f.What, f.Set = "they are not signed by themselves: something changes the answer on its way", "no caching or rewriting of /_matrix/key in the proxy"
	default:
		f.Level, f.What = Good, fmt.Sprintf("%d of %s, signed", len(found.Keys), found.Name)
	}
	return f
}

// signed verifies a document of keys with each of its own keys, over canonical JSON.
func signed(document []byte, name string, keys map[string]map[string]string) bool {
	var fields map[string]json.RawMessage
	if json.Unmarshal(document, &fields) != nil {
		return false
	}
	var signatures map[string]map[string]string
	if json.Unmarshal(fields["signatures"], &signatures) != nil {
		return false
	}
	delete(fields, "signatures")
	delete(fields, "unsigned")
	content, err := canonicaljson.Marshal(fields)
	for id, key := range keys {
		public, wrongKey := base64.RawStdEncoding.DecodeString(key["key"])
		signature, wrongSignature := base64.RawStdEncoding.DecodeString(signatures[name][id])
		if err != nil || wrongKey != nil || wrongSignature != nil || len(public) != ed25519.PublicKeySize || !ed25519.Verify(public, content, signature) {
			return false
		}
	}
	return true
}
