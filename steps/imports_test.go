package steps

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// goPackage is what `go list` says about a package.
type goPackage struct {
	ImportPath                         string
	Imports, TestImports, XTestImports []string // named in its files
	Deps                               []string // these, and what they import in turn
}

// TestImportsPointOneWay holds what the layout rests on: features -> steps -> stack -> fixtures.
func TestImportsPointOneWay(t *testing.T) {
	t.Parallel()
	direct := func(p goPackage) []string { return slices.Concat(p.Imports, p.TestImports, p.XTestImports) }
	all := func(p goPackage) []string { return slices.Concat(direct(p), p.Deps) }
	rules := []struct {
		packages string // these and what is below them
		imports  func(goPackage) []string
		never    string
		because  string
	}{
		{"matrixstack/fixtures", all, "matrixstack/", "fixtures are only embedded files"},
		{"matrixstack/stack", all, "matrixstack/steps", "servers know nothing of features"},
		{"matrixstack/stack", all, "github.com/cucumber", "servers know nothing of features"},
		{"matrixstack/steps", direct, "github.com/testcontainers", "only stack talks to an engine"},
		{"matrixstack/steps", direct, "github.com/moby", "only stack talks to an engine"},
		{"matrixstack/steps", direct, "github.com/docker", "only stack talks to an engine"},
		{"matrixstack/scripts", direct, "github.com/testcontainers", "only stack talks to an engine"},
	}
	packages := listPackages(t)
	for _, rule := range rules {
		kept := 0
		for _, p := range packages {
			if !under(p.ImportPath, rule.packages) {
				continue
			}
			kept++
			for _, path := range rule.imports(p) {
				assert.False(t, path != p.ImportPath && strings.HasPrefix(path, rule.never), "%s imports %s, and %s", p.ImportPath, path, rule.because)
			}
		}
		assert.Positive(t, kept, "no package is called %s", rule.packages)
	}
}

func under(path, root string) bool { return path == root || strings.HasPrefix(path, root+"/") }

func listPackages(t *testing.T) []goPackage {
	t.Helper()
	list := exec.CommandContext(t.Context(), "go", "list", "-tags=goolm", "-json=ImportPath,Imports,TestImports,XTestImports,Deps", "./...")
	list.Dir = ".."
	out, err := list.Output()
	require.NoError(t, err)
	var packages []goPackage
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return packages
		} else {
			require.NoError(t, err)
		}
		packages = append(packages, p)
	}
}
