package images

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestFindMirrorTakesTheSetting(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ set, mirror, says string }{
		{set: "http://mirror.example.org/debian/", mirror: "http://mirror.example.org/debian"},
		{set: "https://mirror.example.org", mirror: "https://mirror.example.org"},
		{set: "mirror.example.org/debian", says: `STACK_DEBIAN_MIRROR="mirror.example.org/debian" is not a URL; it must begin with http:// or https://`},
		{set: "ftp://mirror.example.org/debian", says: "is not a URL"},
		{set: "http:///debian", says: "is not a URL"},
		{set: "http://mirror example", says: "is not a URL"},
	} {
		t.Run(test.set, func(t *testing.T) {
			t.Parallel()
			got, err := findMirror(t.Context(), environment("STACK_DEBIAN_MIRROR", test.set))
			if test.says != "" {
				assert.ErrorContains(t, err, test.says)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, test.mirror, got)
		})
	}
}

func TestKnownMirrorReadsAptThenDebootstrap(t *testing.T) {
	t.Parallel()
	const program = "VERSION=''\nDEF_MIRROR=\"http://default.example.org/debian\"\n"
	const ubuntu = "DEF_MIRROR=\"http://archive.example.org/ubuntu\"\n"
	const script = "case $ARCH in\n  *)\n    default_mirror http://first.example.org/debian\n    ;;\nesac\n"
	for _, test := range []struct{ name, targets, debootstrap, mirror string }{
		{"apt", "Debian Debian main http://deb.example.org/debian\n", script, "http://deb.example.org/debian"},
		{"the archive, not security updates", "Debian Debian-Security main http://deb.example.org/debian-security\nDebian Debian main http://deb.example.org/debian/\n", "", "http://deb.example.org/debian"},
		{"another distribution", "Ubuntu Ubuntu main http://archive.example.org/ubuntu\n", script, "http://first.example.org/debian"},
		{"a disc", "Debian Debian main cdrom:[Debian GNU/Linux 13]\n", script, "http://first.example.org/debian"},
		{"a list of mirrors", "Debian Debian main mirror+file:/etc/apt/mirrors/debian.list\n", script, "http://first.example.org/debian"},
		{"a disc before the web", "Debian Debian main cdrom:[Debian]\nDebian Debian main http://deb.example.org/debian\n", "", "http://deb.example.org/debian"},
		{"no apt", "", script, "http://first.example.org/debian"},
		{"debootstrap's own", "", "mirror_style release\n" + program, "http://default.example.org/debian"},
		{"its script before its own", "", script + program, "http://first.example.org/debian"},
		{"another distribution's debootstrap", "", script + ubuntu, "http://first.example.org/debian"},
		{"another distribution's debootstrap that knows no Debian", "", ubuntu, ""},
		{"nothing", "", "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.mirror, knownMirror(test.targets, test.debootstrap))
		})
	}
}

func TestFromURIReadsWhatAptPrints(t *testing.T) {
	t.Parallel()
	name, version, ok := fromURI("'http://deb.example.org/debian/pool/main/t/tool/tool_1.0-1_amd64.deb' tool_1%3a1.0-1_amd64.deb 900 SHA256:00")
	assert.True(t, ok)
	assert.Equal(t, "tool=1:1.0-1", name+"="+version)
	for _, line := range []string{"", "Reading package lists...", "'http://x' y", "'http://x' not-a-package 1 SHA256:00"} {
		_, _, ok := fromURI(line)
		assert.False(t, ok, line)
	}
}
