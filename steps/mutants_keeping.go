package steps

import "context"

// forgets lets the homeserver of alpha lose what it writes into one of its tables.
func forgets(table string) func(context.Context, *run) error {
	return func(ctx context.Context, r *run) error {
		_, err := r.stack.SQL(ctx, r.stack.World.Sites[0], "synapse", "CREATE FUNCTION forgets() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$; "+
			"CREATE TRIGGER forgets BEFORE INSERT ON "+table+" FOR EACH ROW EXECUTE FUNCTION forgets()")
		return err
	}
}

// keepingMutants break what the homeserver has to remember.
func keepingMutants() []Mutant {
	return []Mutant{
		{Name: "reports of people are lost", Feature: "operations/moderation", Says: "0 reports of Bob", After: forgets("event_reports")},
		{Name: "rooms that were shut are open again", Feature: "operations/moderation", Says: `into "market"`, After: forgets("blocked_rooms")},
		{Name: "favourites are forgotten", Feature: "messaging/devices", Says: "is a favourite", After: forgets("room_tags")},
		{Name: "other homeservers do not hear of new devices", Feature: "federation/outage", Says: "has not heard of the new device", After: forgets("device_lists_outbound_pokes")},
		{Name: "the proxy moves no rooms", Feature: "messaging/moving", Says: "moves", Alter: rewrite("traefik", "routes.yml", "(PathPrefix(`/_matrix`) ||", "(PathPrefix(`/_matrix`) && !PathRegexp(`/upgrade$`) ||")},
	}
}
