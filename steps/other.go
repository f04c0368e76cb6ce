package steps

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/crypto"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"

	"matrixstack/stack"
)

// other is the client of a device whose client is of another make: matrix-js-sdk, told over HTTP what to do. What both libraries
// would ask the homeserver in the same way (to make a room, to join it) is asked without it.
type other struct {
	http    *http.Client
	session string
	heard   int // how much of its news
}

// news is one thing that arrived at a client of another make.
type news struct {
	Event     json.RawMessage // as it is after decryption
	Encrypted bool            // as it was before

	Room       id.RoomID // of which the person is now a member, or not
	Membership event.Membership

	Comparison                        id.VerificationTransactionID
	Requested, Ready, Done, Cancelled bool
	Why, Signs                        string
}

// otherError is a command that failed, with the library's own word for why.
type otherError struct {
	Says   string `json:"error"`
	Reason string `json:"reason"`
}

// Error is what the library says.
func (e otherError) Error() string { return e.Says }

// Unwrap names missing keys as mautrix-go does.
func (e otherError) Unwrap() error {
	if e.Reason == "MEGOLM_UNKNOWN_INBOUND_SESSION_ID" || e.Reason == "HISTORICAL_MESSAGE_NO_KEY_BACKUP" {
		return crypto.ErrNoSessionFound
	}
	return nil
}

// saidByOther accepts a command that the library refused for a reason of that name.
func saidByOther(reason string) func(error) bool {
	return func(err error) bool {
		var refused otherError
		return errors.As(err, &refused) && refused.Reason == reason
	}
}

// args are what a command needs to know.
type args map[string]any

// tell gives a command to the library and waits until it is done; into takes the result and may be nil.
func (o *other) tell(ctx context.Context, command string, a args, into any) error {
	body, err := json.Marshal(a)
	if err != nil {
		return fmt.Errorf("tell matrix-js-sdk to %s: %w", command, err)
	}
	var answer struct{ Result json.RawMessage }
	err = postJSON(ctx, o.http, "http://"+stack.JSClientHost+":8080/"+o.session+"/"+command, body, &answer)
	var refused statusError
	var why otherError
	if errors.As(err, &refused) && json.Unmarshal([]byte(refused.body), &why) == nil {
		err = why
	}
	if err == nil && into != nil {
		err = json.Unmarshal(answer.Result, into)
	}
	if err != nil {
		return fmt.Errorf("tell matrix-js-sdk to %s: %w", command, err)
	}
	return nil
}

// openOther gives the session of a device to the other library, which makes its own keys and syncs.
func (d *device) openOther(ctx context.Context) error {
	d.other = &other{http: d.client.Client, session: string(d.session.deviceID)}
	d.signs = &signs{helper: d.other, shown: map[id.VerificationTransactionID]comparison{}}
	return d.other.tell(ctx, "open", args{
		"baseUrl": d.client.HomeserverURL.String(), "userId": d.client.UserID, "deviceId": d.session.deviceID, "accessToken": d.session.accessToken,
	}, nil)
}

// follow listens to the library until ctx ends; then the device sleeps.
func (o *other) follow(ctx context.Context, d *device) (err error) {
	if err := o.tell(ctx, "wake", nil, nil); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, o.tell(context.WithoutCancel(ctx), "sleep", nil, nil)) }()
	for {
		var arrived []news
		err := o.tell(ctx, "listen", args{"since": o.heard, "wait": 5000}, &arrived)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			return err
		}
		for _, n := range arrived {
			if err := d.learn(ctx, n); err != nil {
				return err
			}
		}
		o.heard += len(arrived)
	}
}

// learn notes what arrived where it is noted for every device.
func (d *device) learn(ctx context.Context, n news) error {
	switch {
	case n.Comparison != "":
		d.signs.note(n.Comparison, func(c *comparison) {
			c.requested, c.ready, c.done, c.cancelled = true, c.ready || n.Ready, c.done || n.Done, c.cancelled || n.Cancelled
			if n.Why != "" {
				c.why = n.Why
			}
			if n.Signs != "" {
				c.signs = n.Signs
			}
		})
	case n.Membership != "":
		d.mu.Lock()
		defer d.mu.Unlock()
		delete(d.joined, n.Room)
		delete(d.invited, n.Room)
		switch n.Membership {
		case event.MembershipJoin:
			d.joined[n.Room] = true
		case event.MembershipInvite:
			d.invited[n.Room] = true
		}
		d.rouse()
	case len(n.Event) > 0:
		var evt event.Event
		if err := json.Unmarshal(n.Event, &evt); err != nil {
			return fmt.Errorf("read what matrix-js-sdk shows: %w", err)
		}
		evt.Type.Class = event.MessageEventType
		if evt.StateKey != nil {
			evt.Type.Class = event.StateEventType
		}
		_ = evt.Content.ParseRaw(evt.Type) // what nobody knows stays as it came
		evt.Mautrix.WasEncrypted = n.Encrypted
		mautrix.UpdateStateStore(ctx, d.client.StateStore, &evt)
		d.receive(ctx, &evt)
		d.settle(ctx, &evt) // the library looks who is in the room when it locks something
	}
	return nil
}

// knows tells whether the library has heard of a device of somebody.
func (o *other) knows(ctx context.Context, user id.UserID, device id.DeviceID) (knows bool, err error) {
	err = o.tell(ctx, "knows", args{"user": user, "device": device}, &knows)
	return knows, err
}

// StartVerification asks a person to compare signs.
func (o *other) StartVerification(ctx context.Context, to id.UserID) (txn id.VerificationTransactionID, err error) {
	err = o.tell(ctx, "askToCompare", args{"user": to}, &txn)
	return txn, err
}

// AcceptVerification agrees to compare signs.
func (o *other) AcceptVerification(ctx context.Context, txn id.VerificationTransactionID) error {
	return o.tell(ctx, "agreeToCompare", args{"id": txn}, nil)
}

// StartSAS shows the signs.
func (o *other) StartSAS(ctx context.Context, txn id.VerificationTransactionID) error {
	return o.tell(ctx, "showSigns", args{"id": txn}, nil)
}

// ConfirmSAS says that the signs are the same.
func (o *other) ConfirmSAS(ctx context.Context, txn id.VerificationTransactionID) error {
	return o.tell(ctx, "confirmSigns", args{"id": txn}, nil)
}

// CancelVerification says that the signs differ.
func (o *other) CancelVerification(ctx context.Context, txn id.VerificationTransactionID, _ event.VerificationCancelCode, _ string) error {
	return o.tell(ctx, "breakOff", args{"id": txn}, nil)
}
