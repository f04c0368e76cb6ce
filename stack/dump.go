package stack

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// dumpFolder is where dumps lie inside a database server, which may lose them.
const dumpFolder = "/tmp"

// Databases lists the databases of a database server that somebody made.
func (s *Stack) Databases(ctx context.Context, name string) ([]string, error) {
	said, err := s.Exec(ctx, name, "psql", "-U", "postgres", "-v", "ON_ERROR_STOP=1", "-Atc",
		"SELECT datname FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres' ORDER BY 1")
	if err != nil {
		return nil, fmt.Errorf("list the databases of %q: %w", name, err)
	}
	return strings.Fields(said), nil
}

// dump writes one database into a folder of this machine, as <database>.dump.tar, without the data of one table unless that
// is empty.
func (s *Stack) dump(ctx context.Context, name, database, folder, without string) error {
	file := dumpFolder + "/" + database + ".dump"
	command := []string{"pg_dump", "-U", "postgres", "-Fc", "-f", file}
	if without != "" {
		command = append(command, "--exclude-table-data="+without)
	}
	if _, err := s.Exec(ctx, name, append(command, database)...); err != nil {
		return fmt.Errorf("dump database %q: %w", database, err)
	}
	n, err := s.node(name)
	if err != nil {
		return err
	}
	content, err := s.engine.pack(ctx, n.container.GetContainerID(), file)
	if err != nil {
		return fmt.Errorf("dump database %q: %w", database, err)
	}
	defer content.Close()
	if err := writeWhole(dumped(folder, database), content); err != nil {
		return fmt.Errorf("dump database %q: %w", database, err)
	}
	_, err = s.Exec(ctx, name, "rm", file)
	return err
}

// dumpSuffix tells a dump from other files of a backup.
const dumpSuffix = ".dump.tar"

func dumped(folder, database string) string { return filepath.Join(folder, database+dumpSuffix) }

// bringDump puts a dump into a database server, where its tools read it.
func (s *Stack) bringDump(ctx context.Context, name, database, folder string) (file string, err error) {
	n, err := s.node(name)
	if err != nil {
		return "", err
	}
	content, err := os.Open(dumped(folder, database))
	if err != nil {
		return "", fmt.Errorf("read the dump of database %q: %w", database, err)
	}
	defer content.Close()
	if err := s.engine.unpack(ctx, n.container.GetContainerID(), dumpFolder, content); err != nil {
		return "", fmt.Errorf("read the dump of database %q: %w", database, err)
	}
	return dumpFolder + "/" + database + ".dump", nil
}

// dropDump removes a dump from a database server. One that stays does no harm.
func (s *Stack) dropDump(ctx context.Context, name, file string) {
	_, _ = s.Exec(ctx, name, "rm", "-f", file)
}

// load fills an empty database from a dump.
func (s *Stack) load(ctx context.Context, name, database, folder string) error {
	file, err := s.bringDump(ctx, name, database, folder)
	if err != nil {
		return err
	}
	defer s.dropDump(ctx, name, file)
	if _, err := s.Exec(ctx, name, "pg_restore", "-U", "postgres", "--exit-on-error", "-d", database, file); err != nil {
		return fmt.Errorf("load database %q: %w", database, err)
	}
	return nil
}

// dumpAll dumps every database of a server, that of the homeserver first. without names a table of a database whose data must not
// come back.
func (s *Stack) dumpAll(ctx context.Context, name, folder string, without map[string]string) (databases []string, err error) {
	if databases, err = s.Databases(ctx, name); err != nil {
		return nil, err
	}
	if i := slices.Index(databases, "synapse"); i > 0 {
		databases = slices.Insert(slices.Delete(databases, i, i+1), 0, "synapse")
	}
	for _, database := range databases {
		if err := s.dump(ctx, name, database, folder, without[database]); err != nil {
			return nil, err
		}
	}
	return databases, nil
}

// number is the version in what software says of itself.
func number(said string) string { return regexp.MustCompile(`\d+(\.\d+)+`).FindString(said) }

// Major is what comes first in a version.
func Major(version string) string {
	first, _, _ := strings.Cut(strings.TrimPrefix(version, "v"), ".")
	return first
}
