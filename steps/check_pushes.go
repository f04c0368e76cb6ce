package steps

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/id"

	"matrixstack/stack"
	"matrixstack/stack/check"
)

const aboutPushes = "pushes to a gateway"

// wakes lets somebody of the peer invite somebody of the deployment, and sees whether the deployment tells the push gateway of
// an app. That one stands at the name of the peer, where the deployment finds it as it finds those of others.
func (s *scenario) wakes(ctx context.Context, p, by *person) check.Finding {
	peer, began := s.run.live.peer, time.Now()
	f := check.Finding{Level: check.Good, About: aboutPushes, Where: peer.PushGateway(notifyPath), What: p.site.ServerName + " tells it of an invitation"}
	err := s.wakesOnce(ctx, p, by)
	switch {
	case err == nil:
	case errors.Is(err, stack.ErrElsewhere):
		f.Level, f.What = check.Note, "not tried: "+oneLine(err.Error())
	default:
		f.Level = check.Mistake
		f.What, f.Set = s.run.whyNotPushed(ctx, err, began)
	}
	return f
}

func (s *scenario) wakesOnce(ctx context.Context, p, by *person) error {
	peer, d := s.run.live.peer, p.first
	listener, err := peer.OpenPushGateway(ctx, s.run.peer, notifyPath)
	if err != nil {
		return err
	}
	b := &bell{}
	b.pusher.PushKey, b.pusher.Data = "check-"+s.suffix, map[string]any{"url": peer.PushGateway(notifyPath)}
	s.serveGateway(listener, peer.ServerName).bells = map[string]*bell{b.pusher.PushKey: b}
	if err := d.hang(ctx, b); err != nil {
		return err
	}
	room, err := by.first.client.CreateRoom(ctx, &mautrix.ReqCreateRoom{Preset: "trusted_private_chat", IsDirect: true, Invite: []id.UserID{p.userID()}})
	if err != nil {
		return errors.Join(err, d.unhang(ctx))
	}
	err = eventually(ctx, func(context.Context) error {
		for _, r := range b.rings() {
			if r.note.RoomID == room.RoomID {
				return nil
			}
		}
		return errors.New("it was told of no invitation")
	})
	_, declined := d.client.LeaveRoom(ctx, room.RoomID)
	_, left := by.first.client.LeaveRoom(ctx, room.RoomID)
	return errors.Join(err, declined, left, d.unhang(ctx))
}

// unhang takes back what the homeserver was told about how a device is woken.
func (d *device) unhang(ctx context.Context) error {
	gone := map[string]any{"kind": nil, "app_id": d.bell.pusher.AppID, "pushkey": d.bell.pusher.PushKey}
	if _, err := d.client.MakeRequest(ctx, http.MethodPost, d.client.BuildClientURL("v3", "pushers", "set"), gone, nil); err != nil {
		return fmt.Errorf("ask that the %s of %s is no longer woken: %w", d.name, d.owner.name, err)
	}
	return nil
}

// whyNotPushed says why a gateway was not told, as far as that can be seen at its door.
func (r *run) whyNotPushed(ctx context.Context, err error, since time.Time) (what, set string) {
	p := r.live.peer
	said, logErr := r.peer.Logs(ctx, p.Component("traefik"), since)
	what = "it is not told: " + redact(oneLine(errors.Join(err, logErr).Error()))
	switch {
	case strings.Contains(said, `"RequestPath":"`+notifyPath): // the proxy says the path also when it reads the route
		return what + "; the homeserver did ask", "see what the log of the homeserver says of httppusher"
	case strings.Contains(said, "TLS handshake error from"):
		return what + "; the homeserver hangs up while it shows its certificate", "SSL_CERT_FILE of the homeserver must hold the public authorities, and who signed --peer-cert"
	}
	return what + "; nothing of it arrived", "let the homeserver connect to addresses outside; at a private address also ip_range_whitelist in homeserver.yaml, and start_pushers or a pusher worker"
}
