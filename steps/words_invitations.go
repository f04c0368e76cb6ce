package steps

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// registerInvitations holds the words about what the operator asks of those who sign up.
func registerInvitations(r Registrar) {
	r.Given(`^(\w+) has an invitation that (opens one account|was withdrawn|has expired|was made up)$`, hasInvitation)
	r.Given(`^newcomers begin in "([^"]+)"$`, newcomersBeginIn)
	r.Given(`^who signs up needs an (e-mail address|invitation)$`, whoSignsUpNeeds)
	r.When(`^(\w+) issues an invitation$`, issuesInvitation)
	r.When(`^(\w+) signs up with a code that was guessed$`, signsUpWithGuess)
	r.When(`^(\w+) signs up with the invitation of (\w+)$`, signsUpWithInvitationOf)
}

// whoSignsUpNeeds changes MAS's configuration for the scenarios of this feature.
func whoSignsUpNeeds(ctx context.Context, what string) error {
	s := from(ctx)
	setting := map[string]string{"e-mail address": "password_registration_email_required", "invitation": "registration_token_required"}[what]
	return s.run.share(s.feature, setting, func() (func(context.Context) error, error) {
		return s.stack.Rewrite(ctx, "mas", "/config/config.yaml", func(content string) (string, error) {
			if open := setting + ": false"; strings.Count(content, open) == 1 {
				return strings.Replace(content, open, setting+": true", 1), nil
			}
			return "", fmt.Errorf("expected one %q", setting+": false")
		})
	})
}

// newcomersBeginIn lets the operator name a room in which everybody begins who comes from now on.
func newcomersBeginIn(ctx context.Context, room string) error {
	s := from(ctx)
	d, _, err := s.guest(s.hosts[room], room)
	if err != nil {
		return err
	}
	alias := s.ownAlias(d.owner, room)
	restore, err := s.stack.Rewrite(ctx, d.owner.site.Component("synapse"), "/data/test-override.yaml", func(content string) (string, error) {
		return content + fmt.Sprintf("\nauto_join_rooms: [%q]\n", alias), nil
	})
	s.mended = append(s.mended, restore)
	return err
}

// hasInvitation lets the operator issue a registration token, and do with it what the feature says.
func hasInvitation(ctx context.Context, name, state string) error {
	s := from(ctx)
	p, err := s.person(name)
	if err != nil {
		return err
	}
	if state == "was made up" {
		p.invitation = "made-up-" + s.suffix
		return nil
	}
	wanted := map[string]any{"usage_limit": 1}
	if state == "has expired" {
		wanted["expires_at"] = time.Now().Add(-time.Hour)
	}
	body, err := json.Marshal(wanted)
	if err != nil {
		return fmt.Errorf("issue an invitation: %w", err)
	}
	var issued struct {
		Data struct {
			ID         string
			Attributes struct{ Token string }
		}
	}
	if err := s.accounts(ctx, p.site, "user-registration-tokens", body, &issued); err != nil {
		return fmt.Errorf("issue an invitation: %w", err)
	}
	p.invitation = issued.Data.Attributes.Token
	if state == "was withdrawn" {
		err = s.accounts(ctx, p.site, "user-registration-tokens/"+issued.Data.ID+"/revoke", nil, nil)
	}
	return err
}

func signsUpWithInvitationOf(ctx context.Context, name, other string) error {
	s := from(ctx)
	p, err := s.person(name)
	if err != nil {
		return err
	}
	invited, err := s.person(other)
	if err != nil {
		return err
	}
	p.invitation = invited.invitation
	return signsUp(ctx, name)
}

func signsUpWithGuess(ctx context.Context, name string) error {
	p, err := from(ctx).person(name)
	if err != nil {
		return err
	}
	right := p.code
	p.code = func(ctx context.Context) (string, error) {
		code, err := right(ctx)
		if err == nil {
			code = another(code)
		}
		return code, err
	}
	return signsUp(ctx, name)
}

// issuesInvitation asks as the operator does, with a person's token.
func issuesInvitation(ctx context.Context, name string) error {
	s := from(ctx)
	d, err := s.device(name)
	if err != nil {
		return err
	}
	address := "https://" + d.owner.site.AuthHost() + "/api/admin/v1/user-registration-tokens"
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewBufferString("{}"))
	if err != nil {
		return fmt.Errorf("issue an invitation: %w", err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+d.session.accessToken)
	return s.tried(doJSON(s.http(), request, nil), "%s issues an invitation", name)
}
