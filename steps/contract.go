package steps

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"

	"matrixstack/stack/upgrade"
)

// missed is one thing people would miss after an upgrade. What the homeserver tells of it is compared; what people do with it is tried.
type missed struct {
	name  string
	needs string // what the stack must have for it: "mas", or a server
	look  func(ctx context.Context, l *life) (any, error)
	use   func(ctx context.Context, l *life) error
}

// contract is what every upgrade, way back and restore must keep: the survival contract.
func contract() []missed {
	return []missed{
		{name: "accounts", look: lookAtProfiles, use: signInAnew},
		{name: "sessions and tokens", use: useSessions},
		{name: "devices and their keys", look: lookAtDevices},
		{name: "cross-signing", look: lookAtSigning},
		{name: "key backup", look: lookAtBackup},
		{name: "encrypted history", use: openHistory},
		{name: "words", look: lookAtWords},
		{name: "files", look: lookAtOpenFile},
		{name: "encrypted files", look: lookAtLockedFile},
		{name: "rooms, roles and visibility", look: lookAtRooms},
		{name: "aliases and directory", look: lookAtDirectory},
		{name: "spaces", look: lookAtSpaces},
		{name: "receipts and unread counts", look: lookAtCounts},
		{name: "invitations", look: lookAtInvitations},
		{name: "account data", look: lookAtAccountData},
		{name: "push rules and pushers", look: lookAtPush},
		{name: "signing key", look: lookAtSigningKey},
		{name: "federation", use: useFederation},
		{name: "bridge links and puppets", needs: "heisenbridge", use: useBridge},
		{name: "registration tokens", needs: "mas", look: lookAtRegistrationTokens},
		{name: "administrator rights", needs: "mas", use: useAdminRights},
	}
}

// check looks at every item, whatever became of the others.
func (l *life) check(ctx context.Context) []upgrade.Item {
	l.round++
	var items []upgrade.Item
	for _, item := range contract() {
		items = append(items, l.checkOne(ctx, item))
	}
	return items
}

func (l *life) checkOne(ctx context.Context, item missed) upgrade.Item {
	found := upgrade.Item{Item: item.name, Outcome: upgrade.Kept}
	if l.lacks(item) {
		found.Outcome = upgrade.NotHere
		return found
	}
	if item.look != nil {
		is, err := item.look(ctx, l)
		if err != nil {
			found.Outcome, found.Why = upgrade.Lost, err.Error()
			return found
		}
		if why := difference("", plain(l.before[item.name]), plain(is)); why != "" {
			found.Outcome, found.Why = upgrade.Changed, why
			return found
		}
	}
	if item.use != nil {
		if err := item.use(ctx, l); err != nil {
			found.Outcome, found.Why = upgrade.Lost, err.Error()
		}
	}
	return found
}

// plain is a value as JSON has it: what a server told must compare the same, whichever type it was read into.
func plain(value any) any {
	content, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprintf("%#v", value)
	}
	var out any
	if err := json.Unmarshal(content, &out); err != nil {
		return string(content)
	}
	return out
}

// difference names the first place in which two values are not the same; "" when there is none.
func difference(at string, was, is any) string {
	if reflect.DeepEqual(was, is) {
		return ""
	}
	a, okA := was.(map[string]any)
	b, okB := is.(map[string]any)
	if !okA || !okB {
		return fmt.Sprintf("%s was %.120v and is %.120v", orSelf(at), was, is)
	}
	for key := range merged(a, b) {
		if why := difference(at+"/"+key, a[key], b[key]); why != "" {
			return why
		}
	}
	return ""
}

func orSelf(at string) string {
	if at == "" {
		return "it"
	}
	return at[1:]
}
