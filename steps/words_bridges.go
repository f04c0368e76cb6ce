package steps

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"

	"matrixstack/stack"
)

// registerBridges holds the words about the bots of bridges, and about what a bridge may do.
func registerBridges(r Registrar) {
	r.Given(`^(\w+) has a chat with the bot of (\w+)$`, hasChatWithBot)
	r.Given(`^(\w+) has an encrypted chat with the bot of (\w+)$`, hasEncryptedChatWithBot)
	r.Given(`^the operator is signed in$`, operatorSignedIn)
	r.When(`^(\w+) asks the bot of (\w+) for a chat$`, asksBotForChat)
	r.When(`^(\w+) brings in somebody under a name that is not its own$`, bridgeBringsIn)
	r.When(`^(\w+) has been told "([^"]+)" in "([^"]+)"$`, isTold)
	r.When(`^(\w+) speaks as (a person of the homeserver|its own people|itself|the people of \w+)$`, bridgeSpeaksAs)
	r.Then(`^(\w+) is let in$`, isLetIn)
	r.Then(`^(\w+) is told "([^"]+)" in "([^"]+)"$`, isTold)
	r.Then(`^(\w+) sees (\d+) devices? of the bot of (\w+)$`, seesDevicesOfBot)
	r.Then(`^(\w+) signs nobody in for tools$`, signsNobodyIn)
	r.Then(`^nothing of "([^"]+)" waits for (\w+)$`, nothingWaits)
	r.Then(`^the bot of (\w+) (is|is not) in the chat of (\w+)$`, botIsInChat)
	r.Then(`^the homeserver of (\w+) tells its accounts that "([^"]+)" is reserved$`, tellsAccountsReserved)
}

// bridge finds a bridge of the operator's stack.
func (s *scenario) bridge(name string) (stack.Bridge, error) {
	site := s.stack.World.Sites[0]
	i := slices.IndexFunc(site.Bridges, func(b stack.Bridge) bool { return b.Name == name })
	if i < 0 {
		return stack.Bridge{}, fmt.Errorf("no bridge is called %q", name)
	}
	return site.Bridges[i], nil
}

func operatorSignedIn(ctx context.Context) error {
	_, err := from(ctx).operator(ctx)
	return err
}

func hasChatWithBot(ctx context.Context, name, bridge string) error {
	return chatWithBot(ctx, name, bridge, false)
}

func hasEncryptedChatWithBot(ctx context.Context, name, bridge string) error {
	return chatWithBot(ctx, name, bridge, true)
}

// chatWithBot opens a chat, called as the bridge is, and waits until its bot has come.
func chatWithBot(ctx context.Context, name, bridge string, encrypted bool) error {
	s := from(ctx)
	if err := s.chat(ctx, name, bridge, encrypted); err != nil {
		return err
	}
	if err := botIsInChat(ctx, bridge, "is", name); err != nil {
		return err
	}
	d, room := s.people[name].first, s.rooms[theirs(name, bridge)]
	if err := d.memberJoins(ctx, room, s.bridgeBot(bridge)); err != nil { // libraries share keys with whom they know to be there
		return err
	}
	return d.knowsEncryption(ctx, room, encrypted)
}

func (s *scenario) chat(ctx context.Context, name, bridge string, encrypted bool) error {
	d, err := s.device(name)
	if err != nil {
		return err
	}
	if bridge == "heisenbridge" { // only then it knows who may use it
		if err := s.openIRC(ctx); err != nil {
			return err
		}
	}
	if _, err := s.bridge(bridge); err != nil {
		return err
	}
	request := directChat(s.bridgeBot(bridge))
	if encrypted {
		request.InitialState = []*event.Event{{Type: event.StateEncryption, Content: event.Content{Parsed: &event.EncryptionEventContent{Algorithm: id.AlgorithmMegolmV1}}}}
	}
	made, err := d.client.CreateRoom(ctx, request)
	if err != nil {
		return fmt.Errorf("open a chat with the bot of %s: %w", bridge, err)
	}
	s.rooms[theirs(name, bridge)] = made.RoomID
	return nil
}

func asksBotForChat(ctx context.Context, name, bridge string) error {
	s := from(ctx)
	return s.tried(s.chat(ctx, name, bridge, false), "%s asks the bot of %s for a chat", name, bridge)
}

// botIsInChat asks the homeserver of the person.
func botIsInChat(ctx context.Context, bridge, is, name string) error {
	s := from(ctx)
	if err := s.held(); err != nil {
		return err
	}
	d, room, err := s.guest(name, bridge)
	if err != nil {
		return err
	}
	bot := s.bridgeBot(bridge)
	return eventually(ctx, func(ctx context.Context) error {
		members, err := d.client.JoinedMembers(ctx, room)
		if err != nil {
			return fmt.Errorf("ask who is in the chat with the bot of %s, as %s: %w", bridge, name, err)
		}
		if _, in := members.Joined[bot]; in != (is == "is") {
			return fmt.Errorf("the bot of %s in the chat of %s: %v", bridge, name, in)
		}
		return nil
	})
}

// seesDevicesOfBot counts the devices a person encrypts for: a bot that loses its keys comes back as another one.
func seesDevicesOfBot(ctx context.Context, name string, count int, bridge string) error {
	s := from(ctx)
	d, err := s.device(name)
	if err != nil {
		return err
	}
	bot := s.bridgeBot(bridge)
	keys, err := d.client.QueryKeys(ctx, &mautrix.ReqQueryKeys{DeviceKeys: mautrix.DeviceKeysRequest{bot: mautrix.DeviceIDList{}}})
	if err != nil {
		return fmt.Errorf("ask for the devices of %s: %w", bot, err)
	}
	if is := len(keys.DeviceKeys[bot]); is != count {
		return fmt.Errorf("%s sees %d devices of the bot of %s, not %d", name, is, bridge, count)
	}
	return nil
}

// isTold waits for something that holds the text, said by anybody else in the room.
func isTold(ctx context.Context, name, text, room string) error {
	s := from(ctx)
	if err := s.held(); err != nil {
		return err
	}
	d, roomID, err := s.guest(name, room)
	if err != nil {
		return err
	}
	return d.seen(ctx, func(d *device) error {
		var said []string
		for _, evt := range d.events {
			if evt.RoomID == roomID && evt.Sender != d.owner.userID() && evt.Type == event.EventMessage {
				if said = append(said, evt.Content.AsMessage().Body); strings.Contains(said[len(said)-1], text) {
					return nil
				}
			}
		}
		return fmt.Errorf("nobody told %s %q in %q; said was %q", name, text, room, said)
	})
}

// signsNobodyIn looks, from within the bridge network, for the door at which tools would sign people in.
func signsNobodyIn(ctx context.Context, name string) error {
	s := from(ctx)
	bridge, err := s.bridge(name)
	if err != nil {
		return err
	}
	if err := s.stack.Reach(ctx, "synapse", name); err != nil {
		return err
	}
	err = s.askFrom(ctx, "synapse", fmt.Sprintf("http://%s:%d%s", name, bridge.Port, bridge.Tools), map[string]any{})
	var answer statusError
	if !errors.As(err, &answer) || answer.status != http.StatusNotFound {
		return fmt.Errorf("%s has a door for tools that sign people in: %w", name, cmp.Or(err, errors.New("it does as it is told")))
	}
	return nil
}

func bridgeRefusals() reasons {
	return reasons{
		"the address is reserved":   answered(mautrix.RespError{ErrCode: "M_EXCLUSIVE"}),
		"it has no say over people": answered(mautrix.MForbidden, mautrix.RespError{ErrCode: "M_EXCLUSIVE"}),
		"the link was never given":  statusOf(http.StatusForbidden),
	}
}

// nothingWaits looks at what the homeserver keeps for a bridge that is away. Source: Synapse, table application_services_txns.
func nothingWaits(ctx context.Context, text, bridge string) error {
	s := from(ctx)
	if err := s.held(); err != nil {
		return err
	}
	_, sent, err := s.where(text)
	if err != nil {
		return err
	}
	query := fmt.Sprintf("SELECT count(*) FROM application_services_txns WHERE as_id = '%s' AND event_ids LIKE '%%%s%%'", bridge, sent)
	count, err := s.stack.SQL(ctx, s.stack.World.Sites[0], "synapse", query)
	if err == nil && count != "0" {
		err = fmt.Errorf("the homeserver is going to tell %s %q, which was said in a room that %s is not in", bridge, text, bridge)
	}
	return err
}
