package stack

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Backup says what a folder of a backup holds. It is written last: a folder without it is torn.
type Backup struct {
	When     time.Time         `json:"when"`  // it was begun
	Until    time.Time         `json:"until"` // it was finished
	Site     string            `json:"site"`
	Versions map[string]string `json:"versions"` // what each server said of itself, by component
	Files    map[string]string `json:"files"`    // SHA-256 by file name
}

// Refused says why a backup is not restored. Nothing has been touched then.
type Refused struct{ Why string }

// Error is the reason with what to do.
func (r Refused) Error() string { return "restore the backup: " + r.Why }

const (
	manifestFile = "backup.json"
	// oneTimeKeys are handed out once; restored they would be handed out twice, and what was locked with them could not be opened.
	// Devices make new ones. Source: Synapse, docs/usage/administration/backups.md.
	oneTimeKeys = "e2e_one_time_keys_json"
)

// BackUp copies what a site keeps into an empty folder while it runs: first the databases, the homeserver's before that of the
// accounts, then files, so that each file a database speaks of is there.
func (s *Stack) BackUp(ctx context.Context, site, folder string) (Backup, error) {
	b := Backup{When: time.Now(), Site: site, Versions: map[string]string{}, Files: map[string]string{}}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return b, fmt.Errorf("back up %s: %w", site, err)
	}
	members := s.membersOf(site)
	for _, n := range members {
		var err error
		if b.Versions[n.Name], err = s.VersionOf(ctx, n.Name); err != nil {
			return b, fmt.Errorf("back up %s: %w", site, err)
		}
		if n.Database {
			if _, err := s.dumpAll(ctx, n.Name, folder, map[string]string{"synapse": oneTimeKeys}); err != nil {
				return b, fmt.Errorf("back up %s: %w", site, err)
			}
		}
	}
	for _, n := range members {
		if n.Database {
			continue
		}
		if err := s.copyStorage(ctx, n, folder); err != nil {
			return b, fmt.Errorf("back up %s: %w", site, err)
		}
	}
	b.Until = time.Now()
	return b, b.Seal(folder)
}

// membersOf lists what runs at a site, sorted by name.
func (s *Stack) membersOf(site string) []*node {
	var members []*node
	for _, name := range slices.Sorted(maps.Keys(s.nodes)) {
		if s.nodes[name].Site == site {
			members = append(members, s.nodes[name])
		}
	}
	return members
}

// VersionOf is the number in what the software inside a component says of itself; "" for software that says nothing.
func (s *Stack) VersionOf(ctx context.Context, name string) (string, error) {
	n, err := s.node(name)
	if err != nil || len(n.Version) == 0 {
		return "", err
	}
	said, err := s.Exec(ctx, name, n.Version...)
	if err != nil {
		return "", fmt.Errorf("ask %q for its version: %w", name, err)
	}
	return number(said), nil
}

// Seal writes down what the folder holds.
func (b Backup) Seal(folder string) error {
	b.Files = map[string]string{}
	files, err := os.ReadDir(folder)
	if err != nil {
		return fmt.Errorf("seal the backup: %w", err)
	}
	for _, file := range files {
		if file.Name() == manifestFile {
			continue
		}
		if b.Files[file.Name()], err = hashOf(filepath.Join(folder, file.Name())); err != nil {
			return fmt.Errorf("seal the backup: %w", err)
		}
	}
	content, err := json.MarshalIndent(b, "", "  ")
	if err != nil {
		return fmt.Errorf("seal the backup: %w", err)
	}
	return writeWhole(filepath.Join(folder, manifestFile), strings.NewReader(string(content)+"\n"))
}

// ReadBackup reads what a folder should hold and refuses one that does not hold it.
func ReadBackup(folder string) (Backup, error) {
	var b Backup
	content, err := os.ReadFile(filepath.Join(folder, manifestFile))
	if errors.Is(err, os.ErrNotExist) {
		return b, Refused{"it is torn: its list of what it holds, which is written last, is missing; take another one"}
	}
	if err != nil {
		return b, fmt.Errorf("read the backup: %w", err)
	}
	if err := json.Unmarshal(content, &b); err != nil {
		return b, Refused{fmt.Sprintf("%s cannot be read: %v; take another one", manifestFile, err)}
	}
	for _, name := range slices.Sorted(maps.Keys(b.Files)) {
		switch hash, err := hashOf(filepath.Join(folder, name)); {
		case errors.Is(err, os.ErrNotExist):
			return b, Refused{fmt.Sprintf("it is torn: %s is missing; take another one", name)}
		case err != nil:
			return b, fmt.Errorf("read the backup: %w", err)
		case hash != b.Files[name]:
			return b, Refused{fmt.Sprintf("it is torn: %s is not what was written; take another one", name)}
		}
	}
	return b, nil
}

// Destroy removes all that a site keeps. What runs afterwards is a stack nobody has used yet.
func (s *Stack) Destroy(ctx context.Context, site string) error {
	names := s.haltOrder(site)
	if err := s.vacate(ctx, names, asBefore); err != nil {
		return err
	}
	return s.resumeAll(ctx, names)
}

// Restore destroys all that a site keeps and brings back what a backup holds. A backup that cannot be relied on is refused before
// anything is touched.
func (s *Stack) Restore(ctx context.Context, folder string) error {
	b, err := ReadBackup(folder)
	if err != nil {
		return err
	}
	if err := s.fits(ctx, b, folder); err != nil {
		return err
	}
	names := s.haltOrder(b.Site)
	if err := s.vacate(ctx, names, asBefore); err != nil {
		return err
	}
	for _, name := range slices.Backward(names) {
		if err := s.bringBack(ctx, s.nodes[name], b, folder); err != nil {
			return err
		}
	}
	return nil
}

// bringBack fills the empty storage of a server and starts it.
func (s *Stack) bringBack(ctx context.Context, n *node, b Backup, folder string) error {
	if n.Database {
		if err := s.resumeKept(ctx, n); err != nil {
			return err
		}
		for _, file := range slices.Sorted(maps.Keys(b.Files)) {
			if database, ok := strings.CutSuffix(file, dumpSuffix); ok {
				if err := s.load(ctx, n.Name, database, folder); err != nil {
					return err
				}
			}
		}
		return nil
	}
	if err := s.fillStorage(ctx, n, folder); err != nil {
		return fmt.Errorf("bring back the files of %q: %w", n.Name, err)
	}
	return s.resumeKept(ctx, n)
}

func hashOf(file string) (string, error) {
	content, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer content.Close()
	hash := sha256.New()
	if _, err := io.Copy(hash, content); err != nil {
		return "", err
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}
