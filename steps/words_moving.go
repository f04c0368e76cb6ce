package steps

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"
)

// registerMoving holds the words about rooms that are replaced by newer ones.
func registerMoving(r Registrar) {
	r.When(`^(\w+) follows "([^"]+)" to "([^"]+)"$`, followsRoom)
	r.When(`^(\w+) moves "([^"]+)" on to "([^"]+)"$`, movesRoom)
}

// movesRoom replaces a room by one of the newest version that the homeserver calls stable, and invites everybody, as clients do.
func movesRoom(ctx context.Context, name, old, replacement string) error {
	s := from(ctx)
	d, roomID, err := s.guest(name, old)
	if err != nil {
		return err
	}
	version, err := d.newestRoomVersion(ctx)
	if err != nil {
		return err
	}
	var made struct {
		Replacement id.RoomID `json:"replacement_room"`
	}
	_, err = d.client.MakeRequest(ctx, http.MethodPost, d.client.BuildClientURL("v3", "rooms", roomID, "upgrade"), map[string]string{"new_version": version}, &made)
	if err == nil {
		s.rooms[replacement], s.hosts[replacement], s.encrypted[replacement] = made.Replacement, name, s.encrypted[old]
		err = d.takeAlong(ctx, roomID, made.Replacement)
	}
	if err := s.tried(err, "%s moves %q on to a room of version %s", name, old, version); err != nil || s.last.err != nil {
		return err
	}
	return d.knowsEncryption(ctx, made.Replacement, s.encrypted[old])
}

// takeAlong invites everybody of one room to another.
func (d *device) takeAlong(ctx context.Context, from, to id.RoomID) error {
	members, err := d.client.JoinedMembers(ctx, from)
	if err != nil {
		return fmt.Errorf("ask who is there: %w", err)
	}
	for user := range members.Joined {
		if user == d.owner.userID() {
			continue
		}
		if _, err := d.client.InviteUser(ctx, to, &mautrix.ReqInviteUser{UserID: user}); err != nil {
			return fmt.Errorf("invite %s to the new room: %w", user, err)
		}
	}
	return nil
}

// newestRoomVersion asks the device's homeserver; versions are numbers so far, and others are left out.
func (d *device) newestRoomVersion(ctx context.Context) (string, error) {
	can, err := d.client.Capabilities(ctx)
	if err != nil {
		return "", fmt.Errorf("ask which versions of rooms there are: %w", err)
	}
	var stable []int
	if can.RoomVersions != nil {
		for version := range can.RoomVersions.Available {
			if number, err := strconv.Atoi(version); err == nil && can.RoomVersions.IsStable(version) {
				stable = append(stable, number)
			}
		}
	}
	if len(stable) == 0 {
		return "", errors.New("the homeserver names no version of rooms that is stable")
	}
	return strconv.Itoa(slices.Max(stable)), nil
}

// followsRoom goes where the old room says, and waits until everybody in the new one has seen it.
func followsRoom(ctx context.Context, name, old, replacement string) error {
	s := from(ctx)
	if err := s.held(); err != nil {
		return err
	}
	d, oldID, err := s.guest(name, old)
	if err != nil {
		return err
	}
	newID, err := s.room(replacement)
	if err != nil {
		return err
	}
	told, err := d.ledFrom(ctx, oldID)
	if err != nil {
		return fmt.Errorf("follow %q: %w", old, err)
	}
	if told != newID {
		return fmt.Errorf("%q leads %s to %s, not to %s, which was made in its place", old, name, told, newID)
	}
	if err := s.enter(ctx, d, told, replacement); err != nil {
		return fmt.Errorf("follow %q to %q as %s: %w", old, replacement, name, err)
	}
	return s.everybodySees(ctx, d, replacement)
}

// ledFrom waits for the event that says where a room has moved.
func (d *device) ledFrom(ctx context.Context, room id.RoomID) (to id.RoomID, err error) {
	err = d.seen(ctx, func(d *device) error {
		i := slices.IndexFunc(d.events, func(evt *event.Event) bool { return evt.RoomID == room && evt.Type == event.StateTombstone })
		if i < 0 {
			return fmt.Errorf("%s was not told that it has moved", d.owner.name)
		}
		to = d.events[i].Content.AsTombstone().ReplacementRoom
		return nil
	})
	return to, err
}
