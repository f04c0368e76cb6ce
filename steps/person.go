package steps

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"time"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/crypto"
	"maunium.net/go/mautrix/crypto/backup"
	"maunium.net/go/mautrix/crypto/cryptohelper"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"

	"matrixstack/stack"
)

// person is one human of a scenario: an account at a site, a browser and devices.
type person struct {
	name        string // as the feature says, "Alice"
	site        stack.Site
	username    string // unique in the run, "alice-7f3a"
	password    string
	nick        string                                // on IRC, once it is another than the username
	oldPassword string                                // what it was before it was changed
	securityKey string                                // opens the person\'s secrets at the homeserver
	backupKey   *backup.MegolmBackupKey               // opens the backup of the person\'s keys
	address     string                                // of the person's mailbox
	code        func(context.Context) (string, error) // how the person gets at a code that went to the address
	confirming  string                                // identifier of the address that waits for its code
	link        *url.URL                              // way back in, from the last mail
	invitation  string                                // what the operator gave the person to sign up with
	browser     *http.Client                          // remembers cookies, as a browser does
	copied      http.CookieJar                        // what somebody has who copied the browser
	devices     map[string]*device
	first       *device  // the device the person signed in on first
	other       bool     // signs in with a client of another make
	app         *app     // a client that knows only the rooms on its screen, when the person has one
	gateway     *gateway // what wakes the person's devices, when the scenario runs it
}

// userID is the person's Matrix ID.
func (p *person) userID() id.UserID { return id.NewUserID(p.username, p.site.ServerName) }

// device is one signed-in client of a person, with its own keys.
type device struct {
	name    string
	owner   *person
	client  *mautrix.Client
	crypto  *cryptohelper.CryptoHelper
	other   *other // in place of crypto, when the client is of another make
	signs   *signs
	bell    *bell // what wakes it, when something does
	session session
	old     session // what it was before it was renewed
	stop    context.CancelFunc
	stopped chan struct{}

	mu      sync.Mutex
	changed chan struct{} // closed and replaced whenever something arrives
	events  []*event.Event
	joined  map[id.RoomID]bool
	unread  map[id.RoomID]mautrix.UnreadNotificationCounts
	synced  bool                 // whether it was told anything yet
	gaps    map[id.RoomID]string // where to look up what was too much to be told at once
	invited map[id.RoomID]bool
	offers  map[id.RoomID][]*event.Event // what invitations say of themselves
	members map[member]event.Membership  // who came and went, as far as keys have followed
	failed  error                        // why syncing stopped
}

// member is somebody in a room.
type member struct {
	room id.RoomID
	user id.UserID
}

// open makes a client for a session, publishes its keys and starts to sync.
func (p *person) open(ctx context.Context, http *http.Client, name string, s session) (*device, error) {
	base := &url.URL{Scheme: "https", Host: p.site.MatrixHost()}
	client, err := mautrix.NewClient(base.String(), p.userID(), s.accessToken)
	if err != nil {
		return nil, fmt.Errorf("open %s's device %q: %w", p.name, name, err)
	}
	client.DeviceID = s.deviceID
	client.Client = http
	client.IgnoreRateLimit = true
	state := mautrix.NewMemoryStateStore()
	client.StateStore = state
	d := &device{
		name: name, owner: p, client: client, session: s, changed: make(chan struct{}),
		joined: map[id.RoomID]bool{}, unread: map[id.RoomID]mautrix.UnreadNotificationCounts{}, invited: map[id.RoomID]bool{}, gaps: map[id.RoomID]string{},
		offers: map[id.RoomID][]*event.Event{}, members: map[member]event.Membership{},
	}
	syncer := &syncer{mautrix.NewDefaultSyncer()}
	client.Syncer = syncer
	client.RequestHook = asksOften
	client.SyncPresence = event.PresenceOffline // telling everybody who is there took a sixth of a run; who wants to be seen says so
	syncer.OnEvent(client.StateStoreSyncHandler)
	syncer.OnEvent(d.receive)
	syncer.OnSync(d.membership)
	enable := d.enableCrypto
	if p.other {
		enable = d.openOther
	}
	if err := enable(ctx); err != nil {
		return nil, err
	}
	syncer.OnEventType(event.StateMember, d.settle) // who asks for a type hears of it after who asks for all, in this order
	d.start(ctx)
	return d, nil
}

// enableCrypto gives the device fresh keys and publishes them.
func (d *device) enableCrypto(ctx context.Context) error {
	helper, err := cryptohelper.NewCryptoHelper(d.client, []byte("throw-away device"), crypto.NewMemoryStore(nil))
	if err != nil {
		return fmt.Errorf("make keys of %s's device %q: %w", d.owner.name, d.name, err)
	}
	helper.DecryptErrorCallback = func(*event.Event, error) {} // a missing key shows as a message nobody can read
	if err := helper.Init(ctx); err != nil {
		return fmt.Errorf("publish keys of %s's device %q: %w", d.owner.name, d.name, err)
	}
	d.crypto = helper
	d.client.Crypto = helper
	return d.enableVerification(ctx)
}

func (d *device) receive(_ context.Context, evt *event.Event) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.events = append(d.events, evt)
	d.rouse()
}

// settle takes note of who came and went once the keys of the room have followed: until then the device goes on with those it has.
func (d *device) settle(_ context.Context, evt *event.Event) {
	if evt.Type != event.StateMember {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.members[member{evt.RoomID, id.UserID(evt.GetStateKey())}] = evt.Content.AsMember().Membership
	d.rouse()
}

// isIn tells whether the device shows a room as joined.
func (d *device) isIn(room id.RoomID) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.joined[room]
}

func (d *device) membership(_ context.Context, resp *mautrix.RespSync, _ string) bool {
	d.signs.awaitHearing()
	d.mu.Lock()
	defer d.mu.Unlock()
	d.synced = true
	for room, news := range resp.Rooms.Join {
		d.joined[room] = true
		if news.UnreadNotifications != nil {
			d.unread[room] = *news.UnreadNotifications
		}
		delete(d.invited, room)
		if news.Timeline.Limited {
			d.gaps[room] = news.Timeline.PrevBatch
		}
	}
	for room, offer := range resp.Rooms.Invite {
		d.invited[room], d.offers[room] = true, offer.State.Events
	}
	for room := range resp.Rooms.Leave {
		delete(d.joined, room)
		delete(d.invited, room)
	}
	d.rouse()
	return true
}

// rouse lets those who wait for something look again. It wants d.mu held.
func (d *device) rouse() {
	close(d.changed)
	d.changed = make(chan struct{})
}

// seen waits until check is content with what the device has received. check returns nil
// when it is, and otherwise says what is still missing.
func (d *device) seen(ctx context.Context, check func(d *device) error) error {
	return d.seenWithin(ctx, patience, check)
}

func (d *device) seenWithin(ctx context.Context, limit time.Duration, check func(d *device) error) error {
	begin := time.Now()
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	for {
		d.mu.Lock()
		missing, failed, changed := check(d), d.failed, d.changed
		d.mu.Unlock()
		if missing == nil {
			return nil
		}
		if failed != nil {
			return fmt.Errorf("%w; %s's device %q stopped receiving: %w", missing, d.owner.name, d.name, failed)
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("%s waited %s: %w", d.owner.name, time.Since(begin).Round(100*time.Millisecond), missing)
		}
	}
}
