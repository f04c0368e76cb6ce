package steps

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"
)

// tidings is what an extension of simplified sliding sync brings, as far as features ask.
type tidings struct {
	Rooms  json.RawMessage `json:"rooms"`
	Global []struct {
		Type    string          `json:"type"`
		Content json.RawMessage `json:"content"`
	} `json:"global"`
	Events      []event.Event       `json:"events"`
	DeviceLists mautrix.DeviceLists `json:"device_lists"`
	Left        *mautrix.OTKCount   `json:"device_one_time_keys_count"`
}

// extensionNews is one thing an app can be told about somebody: by which extension, and whether it says so.
type extensionNews struct {
	extension string
	says      func(t tidings, who id.UserID) bool
}

func newsOfExtensions() map[string]extensionNews {
	inRooms := func(t tidings, who id.UserID) bool { return strings.Contains(string(t.Rooms), who.String()) }
	return map[string]extensionNews{
		"typing":  {"typing", inRooms},
		"reading": {"receipts", inRooms},
		"sending keys": {"to_device", func(t tidings, who id.UserID) bool {
			return slices.ContainsFunc(t.Events, func(evt event.Event) bool { return evt.Sender == who && evt.Type.Type == event.ToDeviceEncrypted.Type })
		}},
		"signing in":      {"e2ee", func(t tidings, who id.UserID) bool { return slices.Contains(t.DeviceLists.Changed, who) }},
		"taking its keys": {"e2ee", func(t tidings, _ id.UserID) bool { return t.Left != nil && t.Left.SignedCurve25519 == 0 }},
		"being ignored": {"account_data", func(t tidings, who id.UserID) bool {
			for _, data := range t.Global {
				if data.Type == event.AccountDataIgnoredUserList.Type && strings.Contains(string(data.Content), who.String()) {
					return true
				}
			}
			return false
		}},
	}
}

// told tells whether something of that kind was said of somebody so far.
func (a *app) told(wanted extensionNews, who id.UserID) (bool, error) {
	for _, raw := range a.news[wanted.extension] {
		var t tidings
		if err := json.Unmarshal(raw, &t); err != nil {
			return false, fmt.Errorf("read what the app of %s was told: %w: %s", a.device.owner.name, err, raw)
		}
		if wanted.says(t, who) {
			return true, nil
		}
	}
	return false, nil
}

// appIsToldOf looks for news that are no messages.
func appIsToldOf(ctx context.Context, name, who, doing string) error {
	s := from(ctx)
	a, err := s.app(name)
	if err != nil {
		return err
	}
	p, err := s.person(who)
	if err != nil {
		return err
	}
	wanted, ok := newsOfExtensions()[doing]
	if !ok {
		return fmt.Errorf("no news %q; known: %s", doing, known(newsOfExtensions()))
	}
	return a.until(ctx, func() error {
		if told, err := a.told(wanted, p.userID()); err != nil || told {
			return err
		}
		return fmt.Errorf("the app of %s was not told of %s %s; %s brought %s", name, who, doing, wanted.extension, a.news[wanted.extension])
	})
}

// appIsNotToldOfReading looks at what came so far: something that happened later must have.
func appIsNotToldOfReading(ctx context.Context, name, who string) error {
	s := from(ctx)
	a, err := s.app(name)
	if err != nil {
		return err
	}
	p, err := s.person(who)
	if err != nil {
		return err
	}
	told, err := a.told(newsOfExtensions()["reading"], p.userID())
	if err == nil && told {
		err = fmt.Errorf("the app of %s was told of %s reading: %s", name, who, a.news["receipts"])
	}
	return err
}

func appRefusals() reasons {
	return reasons{"the homeserver has forgotten the place": answered(mautrix.RespError{ErrCode: "M_UNKNOWN_POS"})}
}
