package steps

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/federation"
	"maunium.net/go/mautrix/id"

	"matrixstack/stack"
)

// registerForgeries holds the words about homeservers that lie. It is the test that speaks, with the key of the homeserver.
func registerForgeries(r Registrar) {
	r.When(`^(\w+) asks (\w+) for all of "([^"]+)" and for "([^"]+)"$`, asksForAll)
	r.When(`^(\w+) holds back "([^"]+)" of (\w+) in "([^"]+)"$`, holdsBack)
	r.When(`^(\w+) passes on "([^"]+)" as words of (\w+) in "([^"]+)"(, signed with a made-up key|, changed to "[^"]+")?$`, passesOn)
	r.When(`^(\w+) passes on "([^"]+)" at last$`, passesOnAtLast)
	r.When(`^(\w+) passes on that (\w+) takes back "([^"]+)"$`, passesOnRedaction)
	r.When(`^(\w+) says that (\w+) has read "([^"]+)"$`, saysThatRead)
	r.When(`^(\w+) says that (\w+) is typing in "([^"]+)"$`, saysThatTyping)
	r.Then(`^(\w+) (gives|does not give) (\w+) "([^"]+)"$`, givesTheOther)
	r.Then(`^(\w+) sees that only (\w+) is typing in "([^"]+)"$`, seesOnlyTyping)
}

// author is who is said to have done something, and the homeserver that vouches for it.
type author struct {
	*person
	origin stack.Site
	key    *federation.SigningKey
}

func (s *scenario) speaksFor(speaker, name string) (by author, err error) {
	if by.person, err = s.person(name); err != nil {
		return by, err
	}
	by.origin, by.key, err = s.peerKey(speaker)
	return by, err
}

// passesOn sends alpha words as its peer would: an event signed by the homeserver that speaks, whoever is said to have said them.
func passesOn(ctx context.Context, speaker, text, who, room, how string) error {
	s := from(ctx)
	by, err := s.speaksFor(speaker, who)
	if err != nil {
		return err
	}
	if how == ", signed with a made-up key" {
		by.key = madeUp(by.key)
	}
	pdu, err := s.wordsOf(ctx, by, text, room)
	if err != nil {
		return err
	}
	if _, changed, ok := strings.Cut(strings.TrimSuffix(how, `"`), `, changed to "`); ok {
		pdu["content"] = map[string]any{"msgtype": "m.text", "body": changed}
	}
	return s.tells(ctx, speaker, "alpha", "pdus", pdu)
}

// wordsOf is what a homeserver would pass on if somebody said something in a room now. It remembers them as said.
func (s *scenario) wordsOf(ctx context.Context, by author, text, room string) (map[string]any, error) {
	host, roomID, err := s.guest(s.hosts[room], room)
	if err != nil {
		return nil, err
	}
	pdu, _, err := host.nextEvent(ctx, roomID, by.userID(), event.EventMessage, map[string]any{"msgtype": "m.text", "body": text})
	if err != nil {
		return nil, err
	}
	s.sent[text], err = sealed(pdu, by.origin, by.key)
	s.sentTo[text] = roomID
	return pdu, err
}

// holdsBack lets a homeserver keep to itself for now what one of its people says.
func holdsBack(ctx context.Context, speaker, text, who, room string) error {
	s := from(ctx)
	by, err := s.speaksFor(speaker, who)
	if err != nil {
		return err
	}
	pdu, err := s.wordsOf(ctx, by, text, room)
	s.heldBack[text] = pdu
	return err
}

func passesOnAtLast(ctx context.Context, speaker, text string) error {
	s := from(ctx)
	pdu, ok := s.heldBack[text]
	if !ok {
		return fmt.Errorf("%s holds back no %q", speaker, text)
	}
	return s.tells(ctx, speaker, "alpha", "pdus", pdu)
}

// passesOnRedaction sends alpha what a homeserver should never pass on: that one person takes back what another one said.
func passesOnRedaction(ctx context.Context, speaker, who, text string) error {
	s := from(ctx)
	room, said, err := s.where(text)
	if err != nil {
		return err
	}
	by, err := s.speaksFor(speaker, who)
	if err != nil {
		return err
	}
	host, err := s.hostOf(room)
	if err != nil {
		return err
	}
	pdu, version, err := host.nextEvent(ctx, room, by.userID(), event.EventRedaction, map[string]any{})
	if err != nil {
		return err
	}
	// Rooms of version 11 and later have it inside, where it stays when the event itself is taken back.
	if number, err := strconv.Atoi(version); err == nil && number < 11 {
		pdu["redacts"] = said
	} else {
		pdu["content"] = map[string]any{"redacts": said}
	}
	if _, err := sealed(pdu, by.origin, by.key); err != nil {
		return err
	}
	return s.tells(ctx, speaker, "alpha", "pdus", pdu)
}

// hostOf is the device of who made a room.
func (s *scenario) hostOf(room id.RoomID) (*device, error) {
	for name, made := range s.rooms {
		if made == room {
			return s.device(s.hosts[name])
		}
	}
	return nil, fmt.Errorf("nobody of the scenario made %s", room)
}

// tells sends one thing to a homeserver in the name of another one. What comes of it is for others to see. A homeserver listens to one
// transaction of another at a time, and the real one may be speaking.
func (s *scenario) tells(ctx context.Context, speaker, listener, kind string, what any) error {
	body := map[string]any{"origin_server_ts": time.Now().UnixMilli(), "pdus": []any{}, "edus": []any{}}
	body[kind] = []any{what}
	path := fmt.Sprintf("/_matrix/federation/v1/send/%s-%d", s.suffix, time.Now().UnixNano())
	var said error
	err := eventually(ctx, func(ctx context.Context) error {
		request, err := s.signedBy(ctx, speaker, listener, http.MethodPut, path, body)
		if err != nil {
			return err
		}
		said = doJSON(s.http(), request, nil)
		var answer statusError
		if errors.As(said, &answer) && answer.status == http.StatusTooManyRequests {
			return said
		}
		return nil
	})
	return s.tried(cmp.Or(err, said), "%s tells %s", speaker, listener)
}

func saysThatTyping(ctx context.Context, speaker, name, room string) error {
	s := from(ctx)
	d, roomID, err := s.guest(name, room)
	if err != nil {
		return err
	}
	return s.tells(ctx, speaker, "alpha", "edus", map[string]any{
		"edu_type": "m.typing", "content": map[string]any{"room_id": roomID, "user_id": d.owner.userID(), "typing": true},
	})
}

func saysThatRead(ctx context.Context, speaker, name, text string) error {
	s := from(ctx)
	d, room, sent, err := s.message(name, text)
	if err != nil {
		return err
	}
	read := map[string]any{"event_ids": []id.EventID{sent}, "data": map[string]int64{"ts": time.Now().UnixMilli()}}
	return s.tells(ctx, speaker, "alpha", "edus", map[string]any{
		"edu_type": "m.receipt", "content": map[id.RoomID]any{room: map[string]any{"m.read": map[id.UserID]any{d.owner.userID(): read}}},
	})
}

// seesOnlyTyping waits for one and wants nobody else beside them: what was claimed before was heard by then.
func seesOnlyTyping(ctx context.Context, name, other, room string) error {
	if err := seesTyping(ctx, name, other, room); err != nil {
		return err
	}
	s := from(ctx)
	d, roomID, typist, err := s.guestAndOther(name, room, other)
	if err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, typing := range slices.Concat(d.typing(roomID)...) {
		if typing != typist.userID() {
			return fmt.Errorf("%s sees that %s is typing in %q", name, typing, room)
		}
	}
	return nil
}

// givesTheOther asks for a message in the name of another homeserver. What that one may not read comes empty, or not at all.
func givesTheOther(ctx context.Context, asked, gives, asking, text string) error {
	s := from(ctx)
	if err := s.held(); err != nil {
		return err
	}
	_, sent, err := s.where(text)
	if err != nil {
		return err
	}
	request, err := s.signedBy(ctx, asking, asked, http.MethodGet, "/_matrix/federation/v1/event/"+url.PathEscape(sent.String()), nil)
	if err != nil {
		return err
	}
	var answer struct {
		PDUs []struct {
			Content map[string]any `json:"content"`
		} `json:"pdus"`
	}
	if err := doJSON(s.http(), request, &answer); err != nil {
		return fmt.Errorf("ask %s for %q as %s: %w", asked, text, asking, err)
	}
	if len(answer.PDUs) != 1 {
		return fmt.Errorf("ask %s for %q as %s: %d messages came", asked, text, asking, len(answer.PDUs))
	}
	switch body := answer.PDUs[0].Content["body"]; {
	case gives == "gives" && body != text:
		return fmt.Errorf("%s gives %s %v instead of %q", asked, asking, body, text)
	case gives != "gives" && body != nil:
		return fmt.Errorf("%s gives %s %q", asked, asking, body)
	}
	return nil
}
