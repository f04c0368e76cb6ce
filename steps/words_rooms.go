package steps

import (
	"context"
	"fmt"

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

func joins(ctx context.Context, name, room string) error {
	s := from(ctx)
	d, roomID, err := s.guest(name, room)
	if err != nil {
		return err
	}
	return s.tried(s.enter(ctx, d, roomID, room), "%s joins %q", name, room)
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
