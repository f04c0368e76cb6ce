package images

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
)

// builderVersion is part of every key: raise it when the builder lays out an image differently.
const builderVersion = "1"

// Recipe says how to build one image from package registries alone. It is read from recipes/<name>/recipe.json;
// beside it lie the locks it refers to and the files it adds.
type Recipe struct {
	Name   string  `json:"-"`
	Debian Debian  `json:"debian"`           // first layer: extracted Debian packages
	Python *Python `json:"python,omitempty"` // second layer: wheels
	Go     *Go     `json:"go,omitempty"`     // second layer: one binary
	NPM    *NPM    `json:"npm,omitempty"`    // second layer: npm packages
	Users  []User  `json:"users,omitempty"`  // besides root and nobody
	Dirs   []Dir   `json:"dirs,omitempty"`   // empty directories
	Files  []Added `json:"files,omitempty"`  // files of the recipe
	Config Config  `json:"config"`

	debs         []Deb
	requirements []byte
	packages     []byte // package-lock.json
	added        map[string][]byte
}

// Debian declares what is extracted from Debian packages. Maintainer scripts never run.
type Debian struct {
	Suite   string   `json:"suite"`
	Include []string `json:"include"`
	Without []string `json:"without,omitempty"` // dependencies that are not extracted
	Drop    []string `json:"drop,omitempty"`    // paths that are not extracted
}

// Python declares wheels and the date up to which they may have been published.
type Python struct {
	Version      string   `json:"version"` // of the interpreter in the Debian layer, "3.11"
	Requirements []string `json:"requirements"`
	AsOf         string   `json:"asOf"`              // RFC 3339
	Without      []string `json:"without,omitempty"` // dependencies that have no wheel and come with the Debian layer
}

// Go declares a program of a Go module, built with the module's own go.sum.
type Go struct {
	Module    string `json:"module"`
	Version   string `json:"version"`
	Sum       string `json:"sum"` // of the module, as in go.sum
	Package   string `json:"package"`
	Toolchain string `json:"toolchain"`
	LDFlags   string `json:"ldflags,omitempty"`
	Binary    string `json:"binary"` // path in the image
}

// NPM declares packages and the date up to which they may have been published. Their install scripts never run.
type NPM struct {
	Packages map[string]string `json:"packages"` // name -> version
	AsOf     string            `json:"asOf"`     // RFC 3339
	Drop     []string          `json:"drop,omitempty"`
}

// User is an account of the image.
type User struct {
	Name string `json:"name"`
	ID   int    `json:"id"` // uid and gid
	Home string `json:"home"`
}

// Dir is an empty directory of the image.
type Dir struct {
	Path  string `json:"path"`
	Owner int    `json:"owner"`
	Mode  string `json:"mode"` // octal
}

// Added is a file of the recipe's folder that goes into the image.
type Added struct {
	Source string `json:"source"`
	Path   string `json:"path"`
	Mode   string `json:"mode"` // octal
}

// Config is the part of the image configuration that containers see.
type Config struct {
	Env        []string `json:"env,omitempty"`
	Entrypoint []string `json:"entrypoint"`
	Cmd        []string `json:"cmd,omitempty"`
	User       string   `json:"user,omitempty"`
	WorkingDir string   `json:"workingDir,omitempty"`
	Volumes    []string `json:"volumes,omitempty"`
	Ports      []string `json:"ports,omitempty"`
	StopSignal string   `json:"stopSignal,omitempty"`
}

// debLock is recipes/<name>/debs.lock.json.
type debLock struct {
	Suite    string `json:"suite"`
	Packages []Deb  `json:"packages"`
}

// ReadRecipe reads a recipe with its locks.
func ReadRecipe(recipes fs.FS, name string) (Recipe, error) {
	r, err := readDeclared(recipes, name)
	if err != nil {
		return Recipe{}, err
	}
	content, err := fs.ReadFile(recipes, name+"/debs.lock.json")
	if err != nil {
		return Recipe{}, fmt.Errorf("recipe %q has no locked Debian packages; run: go run -tags goolm ./scripts/stackctl lock %s", name, name)
	}
	var locked debLock
	if err := strictJSON(content, &locked); err != nil {
		return Recipe{}, fmt.Errorf("recipe %q: read debs.lock.json: %w", name, err)
	}
	r.debs = locked.Packages
	if r.Python != nil {
		if r.requirements, err = fs.ReadFile(recipes, name+"/requirements.lock"); err != nil {
			return Recipe{}, fmt.Errorf("recipe %q has no locked wheels; run: go run -tags goolm ./scripts/stackctl lock %s", name, name)
		}
	}
	if r.NPM != nil {
		if r.packages, err = fs.ReadFile(recipes, name+"/"+npmLockFile); err != nil {
			return Recipe{}, fmt.Errorf("recipe %q has no locked npm packages; run: go run -tags goolm ./scripts/stackctl lock %s", name, name)
		}
	}
	return r, nil
}

// readDeclared reads what people wrote: the recipe and the files it adds.
func readDeclared(recipes fs.FS, name string) (Recipe, error) {
	content, err := fs.ReadFile(recipes, name+"/recipe.json")
	if err != nil {
		return Recipe{}, fmt.Errorf("recipe %q is unknown; known: %v", name, recipeNames(recipes))
	}
	return parseDeclared(recipes, name, content)
}

// parseDeclared reads a recipe.json that may not be written yet; the files it adds are in its folder.
func parseDeclared(recipes fs.FS, name string, content []byte) (Recipe, error) {
	r := Recipe{Name: name, added: map[string][]byte{}}
	if err := strictJSON(content, &r); err != nil {
		return Recipe{}, fmt.Errorf("recipe %q: read recipe.json: %w", name, err)
	}
	var problems []error
	var err error
	if !slices.Contains([]string{"bookworm", "trixie", "sid"}, r.Debian.Suite) {
		problems = append(problems, fmt.Errorf("suite %q is none of Debian; use bookworm or trixie, or sid for what no release carries", r.Debian.Suite))
	}
	if seconds := []bool{r.Python != nil, r.Go != nil, r.NPM != nil}; strings.Count(fmt.Sprint(seconds), "true") > 1 {
		problems = append(problems, errors.New("it has more than one of Python, Go and npm; split it"))
	}
	for _, f := range r.Files {
		if r.added[f.Source], err = fs.ReadFile(recipes, name+"/"+f.Source); err != nil {
			problems = append(problems, fmt.Errorf("file %q is missing from its folder", f.Source))
		}
		if _, err := parseMode(f.Mode); err != nil {
			problems = append(problems, err)
		}
	}
	for _, d := range r.Dirs {
		if _, err := parseMode(d.Mode); err != nil {
			problems = append(problems, err)
		}
	}
	if err := errors.Join(problems...); err != nil {
		return Recipe{}, fmt.Errorf("recipe %q: %s", name, strings.ReplaceAll(err.Error(), "\n", "; "))
	}
	return r, nil
}

func strictJSON(content []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.DisallowUnknownFields()
	switch err := decoder.Decode(into); {
	case errors.Is(err, io.EOF):
		return errors.New("it is empty")
	case errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("it is cut off")
	case err != nil:
		return inLine(content, err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows the end of it")
	}
	return nil
}

// inLine says in which line a mistake is, where that is known.
func inLine(content []byte, mistake error) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	at := int64(-1)
	if errors.As(mistake, &syntax) {
		at = syntax.Offset
	} else if errors.As(mistake, &kind) {
		at = kind.Offset
	}
	if at < 0 || at > int64(len(content)) {
		return mistake
	}
	return fmt.Errorf("line %d: %w", bytes.Count(content[:at], []byte("\n"))+1, mistake)
}

// Key is the hash of everything the image is a function of.
func (r Recipe) Key() string {
	hash := sha256.New()
	inputs := []any{builderVersion, r, r.debs, string(r.requirements), r.added}
	if r.NPM != nil {
		inputs = append(inputs, string(r.packages))
	}
	if r.Go != nil {
		inputs = append(inputs, undescribed)
	}
	_ = json.NewEncoder(hash).Encode(inputs) // a hash takes every write
	return hex.EncodeToString(hash.Sum(nil))
}

// with returns the recipe with other Debian packages.
func (r Recipe) with(debs []Deb) Recipe {
	r.debs = debs
	return r
}
