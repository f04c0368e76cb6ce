package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Measures of the drawn map, in its own units.
const (
	mapRow     = 27  // height of a server
	mapHead    = 34  // height of the name of a site
	mapTop     = 92  // room for the names of networks
	mapNames   = 78  // where the names of servers begin; the doors are drawn before it
	mapLines   = 262 // where networks begin
	mapNetwork = 30  // from one network to the next
	mapText    = 330 // room for hosts and storage
	mapColors  = 8   // how many the style sheet knows
)

// diagram is the drawn map of the stack: a row for each server, a line down for each network, a dot where a server joins one.
type diagram struct {
	Width, Height int
	Networks      []mapNetworkLine
	Sites         []mapSite
	Rows          []mapServer
	Doors         []mapDoor
}

type mapNetworkLine struct {
	Name           string
	X, From, To, N int
}

type mapSite struct {
	Name string
	Y    int
}

type mapServer struct {
	Server
	Version     string
	Known       bool // the page tells about its image
	Y, TextX    int
	First, Last int // x of the outermost networks it joins
	Dots        []mapDot
	Text        string // hosts and storage
}

type mapDot struct{ X, N int }

type mapDoor struct {
	Path  string // SVG path from the proxy to the server
	Title string
}

// draw lays out the map.
func draw(r Run) diagram {
	d := diagram{}
	servers := ordered(r)
	columns := networksOf(servers)
	textX := mapLines + mapNetwork*len(columns) + 6
	y, site := mapTop, "\x00"
	for _, s := range servers {
		if s.Site != site {
			site = s.Site
			y += mapHead
			d.Sites = append(d.Sites, mapSite{cmp.Or(site, "the world outside"), y - mapHead/2 + 4})
		}
		version, known := versionOf(r, s.Image)
		row := mapServer{Server: s, Version: version, Known: known, Y: y + mapRow/2, TextX: textX, Text: about(s)}
		for _, network := range s.Networks {
			n := slices.Index(columns, network)
			row.Dots = append(row.Dots, mapDot{mapLines + n*mapNetwork + mapNetwork/2, n % mapColors})
		}
		slices.SortFunc(row.Dots, func(a, b mapDot) int { return a.X - b.X })
		if len(row.Dots) > 0 {
			row.First, row.Last = row.Dots[0].X, row.Dots[len(row.Dots)-1].X
		}
		d.Rows = append(d.Rows, row)
		y += mapRow
	}
	for n, name := range columns {
		d.Networks = append(d.Networks, d.line(n, name))
	}
	d.Doors = doors(r, d.Rows)
	d.Width, d.Height = textX+mapText, y+10
	return d
}

// line is a network from the first server that joins it to the last.
func (d diagram) line(n int, name string) mapNetworkLine {
	line := mapNetworkLine{Name: name, X: mapLines + n*mapNetwork + mapNetwork/2, N: n % mapColors}
	for _, row := range d.Rows {
		if !slices.Contains(row.Networks, name) {
			continue
		}
		if line.From == 0 {
			line.From = row.Y
		}
		line.To = row.Y
	}
	return line
}

// doors are arcs from each proxy to the servers it leads to; one arc for all the routes between two.
func doors(r Run, rows []mapServer) []mapDoor {
	at := map[string]int{}
	for _, row := range rows {
		at[row.Name] = row.Y
	}
	rules := map[[2]string][]string{}
	var order [][2]string
	for _, route := range r.Routes {
		way := [2]string{route.Proxy, route.Server}
		if at[way[0]] == 0 || at[way[1]] == 0 {
			continue
		}
		if rules[way] == nil {
			order = append(order, way)
		}
		rules[way] = append(rules[way], route.Rule)
	}
	var arcs []mapDoor
	for _, way := range order {
		from, to := at[way[0]], at[way[1]]
		bow := min(mapNames-14, 14+abs(to-from)/4)
		x := mapNames - 12
		path := fmt.Sprintf("M%d %d C%d %d %d %d %d %d", x, from, x-bow, from, x-bow, to, x, to)
		arcs = append(arcs, mapDoor{path, fmt.Sprintf("%s leads to %s: %s", way[0], way[1], strings.Join(rules[way], "; "))})
	}
	return arcs
}

func abs(n int) int { return max(n, -n) }

// ordered sorts servers: site by site, the world outside last; in a site the proxy first, then what it leads to, then the rest.
func ordered(r Run) []Server {
	rank := func(s Server) int {
		leads := func(route Route) bool { return route.Server == s.Name }
		switch {
		case slices.ContainsFunc(r.Routes, func(route Route) bool { return route.Proxy == s.Name }):
			return 0
		case slices.ContainsFunc(r.Routes, leads):
			return 1 + slices.IndexFunc(r.Routes, leads)
		}
		return len(r.Routes) + 1
	}
	outside := func(s Server) int {
		if s.Site == "" {
			return 1
		}
		return 0
	}
	return slices.SortedFunc(slices.Values(r.Servers), func(a, b Server) int {
		return cmp.Or(outside(a)-outside(b), strings.Compare(a.Site, b.Site), rank(a)-rank(b), strings.Compare(a.Name, b.Name))
	})
}

// networksOf lists networks in the order in which servers join them, the one that most servers share first.
func networksOf(servers []Server) []string {
	var names []string
	count := map[string]int{}
	for _, s := range servers {
		for _, network := range s.Networks {
			if count[network] == 0 {
				names = append(names, network)
			}
			count[network]++
		}
	}
	slices.SortStableFunc(names, func(a, b string) int { return count[b] - count[a] })
	return names
}

func versionOf(r Run, image string) (version string, known bool) {
	for _, i := range r.Images {
		if i.Name == image {
			return i.Version, true
		}
	}
	return "", false
}

// about is what stands beside a server: by which names it is reached, and what of it survives.
func about(s Server) string {
	said := slices.Clone(s.Hosts)
	for _, storage := range s.Storage {
		said = append(said, "keeps "+storage.Host)
	}
	return strings.Join(said, " · ")
}
