package steps

import (
	"context"
	"fmt"
	"net/http"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"
)

// invites invites somebody to a room, which is made when the scenario has none of that name.
func invites(ctx context.Context, name, other, room string) error {
	s := from(ctx)
	if _, known := s.rooms[room]; !known {
		if err := s.makeRoom(ctx, name, room, &mautrix.ReqCreateRoom{Preset: "private_chat"}); err != nil {
			return err
		}
	}
	d, roomID, guest, err := s.guestAndOther(name, room, other)
	if err != nil {
		return err
	}
	_, err = d.client.InviteUser(ctx, roomID, &mautrix.ReqInviteUser{UserID: guest.userID()})
	return s.tried(err, "%s invites %s", name, other)
}

// invitesToTalk makes a room as clients do for two people. Source: client-server API, sections "Creation" and "Direct Messaging".
func invitesToTalk(ctx context.Context, name, other, room string) error {
	s := from(ctx)
	guest, err := s.person(other)
	if err != nil {
		return err
	}
	return s.makeRoom(ctx, name, room, &mautrix.ReqCreateRoom{Preset: "trusted_private_chat", IsDirect: true, Invite: []id.UserID{guest.userID()}})
}

func isInvitedTo(ctx context.Context, name, room string) error {
	s := from(ctx)
	if err := s.held(); err != nil {
		return err
	}
	d, roomID, err := s.guest(name, room)
	if err != nil {
		return err
	}
	if err := d.isOffered(ctx, roomID, room); err != nil {
		return err
	}
	host, err := s.device(s.hosts[room])
	if err != nil {
		return err
	}
	is, err := host.membershipOf(ctx, roomID, d.owner.userID())
	if err != nil {
		return fmt.Errorf("ask who is in %q: %w", room, err)
	}
	if is != event.MembershipInvite {
		return fmt.Errorf("the homeserver of %s has %s in %q: %s, without an answer to the invitation", s.hosts[room], name, room, is)
	}
	return nil
}

func answersInvitation(ctx context.Context, name, answer, room string) error {
	s := from(ctx)
	d, roomID, err := s.guest(name, room)
	if err != nil {
		return err
	}
	if err := d.isOffered(ctx, roomID, room); err != nil {
		return err
	}
	if answer == "accepts" {
		_, err = d.client.JoinRoomByID(ctx, roomID)
	} else {
		_, err = d.client.LeaveRoom(ctx, roomID)
	}
	return s.tried(err, "%s %s the invitation to %q", name, answer, room)
}

// isInvitedToButNot knows that an invitation does not come when a later one has come.
func isInvitedToButNot(ctx context.Context, name, room, missing string) error {
	if err := isInvitedTo(ctx, name, room); err != nil {
		return err
	}
	d, roomID, err := from(ctx).guest(name, missing)
	if err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.invited[roomID] {
		return fmt.Errorf("%s was invited to %q", name, missing)
	}
	return nil
}

// seesInvitation wants that an invitation names the room, and who invites by the name they go by.
func seesInvitation(ctx context.Context, name, host, room string) error {
	if err := isInvitedTo(ctx, name, room); err != nil {
		return err
	}
	s := from(ctx)
	d, roomID, err := s.guest(name, room)
	if err != nil {
		return err
	}
	by, err := s.person(host)
	if err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	called, who := "", ""
	for _, evt := range d.offers[roomID] {
		text := func(key string) string { value, _ := evt.Content.Raw[key].(string); return value }
		switch {
		case evt.Type.Type == event.StateRoomName.Type:
			called = text("name")
		case evt.Type.Type == event.StateMember.Type && evt.GetStateKey() == by.userID().String():
			who = text("displayname")
		}
	}
	if called != room || who == "" {
		return fmt.Errorf("the invitation tells %s that %q invites to a room called %q, not that %s invites to %q", name, who, called, host, room)
	}
	return nil
}

// seesOffer wants that an invitation says what the room is: clients put a talk of two among people, and show what nobody reads along.
func seesOffer(ctx context.Context, name, room, what string) error {
	if err := isInvitedTo(ctx, name, room); err != nil {
		return err
	}
	s := from(ctx)
	d, roomID, err := s.guest(name, room)
	if err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, evt := range d.offers[roomID] {
		direct, _ := evt.Content.Raw["is_direct"].(bool)
		direct = direct && evt.Type.Type == event.StateMember.Type && evt.GetStateKey() == d.owner.userID().String()
		if what == "encrypted" && evt.Type.Type == event.StateEncryption.Type || what != "encrypted" && direct {
			return nil
		}
	}
	return fmt.Errorf("the invitation does not tell %s that %q is to be %s", name, room, what)
}

func asksWhoIsIn(ctx context.Context, name, room string) error {
	s := from(ctx)
	d, roomID, err := s.guest(name, room)
	if err != nil {
		return err
	}
	_, err = d.client.JoinedMembers(ctx, roomID)
	return s.tried(err, "%s asks who is in %q", name, room)
}

// looksInto tries every window of a room, until one is not closed.
func looksInto(ctx context.Context, name, room, text string) error {
	s := from(ctx)
	d, roomID, err := s.guest(name, room)
	if err != nil {
		return err
	}
	_, sent, err := s.where(text)
	if err != nil {
		return err
	}
	for _, window := range []mautrix.ClientURLPath{
		{"v3", "rooms", roomID, "joined_members"},
		{"v3", "rooms", roomID, "members"},
		{"v3", "rooms", roomID, "state"},
		{"v3", "rooms", roomID, "state", "m.room.name"},
		{"v3", "rooms", roomID, "messages"},
		{"v3", "rooms", roomID, "event", sent},
		{"v3", "rooms", roomID, "context", sent},
		{"v3", "rooms", roomID, "initialSync"},
		{"v3", "rooms", roomID, "aliases"},
		{"v1", "rooms", roomID, "hierarchy"},
		{"v1", "rooms", roomID, "relations", sent},
		{"v1", "rooms", roomID, "threads"},
		{"v1", "rooms", roomID, "timestamp_to_event"},
	} {
		address := d.client.BuildURLWithQuery(window, map[string]string{"ts": "0"}) // one of them asks for a time
		if _, err = d.client.MakeRequest(ctx, http.MethodGet, address, nil, nil); !answered(mautrix.MForbidden, mautrix.MNotFound)(err) {
			return s.tried(err, "%s looks into %q at %v", name, room, window)
		}
	}
	return s.tried(err, "%s looks into %q", name, room)
}
