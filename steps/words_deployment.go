package steps

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/cucumber/godog"

	"matrixstack/stack"
	"matrixstack/stack/check"
)

// registerDeployment holds the words about what was rendered for an operator.
func registerDeployment(r Registrar) {
	r.Given(`^the operator has deployed the stack( with certificates that are asked for| where another homeserver is its neighbour| with calls and every bridge| without MAS)?$`, hasDeployed)
	r.When(`^its proxy is wrong in one way after another, and the operator checks each time:$`, makesProxyMistakes)
	r.When(`^the operator checks the deployment( against its neighbour| as who owns its bridges)?$`, checksDeployment)
	r.When(`^the operator lets MAS take over the accounts of the deployment$`, movesDeployedAccounts)
	r.When(`^the operator loses the deployment and restores its backup$`, losesDeployment)
	r.Then(`^each time the operator is told what to set$`, toldWhatToSet)
	r.Then(`^the check finds nothing wrong$`, findsNothingWrong)
	r.Then(`^the check finds that people call each other there, and that every bridge answers$`, findsCallsAndBridges)
	r.Then(`^the deployment and its neighbour reach one another, and the one tells the other whom to wake$`, reachOneAnother)
	r.Then(`^the operator signs in there as before$`, signsInAsBefore)
}

func hasDeployed(ctx context.Context, way string) error { return from(ctx).deploy(ctx, way) }

// proxyMistakes are what operators do to the routes of a deployment: what is replaced, and by what.
func proxyMistakes() map[string][2]string {
	return map[string][2]string{
		"does not answer for the server name":     {"/.well-known/matrix/", "/nowhere/"},
		"does not lead old clients to MAS":        {"login|logout|refresh", "nowhere"},
		"does not lead to MAS":                    {"auth." + deployedDomain, "nowhere." + deployedDomain},
		"leads to the homeserver at another port": {"synapse:8008", "synapse:9999"},
		"lets the administrator's doors be open":  {"/_synapse/client", "/_synapse"},
	}
}

// makesProxyMistakes makes one mistake after another, checks as somebody without an account, and mends it.
func makesProxyMistakes(ctx context.Context, table *godog.Table) error {
	const routes = "config/traefik/routes.yml"
	s := from(ctx)
	d := s.deployed
	// The engine takes connections before the proxy does; who asks in between is told of no mistake but a broken connection.
	restart := "docker compose restart --timeout 5 traefik\ndocker compose up --detach --wait --no-deps --no-recreate traefik"
	if _, err := d.Run(ctx, "cp "+routes+" routes.right"); err != nil {
		return err
	}
	for _, row := range table.Rows[1:] {
		mistake, about := row.Cells[0].Value, row.Cells[1].Value
		change, ok := proxyMistakes()[mistake]
		if !ok {
			return fmt.Errorf("no proxy %s; known: %s", mistake, known(proxyMistakes()))
		}
		if _, err := d.Run(ctx, fmt.Sprintf("sed 's#%s#%s#' routes.right > %s\n! cmp -s routes.right %s\n%s", change[0], change[1], routes, routes, restart)); err != nil {
			return fmt.Errorf("let the proxy be one that %s: %w", mistake, err)
		}
		if err := errors.Join(d.findDoors(ctx), s.look(ctx, d, LiveOptions{})); err != nil {
			return err
		}
		if !slices.ContainsFunc(d.found, func(f check.Finding) bool { return f.Level == check.Mistake && f.About == about && f.Set != "" }) {
			d.untold = append(d.untold, fmt.Errorf("when the proxy %s, the check says nothing of %q; it says:\n%s", mistake, about, strings.Join(d.mistakes(), "\n")))
		}
	}
	_, err := d.Run(ctx, "cat routes.right > "+routes+"\n"+restart)
	return errors.Join(err, d.findDoors(ctx))
}

func checksDeployment(ctx context.Context, how string) error {
	s := from(ctx)
	token, err := s.deployed.invitation(ctx)
	if err != nil {
		return err
	}
	who := LiveOptions{Token: token}
	switch how {
	case " as who owns its bridges":
		who.User, who.Password = "operator", operatorPassword
	case " against its neighbour":
		if who.Peer, err = s.deployed.neighbour(); err != nil {
			return err
		}
	}
	return s.look(ctx, s.deployed, who)
}

// losesDeployment backs up, loses containers, storage and folder, and does what the README says about restoring.
func losesDeployment(ctx context.Context) error {
	d := from(ctx).deployed
	const section = "Backup and restore"
	if err := d.follow(ctx, section, 0); err != nil {
		return err
	}
	lose := "docker compose down --volumes --timeout 5\nsudo rm -rf '" + d.home + "/storage'\nfind . -mindepth 1 -delete"
	if _, err := d.Run(ctx, lose); err != nil {
		return fmt.Errorf("lose the deployment: %w", err)
	}
	return errors.Join(d.follow(ctx, section, 1), d.findDoors(ctx))
}

// movesDeployedAccounts renders the deployment anew with MAS, and does what its README says then.
func movesDeployedAccounts(ctx context.Context) error {
	s := from(ctx)
	d := s.deployed
	d.chosen.SignIn = stack.SignInMAS
	if err := s.render(ctx, d); err != nil {
		return err
	}
	return errors.Join(d.follow(ctx, "Accounts that were the homeserver's", 0), d.findDoors(ctx))
}

// toldWhatToSet also wants the check to be content once everything is mended.
func toldWhatToSet(ctx context.Context) error {
	s := from(ctx)
	if err := errors.Join(s.deployed.untold...); err != nil {
		return err
	}
	if err := s.look(ctx, s.deployed, LiveOptions{}); err != nil {
		return err
	}
	if wrong := s.deployed.mistakes(); len(wrong) > 0 {
		return fmt.Errorf("everything is mended, and the check still finds:\n%s", strings.Join(wrong, "\n"))
	}
	return nil
}

func findsNothingWrong(ctx context.Context) error {
	d := from(ctx).deployed
	if wrong := d.mistakes(); len(wrong) > 0 {
		return fmt.Errorf("the check found %d things wrong:\n%s", len(wrong), strings.Join(wrong, "\n"))
	}
	if problem := d.verdict.Problem(); problem != "" {
		return fmt.Errorf("the check found nothing wrong, and proved nothing: %s", problem)
	}
	return nil
}

// reachOneAnother wants what takes a peer to have been tried, and to be right.
func reachOneAnother(ctx context.Context) error {
	d := from(ctx).deployed
	problems := []error{findsNothingWrong(ctx), d.findsGood(aboutTowards, aboutFrom, aboutPushes)}
	for _, r := range d.verdict.Results {
		if r.Status == Skipped {
			problems = append(problems, fmt.Errorf("%q was skipped: %s", r.Name, r.Reason))
		}
	}
	return errors.Join(problems...)
}

func findsCallsAndBridges(ctx context.Context) error {
	d := from(ctx).deployed
	abouts := []string{aboutRelay, aboutCalls}
	for name := range botsOf(stack.Site{}) {
		abouts = append(abouts, "bridge "+name)
	}
	problems := []error{findsNothingWrong(ctx), d.findsGood(abouts...)}
	for _, f := range d.found {
		if f.About == aboutCalls && f.Level == check.Good && strings.Count(f.What, publicIP) != 2 {
			problems = append(problems, fmt.Errorf("sound and pictures do not go to %s, where people find the deployment: %s", publicIP, f.What))
		}
	}
	return errors.Join(problems...)
}

// findsGood wants the last check to have looked at something, and to have found it right.
func (d *deployment) findsGood(abouts ...string) error {
	var problems []error
	for _, about := range abouts {
		i := slices.IndexFunc(d.found, func(f check.Finding) bool { return f.About == about })
		switch {
		case i < 0:
			problems = append(problems, fmt.Errorf("the check says nothing of %s", about))
		case d.found[i].Level != check.Good:
			problems = append(problems, fmt.Errorf("%s: %s", about, d.found[i].What))
		}
	}
	return errors.Join(problems...)
}

// signsInAsBefore lets the operator check the deployment as who they were.
func signsInAsBefore(ctx context.Context) error {
	s := from(ctx)
	if err := s.look(ctx, s.deployed, LiveOptions{User: "operator", Password: operatorPassword}); err != nil {
		return err
	}
	return findsNothingWrong(ctx)
}
