package steps

import (
	"context"
	"fmt"
	"time"

	"matrixstack/stack"
)

// killMigrating kills a server once it has made so many changes to the tables of its database: the next one waits for that.
func killMigrating(server, database string, changes int) func(context.Context, *stack.Stack) error {
	const held = "FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'"
	return func(ctx context.Context, s *stack.Stack) error {
		ask := func(ctx context.Context, query string) (string, error) {
			return s.SQL(ctx, s.World.Sites[0], database, query)
		}
		if _, err := ask(ctx, fmt.Sprintf(`
			CREATE SEQUENCE changes;
			CREATE FUNCTION hold() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER AS
				$$ BEGIN IF nextval('public.changes') = %d THEN PERFORM pg_sleep(3600); END IF; END $$;
			CREATE EVENT TRIGGER hold ON ddl_command_end EXECUTE FUNCTION hold()`, changes)); err != nil {
			return err
		}
		defer func() {
			_, _ = ask(context.WithoutCancel(ctx), "SELECT pg_terminate_backend(pid) "+held)
			_, _ = ask(context.WithoutCancel(ctx), "DROP EVENT TRIGGER hold; DROP FUNCTION hold(); DROP SEQUENCE changes")
		}()
		for ticker := time.NewTicker(interval); ; {
			if waiting, err := ask(ctx, "SELECT count(*) "+held); err == nil && waiting != "0" {
				return s.Kill(ctx, server)
			}
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-ticker.C:
			}
		}
	}
}
