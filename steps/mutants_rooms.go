package steps

import (
	"io"
	"net/http"
	"strings"

	"maunium.net/go/mautrix"

	"matrixstack/stack"
)

// setting adds a setting to the homeserver of alpha that the operator did not mean to have.
func setting(text string) func(*stack.World) error { return settingOf("synapse", text) }

// settingOf adds it to the homeserver of that name.
func settingOf(homeserver, text string) func(*stack.World) error {
	const begin = "report_stats: false\n"
	return rewrite(homeserver, "homeserver.yaml", begin, begin+text+"\n")
}

// readsOpenly lets a client show others what it reads in private.
func readsOpenly(_ *device, c *mautrix.Client) {
	c.RequestHook = func(request *http.Request) {
		request.URL.Path = strings.Replace(request.URL.Path, "/m.read.private/", "/m.read/", 1)
		request.URL.RawPath = ""
	}
}

// readsThreadsAlong lets a client leave out which thread it has read.
func readsThreadsAlong(_ *device, c *mautrix.Client) {
	c.RequestHook = func(request *http.Request) {
		if strings.Contains(request.URL.Path, "/receipt/") {
			request.Body, request.ContentLength = io.NopCloser(strings.NewReader("{}")), 2
		}
	}
}

// roomMutants breaks what people do in rooms.
func roomMutants() []Mutant {
	return []Mutant{
		{
			Name: "rooms are of a version that knows no knocking", Feature: "messaging/rooms", Says: "knocks",
			Alter: setting(`default_room_version: "6"`),
		},
		{
			Name: "ordinary people may not invite", Feature: "messaging/rooms", Says: "invites",
			Alter: setting("block_non_admin_invites: true"),
		},
		{
			Name: "everybody is born a moderator", Feature: "messaging/roles", Says: "was not refused",
			Alter: setting("default_power_level_content_override: {private_chat: {users_default: 50}}"),
		},
		{
			Name: "rooms are encrypted unasked", Feature: "messaging/history", Says: "does not hold",
			Alter: setting("encryption_enabled_by_default_for_room_type: all"),
		},
	}
}

// findingMutants breaks what people find and what they are shown of each other.
func findingMutants() []Mutant {
	return []Mutant{
		{
			Name: "presence is off", Feature: "messaging/presence", Says: "online",
			Alter: rewrite("synapse", "homeserver.yaml", "presence:\n  enabled: true", "presence:\n  enabled: false"),
		},
		{
			Name: "search is off", Feature: "messaging/finding", Says: "search",
			Alter: setting("enable_search: false"),
		},
		{
			Name: "the directory of people is off", Feature: "messaging/finding", Says: "directory",
			Alter: rewrite("synapse", "homeserver.yaml", "user_directory:\n  enabled: true", "user_directory:\n  enabled: false"),
		},
		{
			Name: "the directory of people shows neighbours only", Feature: "messaging/finding", Says: "directory",
			Alter: rewrite("synapse", "homeserver.yaml", "search_all_users: true", "search_all_users: false"),
		},
		{
			Name: "a client shows what it reads in private", Feature: "messaging/reading", Says: "sees that Bob has read",
			Client: readsOpenly,
		},
		{
			Name: "a client reads a room and its threads as one", Feature: "messaging/threads", Says: "beside it",
			Client: readsThreadsAlong,
		},
		{
			Name: "a client takes one message of each sync", Feature: "messaging/reading", Says: "was due",
			Client: func(_ *device, c *mautrix.Client) {
				c.Syncer.(*syncer).FilterJSON = &mautrix.Filter{Room: &mautrix.RoomFilter{Timeline: &mautrix.FilterPart{Limit: 1}}}
			},
		},
	}
}

// communityMutants breaks what holds rooms together.
func communityMutants() []Mutant {
	return []Mutant{
		{
			Name: "rooms are of a version that knows no members of a space", Feature: "communities/spaces", Says: "council",
			Alter: setting(`default_room_version: "7"`),
		},
		{
			Name: "nobody may list a room", Feature: "communities/directory", Says: "lists",
			Alter: rewrite("synapse", "homeserver.yaml", "  - action: allow", "  - action: deny"),
		},
		{
			Name: "rooms of the house may be listed", Feature: "communities/directory", Says: "was not refused",
			Alter: rewrite("synapse", "homeserver.yaml", `alias: "#internal*"`, `alias: "#nothing*"`),
		},
		{
			Name: "the public directory shows nothing", Feature: "communities/directory", Says: "room list",
			Alter: setting("enable_room_list_search: false"),
		},
		{
			Name: "nobody may give an alias", Feature: "communities/addresses", Says: "alias",
			Alter: setting("alias_creation_rules: [{action: deny}]"),
		},
		{
			Name: "the directory is closed to other homeservers", Feature: "federation/rooms", Says: "directory",
			Alter: rewrite("synapse", "homeserver.yaml", "allow_public_rooms_over_federation: true", "allow_public_rooms_over_federation: false"),
		},
	}
}
