package images

import (
	"archive/tar"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestFilesOfAPackageKeepModesLinksAndOwners(t *testing.T) {
	t.Parallel()
	made := tree{"lib": {link: "usr/lib", mode: 0o777}}
	for _, header := range []*tar.Header{
		{Name: "./", Typeflag: tar.TypeDir, Mode: 0o755},
		{Name: "./usr/bin/", Typeflag: tar.TypeDir, Mode: 0o750},
		{Name: "./usr/bin/su", Typeflag: tar.TypeReg, Mode: 0o104755},
		{Name: "./usr/bin/again", Typeflag: tar.TypeLink, Linkname: "./usr/bin/su"},
		{Name: "./usr/bin/dangling", Typeflag: tar.TypeLink, Linkname: "./usr/share/doc/gone"},
		{Name: "./bin/sh", Typeflag: tar.TypeSymlink, Linkname: "dash", Mode: 0o777},
		{Name: "./lib/", Typeflag: tar.TypeDir, Mode: 0o755},
		{Name: "../../etc/shadow", Typeflag: tar.TypeReg, Mode: 0o640, Uid: 42},
		{Name: "./dev/null", Typeflag: tar.TypeChar, Mode: 0o666},
		{Name: "./usr/share/doc/readme", Typeflag: tar.TypeReg, Mode: 0o644},
	} {
		keep := func(name string) bool { return !dropped(name, []string{"usr/share/doc"}) }
		require.NoError(t, made.addDebFile(header, strings.NewReader("x"), keep))
	}

	lines, err := made.listing()

	require.NoError(t, err)
	x := hashOf([]byte("x"))[:12]
	assert.Equal(t, []string{
		"/etc 50755 0 ",
		"/etc/shadow 00640 42 " + x,
		"/lib 20777 0 usr/lib",
		"/usr 50755 0 ",
		"/usr/bin 50750 0 ",
		"/usr/bin/again 04755 0 " + x,
		"/usr/bin/sh 20777 0 dash",
		"/usr/bin/su 04755 0 " + x,
	}, lines)
}
