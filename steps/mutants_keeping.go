package steps

import (
	"context"
	"slices"

	"matrixstack/stack"
)

// forgets lets the homeserver of alpha lose what it writes into one of its tables.
func forgets(table string) func(context.Context, *run) error {
	return before("synapse", "INSERT ON "+table, "RETURN NULL")
}

// before lets one of alpha's databases do something else with a row than it was told.
func before(database, event, instead string) func(context.Context, *run) error {
	return func(ctx context.Context, r *run) error {
		_, err := r.stack.SQL(ctx, r.stack.World.Sites[0], database, "CREATE FUNCTION instead() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "+instead+"; END $$; "+
			"CREATE TRIGGER instead BEFORE "+event+" FOR EACH ROW EXECUTE FUNCTION instead()")
		return err
	}
}

// keepingMutants break what servers have to remember, or to forget.
func keepingMutants() []Mutant {
	return []Mutant{
		{Name: "reports of people are lost", Feature: "operations/moderation", Says: "0 reports of Bob", After: forgets("event_reports")},
		{Name: "rooms that were shut are open again", Feature: "operations/shut", Says: `into "market"`, After: forgets("blocked_rooms")},
		{Name: "pictures have copies that nobody removes", Feature: "operations/moderation", Says: "still keeps the picture", Alter: setting("media_storage_providers: [{module: file_system, store_local: true, store_remote: false, store_synchronous: true, config: {directory: /data/copies}}]")},
		{Name: "the database says that it keeps what it has not kept yet", Feature: "operations/restarts", Says: "the night", Alter: change("postgres", func(c *stack.Component) {
			c.Cmd = append(slices.Clone(c.Cmd), "-c", "synchronous_commit=off")
		})},
		{Name: "the database forgets words in a power cut", Feature: "operations/restarts", Says: "after the night", After: func(ctx context.Context, r *run) error {
			_, err := r.stack.SQL(ctx, r.stack.World.Sites[0], "synapse", "ALTER TABLE event_json SET UNLOGGED")
			return err
		}},
		{Name: "what erased people said is handed on", Feature: "operations/moderation", Says: "does not know of it", After: forgets("erased_users")},
		{Name: "nobody is ignored", Feature: "messaging/invitations", Says: `was invited to "spoon shop"`, After: forgets("ignored_users")},
		{Name: "words that people wait for are forgotten", Feature: "push/wishes", Says: "there are pancakes", After: before("synapse", "INSERT ON push_rules", "IF NEW.rule_id LIKE 'global/content/%' THEN RETURN NULL; END IF; RETURN NEW")},
		{Name: "everybody calls everybody", Feature: "push/wishes", Says: "buy my spoons", Alter: setting("default_power_level_content_override: {private_chat: {notifications: {room: 0}}, trusted_private_chat: {notifications: {room: 0}}}")},
		{Name: "nobody calls everybody", Feature: "push/wishes", Says: "the kitchen is on fire", Alter: setting("default_power_level_content_override: {private_chat: {notifications: {room: 101}}, trusted_private_chat: {notifications: {room: 101}}}")},
		{Name: "favourites are forgotten", Feature: "messaging/devices", Says: "is a favourite", After: forgets("room_tags")},
		{Name: "other homeservers do not hear of new devices", Feature: "federation/outage", Says: "has not heard of the new device", After: forgets("device_lists_outbound_pokes")},
		{Name: "the proxy moves no rooms", Feature: "messaging/moving", Says: "moves", Alter: rewrite("traefik", "routes.yml", "(PathPrefix(`/_matrix`) ||", "(PathPrefix(`/_matrix`) && !PathRegexp(`/upgrade$`) ||")},
		{Name: "sessions that the operator ended go on", Feature: "sign_in/operator", Says: "still takes the phone of Alice", After: before("mas", "UPDATE ON oauth2_sessions", "NEW.finished_at := NULL; RETURN NEW")},
		{Name: "the first password stays", Feature: "sign_in/operator", Says: "Invalid credentials", After: before("mas", "INSERT ON user_passwords",
			"IF EXISTS (SELECT FROM user_passwords WHERE user_id = NEW.user_id) THEN RETURN NULL; END IF; RETURN NEW")},
		{Name: "rights are not taken back", Feature: "sign_in/rights", Says: "was not refused", After: before("mas", "UPDATE ON users", "NEW.can_request_admin := OLD.can_request_admin OR NEW.can_request_admin; RETURN NEW")},
	}
}
