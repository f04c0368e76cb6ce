package steps

import (
	"context"

	"matrixstack/stack"
)

// upgradeMutants lose one thing on the way to another version.
func upgradeMutants() []Mutant {
	const feature = "upgrades/survival"
	run := func(server string, command ...string) func(context.Context, *stack.Stack) error {
		return func(ctx context.Context, s *stack.Stack) error {
			_, err := s.Exec(ctx, server, command...)
			return err
		}
	}
	lose := func(database, statement string) func(context.Context, *stack.Stack) error {
		return func(ctx context.Context, s *stack.Stack) error {
			_, err := s.SQL(ctx, s.World.Sites[0], database, statement)
			return err
		}
	}
	halt := func(server string) func(context.Context, *stack.Stack) error {
		return func(ctx context.Context, s *stack.Stack) error { return s.Halt(ctx, server) }
	}
	misplace := func(server, other string) func(context.Context, *stack.Stack) error {
		return func(ctx context.Context, s *stack.Stack) error { return s.Misplace(ctx, server, other) }
	}
	return []Mutant{
		{Name: "an upgrade loses the media folder", Feature: feature, Says: "files lost", Hop: run("synapse", "rm", "-r", "/data/media_store")},
		{Name: "an upgrade loses aliases", Feature: feature, Says: "aliases and directory lost", Hop: lose("synapse", "DELETE FROM room_aliases")},
		{Name: "an upgrade loses receipts", Feature: feature, Says: "receipts and unread counts changed", Hop: lose("synapse", "DELETE FROM receipts_linearized")},
		{Name: "an upgrade loses account data", Feature: feature, Says: "account data lost", Hop: lose("synapse", "DELETE FROM account_data WHERE account_data_type = 'test.world.habits'")},
		{Name: "an upgrade loses pushers", Feature: feature, Says: "push rules and pushers changed", Hop: lose("synapse", "DELETE FROM pushers")},
		{Name: "an upgrade loses the key backup", Feature: feature, Says: "key backup changed", Hop: lose("synapse", "DELETE FROM e2e_room_keys")},
		{Name: "an upgrade loses cross-signing keys", Feature: feature, Says: "cross-signing changed", Hop: lose("synapse", "DELETE FROM e2e_cross_signing_keys")},
		{Name: "an upgrade loses keys of devices", Feature: feature, Says: "devices and their keys changed", Hop: lose("synapse", "DELETE FROM e2e_device_keys_json")},
		{Name: "an upgrade changes what was said", Feature: feature, Says: "words changed", Hop: lose("synapse", "UPDATE event_json SET json = replace(json, 'good morning', 'good mourning')")},
		{Name: "an upgrade loses invitations", Feature: feature, Says: "invitations changed", Hop: lose("synapse", "DELETE FROM local_current_membership WHERE membership = 'invite'")},
		{Name: "an upgrade loses roles", Feature: feature, Says: "rooms, roles and visibility changed", Hop: lose("synapse", "DELETE FROM current_state_events WHERE type = 'm.room.power_levels'")},
		{Name: "an upgrade ends sessions", Feature: feature, Says: "sessions and tokens lost", Hop: lose("mas", "UPDATE oauth2_access_tokens SET revoked_at = now()")},
		{Name: "an upgrade loses passwords", Feature: feature, Says: "accounts lost", Hop: lose("mas", "DELETE FROM user_passwords")},
		{Name: "an upgrade loses registration tokens", Feature: feature, Says: "registration tokens changed", Hop: lose("mas", "DELETE FROM user_registration_tokens")},
		{Name: "an upgrade leaves the bridge behind", Feature: feature, Says: "bridge links and puppets lost", Hop: halt("heisenbridge")},
		{Name: "an upgrade cuts federation off", Feature: feature, Says: "federation lost", Hop: halt("beta-traefik")},
		{
			Name: "an upgrade makes another signing key", Feature: feature, Says: "signing key changed",
			Hop: func(ctx context.Context, s *stack.Stack) error {
				_, err := s.Rewrite(ctx, "synapse", "/data/signing.key", func(string) (string, error) {
					return stack.NewSecrets("somebody else").SigningKey("signing key"), nil
				})
				return err
			},
		},
		{
			Name: "an upgrade loses the signing key", Feature: feature, Says: "signing key changed: ed25519:a_test was", // it makes itself another
			Hop: func(ctx context.Context, s *stack.Stack) error {
				if _, err := s.Exec(ctx, "synapse", "rm", "/data/signing.key"); err != nil {
					return err
				}
				return s.Restart(ctx, "synapse")
			},
		},
		{Name: "an upgrade starts on an empty volume", Feature: feature, Says: "files lost", Hop: misplace("synapse", "")},
		{Name: "an upgrade starts on the empty volume of a database", Feature: feature, Says: "words lost", Hop: misplace("postgres", "")},
		{Name: "an upgrade starts on the volume of another homeserver", Feature: feature, Says: `password authentication failed for user "synapse"`, Hop: misplace("postgres", "beta-postgres")},
		{Name: "an upgrade is killed while it migrates the homeserver", Feature: feature, Says: "started once more, it comes up, and nothing is lost", Midway: killMigrating("synapse", "synapse", 12)},
		{
			Name: "an upgrade may not change tables", Feature: feature, Says: "start synapse: not ready, it ended",
			Midway: lose("synapse", `CREATE FUNCTION refuse() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no changes today'; END $$;
				CREATE EVENT TRIGGER refuse ON ddl_command_end EXECUTE FUNCTION refuse()`),
		},
	}
}
