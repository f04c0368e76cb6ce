package steps

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"sync"

	"maunium.net/go/mautrix/id"
	"maunium.net/go/mautrix/pushrules/pushgateway"
)

// bell is how a device is woken: what its homeserver was told about it, and what came of that.
type bell struct {
	pusher pushgateway.Pusher
	hush   context.CancelFunc // ends listening to ntfy, when the device does
	told   string             // when ntfy was last told of something, as the device was switched off

	mu   sync.Mutex
	rung []ring
	last string // id of the newest message ntfy had, where listening goes on
	lost error  // what ntfy had that cannot be read
}

// ring is one notification as a gateway got it.
type ring struct {
	raw  []byte
	note notification
	keys []string // what it speaks of, sorted
}

// notification is what a homeserver tells a gateway.
type notification struct {
	pushgateway.PushNotification
	Membership string `json:"membership"`
	Counts     *struct {
		Unread int `json:"unread"`
	} `json:"counts"`
}

// readRing takes a notification apart.
func readRing(body []byte) (ring, error) {
	var outer struct {
		Notification json.RawMessage `json:"notification"`
	}
	if err := json.Unmarshal(body, &outer); err != nil {
		return ring{}, fmt.Errorf("read a notification: %w: %.300s", err, body)
	}
	r := ring{raw: body}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(outer.Notification, &fields); err != nil {
		return ring{}, fmt.Errorf("read a notification: %w: %.300s", err, body)
	}
	if err := json.Unmarshal(outer.Notification, &r.note); err != nil {
		return ring{}, fmt.Errorf("read a notification: %w: %.300s", err, body)
	}
	r.keys = slices.Sorted(maps.Keys(fields))
	return r, nil
}

func (b *bell) ring(r ring) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.rung = append(b.rung, r)
}

// rings returns what came so far.
func (b *bell) rings() []ring {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.rung)
}

// about finds what came about an event; twice is a mistake.
func (b *bell) about(event id.EventID) (*ring, error) {
	b.mu.Lock()
	lost := b.lost
	b.mu.Unlock()
	if lost != nil {
		return nil, lost
	}
	var found *ring
	for _, r := range b.rings() {
		if r.note.EventID != event {
			continue
		}
		if found != nil {
			return nil, fmt.Errorf("the push gateway was told of one event more than once")
		}
		found = &r
	}
	return found, nil
}

// hang tells the homeserver how the device is woken.
func (d *device) hang(ctx context.Context, b *bell) error {
	kind := pushgateway.PusherKindHTTP
	b.pusher.Kind, b.pusher.Language = &kind, "en"
	b.pusher.AppID, b.pusher.AppDisplayName, b.pusher.DeviceDisplayName = "test.world.app", "An app", d.name
	if _, err := d.client.MakeRequest(ctx, http.MethodPost, d.client.BuildClientURL("v3", "pushers", "set"), b.pusher, nil); err != nil {
		return fmt.Errorf("ask that the %s of %s is woken: %w", d.name, d.owner.name, err)
	}
	d.bell = b
	keys, err := d.wakened(ctx)
	if err == nil && !slices.Contains(keys, b.pusher.PushKey) {
		err = fmt.Errorf("ask that the %s of %s is woken: the homeserver does not list it", d.name, d.owner.name)
	}
	return err
}

// bellOf finds what wakes a device.
func (s *scenario) bellOf(name, called string) (*bell, error) {
	d, err := s.deviceOf(name, called)
	if err != nil {
		return nil, err
	}
	if d.bell == nil {
		return nil, fmt.Errorf("nothing wakes the %s of %s yet", called, name)
	}
	return d.bell, nil
}

// wakened lists the push keys the homeserver knows of a person.
func (d *device) wakened(ctx context.Context) ([]string, error) {
	var known pushgateway.RespPushers
	if _, err := d.client.MakeRequest(ctx, http.MethodGet, d.client.BuildClientURL("v3", "pushers"), nil, &known); err != nil {
		return nil, fmt.Errorf("ask what wakes the devices of %s: %w", d.owner.name, err)
	}
	var keys []string
	for _, p := range known.Pushers {
		keys = append(keys, p.PushKey)
	}
	return keys, nil
}
