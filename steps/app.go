package steps

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"
)

const waits = 2 * time.Second // how long an app lets the homeserver wait for news, so that a check can say what is missing

// app is a client that knows only the rooms on its screen: simplified sliding sync (MSC4186).
type app struct {
	device *device // its own session, which nothing else syncs with
	shows  int     // rooms on the screen
	opened map[id.RoomID]bool

	pos      string                       // where it goes on
	toDevice string                       // where messages to the device go on
	answers  int                          // since it last started anew
	order    []id.RoomID                  // the rooms on the screen
	count    int                          // all rooms there are
	state    map[id.RoomID][]*event.Event // what it was told of rooms
	events   []*event.Event               // what it was told of what happened
	whole    map[id.RoomID]int            // how often a room came as if it were new
	news     map[string][]json.RawMessage // by extension
	shown    map[id.RoomID]onScreen       // what it was told last of rooms as a whole
}

// slidingRequest is what an app asks for. Simplified sliding sync is a proposal that the client library does not know yet.
type slidingRequest struct {
	Connection string                      `json:"conn_id"`
	Lists      map[string]slidingList      `json:"lists"`
	Opened     map[id.RoomID]slidingRoom   `json:"room_subscriptions,omitempty"`
	Extensions map[string]slidingExtension `json:"extensions"`
}

type slidingRoom struct {
	State    [][2]string `json:"required_state"`
	Timeline int         `json:"timeline_limit"`
}

type slidingList struct {
	slidingRoom
	Ranges [][2]int `json:"ranges"`
}

type slidingExtension struct {
	Enabled bool   `json:"enabled"`
	Since   string `json:"since,omitempty"`
}

// slidingAnswer is what it gets.
type slidingAnswer struct {
	Pos   string `json:"pos"`
	Lists map[string]struct {
		Count int `json:"count"`
		Ops   []struct {
			Rooms []id.RoomID `json:"room_ids"`
		} `json:"ops"`
	} `json:"lists"`
	Rooms map[id.RoomID]struct {
		onScreen
		Initial  bool           `json:"initial"`
		State    []*event.Event `json:"required_state"`
		Timeline []*event.Event `json:"timeline"`
	} `json:"rooms"`
	Extensions map[string]json.RawMessage `json:"extensions"`
}

// start lets the app begin with nothing.
func (a *app) start() {
	a.pos, a.answers = "", 0
	a.state, a.whole, a.news = map[id.RoomID][]*event.Event{}, map[id.RoomID]int{}, map[string][]json.RawMessage{}
	a.shown = map[id.RoomID]onScreen{}
	a.events = nil
}

func (a *app) request() slidingRequest {
	screen := slidingRoom{State: [][2]string{{"m.room.name", ""}, {"m.room.member", "$ME"}}, Timeline: 1}
	r := slidingRequest{
		Connection: "app", Opened: map[id.RoomID]slidingRoom{}, Extensions: map[string]slidingExtension{},
		Lists: map[string]slidingList{"screen": {screen, [][2]int{{0, a.shows - 1}}}},
	}
	for room := range a.opened {
		r.Opened[room] = slidingRoom{State: [][2]string{{"m.room.name", ""}, {"m.room.topic", ""}, {"m.room.member", "$LAZY"}}, Timeline: 20}
	}
	for _, extension := range []string{"account_data", "e2ee", "receipts", "to_device", "typing"} {
		r.Extensions[extension] = slidingExtension{Enabled: true}
	}
	r.Extensions["to_device"] = slidingExtension{Enabled: true, Since: a.toDevice}
	return r
}

// sync asks once, from where the app is, and waits for news that long.
func (a *app) sync(ctx context.Context, wait time.Duration) error {
	query := map[string]string{"timeout": strconv.FormatInt(wait.Milliseconds(), 10)}
	if a.pos != "" {
		query["pos"] = a.pos
	}
	client := a.device.client
	address := client.BuildURLWithQuery(mautrix.ClientURLPath{"unstable", "org.matrix.simplified_msc3575", "sync"}, query)
	var answer slidingAnswer
	if _, err := client.MakeRequest(ctx, http.MethodPost, address, a.request(), &answer); err != nil {
		return fmt.Errorf("sync the app of %s: %w", a.device.owner.name, err)
	}
	return a.take(answer)
}

// take adds an answer to what the app knows.
func (a *app) take(answer slidingAnswer) error {
	a.pos = answer.Pos
	a.answers++
	if screen, ok := answer.Lists["screen"]; ok {
		a.count, a.order = screen.Count, nil
		for _, op := range screen.Ops {
			a.order = append(a.order, op.Rooms...)
		}
	}
	for room, news := range answer.Rooms {
		if news.Initial {
			a.whole[room]++
		}
		a.shown[room] = a.shown[room].with(news.onScreen)
		a.state[room] = append(a.state[room], news.State...)
		a.events = append(a.events, news.Timeline...)
	}
	for _, extension := range slices.Sorted(maps.Keys(answer.Extensions)) {
		a.news[extension] = append(a.news[extension], answer.Extensions[extension])
	}
	if to, ok := answer.Extensions["to_device"]; ok {
		var next struct {
			Batch string `json:"next_batch"`
		}
		if err := json.Unmarshal(to, &next); err != nil {
			return fmt.Errorf("read what came to the app of %s: %w", a.device.owner.name, err)
		}
		a.toDevice = next.Batch
	}
	return nil
}

// until syncs until check is content with what the app knows.
func (a *app) until(ctx context.Context, check func() error) error {
	return eventually(ctx, func(ctx context.Context) error {
		missing := check()
		if missing == nil {
			return nil
		}
		if err := a.sync(ctx, waits); err != nil {
			return errors.Join(missing, err)
		}
		return check()
	})
}

// received tells how often a message came.
func (a *app) received(sent id.EventID) (times int) {
	for _, evt := range a.events {
		if evt.ID == sent {
			times++
		}
	}
	return times
}
