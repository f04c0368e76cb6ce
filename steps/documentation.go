package steps

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"matrixstack/stack"
	"matrixstack/stack/images"
	"matrixstack/steps/report"
)

// mostRequests is how many different requests of a scenario the documentation shows; a failure bundle has all.
const mostRequests = 30

// documented is a scenario as the documentation tells it. Files are relative to the report.
func (r Result) documented(dir string, seed uint64) report.Scenario {
	s := report.Scenario{
		Feature: r.Feature, Description: r.Description, File: r.File, Line: r.Line, Name: r.Name, Tags: r.Tags, Status: report.Status(r.Status), Reason: r.Reason,
		Started: r.Started.UTC(), Seconds: r.Duration.Seconds(), Causes: r.Causes,
	}
	if r.Status == Failed {
		s.Again = r.Reproduce(seed)
	}
	if r.Bundle != "" {
		s.Bundle = relative(dir, r.Bundle)
	}
	for _, picture := range r.Pictures {
		s.Pictures = append(s.Pictures, relative(dir, picture))
	}
	for _, step := range r.Steps {
		s.Steps = append(s.Steps, report.Step{Keyword: step.Keyword, Text: step.Text, Table: step.Table, Doc: step.Doc, Status: step.Status, Error: step.Error, Seconds: step.Duration.Seconds()})
	}
	s.Requests, s.More = grouped(r.Requests, mostRequests)
	return s
}

func relative(dir, file string) string {
	if short, err := filepath.Rel(dir, file); err == nil {
		return filepath.ToSlash(short)
	}
	return filepath.ToSlash(file)
}

// document makes the result of a run that pages are made from.
func (v Verdict) document(dir string) report.Run {
	// What a file says that nobody can read is not worth losing what the run found.
	settings, unread := deployedSettings(v.World)
	doors, lost := routes(v.World)
	if err := cmp.Or(unread, lost); err != nil {
		v.Notices = append(slices.Clone(v.Notices), "settings or routes are not shown: "+oneLine(err.Error()))
	}
	run := report.Run{
		Started: v.Started.UTC(), Seconds: v.Elapsed.Seconds(), ResolveSeconds: v.Resolve.Seconds(), BootSeconds: v.Boot.Seconds(), Warm: v.Warm, MemoryBytes: v.Memory,
		Seed: v.Seed, Asked: v.Asked, Expected: v.Expected, Problem: v.Problem(), Notices: v.Notices, Images: documentedImages(v.Images), Servers: servers(v.World, v.Ran),
		Routes: doors, Settings: settings,
	}
	if v.Unbooted != nil {
		run.Boot = &report.Boot{Reason: v.Unbooted.Reason, Causes: v.Unbooted.Causes}
		if v.Unbooted.Bundle != "" {
			run.Boot.Bundle = relative(dir, v.Unbooted.Bundle)
		}
	}
	for _, r := range v.Results {
		run.Scenarios = append(run.Scenarios, r.documented(dir, v.Seed))
	}
	report.Scrub(&run, redact)
	return run
}

// writeDocumentation writes run.json and the pages that are made from it, and remembers the run in the history.
func (v Verdict) writeDocumentation(dir, history, upgrades string) error {
	run := v.document(dir)
	if err := run.Remember(history); err != nil {
		return err
	}
	if err := run.Save(dir); err != nil {
		return err
	}
	return run.Write(dir, upgrades)
}

func documentedImages(rows []images.Resolved) []report.Image {
	lock, err := images.Load()
	var all []report.Image
	for _, row := range rows {
		i := report.Image{Name: row.Name, Version: row.Version, Source: string(row.Source), Digest: row.Digest, Note: row.Note}
		if entry, ok := lock.Entry(row.Name); err == nil && ok && entry.Upstream != nil {
			i.Home = entry.Upstream.Repository + ":" + entry.Upstream.Tag
		}
		all = append(all, i)
	}
	return all
}

// servers are the declarations, as far as a map shows them.
func servers(w stack.World, ran []string) []report.Server {
	var all []report.Server
	for _, c := range w.Components {
		s := report.Server{Name: c.Name, Image: c.Image, Networks: c.Networks, Hosts: c.Hosts, Port: c.Serves, Needs: c.Needs, Ran: slices.Contains(ran, c.Name)}
		if site, ok := w.Site(c.Site); ok {
			s.Site = site.ServerName
		}
		for _, st := range c.Storage {
			s.Storage = append(s.Storage, report.Storage{Path: st.Path, Host: st.Host})
		}
		all = append(all, s)
	}
	return all
}

// routes are the doors of every proxy, as its configuration has them.
func routes(w stack.World) ([]report.Route, error) {
	var all []report.Route
	for _, c := range w.Components {
		for _, f := range c.Files {
			if filepath.Base(f.Path) != "routes.yml" {
				continue
			}
			_, settings, err := settingsIn(c.Name, f)
			if err != nil {
				return nil, err
			}
			all = append(all, routesIn(c.Name, settings)...)
		}
	}
	return all, nil
}

func routesIn(proxy string, settings []configured) []report.Route {
	byPath := map[string]string{}
	for _, s := range settings {
		byPath[s.path] = s.value()
	}
	var all []report.Route
	for _, s := range settings {
		name, isRule := strings.CutSuffix(strings.TrimPrefix(s.path, "http.routers."), ".rule")
		if !isRule {
			continue
		}
		service := byPath["http.routers."+name+".service"]
		address := byPath[fmt.Sprintf("http.services.%s.loadBalancer.servers[0].url", service)]
		server, _, _ := strings.Cut(strings.TrimPrefix(address, "http://"), ":")
		all = append(all, report.Route{Proxy: proxy, Name: name, Rule: s.value(), Server: server})
	}
	return all
}
