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

// registerRooms holds the words about who is in a room, and who may do what there.
func registerRooms(r Registrar) {
	r.Given(`^(\w+) belongs to "([^"]+)"$`, belongsTo)
	r.Given(`^(\w+) has a room "([^"]+)" that (people knock on|people are invited to|stays at home|is encrypted)$`, hasRoom)
	r.When(`^(\w+) (accepts|declines) the invitation to "([^"]+)"$`, answersInvitation)
	r.When(`^(\w+) asks who is in "([^"]+)"$`, asksWhoIsIn)
	r.When(`^(\w+) invites (\w+) to the room "([^"]+)"$`, invites)
	r.When(`^(\w+) invites (\w+) to the talk of two "([^"]+)"$`, invitesToTalk)
	r.When(`^(\w+) joins "([^"]+)"$`, joins)
	r.When(`^(\w+) knocks on "([^"]+)"$`, knocks)
	r.When(`^(\w+) leaves "([^"]+)"$`, leaves)
	r.When(`^(\w+) looks into "([^"]+)" for "([^"]+)"$`, looksInto)
	r.When(`^(\w+) sees that (\w+) has left "([^"]+)"$`, seesLeft)
	r.Then(`^(\w+) is in "([^"]+)"$`, isIn)
	r.Then(`^(\w+) is invited to "([^"]+)"$`, isInvitedTo)
	r.Then(`^(\w+) is invited to "([^"]+)" but not to "([^"]+)"$`, isInvitedToButNot)
	r.Then(`^(\w+) is not in "([^"]+)"$`, isNotIn)
	r.Then(`^(\w+) sees that (\w+) invites to "([^"]+)"$`, seesInvitation)
	r.Then(`^(\w+) sees that "([^"]+)" is to be (a talk of two|encrypted)$`, seesOffer)
}

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

// belongsTo brings one more person into a room somebody made: its first member invites them.
func belongsTo(ctx context.Context, name, room string) error {
	s := from(ctx)
	d, roomID, err := s.guest(name, room)
	if err != nil {
		return err
	}
	host, err := s.device(s.hosts[room])
	if err != nil {
		return err
	}
	if _, err := host.client.InviteUser(ctx, roomID, &mautrix.ReqInviteUser{UserID: d.owner.userID()}); err != nil {
		return fmt.Errorf("invite %s to %q: %w", name, room, err)
	}
	if err := s.join(ctx, d, room); err != nil {
		return err
	}
	return s.everybodySees(ctx, d, room)
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

func hasRoom(ctx context.Context, name, room, door string) error {
	request := &mautrix.ReqCreateRoom{Preset: "private_chat"}
	switch door {
	case "people knock on":
		request.InitialState = []*event.Event{{Type: event.StateJoinRules, Content: event.Content{Parsed: &event.JoinRulesEventContent{JoinRule: event.JoinRuleKnock}}}}
	case "is encrypted":
		request.InitialState = []*event.Event{{Type: event.StateEncryption, Content: event.Content{Parsed: &event.EncryptionEventContent{Algorithm: id.AlgorithmMegolmV1}}}}
	case "stays at home": // open to all who live there. Source: client-server API, m.room.create
		request.Preset, request.CreationContent = "public_chat", map[string]any{"m.federate": false}
	}
	return from(ctx).makeRoom(ctx, name, room, request)
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

func joins(ctx context.Context, name, room string) error {
	s := from(ctx)
	d, roomID, err := s.guest(name, room)
	if err != nil {
		return err
	}
	return s.tried(s.enter(ctx, d, roomID, room), "%s joins %q", name, room)
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

func knocks(ctx context.Context, name, room string) error {
	s := from(ctx)
	d, roomID, err := s.guest(name, room)
	if err != nil {
		return err
	}
	host, err := s.person(s.hosts[room])
	if err != nil {
		return err
	}
	_, err = d.client.KnockRoom(ctx, roomID.String(), &mautrix.ReqKnockRoom{Via: []string{host.site.ServerName}, Reason: "may I come in?"})
	return s.tried(err, "%s knocks on %q", name, room)
}

func leaves(ctx context.Context, name, room string) error {
	s := from(ctx)
	d, roomID, err := s.guest(name, room)
	if err != nil {
		return err
	}
	_, err = d.client.LeaveRoom(ctx, roomID)
	return s.tried(err, "%s leaves %q", name, room)
}

func isIn(ctx context.Context, name, room string) error {
	s := from(ctx)
	if err := s.held(); err != nil {
		return err
	}
	d, roomID, err := s.guest(name, room)
	if err != nil {
		return err
	}
	return d.memberJoins(ctx, roomID, d.owner.userID())
}

// isNotIn asks both the person's device and the homeserver of who made the room.
func isNotIn(ctx context.Context, name, room string) error {
	s := from(ctx)
	if err := s.held(); err != nil {
		return err
	}
	d, roomID, err := s.guest(name, room)
	if err != nil {
		return err
	}
	host, err := s.device(s.hosts[room])
	if err != nil {
		return err
	}
	if err := d.hides(ctx, roomID, room); err != nil {
		return err
	}
	return eventually(ctx, func(ctx context.Context) error {
		is, err := host.membershipOf(ctx, roomID, d.owner.userID())
		if err != nil {
			return fmt.Errorf("ask who is in %q: %w", room, err)
		}
		if is == event.MembershipJoin || is == event.MembershipInvite {
			return fmt.Errorf("the homeserver of %s has %s in %q: %s", s.hosts[room], name, room, is)
		}
		return nil
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

// seesLeft waits until a device has heard that somebody left, and its keys have followed.
func seesLeft(ctx context.Context, name, other, room string) error {
	s := from(ctx)
	d, roomID, gone, err := s.guestAndOther(name, room, other)
	if err != nil {
		return err
	}
	return d.seen(ctx, func(d *device) error {
		if now := d.members[member{roomID, gone.userID()}]; now != event.MembershipLeave && now != event.MembershipBan {
			return fmt.Errorf("%s did not see %s leave %q", name, other, room)
		}
		return nil
	})
}
