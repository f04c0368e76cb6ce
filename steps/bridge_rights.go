package steps

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/id"

	"matrixstack/stack"
)

// bridgeSpeaksAs uses the token a bridge has at the homeserver, as the bridge does: who is new is registered first.
func bridgeSpeaksAs(ctx context.Context, bridge, whom string) error {
	s := from(ctx)
	row, err := s.bridge(bridge)
	if err != nil {
		return err
	}
	client, err := bridgeClient(s, s.stack.World.Sites[0], row)
	if err != nil {
		return err
	}
	localpart, err := s.spokenFor(row, whom)
	if err != nil {
		return err
	}
	client.SetAppServiceUserID, client.UserID = true, id.NewUserID(localpart, s.stack.World.Sites[0].ServerName)
	if whom != "a person of the homeserver" {
		_, _, err = client.Register(ctx, &mautrix.ReqRegister[any]{Username: localpart, Type: mautrix.AuthTypeAppservice, InhibitLogin: true})
	}
	if err == nil || errors.Is(err, mautrix.MUserInUse) {
		_, err = client.Whoami(ctx)
	}
	return s.tried(err, "%s speaks as %s", bridge, whom)
}

// bridgeBringsIn registers somebody as bridges do, under a name that nobody keeps for it.
func bridgeBringsIn(ctx context.Context, bridge string) error {
	s := from(ctx)
	row, err := s.bridge(bridge)
	if err != nil {
		return err
	}
	client, err := bridgeClient(s, s.stack.World.Sites[0], row)
	if err != nil {
		return err
	}
	_, _, err = client.Register(ctx, &mautrix.ReqRegister[any]{Username: "somebody-" + s.suffix, Type: mautrix.AuthTypeAppservice, InhibitLogin: true})
	return s.tried(err, "%s brings in somebody", bridge)
}

// spokenFor is the name of somebody that a bridge speaks as.
func (s *scenario) spokenFor(row stack.Bridge, whom string) (string, error) {
	switch whom {
	case "itself":
		return row.Bot, nil
	case "its own people":
		return row.Namespace + "somebody-" + s.suffix, nil
	case "a person of the homeserver":
		for _, p := range s.people {
			return p.username, nil
		}
		return "", errors.New("the scenario has no person")
	}
	other, err := s.bridge(strings.TrimPrefix(whom, "the people of "))
	return other.Namespace + "somebody-" + s.suffix, err
}

func isLetIn(ctx context.Context, _ string) error { return from(ctx).held() }

// tellsAccountsReserved asks the homeserver for a free name as the accounts do, from the inside.
func tellsAccountsReserved(ctx context.Context, name, localpart string) error {
	s := from(ctx)
	site, err := s.site(name)
	if err != nil {
		return err
	}
	accounts, err := s.inside(ctx, site, site.Secrets.Hex("mas homeserver"))
	if err != nil {
		return err
	}
	address := accounts.BuildURLWithQuery(mautrix.BaseURLPath{"_synapse", "mas", "is_localpart_available"}, map[string]string{"localpart": localpart})
	_, err = accounts.MakeRequest(ctx, http.MethodGet, address, nil, nil)
	if err == nil {
		return fmt.Errorf("the homeserver of %s tells its accounts that %q is free", name, localpart)
	}
	if !answered(mautrix.MExclusive)(err) {
		return fmt.Errorf("the homeserver of %s did not tell whether %q is free: %w", name, localpart, err)
	}
	return nil
}
