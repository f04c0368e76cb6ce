package steps

import (
	"context"
	"fmt"

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
