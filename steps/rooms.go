package steps

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"
)

// Rooms of a scenario, which go by the names that features give them.

// guest is the device of a person and the room a step is about.
func (s *scenario) guest(name, room string) (*device, id.RoomID, error) {
	d, err := s.device(name)
	if err != nil {
		return nil, "", err
	}
	roomID, err := s.roomOf(d.owner, room)
	return d, roomID, err
}

// guestAndOther is a device of a person, the room a step is about, and the other person it names.
func (s *scenario) guestAndOther(name, room, other string) (*device, id.RoomID, *person, error) {
	d, roomID, err := s.guest(name, room)
	if err != nil {
		return nil, "", nil, err
	}
	p, err := s.person(other)
	return d, roomID, p, err
}

// makeRoom lets a person make a room, known in the scenario by its name from then on.
func (s *scenario) makeRoom(ctx context.Context, name, room string, request *mautrix.ReqCreateRoom) error {
	d, err := s.device(name)
	if err != nil {
		return err
	}
	if _, twice := s.rooms[room]; twice {
		return fmt.Errorf("create room %q: the scenario has one of that name", room)
	}
	request.Name = room
	made, err := d.client.CreateRoom(ctx, request)
	if err != nil {
		return fmt.Errorf("create room %q: %w", room, err)
	}
	s.rooms[room], s.hosts[room] = made.RoomID, name
	return nil
}

// enter walks into a room by way of the homeserver of who made it.
func (s *scenario) enter(ctx context.Context, d *device, roomID id.RoomID, room string) error {
	host, err := s.person(s.hosts[room])
	if err != nil {
		return err
	}
	_, err = d.client.JoinRoom(ctx, roomID.String(), &mautrix.ReqJoinRoom{Via: []string{host.site.ServerName}})
	return err
}

// everybodySees waits until all devices in a room have seen somebody join, and the new one knows how people talk there.
func (s *scenario) everybodySees(ctx context.Context, d *device, room string) error {
	roomID := s.rooms[room]
	for _, p := range s.people {
		for _, other := range p.devices {
			if !other.isIn(roomID) && other != d {
				continue
			}
			if err := other.memberJoins(ctx, roomID, d.owner.userID()); err != nil {
				return err
			}
		}
	}
	return d.knowsEncryption(ctx, roomID, s.encrypted[room])
}

// membershipOf asks the homeserver of a device how somebody stands to a room; who never was there has left it.
func (d *device) membershipOf(ctx context.Context, room id.RoomID, user id.UserID) (event.Membership, error) {
	var member event.MemberEventContent
	err := d.client.StateEvent(ctx, room, event.StateMember, user.String(), &member)
	var answer mautrix.HTTPError
	if errors.As(err, &answer) && answer.Response != nil && answer.Response.StatusCode == http.StatusNotFound {
		return event.MembershipLeave, nil
	}
	return member.Membership, err
}

// isOffered waits for the invitation to a room to arrive.
func (d *device) isOffered(ctx context.Context, roomID id.RoomID, room string) error {
	return d.seen(ctx, func(d *device) error {
		if d.invited[roomID] {
			return nil
		}
		return fmt.Errorf("%s was not invited to %q", d.owner.name, room)
	})
}

// hides waits until a device shows a room no more, not as an invitation either.
func (d *device) hides(ctx context.Context, roomID id.RoomID, room string) error {
	return d.seen(ctx, func(d *device) error {
		if d.joined[roomID] || d.invited[roomID] {
			return fmt.Errorf("%s's device still shows %q", d.owner.name, room)
		}
		return nil
	})
}

// roomIsKnown waits until the homeserver has looked at a new room, which it does in the background: by that it tells what a space holds,
// and where to ring. A room that is in no space is looked at by itself.
func (d *device) roomIsKnown(ctx context.Context, space, room id.RoomID, name string) error {
	return eventually(ctx, func(ctx context.Context) error {
		found, err := d.client.Hierarchy(ctx, space, nil)
		if err != nil {
			return fmt.Errorf("look at the room %q from outside: %w", name, err)
		}
		for _, seen := range found.Rooms {
			if seen.RoomID == room && seen.JoinRule != "" {
				return nil
			}
		}
		return fmt.Errorf("the homeserver does not know who may join %q", name)
	})
}
