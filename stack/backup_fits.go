package stack

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// fits refuses a backup that was taken from other versions, lacks a dump, a key or a file, or is no backup of one moment of this site.
func (s *Stack) fits(ctx context.Context, b Backup, folder string) error {
	site, ok := s.World.Site(b.Site)
	if !ok {
		return Refused{fmt.Sprintf("it was taken from the site %q, which does not run here; restore it where that site runs", b.Site)}
	}
	for _, n := range s.membersOf(b.Site) {
		runs, err := s.VersionOf(ctx, n.Name)
		if err != nil {
			return err
		}
		if taken := b.Versions[n.Name]; taken != runs {
			return Refused{fmt.Sprintf("it was taken from %s %s, and %s runs here; restore it into that version, then upgrade", n.Name, taken, runs)}
		}
	}
	var wanted belongings
	for _, n := range s.membersOf(b.Site) {
		if !n.Database {
			continue
		}
		databases, err := s.Databases(ctx, n.Name)
		if err != nil {
			return err
		}
		for _, database := range databases {
			if b.Files[database+dumpSuffix] == "" {
				return Refused{fmt.Sprintf("it holds no dump of database %s; take another one", database)}
			}
			if err := s.dumpFits(ctx, n.Name, database, folder, b); err != nil {
				return err
			}
		}
		if wanted, err = s.homeserverFits(ctx, n.Name, site, folder); err != nil {
			return err
		}
	}
	return s.filesFit(site, wanted, folder)
}

// dumpFits refuses a dump that cannot be read to its end, or was not made while the backup was taken.
func (s *Stack) dumpFits(ctx context.Context, name, database, folder string, b Backup) error {
	file, err := s.bringDump(ctx, name, database, folder)
	if err != nil {
		return err
	}
	defer s.dropDump(ctx, name, file)
	listed, err := s.Exec(ctx, name, "pg_restore", "--list", file)
	if err != nil {
		return Refused{fmt.Sprintf("the dump of database %s cannot be read: %s; take another one", database, lastLine(listed))}
	}
	if said, err := s.Exec(ctx, name, "pg_restore", "--file=/dev/null", file); err != nil {
		return Refused{fmt.Sprintf("the dump of database %s ends too early: %s; take another one", database, lastLine(said))}
	}
	made, err := dumpedAt(listed)
	if err != nil {
		return fmt.Errorf("read the dump of database %q: %w", database, err)
	}
	if made.Before(b.When.Truncate(time.Second)) || made.After(b.Until) {
		return Refused{fmt.Sprintf("the dump of database %s was made at %s, and the backup from %s to %s; take one of which all is of one moment", database,
			made.UTC().Format(time.DateTime), b.When.UTC().Format(time.DateTime), b.Until.UTC().Format(time.DateTime))}
	}
	return nil
}

// homeserverFits refuses the database of a homeserver with another name, and tells what must be in the files beside it.
func (s *Stack) homeserverFits(ctx context.Context, name string, site Site, folder string) (belongings, error) {
	file, err := s.bringDump(ctx, name, "synapse", folder)
	if err != nil {
		return belongings{}, err
	}
	defer s.dropDump(ctx, name, file)
	tables := map[string][]map[string]string{}
	for _, table := range []string{"users", "local_media_repository", "event_json"} {
		said, err := s.Exec(ctx, name, "pg_restore", "--data-only", "--table="+table, "--file=-", file)
		if err != nil {
			return belongings{}, fmt.Errorf("read the dump of database \"synapse\": %w", err)
		}
		tables[table] = rowsOf(said)
	}
	for _, person := range tables["users"] {
		if _, home, _ := strings.Cut(person["name"], ":"); home != site.ServerName {
			return belongings{}, Refused{fmt.Sprintf("it holds people of %s, and %s runs here; restore it where that homeserver runs", home, site.ServerName)}
		}
	}
	return belongings{mediaFiles(tables["local_media_repository"]), signers(tables["event_json"], site.ServerName)}, nil
}

// filesFit refuses a backup that lacks keys of a server, or what its database speaks of.
func (s *Stack) filesFit(site Site, wanted belongings, folder string) error {
	for _, n := range s.membersOf(site.Name) {
		for i, storage := range n.Storage {
			if n.Database {
				continue
			}
			file := filepath.Join(folder, storageFile(n.Name, i))
			there, err := filesIn(file, n.Name)
			if err != nil {
				return err
			}
			if err := storage.keysAmong(there, n.Name); err != nil {
				return err
			}
			if n.Name == site.Component("synapse") {
				if err := wanted.among(there, file); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// filesIn lists what a copy of a storage holds, by path inside it, and whether there is anything in it.
func filesIn(file, component string) (map[string]bool, error) {
	content, err := os.Open(file)
	if errors.Is(err, os.ErrNotExist) {
		return nil, Refused{fmt.Sprintf("it holds no files of %s; take another one", component)}
	}
	if err != nil {
		return nil, fmt.Errorf("read the backup: %w", err)
	}
	defer content.Close()
	there := map[string]bool{}
	for archive := tar.NewReader(content); ; {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return there, nil
		}
		if err != nil {
			return nil, Refused{fmt.Sprintf("the files of %s cannot be read: %v; take another one", component, err)}
		}
		_, inside, _ := strings.Cut(header.Name, "/")
		there[inside] = header.Size > 0
	}
}

// keysAmong refuses files that lack what cannot be made again.
func (st Storage) keysAmong(there map[string]bool, component string) error {
	for _, key := range st.Keys {
		if !there[key] {
			return Refused{fmt.Sprintf("it lacks %s/%s of %s, which nobody can make again; take a backup that has it", st.Path, key, component)}
		}
	}
	return nil
}
