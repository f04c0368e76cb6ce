package steps

import (
	"context"
	"net/http"
	"strings"
	"time"

	"maunium.net/go/mautrix"
)

// syncer asks again soon after a failed sync: the library's own waits ten seconds, half of what a scenario has.
type syncer struct{ *mautrix.DefaultSyncer }

// OnFailedSync tells how long to wait before the next try, and gives up once the session has ended.
func (s *syncer) OnFailedSync(res *mautrix.RespSync, err error) (time.Duration, error) {
	if wait, err := s.DefaultSyncer.OnFailedSync(res, err); wait == 0 || err != nil {
		return wait, err
	}
	return 2 * interval, nil
}

// asksOften lets a waiting sync end well within a scenario's patience: under load Synapse 1.144 at times
// forgets to wake it for a new device of somebody, and then tells with the next one.
func asksOften(request *http.Request) {
	if strings.HasSuffix(request.URL.Path, "/sync") {
		request.URL.RawQuery = strings.Replace(request.URL.RawQuery, "timeout=30000", "timeout=8000", 1)
	}
}

// start begins to sync, or goes on from where the device stopped.
func (d *device) start(ctx context.Context) {
	syncing, cancel := context.WithCancel(context.WithoutCancel(ctx))
	d.stop, d.stopped = cancel, make(chan struct{})
	go d.sync(syncing)
}

func (d *device) sync(ctx context.Context) {
	defer close(d.stopped)
	var err error
	if d.other != nil {
		err = d.other.follow(ctx, d)
	} else {
		err = d.client.SyncWithContext(ctx)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if ctx.Err() == nil {
		d.failed = err
	}
	d.rouse()
}

// close ends syncing and drops the device's connections.
func (d *device) close() {
	d.stop()
	<-d.stopped
	if d.other != nil {
		_ = d.other.tell(context.Background(), "close", nil, nil) // it ends with its component in any case
	}
	d.client.Client.CloseIdleConnections()
}
