package steps

import (
	"context"
	"fmt"
	"slices"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/event"
)

// What the homeserver tells of the rooms of a life, and of what clients keep there.

// lookAtRooms takes the whole state of each room: names, roles, who may come in and who can read, members, encryption.
func lookAtRooms(ctx context.Context, l *life) (any, error) {
	found := map[string]any{}
	for _, room := range []string{homeRoom, talkRoom, abroadRoom, townSpace, squareRoom} {
		d, roomID, err := l.s.guest("Alice", room)
		if err != nil {
			return nil, err
		}
		state, err := d.client.StateAsArray(ctx, roomID)
		if err != nil {
			return nil, fmt.Errorf("ask for the state of %q: %w", room, err)
		}
		for _, evt := range state {
			found[fmt.Sprintf("%s/%s %s", room, evt.Type.Type, evt.GetStateKey())] = evt.Content.Raw
		}
	}
	return found, nil
}

func lookAtDirectory(ctx context.Context, l *life) (any, error) {
	d, square, err := l.s.guest("Alice", squareRoom)
	if err != nil {
		return nil, err
	}
	led, err := d.client.ResolveAlias(ctx, l.s.ownAlias(d.owner, squareRoom))
	if err != nil {
		return nil, fmt.Errorf("follow an alias: %w", err)
	}
	listed, err := d.client.PublicRooms(ctx, &mautrix.ReqPublicRooms{})
	if err != nil {
		return nil, fmt.Errorf("ask for the directory: %w", err)
	}
	there := slices.ContainsFunc(listed.Chunk, func(room *mautrix.PublicRoomInfo) bool { return room.RoomID == square })
	return map[string]any{"the alias leads to": led.RoomID, "the directory lists it": there}, nil
}

func lookAtSpaces(ctx context.Context, l *life) (any, error) {
	d, town, err := l.s.guest("Alice", townSpace)
	if err != nil {
		return nil, err
	}
	found, err := d.client.Hierarchy(ctx, town, nil)
	if err != nil {
		return nil, fmt.Errorf("ask what is in a space: %w", err)
	}
	var rooms []string
	for _, room := range found.Rooms {
		rooms = append(rooms, room.Name)
	}
	slices.Sort(rooms)
	return rooms, nil
}

// fresh is a first sync of a person, as a client that has forgotten everything asks for it.
func (l *life) fresh(ctx context.Context, name string) (*device, *mautrix.RespSync, error) {
	d, err := l.s.device(name)
	if err != nil {
		return nil, nil, err
	}
	news, err := d.client.FullSyncRequest(ctx, mautrix.ReqSync{SetPresence: event.PresenceOffline})
	if err != nil {
		return nil, nil, fmt.Errorf("sync as %s from the beginning: %w", name, err)
	}
	return d, news, nil
}

func lookAtCounts(ctx context.Context, l *life) (any, error) {
	_, news, err := l.fresh(ctx, "Bob")
	if err != nil {
		return nil, err
	}
	talk := news.Rooms.Join[l.s.rooms[talkRoom]]
	if talk == nil || talk.UnreadNotifications == nil {
		return nil, fmt.Errorf("a first sync of Bob tells nothing of %q", talkRoom)
	}
	found := map[string]any{"unread": talk.UnreadNotifications.NotificationCount, "for Bob": talk.UnreadNotifications.HighlightCount}
	for _, evt := range talk.Ephemeral.Events {
		if evt.Type.Type == event.EphemeralEventReceipt.Type {
			found["receipts"] = evt.Content.Raw
		}
	}
	return found, nil
}

func lookAtInvitations(ctx context.Context, l *life) (any, error) {
	_, news, err := l.fresh(ctx, "Alice")
	if err != nil {
		return nil, err
	}
	_, invited := news.Rooms.Invite[l.s.rooms[laterRoom]]
	return map[string]bool{laterRoom: invited}, nil
}

func lookAtAccountData(ctx context.Context, l *life) (any, error) {
	d, talk, err := l.s.guest("Alice", talkRoom)
	if err != nil {
		return nil, err
	}
	var habits, colour map[string]any
	if err := d.client.GetAccountData(ctx, "test.world.habits", &habits); err != nil {
		return nil, fmt.Errorf("ask for account data of Alice: %w", err)
	}
	if err := d.client.GetRoomAccountData(ctx, talk, "test.world.colour", &colour); err != nil {
		return nil, fmt.Errorf("ask for account data of Alice in %q: %w", talkRoom, err)
	}
	tags, err := d.client.GetTags(ctx, talk)
	if err != nil {
		return nil, fmt.Errorf("ask for the tags of Alice: %w", err)
	}
	return map[string]any{"habits": habits, "colour": colour, "tags": tags}, nil
}

func lookAtPush(ctx context.Context, l *life) (any, error) {
	d, err := l.s.device("Alice")
	if err != nil {
		return nil, err
	}
	keys, err := d.wakened(ctx)
	if err != nil {
		return nil, err
	}
	rules, err := d.client.GetPushRules(ctx)
	if err != nil {
		return nil, fmt.Errorf("ask for the push rules of Alice: %w", err)
	}
	found := map[string]any{"pushers": keys}
	for _, rule := range rules.Content { // the rules of a server's own differ from version to version
		if !rule.Default {
			found["rule "+rule.RuleID] = []any{rule.Pattern, rule.Enabled}
		}
	}
	return found, nil
}
