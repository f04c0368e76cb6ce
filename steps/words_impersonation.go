package steps

import (
	"context"
	"net/http"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/id"
)

// registerImpersonation holds the words about who acts under another name than their own.
func registerImpersonation(r Registrar) {
	r.When(`^(\w+) (asks for a proof of who it is|changes the name|changes the face|keeps something|keeps something of a room|looks up marks|looks up what is kept|looks up what is kept of it|marks the room|shows a status|starts typing|unmarks the room) for (\w+) in "([^"]+)"$`, actsFor)
	r.When(`^(\w+) asks whether (\w+) is there$`, asksWhetherThere)
}

// deed is a request about a person, whose name stands in its path.
type deed struct {
	method string
	path   []any
	body   any
}

// deeds are what clients do for their owner, by what it is called. Source: client-server API.
func deeds(user id.UserID, room id.RoomID) map[string]deed {
	something := map[string]string{"a": "b"}
	return map[string]deed{
		"asks for a proof of who it is": {http.MethodPost, []any{"user", user, "openid", "request_token"}, map[string]any{}}, // section "OpenID"
		"changes the name":              {http.MethodPut, []any{"profile", user, "displayname"}, map[string]string{"displayname": "Fool"}},
		"changes the face":              {http.MethodPut, []any{"profile", user, "avatar_url"}, map[string]string{"avatar_url": "mxc://alpha.test/none"}},
		"shows a status":                {http.MethodPut, []any{"presence", user, "status"}, map[string]string{"presence": "online"}},
		"starts typing":                 {http.MethodPut, []any{"rooms", room, "typing", user}, map[string]any{"typing": true, "timeout": 1000}},
		"marks the room":                {http.MethodPut, []any{"user", user, "rooms", room, "tags", "m.favourite"}, map[string]any{}},
		"unmarks the room":              {http.MethodDelete, []any{"user", user, "rooms", room, "tags", "m.favourite"}, nil},
		"keeps something":               {http.MethodPut, []any{"user", user, "account_data", "org.example"}, something},
		"keeps something of a room":     {http.MethodPut, []any{"user", user, "rooms", room, "account_data", "org.example"}, something},
		"looks up marks":                {http.MethodGet, []any{"user", user, "rooms", room, "tags"}, nil},
		"looks up what is kept":         {http.MethodGet, []any{"user", user, "account_data", "m.push_rules"}, nil},
		"looks up what is kept of it":   {http.MethodGet, []any{"user", user, "rooms", room, "account_data", "m.fully_read"}, nil},
	}
}

func actsFor(ctx context.Context, name, what, other, room string) error {
	s := from(ctx)
	d, roomID, p, err := s.guestAndOther(name, room, other)
	if err != nil {
		return err
	}
	is := deeds(p.userID(), roomID)[what]
	_, err = d.client.MakeRequest(ctx, is.method, d.client.BuildURL(append(mautrix.ClientURLPath{"v3"}, is.path...)), is.body, nil)
	return s.tried(err, "%s %s for %s", name, what, other)
}

func asksWhetherThere(ctx context.Context, name, other string) error {
	s := from(ctx)
	d, p, err := s.deviceAndOther(name, other)
	if err != nil {
		return err
	}
	_, err = d.client.GetPresence(ctx, p.userID())
	return s.tried(err, "%s asks whether %s is there", name, other)
}
