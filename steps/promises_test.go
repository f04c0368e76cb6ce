package steps

import (
	"flag"
	"fmt"
	"os"
	"path"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "rewrite what is generated from the features")

// Between these lines README lists what features/ promises.
const (
	promisesBegin = "<!-- promises: generated from features/ by make fix -->\n"
	promisesEnd   = "<!-- end of promises -->\n"
)

// promises lists features by concern, each with how many scenarios prove it.
func promises(features []feature) string {
	var list strings.Builder
	concern := ""
	for _, f := range features {
		place := f.path
		if folder := path.Base(path.Dir(place)); folder != concern {
			concern = folder
			fmt.Fprintf(&list, "\n**%s**\n\n", concern)
		}
		fmt.Fprintf(&list, "- [%s](%s) (%d)\n", f.doc.Name, place, len(f.pickles))
	}
	return list.String() + "\n"
}

func TestReadmeListsEveryPromise(t *testing.T) {
	t.Parallel()
	const readme = "../README.md"
	features := readFeatures(t)
	text, err := os.ReadFile(readme)
	require.NoError(t, err)
	head, rest, began := strings.Cut(string(text), promisesBegin)
	_, tail, ended := strings.Cut(rest, promisesEnd)
	require.True(t, began && ended, "README has lost the lines between which promises are listed")
	want := head + promisesBegin + promises(features) + promisesEnd + tail
	if *update {
		require.NoError(t, os.WriteFile(readme, []byte(want), 0o644))
		return
	}
	if want != string(text) {
		t.Error("README's list of promises is not what features/ says; run make fix")
	}
}
