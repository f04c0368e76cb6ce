package steps

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"maunium.net/go/mautrix"
)

// leadsToTokenService also holds where the token service cannot be had: then the proxy says that whom it asks is not there.
func leadsToTokenService(ctx context.Context, name string) error {
	s := from(ctx)
	site, err := s.site(name)
	if err != nil {
		return err
	}
	status, err := statusAt(ctx, s.http(), tokenServiceOf(site)+"/healthz")
	if err != nil {
		return err
	}
	want := http.StatusOK
	if !s.stack.Has(site.Component("lk-jwt")) {
		want = http.StatusBadGateway
	}
	if status != want {
		return fmt.Errorf("the proxy does not lead %s/livekit/jwt to the token service: status %d, not %d", site.MatrixHost(), status, want)
	}
	return nil
}

func sendsWhereLetIn(ctx context.Context, _ string) error {
	s := from(ctx)
	if err := s.held(); err != nil {
		return err
	}
	found, err := s.call.soundPlaces()
	if err != nil {
		return err
	}
	var places []string
	for _, place := range found {
		places = append(places, place.port+"/"+place.protocol)
	}
	slices.Sort(places)
	server, _ := s.stack.World.Component("livekit")
	if let := slices.Sorted(slices.Values(server.Public)); !slices.Equal(places, let) {
		return fmt.Errorf("the call wants sound and pictures at %s; let in are %s", strings.Join(places, " and "), strings.Join(let, " and "))
	}
	return nil
}

// tellsWhoIsIn asks as clients in a call do: what was so before the messages they get would show them people who have left.
func tellsWhoIsIn(ctx context.Context, name string) error {
	s := from(ctx)
	d, err := s.device(name)
	if err != nil {
		return err
	}
	var news struct {
		Rooms struct {
			Join map[string]struct {
				Before json.RawMessage `json:"state"`
				After  json.RawMessage `json:"org.matrix.msc4222.state_after"`
			} `json:"join"`
		} `json:"rooms"`
	}
	ask := d.client.BuildURLWithQuery(mautrix.ClientURLPath{"v3", "sync"}, map[string]string{"org.matrix.msc4222.use_state_after": "true", "set_presence": "offline"})
	if _, err := d.client.MakeRequest(ctx, http.MethodGet, ask, nil, &news); err != nil {
		return fmt.Errorf("ask for news as %s: %w", name, err)
	}
	if len(news.Rooms.Join) == 0 {
		return fmt.Errorf("%s is in no room", name)
	}
	for room, told := range news.Rooms.Join {
		if told.After == nil || told.Before != nil {
			return fmt.Errorf("the homeserver tells %s who was in %s before the messages, not who is there by now", name, room)
		}
	}
	return nil
}
