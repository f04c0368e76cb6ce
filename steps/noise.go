package steps

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/pion/stun/v4"
	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"
)

const (
	mostNoise = 70        // times somebody goes on when nobody stops them; twice the largest limit
	aGuess    = "a guess" // at somebody's password
)

// noise is what somebody goes on doing, and how far it went.
type noise struct {
	what    string
	by      *person
	passed  int
	took    time.Duration
	refused error
}

// theRoom is the only room of a scenario.
func (s *scenario) theRoom() (id.RoomID, error) {
	if len(s.rooms) != 1 {
		return "", fmt.Errorf("there must be one room; there are: %s", known(s.rooms))
	}
	for _, room := range s.rooms {
		return room, nil
	}
	return "", nil
}

// tooMuch tells whether somebody was refused because of a limit.
func tooMuch(err error) bool {
	var answer statusError
	return anyOf(answered(mautrix.MLimitExceeded), relayAnswered(stun.CodeAllocQuotaReached), onPage("too many requests"), accountSaid("RATE_LIMITED"))(err) ||
		errors.As(err, &answer) && answer.status == http.StatusTooManyRequests
}

// wrongPassword tells whether a guess was looked at.
func wrongPassword(err error) bool {
	var answer statusError
	return answered(mautrix.MForbidden)(err) || errors.As(err, &answer) && answer.status == http.StatusForbidden
}

// signIn is a sign-in of a person with a password.
func signIn(p *person, password string) *mautrix.ReqLogin {
	return &mautrix.ReqLogin{
		Type: mautrix.AuthTypePassword, Password: password,
		Identifier: mautrix.UserIdentifier{Type: mautrix.IdentifierTypeUser, User: p.username},
	}
}

// signInOnce says how the homeserver took a password. claimed is the address from which it is said to come, if that is said.
func (s *scenario) signInOnce(ctx context.Context, p *person, password, claimed string) error {
	client, err := s.anonymous(p.site)
	if err != nil {
		return err
	}
	client.RequestHook = func(request *http.Request) {
		if claimed != "" {
			request.Header.Set("X-Forwarded-For", claimed)
		}
	}
	_, err = client.Login(ctx, signIn(p, password))
	return err
}

// guessOnce is content when the guess was looked at.
func (s *scenario) guessOnce(ctx context.Context, what string, p *person, nth int) error {
	what, forged := strings.CutSuffix(what, " under false addresses")
	claimed := ""
	if forged {
		claimed = fmt.Sprintf("198.51.100.%d", nth+1) // one of those for documentation, RFC 5737
	}
	if what == "guessing the passwords of others" {
		other := *p
		other.username = fmt.Sprintf("%s-%d", p.username, nth)
		p = &other
	}
	return unless(s.signInOnce(ctx, p, aGuess, claimed), wrongPassword)
}

// unless passes on an error but one that is meant to come.
func unless(err error, meant func(error) bool) error {
	if meant(err) {
		return nil
	}
	return err
}

// doOnce does what a noise consists of, for the nth time.
func (s *scenario) doOnce(ctx context.Context, what string, p *person, nth int) error {
	if strings.HasPrefix(what, "guessing the password") {
		return s.guessOnce(ctx, what, p, nth)
	}
	switch what {
	case "uploading files":
		place, err := p.first.client.CreateMXC(ctx)
		if err == nil {
			_, err = p.first.client.UploadMedia(ctx, mautrix.ReqUploadMedia{MXC: place.ContentURI, ContentBytes: []byte("a file"), ContentType: "text/plain"})
		}
		return err
	case "signing in":
		return s.signInOnce(ctx, p, p.password, "")
	case "guessing the code", "asking for a code", "asking for the code again", "asking for a way back in":
		return s.mailOnce(ctx, what, p)
	case "being heard of in calls", "entering rooms elsewhere", "opening places at the relay":
		return s.reachOnce(ctx, what, p, nth)
	case "signing people up":
		other, err := s.introduce(fmt.Sprintf("%s%d", p.name, nth), p.site.Name)
		if err != nil {
			return err
		}
		return s.signUp(ctx, other, "phone")
	}
	return s.roomOnce(ctx, what, p, nth)
}

// roomOnce does what is done in the room.
func (s *scenario) roomOnce(ctx context.Context, what string, p *person, nth int) error {
	room, err := s.theRoom()
	if err != nil {
		return err
	}
	switch what {
	case "saying things":
		_, err := p.first.client.SendText(ctx, room, fmt.Sprintf("thing %d", nth))
		return err
	case "coming and going with the others":
		// Whoever made the room goes when somebody else has come: an empty one stays so.
		hosts := slices.Collect(maps.Values(s.hosts))
		everybody := slices.SortedFunc(maps.Keys(s.people), func(a, b string) int {
			return cmp.Or(cmp.Compare(slices.Index(hosts, a), slices.Index(hosts, b)), cmp.Compare(a, b))
		})
		p = s.people[everybody[nth%len(everybody)]]
		if _, err := p.first.client.LeaveRoom(ctx, room); err != nil && nth >= len(everybody)-1 {
			return err
		}
		_, err := p.first.client.JoinRoomByID(ctx, room)
		return err
	}
	if _, err := p.first.client.JoinRoomByID(ctx, room); err != nil {
		return err
	}
	_, err = p.first.client.LeaveRoom(ctx, room)
	return err
}

// reachOnce does what reaches beyond the homeserver of a person, or would.
func (s *scenario) reachOnce(ctx context.Context, what string, p *person, nth int) error {
	switch what {
	case "being heard of in calls":
		// There is no such call, which is looked at only when it is not too much.
		_, err := p.first.client.UpdateDelayedEvent(ctx, &mautrix.ReqUpdateDelayedEvent{DelayID: "none", Action: event.DelayActionRestart})
		return unless(err, answered(mautrix.MNotFound))
	case "entering rooms elsewhere":
		// Nor is there such a room.
		_, err := p.first.client.JoinRoom(ctx, fmt.Sprintf("!none-%d:beta.test", nth), &mautrix.ReqJoinRoom{Via: []string{"beta.test"}})
		return unless(err, answeredInWords("Failed to make_join via any server"))
	default: // opening places at the relay
		given, err := s.credentials(ctx, p.name)
		if err == nil {
			_, err = s.relay(ctx, given, "udp")
		}
		return err
	}
}

// toldToWait is how long a server says that somebody who was stopped has to wait; many say nothing.
func toldToWait(refused error) time.Duration {
	var answer mautrix.HTTPError
	if !errors.As(refused, &answer) || answer.RespError == nil {
		return 0
	}
	wait, _ := answer.RespError.ExtraData["retry_after_ms"].(float64)
	return time.Duration(wait) * time.Millisecond
}
