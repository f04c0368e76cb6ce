package images

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// own is the last layer: accounts, directories and the files of the recipe.
func (r Recipe) own(debian tree) tree {
	t := tree{}
	passwd := "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n"
	accounts := "root:x:0:\nnogroup:x:65534:\n"
	for _, u := range r.Users {
		passwd += fmt.Sprintf("%s:x:%d:%d::%s:/bin/sh\n", u.Name, u.ID, u.ID, u.Home)
		accounts += fmt.Sprintf("%s:x:%d:\n", u.Name, u.ID)
	}
	t.put("etc/passwd", node{content: []byte(passwd), mode: 0o644})
	t.put("etc/group", node{content: []byte(accounts), mode: 0o644})
	t.put("etc/nsswitch.conf", node{content: []byte("passwd: files\ngroup: files\nhosts: files dns\nservices: files\n"), mode: 0o644})
	t.put("tmp", node{dir: true, mode: 0o1777})
	t.put("root", node{dir: true, mode: 0o700})
	if bundle := authorities(debian); len(bundle) > 0 {
		t.put("etc/ssl/certs/ca-certificates.crt", node{content: bundle, mode: 0o644})
	}
	for _, d := range r.Dirs {
		mode, _ := parseMode(d.Mode) // checked when read
		t.put(strings.TrimPrefix(d.Path, "/"), node{dir: true, mode: mode, owner: d.Owner})
	}
	for _, f := range r.Files {
		mode, _ := parseMode(f.Mode) // checked when read
		t.put(strings.TrimPrefix(f.Path, "/"), node{content: r.added[f.Source], mode: mode})
	}
	// A directory the Debian layer has keeps its mode.
	for name, n := range t {
		if existing, ok := debian[name]; ok && n.dir && n.mode == 0o755 && n.owner == 0 {
			t[name] = existing
		}
	}
	return t
}

// authorities makes the bundle that ca-certificates' maintainer script would.
func authorities(debian tree) []byte {
	var bundle []byte
	for _, name := range slices.Sorted(maps.Keys(debian)) {
		if strings.HasPrefix(name, "usr/share/ca-certificates/") && strings.HasSuffix(name, ".crt") {
			bundle = append(append(bundle, strings.TrimSpace(string(debian[name].content))...), '\n')
		}
	}
	return bundle
}
