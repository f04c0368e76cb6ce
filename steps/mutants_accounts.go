package steps

import (
	"context"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/crypto"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"
)

// signInMutants break what people and operators do with accounts.
func signInMutants() []Mutant {
	const file = "config.yaml"
	return []Mutant{
		{
			Name: "people may not change their password", Feature: "sign_in/account", Says: "PASSWORD_CHANGES_DISABLED",
			Alter: rewrite("mas", file, "password_change_allowed: true", "password_change_allowed: false"),
		},
		{
			Name: "MAS answers no older clients", Feature: "sign_in/ways", Says: "login/sso/redirect",
			Alter: rewrite("mas", file, "        - name: compat\n", ""),
		},
		{
			Name: "MAS shows people no account", Feature: "sign_in/account", Says: "graphql",
			Alter: rewrite("mas", file, "        - name: graphql\n", ""),
		},
		{
			Name: "everybody may ask for administrator rights", Feature: "sign_in/rights", Says: "was not refused",
			After: before("mas", "INSERT ON users", "NEW.can_request_admin := true; RETURN NEW"),
		},
		{
			Name: "any client may register", Feature: "sign_in/ways", Says: "was not refused",
			Alter: rewrite("mas", file, "policy:\n  data:\n", "policy:\n  data:\n    client_registration: {allow_host_mismatch: true}\n"),
		},
		{
			Name: "beta takes any password", Feature: "sign_in/homeserver", Says: "was not refused",
			Alter: rewrite("beta-synapse", "homeserver.yaml", "minimum_length: 10", "minimum_length: 1"),
		},
		{
			Name: "beta knows no passwords", Feature: "sign_in/homeserver", Says: "Password login has been disabled",
			Alter: rewrite("beta-synapse", "homeserver.yaml", "password_config:\n  enabled: true", "password_config:\n  enabled: false"),
		},
		{
			Name: "Synapse keeps accounts beside MAS", Feature: "boot", Says: "synapse",
			Alter: rewrite("synapse", "homeserver.yaml", "matrix_authentication_service:\n", "enable_registration: true\nmatrix_authentication_service:\n"),
		},
	}
}

// keyMutants break people's clients.
func keyMutants() []Mutant {
	return []Mutant{
		{
			Name: "a client keeps its keys when somebody leaves", Feature: "encryption/members", Says: "same key",
			Client: func(d *device, _ *mautrix.Client) {
				d.crypto.Machine().CryptoStore = keepsKeys{d.crypto.Machine().CryptoStore}
			},
		},
		{
			Name: "the database loses one-time keys", Feature: "encryption/messages", Says: "the kettle is on",
			After: func(ctx context.Context, r *run) error {
				_, err := r.stack.SQL(ctx, r.stack.World.Sites[0], "synapse", "CREATE RULE lost AS ON INSERT TO e2e_one_time_keys_json DO INSTEAD NOTHING; CREATE RULE lost_too AS ON INSERT TO e2e_fallback_keys_json DO INSTEAD NOTHING")
				return err
			},
		},
		{
			Name: "a client hands keys to whoever asks", Feature: "encryption/passing_on", Says: "was not refused",
			Client: func(d *device, _ *mautrix.Client) {
				d.crypto.Machine().AllowKeyShare = func(context.Context, *id.Device, event.RequestedKeyInfo) *crypto.KeyShareRejection { return nil }
			},
		},
		{
			Name: "a client hands keys to nobody", Feature: "encryption/passing_on", Says: "asks the phone of Alice for a key",
			Client: func(d *device, _ *mautrix.Client) {
				d.crypto.Machine().AllowKeyShare = func(context.Context, *id.Device, event.RequestedKeyInfo) *crypto.KeyShareRejection {
					return &crypto.KeyShareRejectUnverified
				}
			},
		},
		{
			Name: "the database loses keys for when all others are used up", Feature: "encryption/used_up", Says: "are you there",
			After: forgets("e2e_fallback_keys_json"),
		},
		{
			Name: "the database takes keys of a device only once", Feature: "encryption/used_up", Says: "the homeserver has no keys",
			After: before("synapse", "INSERT ON e2e_one_time_keys_json", "IF EXISTS (SELECT FROM events WHERE sender = NEW.user_id) THEN RETURN NULL; END IF; RETURN NEW"),
		},
		{
			Name: "the database loses key backups", Feature: "encryption/own_keys", Says: "no session with given ID found",
			After: func(ctx context.Context, r *run) error {
				_, err := r.stack.SQL(ctx, r.stack.World.Sites[0], "synapse", "CREATE RULE lost AS ON INSERT TO e2e_room_keys DO INSTEAD NOTHING")
				return err
			},
		},
	}
}

// keepsKeys is a store of keys that never lets go of the ones it sends with.
type keepsKeys struct{ crypto.Store }

// RemoveOutboundGroupSession forgets to.
func (keepsKeys) RemoveOutboundGroupSession(context.Context, id.RoomID) error { return nil }
