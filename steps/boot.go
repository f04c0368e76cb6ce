package steps

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"matrixstack/stack"
	"matrixstack/stack/images"
)

// prepare finds the images of everything that will run, and tells what scenarios want beyond that.
func (r *run) prepare(ctx context.Context, chosen selection, verdict *Verdict) (wanted []string, err error) {
	o := r.options
	if r.all, err = stack.NewWorld(stack.TestSites(stack.SignInMAS), stack.Environment{}); err != nil {
		return nil, err
	}
	if err := stack.Sweep(ctx, o.Engine); err != nil {
		return nil, fmt.Errorf("sweep what killed runs left: %w", err)
	}
	if wanted, err = r.resolve(ctx, chosen, verdict); err != nil {
		return nil, err
	}
	r.signIn = stack.SignInMAS
	if _, ok := r.available["mas"]; !ok {
		r.signIn = stack.SignInSynapse
		verdict.Notices = append(verdict.Notices, "alpha signs in at Synapse itself, since no image of Matrix Authentication Service is available; what is about MAS was skipped")
	}
	for _, notice := range verdict.Notices {
		fmt.Fprintln(o.Out, "NOTE: "+notice)
	}
	return wanted, nil
}

// boot finds the images and starts the stack.
func (r *run) boot(ctx context.Context, chosen selection, verdict *Verdict) error {
	o := r.options
	wanted, err := r.prepare(ctx, chosen, verdict)
	if err != nil {
		return err
	}
	begin := time.Now()
	r.boots.Add(1)
	r.stack, err = stack.Start(ctx, o.Engine, stack.Options{
		Sites: stack.TestSites(r.signIn), Images: r.available, Wanted: func(name string) bool { return slices.Contains(wanted, name) },
		Seeds: o.Seeds, Alter: o.Alter, Owner: owner(o.Keep), Fixed: o.Fixed, Progress: func(line string) { fmt.Fprintln(o.Out, line) },
	})
	verdict.Boot = time.Since(begin)
	if err != nil {
		return fmt.Errorf("boot the stack: %w", err)
	}
	verdict.Warm = r.stack.Warm()
	r.noteStart(ctx)
	fmt.Fprintf(o.Out, "all healthy after %.1fs\n", verdict.Boot.Seconds())
	return nil
}

// resolve finds an image for everything that will run, and tells what scenarios want beyond that. What runs anyway comes first:
// no server is built for scenarios that cannot run without another one.
func (r *run) resolve(ctx context.Context, chosen selection, verdict *Verdict) (wanted []string, err error) {
	begin := time.Now()
	r.available = map[string]stack.Image{}
	always := imageNames(r.all, nil)
	if err := r.find(ctx, always, r.available); err != nil {
		return nil, err
	}
	wanted = chosen.tagged(r.can)
	more := slices.DeleteFunc(append(imageNames(r.all, wanted), r.otherVersions(wanted)...), func(name string) bool { return slices.Contains(always, name) })
	if err := r.find(ctx, more, r.available); err != nil {
		return nil, err
	}
	slices.SortFunc(r.images, func(a, b images.Resolved) int { return strings.Compare(a.Name, b.Name) })
	verdict.Provenance, verdict.Resolve = r.provenance(), time.Since(begin)
	verdict.Images = r.images
	for _, row := range r.images {
		if len(row.Moved) > 0 {
			verdict.Notices = append(verdict.Notices, fmt.Sprintf("image %s %s", row.Name, row.Note))
		}
	}
	return wanted, r.core(r.available)
}

// can tells whether scenarios with a tag of that name may run, as far as is known before every server was looked for.
func (r *run) can(name string) bool {
	c, ok := r.all.Component(name)
	_, have := r.available[c.Image]
	return !ok || c.OnDemand || have
}

// otherVersions lists the images that scenarios are tagged with themselves: versions nothing runs until something is upgraded.
func (r *run) otherVersions(wanted []string) []string {
	return slices.DeleteFunc(slices.Clone(wanted), func(name string) bool {
		entry, ok := r.options.Resolver.Lock.Entry(name)
		return !ok || entry.Of == ""
	})
}

// rows are the images that were looked for so far.
func (r *run) rows() []images.Resolved {
	r.imagesMu.Lock()
	defer r.imagesMu.Unlock()
	return slices.Clone(r.images)
}

func (r *run) noteImages(rows []images.Resolved) {
	r.imagesMu.Lock()
	defer r.imagesMu.Unlock()
	r.images = append(r.images, rows...)
}

// find adds the images of that name to those that are available.
func (r *run) find(ctx context.Context, names []string, available map[string]stack.Image) error {
	rows, err := r.options.Resolver.Resolve(ctx, names...)
	if err != nil {
		return err
	}
	r.noteImages(rows)
	for _, row := range rows {
		if row.Available() {
			available[row.Name] = imageOf(row)
		}
	}
	return nil
}

// core refuses to go on without what every scenario stands on.
func (r *run) core(available map[string]stack.Image) error {
	var problems []error
	for _, row := range r.images {
		if _, ok := available[row.Name]; !ok && slices.Contains([]string{"postgres", "synapse", "traefik"}, row.Name) {
			problems = append(problems, fmt.Errorf("boot the stack: image %q is unavailable: %s", row.Name, row.Note))
		}
	}
	return errors.Join(problems...)
}

// KeptOwner owns stacks that were left running on purpose.
const KeptOwner = "kept"

func owner(keep bool) string {
	if keep {
		return KeptOwner
	}
	return ""
}

// imageNames lists the images of components that will run, each once, sorted.
func imageNames(w stack.World, wanted []string) []string {
	var names []string
	for _, c := range w.Components {
		if !c.OnDemand || slices.Contains(wanted, c.Name) {
			names = append(names, c.Image)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// stop removes the stack, also after an interrupt.
func (r *run) stop(ctx context.Context) error {
	if r.options.Keep {
		return nil
	}
	return r.remove(ctx)
}

// giveUp ends a run that did not boot: what was started stays for whoever looks into it, unless the run was interrupted or broken
// on purpose. Its process is gone then, so the next run sweeps it.
func (r *run) giveUp(ctx context.Context, err error) error {
	if r.stack == nil || ctx.Err() != nil || r.options.Alter != nil || r.options.after != nil {
		return errors.Join(err, r.stop(ctx))
	}
	return fmt.Errorf("%w\nits containers stay for a look (docker ps -a --filter label=%s); the next run or make down removes them", err, r.stack.Label())
}

func (r *run) remove(ctx context.Context) error {
	if r.stack == nil {
		return nil
	}
	if err := r.stack.Stop(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("stop the stack: %w; remove the rest with make down", err)
	}
	return nil
}

// resolved is what was found for the image of a component.
func (r *run) resolved(component stack.Component) (images.Resolved, error) {
	rows := r.rows()
	i := slices.IndexFunc(rows, func(row images.Resolved) bool { return row.Name == component.Image })
	if i < 0 {
		return images.Resolved{}, fmt.Errorf("no image %q was resolved; resolved: %s", component.Image, strings.Join(imageNames(r.all, nil), ", "))
	}
	return rows[i], nil
}
