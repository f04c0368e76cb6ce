package steps

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// What came of breaking the stack.
const (
	mutantCaught  = "caught"
	mutantMissed  = "MISSED"
	mutantUntried = "not tried"
)

// RunMutants breaks the stack in one way after another and says which feature noticed. It returns the names of those that nobody did.
func RunMutants(ctx context.Context, o Options, only string, out io.Writer) (missed []string, err error) {
	chosen, err := chooseMutants(only)
	if err != nil {
		return nil, err
	}
	// Without features nothing would be noticed, however broken it is.
	if _, err := featureFiles(o.Source, o.Features); err != nil {
		return nil, err
	}
	release, err := clearReport(o.ReportDir)
	if err != nil {
		return nil, err
	}
	defer release()
	untried := 0
	for _, m := range chosen {
		verdict, said, err := m.run(ctx, o)
		if err = cmp.Or(err, ctx.Err()); err != nil {
			return missed, err
		}
		switch verdict {
		case mutantMissed:
			missed = append(missed, m.Name)
		case mutantUntried:
			untried++
		}
		fmt.Fprintf(out, "%s  %s\n        %s\n", verdict, m.Name, strings.ReplaceAll(said, "\n", "\n        "))
	}
	fmt.Fprintf(out, "%d caught, %d missed, %d not tried\n", len(chosen)-len(missed)-untried, len(missed), untried)
	return missed, nil
}

// chooseMutants finds those whose names hold a text.
func chooseMutants(only string) ([]Mutant, error) {
	chosen := slices.DeleteFunc(Mutants(), func(m Mutant) bool { return !strings.Contains(m.Name, only) })
	if len(chosen) > 0 {
		return chosen, nil
	}
	return nil, fmt.Errorf("break the stack: no way to break it is called like %q; stackctl mutants --list names all %d", only, len(Mutants()))
}

// run boots the broken stack and runs the feature that must notice.
func (m Mutant) run(ctx context.Context, o Options) (verdict, said string, err error) {
	log, err := os.Create(filepath.Join(o.ReportDir, slug(m.Name)+".log"))
	if err != nil {
		return "", "", fmt.Errorf("break the stack: %w", err)
	}
	defer log.Close()
	o.Alter, o.client, o.after, o.hopped, o.midway, o.Out = m.Alter, m.Client, m.After, m.Hop, m.Midway, log
	o.ReportDir = filepath.Join(o.ReportDir, slug(m.Name))
	if m.Cold {
		o.Seeds = ""
	}
	o.Feature = m.Feature
	if m.Feature == "boot" {
		o.Feature = "stack/servers" // one that boots all the same has to run something
	}
	ran, err := Run(ctx, o)
	if err == nil {
		ran.WriteSummary(log, false)
	}
	verdict, said = m.judge(ran, err)
	if verdict == mutantMissed && err == nil {
		said += "; see " + log.Name()
	}
	return verdict, said, nil
}

// judge tells from a run of the broken stack whether it was noticed, by whom it should be and for the reason it should be.
func (m Mutant) judge(ran Verdict, err error) (verdict, said string) {
	if errors.Is(err, errNotHere) {
		return mutantUntried, redact(oneLine(err.Error()))
	}
	if err != nil {
		said := "the stack did not come up: " + redact(err.Error())
		if m.Feature == "boot" && strings.Contains(said, m.Says) {
			return mutantCaught, said
		}
		return mutantMissed, said
	}
	var skipped []Result
	for _, r := range ran.Results {
		if r.Status == Failed && strings.Contains(r.Reason, m.Says) {
			return mutantCaught, fmt.Sprintf("%s %s: %s", r.Place(), r.Name, firstLine(r.Reason))
		}
		if r.Status == Skipped {
			skipped = append(skipped, r)
		}
	}
	looked := cmp.Or(m.Feature, "everything")
	if red := slices.IndexFunc(ran.Results, func(r Result) bool { return r.Status == Failed }); red >= 0 {
		other := ran.Results[red]
		return mutantMissed, fmt.Sprintf("%s went red, but nobody said %q: %s %s: %s", looked, m.Says, other.Place(), other.Name, firstLine(other.Reason))
	}
	said = looked + " stayed green"
	if len(skipped) == 0 {
		return mutantMissed, said
	}
	why := fmt.Sprintf("%d of %d scenarios of %s did not run: %s", len(skipped), len(ran.Results), looked, firstLine(skipped[0].Reason))
	if len(skipped) == len(ran.Results) {
		return mutantUntried, why
	}
	return mutantMissed, said + "; " + why
}
