package steps

import (
	"context"
	"fmt"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"
)

// registerRoles holds the words about what people may do in a room.
func registerRoles(r Registrar) {
	r.When(`^(\w+) (kicks|bans|unbans) (\w+) in "([^"]+)"$`, removes)
	r.When(`^(\w+) lets (everybody say where they are|moderators hand out roles|only moderators invite|only moderators speak) in "([^"]+)"$`, lets)
	r.When(`^(\w+) makes (\w+) (?:a|an) (moderator|administrator) of "([^"]+)"$`, promotes)
	r.When(`^(\w+) renames "([^"]+)" to "([^"]+)"$`, renames)
	r.When(`^(\w+) says that (\w+) is "([^"]+)" in "([^"]+)"$`, saysWhere)
	r.Then(`^(\w+) sees "([^"]+)" under the name "([^"]+)"$`, seesRoomName)
	r.Then(`^(\w+) sees that (\w+) is "([^"]+)" in "([^"]+)"$`, seesWhere)
}

// setRoles changes who may do what, as the person's homeserver knows it.
func (s *scenario) setRoles(ctx context.Context, d *device, roomID id.RoomID, change func(*event.PowerLevelsEventContent)) (done bool, err error) {
	var levels event.PowerLevelsEventContent
	if err := d.client.StateEvent(ctx, roomID, event.StatePowerLevels, "", &levels); err != nil {
		return false, fmt.Errorf("ask for the roles: %w", err)
	}
	change(&levels)
	_, err = d.client.SendStateEvent(ctx, roomID, event.StatePowerLevels, "", &levels)
	return true, err
}

// stateWhere tells where somebody is: its key is the person, and nobody sends it with the key of somebody else. Source: MSC3489.
func stateWhere() event.Type {
	return event.Type{Type: "org.matrix.msc3672.beacon_info", Class: event.StateEventType}
}

// lets changes what members and moderators may do.
func lets(ctx context.Context, name, what, room string) error {
	s := from(ctx)
	d, roomID, err := s.guest(name, room)
	if err != nil {
		return err
	}
	asked, err := s.setRoles(ctx, d, roomID, func(levels *event.PowerLevelsEventContent) {
		switch what {
		case "everybody say where they are":
			levels.SetEventLevel(stateWhere(), 0)
		case "moderators hand out roles":
			levels.SetEventLevel(event.StatePowerLevels, 50)
		case "only moderators invite":
			moderator := 50
			levels.InvitePtr = &moderator
		case "only moderators speak":
			levels.EventsDefault = 50
		}
	})
	if !asked {
		return err
	}
	return s.tried(err, "%s lets %s in %q", name, what, room)
}

func saysWhere(ctx context.Context, name, other, where, room string) error {
	s := from(ctx)
	d, roomID, p, err := s.guestAndOther(name, room, other)
	if err != nil {
		return err
	}
	_, err = d.client.SendStateEvent(ctx, roomID, stateWhere(), p.userID().String(), map[string]any{"description": where, "live": true})
	return s.tried(err, "%s says that %s is %q", name, other, where)
}

func seesWhere(ctx context.Context, name, other, where, room string) error {
	s := from(ctx)
	if err := s.held(); err != nil {
		return err
	}
	d, roomID, p, err := s.guestAndOther(name, room, other)
	if err != nil {
		return err
	}
	return eventually(ctx, func(ctx context.Context) error {
		var is struct {
			Description string `json:"description"`
		}
		if err := d.client.StateEvent(ctx, roomID, stateWhere(), p.userID().String(), &is); err != nil {
			return fmt.Errorf("ask where %s is: %w", other, err)
		}
		if is.Description != where {
			return fmt.Errorf("%s sees that %s is %q, not %q", name, other, is.Description, where)
		}
		return nil
	})
}

// promotes changes the power levels as the promoting person's homeserver knows them.
func promotes(ctx context.Context, name, other, role, room string) error {
	s := from(ctx)
	d, roomID, target, err := s.guestAndOther(name, room, other)
	if err != nil {
		return err
	}
	level := map[string]int{"moderator": 50, "administrator": 100}[role]
	asked, err := s.setRoles(ctx, d, roomID, func(levels *event.PowerLevelsEventContent) { levels.SetUserLevel(target.userID(), level) })
	if !asked {
		return err
	}
	return s.tried(err, "%s makes %s a %s", name, other, role)
}

// removes kicks, bans or unbans somebody. Kicking who was only invited withdraws the invitation.
func removes(ctx context.Context, name, how, other, room string) error {
	s := from(ctx)
	if u, ok := s.irc[name]; ok && how == "kicks" {
		return s.tried(u.conn.Send("KICK", s.ircChannel(room), s.nickOf(other)), "%s %s %s", name, how, other)
	}
	d, roomID, target, err := s.guestAndOther(name, room, other)
	if err != nil {
		return err
	}
	switch how {
	case "kicks":
		_, err = d.client.KickUser(ctx, roomID, &mautrix.ReqKickUser{UserID: target.userID()})
	case "bans":
		_, err = d.client.BanUser(ctx, roomID, &mautrix.ReqBanUser{UserID: target.userID()})
	default:
		_, err = d.client.UnbanUser(ctx, roomID, &mautrix.ReqUnbanUser{UserID: target.userID()})
	}
	return s.tried(err, "%s %s %s", name, how, other)
}

func renames(ctx context.Context, name, room, to string) error {
	s := from(ctx)
	d, roomID, err := s.guest(name, room)
	if err != nil {
		return err
	}
	_, err = d.client.SendStateEvent(ctx, roomID, event.StateRoomName, "", &event.RoomNameEventContent{Name: to})
	return s.tried(err, "%s renames %q", name, room)
}

func seesRoomName(ctx context.Context, name, room, shown string) error {
	s := from(ctx)
	if err := s.held(); err != nil {
		return err
	}
	d, roomID, err := s.guest(name, room)
	if err != nil {
		return err
	}
	return eventually(ctx, func(ctx context.Context) error {
		var is event.RoomNameEventContent
		if err := d.client.StateEvent(ctx, roomID, event.StateRoomName, "", &is); err != nil {
			return fmt.Errorf("ask for the name of %q: %w", room, err)
		}
		if is.Name != shown {
			return fmt.Errorf("%s sees %q under the name %q, not %q", name, room, is.Name, shown)
		}
		return nil
	})
}
