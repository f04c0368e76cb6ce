package steps

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/cucumber/godog"

	"matrixstack/stack"
	"matrixstack/stack/upgrade"
)

// registerUpgrades holds the words about other versions of a server, on a stack that people live on.
func registerUpgrades(r Registrar) {
	r.Given(`^people live on a stack of their own$`, liveOnOwnStack)
	r.Given(`^people live on a stack of their own that keeps its own accounts$`, liveOnOldStack)
	r.Given(`^people live on a stack of their own with (\w+) (\S+)$`, liveOnOwnStackWith)
	r.Given(`^there is a stack nobody lives on yet$`, isOwnStack)
	r.When(`^(\w+) is killed while the operator upgrades it to (\S+)$`, killedWhileUpgraded)
	r.When(`^the operator moves the accounts to Matrix Authentication Service$`, movesAccounts)
	r.When(`^the operator puts (\w+) (\S+) on the storage as it is$`, putsOnStorage)
	r.When(`^the operator upgrades (.+)$`, operatorUpgrades)
	r.Then(`^(\w+) does not start, and the operator reads "([^"]+)"$`, doesNotStart)
	r.Then(`^nothing that people would miss is lost$`, nothingIsLost)
	r.Then(`^the way back (is safe|loses what came since|needs the backup)$`, wayBackIs)
	r.Then(`^these are kept:$`, areKept)
}

func isOwnStack(ctx context.Context) error {
	s := from(ctx)
	return s.standAlone(ctx, s.run.signIn, nil)
}

func liveOnOwnStack(ctx context.Context) error {
	s := from(ctx)
	return s.liveWith(ctx, s.run.signIn, nil)
}

// liveOnOwnStackWith begins with another version of a server than the pinned one.
func liveOnOwnStackWith(ctx context.Context, component, version string) error {
	s := from(ctx)
	row, err := s.run.obtainable(ctx, component, version)
	if err != nil {
		return err
	}
	c, _ := s.run.all.Component(component)
	return s.liveWith(ctx, s.run.signIn, map[string]stack.Image{c.Image: imageOf(row)})
}

// liveWith boots a stack with some images instead of the pinned ones and lets people live on it.
func (s *scenario) liveWith(ctx context.Context, signIn stack.SignIn, instead map[string]stack.Image) (err error) {
	if err := s.standAlone(ctx, signIn, instead); err != nil {
		return err
	}
	s.life, err = s.moveIn(ctx)
	return err
}

// liveOnOldStack is a stack as they were before MAS.
func liveOnOldStack(ctx context.Context) error {
	return from(ctx).liveWith(ctx, stack.SignInSynapse, nil)
}

func movesAccounts(ctx context.Context) error {
	s := from(ctx)
	record, err := s.life.moveAccounts(ctx)
	s.verdicts = []upgrade.Record{record}
	return s.tried(err, "the operator moves the accounts")
}

// operatorUpgrades makes hops in the declared order: "synapse to 1.153.0, synapse to 1.163.2, mas to 1.22.0". It stops at the first
// that loses something.
func operatorUpgrades(ctx context.Context, list string) error {
	s := from(ctx)
	wants, err := readHops(list)
	if err != nil {
		return err
	}
	s.verdicts, err = s.life.upgrade(ctx, wants)
	return s.tried(err, "the operator upgrades %s", list)
}

// killedWhileUpgraded ends a server in the middle of what it does to its database. The database is called like the server.
func killedWhileUpgraded(ctx context.Context, component, version string) error {
	from(ctx).life.midway = killMigrating(component, component, 12)
	return operatorUpgrades(ctx, component+" to "+version)
}

func readHops(list string) ([]upgrade.Want, error) {
	var wants []upgrade.Want
	one := regexp.MustCompile(`^(\S+) to v?(\d\S*)$`)
	for _, part := range strings.Split(list, ", ") {
		found := one.FindStringSubmatch(part)
		if found == nil {
			return nil, fmt.Errorf(`read the upgrade %q: write "synapse to 1.163.2"`, part)
		}
		wants = append(wants, upgrade.Want{Component: found[1], Version: found[2]})
	}
	return wants, nil
}

// upgrade makes hops one after another, until one is not green.
func (l *life) upgrade(ctx context.Context, wants []upgrade.Want) ([]upgrade.Record, error) {
	hops, err := l.s.run.plan(ctx, wants, func(component string) (string, error) { return l.s.stack.VersionOf(ctx, component) })
	if err != nil {
		return nil, err
	}
	var records []upgrade.Record
	for _, h := range hops {
		record, err := l.hop(ctx, h)
		if err != nil {
			return records, fmt.Errorf("upgrade %s: %w", h.Hop, err)
		}
		if records = append(records, record); record.Verdict != upgrade.Green {
			return records, fmt.Errorf("upgrade %s: %s", h.Hop, record.Verdict)
		}
	}
	return records, nil
}

// areKept wants the table to be the whole contract, and all of it kept.
func areKept(ctx context.Context, table *godog.Table) error {
	var named, promised []string
	for _, row := range table.Rows {
		named = append(named, row.Cells[0].Value)
	}
	for _, item := range contract() {
		promised = append(promised, item.name)
	}
	if !slices.Equal(named, promised) {
		return fmt.Errorf("the contract is %s; the table says %s", strings.Join(promised, ", "), strings.Join(named, ", "))
	}
	return nothingIsLost(ctx)
}

// nothingIsLost wants the whole contract kept by every hop.
func nothingIsLost(ctx context.Context) error {
	s := from(ctx)
	if err := s.held(); err != nil {
		return err
	}
	if len(s.verdicts) == 0 && s.drill.Verdict == "" {
		return errors.New("nothing was upgraded or restored")
	}
	if s.drill.Verdict != "" && s.drill.Verdict != upgrade.Green {
		return fmt.Errorf("restored from the backup: %s", s.drill.Verdict)
	}
	for _, record := range s.verdicts {
		if judged := upgrade.Judge(record.Items); judged != upgrade.Green {
			return fmt.Errorf("%s: %s", record.Hop, judged)
		}
	}
	return nil
}

func wayBackIs(ctx context.Context, how string) error {
	s := from(ctx)
	if !s.last.looked { // there is a way back from what did not work, too
		if err := s.held(); err != nil {
			return err
		}
	}
	want := strings.TrimPrefix(how, "is ")
	is, why := upgrade.BackSafe, ""
	for _, record := range s.verdicts { // one that needs the backup makes it needed
		if record.WayBack != upgrade.BackSafe && is != upgrade.BackNone {
			is, why = record.WayBack, fmt.Sprintf("from %s: %s", record.Hop, record.Why)
		}
	}
	if is != want {
		return fmt.Errorf("the way back %s %s", is, why)
	}
	return nil
}

// putsOnStorage runs another version without anything its makers ask for before.
func putsOnStorage(ctx context.Context, component, version string) error {
	s := from(ctx)
	row, err := s.run.obtainable(ctx, component, version)
	if err != nil {
		return err
	}
	return s.tried(s.stack.Swap(ctx, component, imageOf(row)), "the operator runs %s %s", component, version)
}

// doesNotStart wants the operator told which server it is, and why.
func doesNotStart(ctx context.Context, component, reason string) error {
	return from(ctx).refused(func(err error) bool {
		return strings.Contains(err.Error(), "start "+component) && strings.Contains(err.Error(), reason)
	})
}
