package steps

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/id"

	"matrixstack/stack"
)

// registerModeration holds the words about what an operator does about what people say and send.
func registerModeration(r Registrar) {
	r.When(`^(\w+) reports "([^"]+)"$`, reports)
	r.When(`^the operator (gives the picture back|locks the picture away)$`, operatorQuarantines)
	r.When(`^the operator removes the picture$`, operatorRemovesPicture)
	r.When(`^the operator shuts "([^"]+)"$`, operatorShuts)
	r.When(`^the operator silences (\w+)$`, operatorSilences)
	r.Then(`^"([^"]+)" is shut for (\w+)$`, isShut)
	r.Then(`^the operator reads what (\w+) reported$`, operatorReadsReport)
}

// moderator is the homeserver's admin API, for somebody with an operator's rights who was made for the scenario.
func (s *scenario) moderator(ctx context.Context) (*mautrix.Client, error) {
	const name = "Moderator"
	if p, ok := s.people[name]; ok {
		return s.console(ctx, p)
	}
	p, err := s.introduce(name, "alpha")
	if err != nil {
		return nil, err
	}
	if err := s.signUpAdministrator(ctx, p, "desk"); err != nil {
		return nil, err
	}
	if p.site.SignIn == stack.SignInMAS {
		if err := asksForAdminRights(ctx, name); err != nil {
			return nil, err
		}
		if err := s.held(); err != nil {
			return nil, err
		}
	}
	return s.console(ctx, p)
}

func reports(ctx context.Context, name, text string) error {
	s := from(ctx)
	d, room, sent, err := s.heard(ctx, name, text)
	if err != nil {
		return err
	}
	return s.tried(d.client.ReportEvent(ctx, room, sent, "this should not be here"), "%s reports %q", name, text)
}

// operatorReadsReport wants the one report of that person, with what was said and by whom.
func operatorReadsReport(ctx context.Context, name string) error {
	s := from(ctx)
	if err := s.held(); err != nil {
		return err
	}
	p, err := s.person(name)
	if err != nil {
		return err
	}
	api, err := s.moderator(ctx)
	if err != nil {
		return err
	}
	var list struct {
		Reports []struct {
			ID int `json:"id"`
		} `json:"event_reports"`
	}
	of := api.BuildURLWithQuery(mautrix.SynapseAdminURLPath{"v1", "event_reports"}, map[string]string{"user_id": p.userID().String()})
	if _, err := api.MakeRequest(ctx, http.MethodGet, of, nil, &list); err != nil {
		return fmt.Errorf("read reports as the operator: %w", err)
	}
	if len(list.Reports) != 1 {
		return fmt.Errorf("the operator finds %d reports of %s, not 1", len(list.Reports), name)
	}
	var report struct {
		EventID id.EventID `json:"event_id"`
		Event   struct {
			Content struct {
				Body string `json:"body"`
			} `json:"content"`
		} `json:"event_json"`
	}
	if _, err := api.MakeRequest(ctx, http.MethodGet, api.BuildURL(mautrix.SynapseAdminURLPath{"v1", "event_reports", list.Reports[0].ID}), nil, &report); err != nil {
		return fmt.Errorf("read the report of %s as the operator: %w", name, err)
	}
	if text := report.Event.Content.Body; s.sent[text] == "" || s.sent[text] != report.EventID {
		return fmt.Errorf("the report of %s shows the operator %q (%s), which is not what was reported", name, text, report.EventID)
	}
	return nil
}

// operatorShuts sends everybody out of a room, and lets nobody in again. What was said there is purged another day: Synapse 1.144 fails to
// tell who syncs at that moment that they are out, when the event that says so is gone already.
func operatorShuts(ctx context.Context, room string) error {
	s := from(ctx)
	roomID, err := s.room(room)
	if err != nil {
		return err
	}
	api, err := s.moderator(ctx)
	if err != nil {
		return err
	}
	_, err = api.MakeRequest(ctx, http.MethodDelete, api.BuildURL(mautrix.SynapseAdminURLPath{"v1", "rooms", roomID}), map[string]bool{"block": true, "purge": false}, nil)
	return s.tried(err, "the operator shuts %q", room)
}

// isShut wants the room gone from the person's device, and the way back in closed.
func isShut(ctx context.Context, room, name string) error {
	s := from(ctx)
	if err := s.held(); err != nil {
		return err
	}
	d, roomID, err := s.guest(name, room)
	if err != nil {
		return err
	}
	if err := d.hides(ctx, roomID, room); err != nil {
		return err
	}
	_, err = d.client.JoinRoomByID(ctx, roomID)
	if err == nil {
		return fmt.Errorf("%s walks into %q again", name, room)
	}
	if !answeredInWords("This room has been blocked on this server")(err) {
		return fmt.Errorf("%s does not get into %q, but for another reason: %w", name, room, err)
	}
	return nil
}

func operatorRemovesPicture(ctx context.Context) error {
	s := from(ctx)
	if err := s.held(); err != nil {
		return err
	}
	api, err := s.moderator(ctx)
	if err != nil {
		return err
	}
	var answer struct {
		Deleted []string `json:"deleted_media"`
	}
	uri := s.picture.uri
	_, err = api.MakeRequest(ctx, http.MethodDelete, api.BuildURL(mautrix.SynapseAdminURLPath{"v1", "media", uri.Homeserver, uri.FileID}), nil, &answer)
	if err == nil && !slices.Contains(answer.Deleted, uri.FileID) {
		err = fmt.Errorf("the homeserver says that it removed %q", answer.Deleted)
	}
	return s.tried(err, "the operator removes the picture")
}

// operatorQuarantines keeps a file from everybody, or ends that.
func operatorQuarantines(ctx context.Context, what string) error {
	s := from(ctx)
	if err := s.held(); err != nil {
		return err
	}
	api, err := s.moderator(ctx)
	if err != nil {
		return err
	}
	act := map[string]string{"gives the picture back": "unquarantine", "locks the picture away": "quarantine"}[what]
	uri := s.picture.uri
	_, err = api.MakeRequest(ctx, http.MethodPost, api.BuildURL(mautrix.SynapseAdminURLPath{"v1", "media", act, uri.Homeserver, uri.FileID}), struct{}{}, nil)
	return s.tried(err, "the operator %s", what)
}

// operatorSilences leaves somebody their account, in which they read and leave, and nothing else (MSC3823).
func operatorSilences(ctx context.Context, name string) error {
	s := from(ctx)
	p, err := s.person(name)
	if err != nil {
		return err
	}
	api, err := s.moderator(ctx)
	if err != nil {
		return err
	}
	_, err = api.MakeRequest(ctx, http.MethodPut, api.BuildURL(mautrix.SynapseAdminURLPath{"v1", "suspend", p.userID()}), map[string]bool{"suspend": true}, nil)
	return s.tried(err, "the operator silences %s", name)
}

func moderationRefusals() reasons {
	return reasons{"the operator silenced the account": answered(mautrix.RespError{ErrCode: "M_USER_SUSPENDED"})}
}
