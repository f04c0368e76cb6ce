package report

import (
	"bytes"
	"cmp"
	"fmt"
	"strings"
)

// markdown is the same as the page for repositories and job summaries, without what needs a browser.
func (p page) markdown() []byte {
	var out bytes.Buffer
	line := func(format string, args ...any) { fmt.Fprintf(&out, format+"\n", args...) }
	line("# %s", p.headline())
	line("\n%d scenarios held, %d failed, %d skipped; %s, seed %d, %s.", p.Counts.Passed, p.Counts.Failed, p.Counts.Skipped, clock(p.Started), p.Seed, seconds(p.Seconds))
	if p.Since != "" {
		line("\n%s.", p.Since)
	}
	for _, i := range p.Foreign {
		line("\n> %s %s is %s", plain(i.Name), plain(i.Version), plain(i.Note))
	}
	for _, notice := range p.Notices {
		line("\n> %s", plain(notice))
	}
	p.markFailures(line)
	p.markPromises(line)
	if len(p.Skips) > 0 {
		line("\n## Skipped\n")
	}
	for _, skip := range p.Skips {
		line("- %d because %s", len(skip.Scenarios), plain(skip.Reason))
	}
	line("\n## Images\n\n| image | version | came | digest |\n|---|---|---|---|")
	for _, i := range p.Images {
		line("| %s | %s | %s | `%s` |", i.Name, i.Version, i.Source, cmp.Or(short(i.Digest), "-"))
	}
	if len(p.Upgrades)+len(p.Drills) > 0 {
		line("\n## Upgrades and drills\n\n| what | came to | way back | when |\n|---|---|---|---|")
	}
	for _, u := range p.Upgrades {
		line("| %s %s to %s | %s | %s | %s |", plain(u.Component), plain(u.From), plain(u.To), plain(u.Said()), plain(u.WayBack), day(u.When))
	}
	for _, u := range p.Drills {
		line("| drill, %s | %s | | %s |", seconds(u.Duration), plain(u.Said()), day(u.When))
	}
	line("\n%d settings are watched over, nobody notices %d.", p.Covered, p.Uncovered)
	return out.Bytes()
}

// headline is the verdict in one line, and why when the stack did not come up.
func (p page) headline() string {
	switch {
	case p.Boot != nil:
		return "✗ The stack does not come up\n\n```\n" + p.Boot.Reason + "\n```"
	case p.Problem != "":
		return "✗ Not proved: " + plain(p.Problem)
	case p.Asked != "":
		return "✓ What was asked for holds: " + plain(p.Asked)
	}
	return "✓ The stack keeps its promises"
}

func (p page) markFailures(line func(string, ...any)) {
	if len(p.Failures) > 0 {
		line("\n## Broken")
	}
	for _, s := range p.Failures {
		line("\n### %s\n\n%s, `%s:%d`\n\n```\n%s\n```\n", plain(s.Name), plain(s.Feature), s.File, s.Line, strings.ReplaceAll(s.Reason, "```", "'''"))
		for _, cause := range s.Causes {
			line("- **%s** – %s", plain(cause.Cause), plain(cause.Remedy))
		}
		line("\nagain: `%s`", s.Again)
	}
}

func (p page) markPromises(line func(string, ...any)) {
	for _, c := range p.Concerns {
		line("\n## %s\n", c.Name)
		for _, f := range c.Features {
			line("<details><summary>%s %s (%d, %s)</summary>\n", mark(f.Counts.Status()), plain(f.Title), f.Counts.Total(), seconds(f.Counts.Seconds))
			for _, s := range f.Scenarios {
				line("- %s %s", mark(s.Status), plain(s.Name))
			}
			line("\n</details>\n")
		}
	}
}

// plain keeps a text from being read as markup.
func plain(text string) string {
	return strings.NewReplacer("\n", " ", "|", `\|`, "<", "&lt;", "*", `\*`, "_", `\_`, "`", "'").Replace(text)
}
