package steps

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/id"
	"maunium.net/go/mautrix/pushrules"
	"maunium.net/go/mautrix/pushrules/pushgateway"

	"matrixstack/stack"
)

// life is what people did on a stack before something was done to it: everything they would miss.
type life struct {
	s       *scenario
	devices map[string]bool // of everybody, by id: those there were then
	said    []string        // in the order in which it was said
	open    picture
	locked  picture
	before  map[string]any                            // what the homeserver told of each item of the contract
	signIn  stack.SignIn                              // who kept the accounts
	round   int                                       // how often it was looked at: what is tried must be new each time
	midway  func(context.Context, *stack.Stack) error // happens while a hop is made
	during  string                                    // what somebody of another homeserver last said while this one was away
}

// Names of the life. Rooms are what the contract looks at.
const (
	homeRoom   = "home"   // encrypted, with everything locked in it
	talkRoom   = "talk"   // open, with roles, receipts and counts
	abroadRoom = "abroad" // with somebody of another homeserver
	townSpace  = "town"
	squareRoom = "square" // public, listed, with an alias
	laterRoom  = "later"  // an invitation nobody has answered
	harbour    = "#harbour"
)

// moveIn lets people live on the scenario's stack.
func (s *scenario) moveIn(ctx context.Context) (*life, error) {
	l := &life{s: s, devices: map[string]bool{}, before: map[string]any{}, signIn: s.stack.World.Sites[0].SignIn, midway: s.run.options.midway}
	for _, lived := range []func(context.Context) error{l.people, l.rooms, l.words, l.files, l.habits, l.bridges, l.office, l.questions} {
		if err := lived(ctx); err != nil {
			return nil, fmt.Errorf("move in: %w", err)
		}
		if err := s.held(); err != nil {
			return nil, fmt.Errorf("move in: %w", err)
		}
	}
	for _, p := range s.people {
		for _, d := range p.devices {
			l.devices[string(d.session.deviceID)] = true
		}
	}
	for _, item := range contract() {
		if item.look == nil || l.lacks(item) {
			continue
		}
		was, err := item.look(ctx, l)
		if err != nil {
			return nil, fmt.Errorf("move in: look at %s: %w", item.name, err)
		}
		l.before[item.name] = was
	}
	return l, nil
}

// inOrder runs acts until one does not succeed.
func inOrder(acts ...func() error) error {
	for _, act := range acts {
		if err := act(); err != nil {
			return err
		}
	}
	return nil
}

func (l *life) people(ctx context.Context) error {
	return inOrder(
		func() error { return hasAccount(ctx, "Alice") },
		func() error { return hasAccount(ctx, "Bob") },
		func() error { return hasAccountOn(ctx, "Carol", "beta") },
		func() error { return hasSecurityKey(ctx, "Alice") },
		func() error { return signsInOn(ctx, "Bob", "laptop") },
	)
}

func (l *life) rooms(ctx context.Context) error {
	return inOrder(
		func() error { return shareEncryptedRoom(ctx, "Alice", "Bob", homeRoom) },
		func() error { return shareRoom(ctx, "Alice", "Bob", talkRoom) },
		func() error { return promotes(ctx, "Alice", "Bob", "moderator", talkRoom) },
		func() error { return shareRoom(ctx, "Alice", "Carol", abroadRoom) },
		func() error { return hasSpace(ctx, "Alice", townSpace, squareRoom) },
		func() error { return listsRoom(ctx, "Alice", squareRoom) },
		func() error { return givesAlias(ctx, "Alice", squareRoom, squareRoom) },
	)
}

// words are said in an order that leaves Bob with one message read and two unread, one of them for him.
func (l *life) words(ctx context.Context) error {
	say := func(name, text, room string) func() error {
		return func() error {
			l.said = append(l.said, text)
			return says(ctx, name, text, room)
		}
	}
	return inOrder(
		say("Alice", "the key is under the mat", homeRoom), say("Bob", "I shall tell nobody", homeRoom),
		func() error { return backsUpKeys(ctx, "Alice", homeRoom) },
		say("Alice", "first", talkRoom),
		func() error { return readsUpTo(ctx, "Bob", "first", "") },
		say("Alice", "second", talkRoom),
		func() error {
			l.said = append(l.said, "third")
			return mentions(ctx, "Alice", "Bob", "third", talkRoom)
		},
		say("Alice", "good morning", abroadRoom), say("Carol", "good evening", abroadRoom),
		func() error { return l.hears(ctx, "Alice", "good evening", abroadRoom) },
	)
}

func (l *life) files(ctx context.Context) error {
	if err := sendsPicture(ctx, "Alice", talkRoom); err != nil {
		return err
	}
	l.open = l.s.picture
	if err := sendsPicture(ctx, "Alice", homeRoom); err != nil {
		return err
	}
	l.locked = l.s.picture
	return nil
}

// habits are what clients keep at the homeserver for a person.
func (l *life) habits(ctx context.Context) error {
	d, talk, err := l.s.guest("Alice", talkRoom)
	if err != nil {
		return err
	}
	kind := pushgateway.PusherKindHTTP
	pusher := pushgateway.Pusher{Kind: &kind, Language: "en", AppDisplayName: "An app", DeviceDisplayName: d.name}
	pusher.AppID, pusher.PushKey, pusher.Data = "test.world.app", "key-"+l.s.suffix, pushgateway.PusherData{"url": "https://push.world.test/_matrix/push/v1/notify"}
	return inOrder(
		func() error {
			return d.client.SetAccountData(ctx, "test.world.habits", map[string]any{"tea": "two sugars"})
		},
		func() error {
			return d.client.SetRoomAccountData(ctx, talk, "test.world.colour", map[string]any{"colour": "blue"})
		},
		func() error { return d.client.AddTag(ctx, talk, "u.family", 0.5) },
		func() error {
			return d.client.PutPushRule(ctx, "global", pushrules.ContentRule, "tea", &mautrix.ReqPutPushRule{
				Pattern: "tea", Actions: []*pushrules.PushAction{{Action: pushrules.ActionNotify}},
			})
		},
		func() error {
			_, err := d.client.MakeRequest(ctx, http.MethodPost, d.client.BuildClientURL("v3", "pushers", "set"), pusher, nil)
			return err
		},
	)
}

func (l *life) bridges(ctx context.Context) error {
	if !l.s.stack.Has("heisenbridge") {
		return nil
	}
	return inOrder(
		func() error { return isOnIRC(ctx, "Ian", harbour) },
		func() error { return isInChannelThroughBridge(ctx, "Alice", harbour) },
		func() error { return says(ctx, "Ian", "ahoy", harbour) },
		func() error { return canRead(ctx, "Alice", "ahoy", harbour) },
	)
}

// office is what the operator gave people, where MAS keeps the accounts.
func (l *life) office(ctx context.Context) error {
	if l.signIn != stack.SignInMAS {
		return nil
	}
	return inOrder(
		func() error { return hasAccount(ctx, "Olga") },
		func() error { return operatorManages("promote-admin")(ctx, "Olga") },
		func() error { return asksForAdminRights(ctx, "Olga") },
		func() error { return hasNoAccount(ctx, "Dora") },
		func() error { return hasInvitation(ctx, "Dora", "opens one account") },
	)
}

// questions are what nobody has answered yet. They come last: who waits for an invitation takes the first.
func (l *life) questions(ctx context.Context) error { return invites(ctx, "Bob", "Alice", laterRoom) }

// lacks tells whether the stack has nothing of an item.
func (l *life) lacks(item missed) bool {
	if item.needs == "mas" {
		return l.signIn != stack.SignInMAS
	}
	return item.needs != "" && !l.s.stack.Has(item.needs)
}

// sayingsIn lists what was said in a room, in order, by event.
func (l *life) sayingsIn(room id.RoomID) []id.EventID {
	var events []id.EventID
	for _, text := range l.said {
		if l.s.sentTo[text] == room {
			events = append(events, l.s.sent[text])
		}
	}
	return events
}

// since tells whether a device was there when people moved in.
func (l *life) since(device id.DeviceID) bool { return l.devices[string(device)] }

// ofTheLife is what a list of events has of the life, in its order.
func (l *life) ofTheLife(events []id.EventID) []id.EventID {
	var own []id.EventID
	for _, text := range l.said {
		own = append(own, l.s.sent[text])
	}
	return slices.DeleteFunc(slices.Clone(events), func(e id.EventID) bool { return !slices.Contains(own, e) })
}
