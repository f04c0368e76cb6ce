package steps

import (
	"context"
	"fmt"
	"net/http"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/event"
)

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

// looksInto tries every window of a room, until one is open.
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
	for _, window := range [][]any{
		{"joined_members"}, {"members"}, {"state"}, {"state", "m.room.name"}, {"messages"}, {"event", sent}, {"context", sent}, {"initialSync"}, {"aliases"},
	} {
		_, err = d.client.MakeRequest(ctx, http.MethodGet, d.client.BuildURL(append(mautrix.ClientURLPath{"v3", "rooms", roomID}, window...)), nil, nil)
		if err == nil {
			return s.tried(nil, "%s looks into %q at %v", name, room, window[0])
		}
	}
	return s.tried(err, "%s looks into %q", name, room)
}
