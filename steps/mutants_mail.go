package steps

import (
	"context"
	"slices"
	"strings"

	"matrixstack/stack"
)

// mailMutants break what goes out by mail, and what is asked of those who sign up.
func mailMutants() []Mutant {
	return slices.Concat(deliveryMutants(), recoveryMutants(), []Mutant{
		{
			Name: "ways back in are free again at once", Feature: "limits/mail", Says: "nobody stopped it",
			Alter: setAll(map[string]string{"account_recovery.per_ip.per_second": "999", "account_recovery.per_address.per_second": "999"}),
		},
		{
			Name: "codes are free again at once", Feature: "limits/mail", Says: "nobody stopped it",
			Alter: setAll(map[string]string{"email_authentication.per_ip.per_second": "999", "email_authentication.per_address.per_second": "999"}),
		},
		{
			Name: "an address counts before it is confirmed", Feature: "sign_in/address", Says: "has the addresses",
			After: inAccounts("CREATE FUNCTION early() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO user_emails (user_email_id, user_id, email, created_at) SELECT NEW.user_email_authentication_id, user_id, NEW.email, now() FROM user_sessions WHERE user_session_id = NEW.user_session_id; RETURN NEW; END $$; CREATE TRIGGER early AFTER INSERT ON user_email_authentications FOR EACH ROW EXECUTE FUNCTION early()"),
		},
		{
			Name: "the address that was asked for is not needed", Feature: "sign_in/confirmed", Says: "was not refused",
			Alter: override("account:\n  password_registration_email_required: false\n"),
		},
		{
			Name: "the invitation that was asked for is not needed", Feature: "sign_in/invitation", Says: "was not refused",
			Alter: override("account:\n  registration_token_required: false\n"),
		},
		{
			Name: "an invitation opens any number of accounts", Feature: "sign_in/invitation", Says: "was not refused",
			After: inAccounts(onUpdate("user_registration_tokens", "NEW.times_used := 0")),
		},
		{
			Name: "an invitation cannot be withdrawn", Feature: "sign_in/invitation", Says: "was not refused",
			After: inAccounts(onUpdate("user_registration_tokens", "NEW.revoked_at := NULL")),
		},
		{
			Name: "ways back in may be asked for without end", Feature: "limits/mail", Says: "nobody stopped it",
			Alter: setAll(map[string]string{"account_recovery.per_ip.burst": "999", "account_recovery.per_address.burst": "999"}),
		},
		{
			Name: "codes may be asked for without end", Feature: "limits/mail", Says: "nobody stopped it",
			Alter: setAll(map[string]string{"email_authentication.per_ip.burst": "999", "email_authentication.per_address.burst": "999"}),
		},
	})
}

// deliveryMutants keep mails from arriving, whatever MAS is told of the mail server.
func deliveryMutants() []Mutant {
	const feature, says = "sign_in/recovery", "no mail came"
	return []Mutant{
		{
			Name: "MAS cannot reach the mail server", Feature: feature, Says: says,
			Alter: change("mas", func(c *stack.Component) {
				c.Networks = slices.DeleteFunc(slices.Clone(c.Networks), func(n string) bool { return n == "mail" })
			}),
		},
		{
			Name: "nobody vouches for the mail server", Feature: feature, Says: says,
			Alter: foreignAuthority("mas", "ca.crt"),
		},
		{
			Name: "the mail server knows nobody", Feature: feature, Says: says,
			Alter: rewrite("mailpit", "accounts", "mas:", "somebody:"),
		},
	}
}

// recoveryMutants break the way back in.
func recoveryMutants() []Mutant {
	const feature = "sign_in/recovery"
	return []Mutant{
		{
			Name: "links in mails work again and again", Feature: feature, Says: "was not refused",
			After: inAccounts(onUpdate("user_recovery_sessions", "NEW.consumed_at := NULL")),
		},
		{
			Name: "who asks learns whose address is known", Feature: feature, Says: "is answered with",
			After: inAccounts("CREATE FUNCTION known() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NOT EXISTS (SELECT FROM user_emails WHERE email = NEW.email) THEN RAISE 'unknown address'; END IF; RETURN NEW; END $$; CREATE TRIGGER known BEFORE INSERT ON user_recovery_sessions FOR EACH ROW EXECUTE FUNCTION known()"),
		},
		{
			// Once the homeserver has told clients where to sign in, it goes on doing so: only what MAS sends out leads astray.
			Name: "links in mails lead to the inside", Feature: feature, Says: "mas:8080",
			After: func(ctx context.Context, r *run) error {
				site, _ := r.stack.World.Site("alpha")
				if err := getJSON(ctx, r.stack.HTTPClient(), "https://"+site.MatrixHost()+"/_matrix/client/v1/auth_metadata", nil); err != nil {
					return err
				}
				_, err := r.stack.Rewrite(ctx, "mas", "/config/config.yaml", func(content string) (string, error) {
					return strings.Replace(content, "public_base: https://auth.alpha.test/", "public_base: http://mas:8080/", 1), nil
				})
				return err
			},
		},
	}
}

// override lets a setting of the accounts win over what the operator changes later.
func override(settings string) func(*stack.World) error {
	return rewrite("mas", "test-override.yaml", "rate_limiting:\n", settings+"rate_limiting:\n")
}

// inAccounts changes the database of MAS.
func inAccounts(statements string) func(context.Context, *run) error {
	return func(ctx context.Context, r *run) error {
		_, err := r.stack.SQL(ctx, r.stack.World.Sites[0], "mas", statements)
		return err
	}
}

// onUpdate does something to every row of a table that changes.
func onUpdate(table, what string) string {
	return "CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN " + what + "; RETURN NEW; END $$; CREATE TRIGGER spoil BEFORE UPDATE ON " + table + " FOR EACH ROW EXECUTE FUNCTION spoil()"
}

// setAll gives several limits of the accounts other values, since each of them alone is enough.
func setAll(limits map[string]string) func(*stack.World) error {
	return func(w *stack.World) error {
		for limit, value := range limits {
			if err := set("mas", "config.yaml", "rate_limiting."+limit, value)(w); err != nil {
				return err
			}
		}
		return nil
	}
}

// brokenMails are the settings of mails and of what is asked of those who sign up, one at a time.
func brokenMails() []brokenSetting {
	const mas, file = "mas", "config.yaml"
	return []brokenSetting{
		{mas, file, "account.email_change_allowed", "false", "sign_in/address", "not allowed"},
		{mas, file, "account.password_recovery_enabled", "false", "sign_in/recovery", "takes no address"},
		{mas, file, "account.registration_token_required", "true", "accounts/sign_up", ""},
		{mas, file, "email.from", "somebody@elsewhere.test", "sign_in/recovery", "comes from"},
		{mas, file, "email.hostname", "nowhere", "sign_in/recovery", "no mail came"},
		{mas, file, "email.mode", "plain", "sign_in/recovery", "no mail came"},
		{mas, file, "email.password", "another", "sign_in/recovery", "no mail came"},
		{mas, file, "email.port", "25", "sign_in/recovery", "no mail came"},
		{mas, file, "email.reply_to", "somebody@elsewhere.test", "sign_in/recovery", "comes from"},
		{mas, file, "email.transport", "blackhole", "sign_in/recovery", "no mail came"},
		{mas, file, "email.username", "somebody", "sign_in/recovery", "no mail came"},
		{mas, file, "passwords.minimum_complexity", "0", "sign_in/recovery", "was not refused"},
		{mas, file, "rate_limiting.login.per_account.burst", "1", "limits/addresses", "was stopped after"},
		{mas, file, "rate_limiting.email_authentication.attempt_per_session.burst", "999", "limits/mail", "nobody stopped it"},
	}
}
