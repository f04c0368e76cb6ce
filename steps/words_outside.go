package steps

import (
	"context"
	"net/http"
	"net/url"

	"maunium.net/go/mautrix/id"
)

// asksForAll tries everything a homeserver may ask another one about a room, in its name, until something is answered.
// Source: server-server API, sections "Retrieving events", "Backfilling and retrieving missing events" and "Event authorisation".
func asksForAll(ctx context.Context, asking, asked, room, text string) error {
	s := from(ctx)
	_, sent, err := s.where(text)
	if err != nil {
		return err
	}
	roomID, err := s.room(room)
	if err != nil {
		return err
	}
	var refused error
	inside, evt := url.PathEscape(roomID.String()), url.PathEscape(sent.String())
	for _, path := range []string{
		"event/" + evt, "state/" + inside + "?event_id=" + evt, "state_ids/" + inside + "?event_id=" + evt,
		"event_auth/" + inside + "/" + evt, "backfill/" + inside + "?limit=10&v=" + evt, "get_missing_events/" + inside,
	} {
		method, body := http.MethodGet, any(nil)
		if path == "get_missing_events/"+inside {
			method, body = http.MethodPost, map[string]any{"earliest_events": []id.EventID{}, "latest_events": []id.EventID{sent}, "limit": 10}
		}
		request, err := s.signedBy(ctx, asking, asked, method, "/_matrix/federation/v1/"+path, body)
		if err != nil {
			return err
		}
		if refused = doJSON(s.http(), request, nil); !statusOf(http.StatusForbidden)(refused) {
			return s.tried(refused, "%s asks %s for %s", asking, asked, path)
		}
	}
	return s.tried(refused, "%s asks %s for all of %q", asking, asked, room)
}
