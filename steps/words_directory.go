package steps

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/id"
)

// registerDirectory holds the words about finding rooms and people.
func registerDirectory(r Registrar) {
	r.When(`^(\w+) lists "([^"]+)" in the public directory$`, listsRoom)
	r.When(`^(\w+) takes "([^"]+)" off the public directory$`, unlistsRoom)
	r.Then(`^(\w+) (finds|does not find) (\w+) in the directory of people$`, findsPerson)
	r.Then(`^(\w+) does not find "([^"]+)" by searching for "([^"]+)"$`, doesNotFindBySearching)
	r.Then(`^(\w+) does not find "([^"]+)" in the public directory of (\w+)$`, doesNotFindInDirectory)
	r.Then(`^(\w+) finds "([^"]+)" by searching for "([^"]+)"$`, findsBySearching)
	r.Then(`^(\w+) finds "([^"]+)" in the public directory of (\w+)$`, findsInDirectory)
	r.Then(`^(\w+) finds "([^"]+)" once each by leafing through the directory of (\w+)$`, findsByLeafing)
}

func listsRoom(ctx context.Context, name, room string) error {
	return from(ctx).list(ctx, name, room, "public", "%s lists %q in the directory")
}

func unlistsRoom(ctx context.Context, name, room string) error {
	return from(ctx).list(ctx, name, room, "private", "%s takes %q off the directory")
}

// list puts a room into the public directory, or takes it off.
func (s *scenario) list(ctx context.Context, name, room, visibility, what string) error {
	d, roomID, err := s.guest(name, room)
	if err != nil {
		return err
	}
	address := d.client.BuildClientURL("v3", "directory", "list", "room", roomID)
	_, err = d.client.MakeRequest(ctx, "PUT", address, map[string]string{"visibility": visibility}, nil)
	return s.tried(err, what, name, room)
}

func findsInDirectory(ctx context.Context, name, room, site string) error {
	return from(ctx).directoryShows(ctx, name, room, site, true)
}

func doesNotFindInDirectory(ctx context.Context, name, room, site string) error {
	return from(ctx).directoryShows(ctx, name, room, site, false)
}

// directoryShows waits until the directory of a site shows a room to a person, or does not.
func (s *scenario) directoryShows(ctx context.Context, name, room, siteName string, want bool) error {
	if err := s.held(); err != nil {
		return err
	}
	d, roomID, err := s.guest(name, room)
	if err != nil {
		return err
	}
	site, err := s.site(siteName)
	if err != nil {
		return err
	}
	server := ""
	if site.Name != d.owner.site.Name {
		server = site.ServerName
	}
	return eventually(ctx, func(ctx context.Context) error {
		switch found, err := d.inDirectory(ctx, roomID, room, server); {
		case err != nil:
			return fmt.Errorf("read the directory of %s: %w", siteName, err)
		case want && !found:
			return fmt.Errorf("%q is not in the directory of %s", room, siteName)
		case found && !want:
			return fmt.Errorf("%q is in the directory of %s", room, siteName)
		}
		return nil
	})
}

// inDirectory searches for the room by its name: other scenarios list rooms too, and a homeserver keeps
// another one's whole list, asked for without a name, for half a minute.
func (d *device) inDirectory(ctx context.Context, roomID id.RoomID, room, server string) (bool, error) {
	query := map[string]string{}
	if server != "" {
		query["server"] = server
	}
	request := map[string]any{"limit": 100, "filter": map[string]string{"generic_search_term": room}}
	var found mautrix.RespPublicRooms
	if _, err := d.client.MakeRequest(ctx, http.MethodPost, d.client.BuildURLWithQuery(mautrix.ClientURLPath{"v3", "publicRooms"}, query), request, &found); err != nil {
		return false, err
	}
	for _, listed := range found.Chunk {
		if text := listed.Name + listed.Topic + string(listed.CanonicalAlias); !strings.Contains(strings.ToLower(text), strings.ToLower(room)) {
			return false, fmt.Errorf("looking for %q shows the room %q as well", room, listed.Name)
		}
	}
	return slices.ContainsFunc(found.Chunk, func(listed *mautrix.PublicRoomInfo) bool { return listed.RoomID == roomID }), nil
}

// findsByLeafing turns page after page: other scenarios list rooms, too, and none of them may be in the way of one that is looked for.
func findsByLeafing(ctx context.Context, name, rooms, site string) error {
	s := from(ctx)
	d, err := s.device(name)
	if err != nil {
		return err
	}
	for room := range strings.SplitSeq(rooms, ", ") {
		if err := findsInDirectory(ctx, name, room, site); err != nil {
			return err
		}
	}
	const pages = 500 // more rooms than scenarios list
	found, request := map[id.RoomID]int{}, map[string]any{"limit": 1}
	for range pages {
		var page mautrix.RespPublicRooms
		if _, err := d.client.MakeRequest(ctx, http.MethodPost, d.client.BuildClientURL("v3", "publicRooms"), request, &page); err != nil {
			return fmt.Errorf("leaf through the directory of %s: %w", site, err)
		}
		for _, listed := range page.Chunk {
			found[listed.RoomID]++
		}
		if request["since"] = page.NextBatch; page.NextBatch == "" {
			break
		}
	}
	for room := range strings.SplitSeq(rooms, ", ") {
		roomID, err := s.room(room)
		if err != nil {
			return err
		}
		if found[roomID] != 1 {
			return fmt.Errorf("%s finds %q %d times among %d rooms by leafing through the directory of %s", name, room, found[roomID], len(found), site)
		}
	}
	return nil
}

func findsPerson(ctx context.Context, name, finds, other string) error {
	s := from(ctx)
	d, sought, err := s.deviceAndOther(name, other)
	if err != nil {
		return err
	}
	return eventually(ctx, func(ctx context.Context) error {
		found, err := d.client.SearchUserDirectory(ctx, sought.username, 10)
		if err != nil {
			return fmt.Errorf("look for %s: %w", other, err)
		}
		is := slices.ContainsFunc(found.Results, func(entry *mautrix.UserDirectoryEntry) bool { return entry.UserID == sought.userID() })
		switch {
		case finds == "finds" && !is:
			return fmt.Errorf("the directory shows %s %d people for %q, not %s", name, len(found.Results), sought.username, other)
		case finds != "finds" && is:
			return fmt.Errorf("the directory shows %s %s", name, other)
		}
		return nil
	})
}

// search tells whether searching shows a message to a person, whatever order they want the hits in.
func (s *scenario) search(ctx context.Context, name, text, term string) (found bool, count int, err error) {
	d, err := s.device(name)
	if err != nil {
		return false, 0, err
	}
	_, sent, err := s.where(text)
	if err != nil {
		return false, 0, err
	}
	var shown []bool
	for _, order := range []string{"rank", "recent"} {
		hits, err := d.client.Search(ctx, &mautrix.ReqSearch{SearchTerm: term, OrderBy: order})
		if err != nil {
			return false, 0, fmt.Errorf("search for %q as %s: %w", term, name, err)
		}
		count = len(hits.Results)
		shown = append(shown, slices.ContainsFunc(hits.Results, func(hit *mautrix.SearchResult) bool { return hit.Event.ID == sent }))
	}
	if shown[0] != shown[1] {
		return false, 0, fmt.Errorf("searching for %q shows %s %q only in one order of two", term, name, text)
	}
	return shown[0], count, nil
}

func findsBySearching(ctx context.Context, name, text, term string) error {
	s := from(ctx)
	if err := s.held(); err != nil {
		return err
	}
	return eventually(ctx, func(ctx context.Context) error {
		found, count, err := s.search(ctx, name, text, term)
		if err == nil && !found {
			err = fmt.Errorf("searching for %q gives %s %d messages, not %q", term, name, count, text)
		}
		return err
	})
}

func doesNotFindBySearching(ctx context.Context, name, text, term string) error {
	found, _, err := from(ctx).search(ctx, name, text, term)
	if err == nil && found {
		err = fmt.Errorf("searching for %q shows %s %q", term, name, text)
	}
	return err
}
