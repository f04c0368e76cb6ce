#!/bin/sh
# Starts PostgreSQL as the published image does: an empty PGDATA becomes a cluster, set up
# from POSTGRES_USER, POSTGRES_PASSWORD, POSTGRES_DB, POSTGRES_INITDB_ARGS and the scripts in
# /docker-entrypoint-initdb.d.
set -eu

initialise() {
	user=${POSTGRES_USER:-postgres}
	if [ -z "${POSTGRES_PASSWORD:-}" ]; then
		echo "Error: Database is uninitialized and superuser password is not specified; set POSTGRES_PASSWORD" >&2
		exit 1
	fi
	password_file=$(mktemp)
	printf '%s\n' "$POSTGRES_PASSWORD" >"$password_file"
	# Word splitting is what the variable is for.
	# shellcheck disable=SC2086
	initdb --username="$user" --pwfile="$password_file" ${POSTGRES_INITDB_ARGS:-}
	rm "$password_file"
	printf '\nhost all all all scram-sha-256\n' >>"$PGDATA/pg_hba.conf"

	pg_ctl -D "$PGDATA" -o "-c listen_addresses='' -p 5432" -w start
	export PGPASSWORD="$POSTGRES_PASSWORD"
	if [ "${POSTGRES_DB:-$user}" != postgres ]; then
		psql -v ON_ERROR_STOP=1 -U "$user" -d postgres -c "CREATE DATABASE \"${POSTGRES_DB:-$user}\""
	fi
	for script in /docker-entrypoint-initdb.d/*; do
		case $script in
		*.sh) . "$script" ;;
		*.sql) psql -v ON_ERROR_STOP=1 -U "$user" -d "${POSTGRES_DB:-$user}" -f "$script" ;;
		esac
	done
	unset PGPASSWORD
	pg_ctl -D "$PGDATA" -m fast -w stop
	echo "PostgreSQL init process complete; ready for start up."
}

if [ "${1#-}" != "$1" ]; then
	set -- postgres "$@"
fi
if [ "$1" = postgres ]; then
	[ -s "$PGDATA/PG_VERSION" ] || initialise
	set -- "$@" -c listen_addresses='*'
fi
exec "$@"
