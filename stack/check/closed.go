package check

import (
	"context"
	"fmt"
	"net/http"
)

// closed asks at every door that is for operators only.
func closed(ctx context.Context, t *Target) []Finding {
	var found []Finding
	for _, door := range []struct{ about, path string }{
		{"admin API", "/_synapse/admin/v1/server_version"},
		{"account sync", "/_synapse/mas/query_user"},
		{"health check", "/health"},
		{"metrics of the homeserver", "/_synapse/metrics"},
		{"metrics", "/metrics"},
	} {
		f := Finding{Level: Good, About: door.about + " is closed", Where: "https://" + t.Homeserver + door.path}
		said, err := t.ask(ctx, f.Where)
		switch {
		case err != nil:
			f.Level, f.What = Note, "no answer: "+reason(err)
		case said.status == http.StatusNotFound || (said.status == http.StatusForbidden || said.status == http.StatusUnauthorized) && said.errcode() == "":
			f.What = fmt.Sprintf("status %d", said.status)
		case said.isHTML() && said.status == http.StatusOK:
			f.Level, f.What = Note, "a web page answers for every path, so that nobody can tell from here"
		case said.status/100 == 3:
			f.Level, f.What = Note, "it leads away to "+said.header.Get("Location")
		default:
			f.Level, f.What = Mistake, "it is open to the world: "+said.says()
			f.Set = "route only PathPrefix(`/_matrix`) and PathPrefix(`/_synapse/client`) of Host(`" + t.Homeserver + "`) to the homeserver"
		}
		found = append(found, f)
	}
	return found
}
