package steps

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"
)

// registerThreads holds the words about threads and what waits in them.
func registerThreads(r Registrar) {
	r.When(`^(\w+) reads "([^"]+)" (in its thread|outside threads)$`, readsThread)
	r.Then(`^(\w+) has (\d+) unread messages? in the thread of "([^"]+)" and (\d+) beside it$`, hasUnreadThread)
}

// readsThread sends a receipt that counts for one thread, or for the room without its threads.
func readsThread(ctx context.Context, name, text, where string) error {
	s := from(ctx)
	d, room, sent, err := s.heard(ctx, name, text)
	if err != nil {
		return err
	}
	thread := "main"
	if where == "in its thread" {
		thread = d.threadOf(sent).String()
	}
	err = d.client.SendReceipt(ctx, room, sent, event.ReceiptTypeRead, &mautrix.ReqSendReceipt{ThreadID: thread})
	return s.tried(err, "%s reads %q %s", name, text, where)
}

// threadOf is the thread a message came in, or none.
func (d *device) threadOf(sent id.EventID) id.EventID {
	evt := d.find(sent)
	if evt == nil {
		return ""
	}
	return relatesTo(evt, event.RelThread)
}

// find is an event as it came to the device, or nil.
func (d *device) find(sent id.EventID) *event.Event {
	d.mu.Lock()
	defer d.mu.Unlock()
	i := slices.IndexFunc(d.events, func(evt *event.Event) bool { return evt.ID == sent })
	if i < 0 {
		return nil
	}
	return d.events[i]
}

// threadCounts is what a client that knows threads is told about a room.
type threadCounts struct {
	Rooms struct {
		Join map[id.RoomID]struct {
			Unread  mautrix.UnreadNotificationCounts                `json:"unread_notifications"`
			Threads map[id.EventID]mautrix.UnreadNotificationCounts `json:"unread_thread_notifications"`
		} `json:"join"`
	} `json:"rooms"`
}

// hasUnreadThread asks as a client does that counts threads apart.
func hasUnreadThread(ctx context.Context, name string, inside int, of string, beside int) error {
	s := from(ctx)
	if err := s.held(); err != nil {
		return err
	}
	d, room, root, err := s.message(name, of)
	if err != nil {
		return err
	}
	address := d.client.BuildURLWithQuery(mautrix.ClientURLPath{"v3", "sync"}, map[string]string{
		"filter": `{"room": {"timeline": {"unread_thread_notifications": true, "limit": 1}}}`, "set_presence": "offline",
	})
	return eventually(ctx, func(ctx context.Context) error {
		var is threadCounts
		if _, err := d.client.MakeRequest(ctx, http.MethodGet, address, nil, &is); err != nil {
			return fmt.Errorf("ask what waits for %s: %w", name, err)
		}
		counts := is.Rooms.Join[room]
		if in, out := counts.Threads[root].NotificationCount, counts.Unread.NotificationCount; in != inside || out != beside {
			return fmt.Errorf("%s has %d unread messages in the thread of %q and %d beside it, not %d and %d", name, in, of, out, inside, beside)
		}
		return nil
	})
}
