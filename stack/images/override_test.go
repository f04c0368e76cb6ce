package images

import (
	"archive/tar"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// brought is an image that only the operator can bring.
func brought() Entry { return Entry{Name: "mas", Version: "1.8.0", NoRecipe: "nobody packages it"} }

func TestOverrideTakesWhatTheEngineHasUnderTheReference(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ ref, version string }{
		{"example.org/mas:1.9.0", "1.9.0"},
		{"example.org/mas:v1.9.0-alpine", "1.9.0"},
		{"example.org/mas:latest", "1.8.0"},
		{"localhost:5000/mas", "1.8.0"},
		{"mas", "1.8.0"},
	} {
		t.Run(test.ref, func(t *testing.T) {
			t.Parallel()
			r, engine := newResolver(t, brought())
			r.Env = environment("STACK_IMAGE_MAS", test.ref)
			engine.images[test.ref] = digestNumber("e")

			row, err := resolveOne(t, r)

			require.NoError(t, err)
			assert.Equal(t, Resolved{
				Name: "mas", Version: test.version, Ref: test.ref, ImageID: digestNumber("e"), Digest: digestNumber("e"), Source: Override,
				Note: "not the pinned artefact: STACK_IMAGE_MAS=" + test.ref, Duration: row.Duration,
			}, row)
		})
	}
}

func TestOverrideByReferencePullsWhatTheEngineLacks(t *testing.T) {
	t.Parallel()
	registry, image := newRegistry(t), localImage(t)
	tag, err := name.NewTag(registry.host + "/own/mas:1.9.0")
	require.NoError(t, err)
	require.NoError(t, remote.Write(tag, image))
	r, engine := newResolver(t, brought())
	r.Env = environment("STACK_IMAGE_MAS", tag.String())

	row, err := resolveOne(t, r)

	require.NoError(t, err)
	assert.Equal(t, Override, row.Source)
	assert.Equal(t, "1.9.0", row.Version)
	assert.Equal(t, idOf(t, image), engine.images[row.Ref])
}

func TestOverrideByReferenceThatCannotBeUsedIsAnError(t *testing.T) {
	t.Parallel()
	registry := newRegistry(t)
	for _, test := range []struct{ ref, says string }{
		{"NOT A REFERENCE", `use STACK_IMAGE_SYNAPSE_NEXT="NOT A REFERENCE": read reference`},
		{registry.host + "/own/synapse:1", "the engine does not have it and pulling failed"},
	} {
		t.Run(test.says, func(t *testing.T) {
			t.Parallel()
			r, _ := newResolver(t, Entry{Name: "synapse-next", Version: "1", NoRecipe: "none"})
			r.Env = environment("STACK_IMAGE_SYNAPSE_NEXT", test.ref)
			_, err := resolveOne(t, r)
			assert.ErrorContains(t, err, test.says)
		})
	}
}

// archiveOf is an image as `docker save` writes it.
func archiveOf(t *testing.T, image v1.Image) []byte {
	t.Helper()
	tag, err := name.NewTag("someone/elses:name")
	require.NoError(t, err)
	var archive bytes.Buffer
	require.NoError(t, tarball.Write(tag, image, &archive))
	return archive.Bytes()
}

// tamperedArchive carries one image's configuration with another one's layers.
func tamperedArchive(t *testing.T) []byte {
	t.Helper()
	config, err := localImage(t).RawConfigFile()
	require.NoError(t, err)
	layers, err := localImage(t).Layers()
	require.NoError(t, err)
	files := map[string][]byte{"config.json": config, "manifest.json": []byte(`[{"Config":"config.json","Layers":["0.tar","1.tar"]}]`)}
	for i, file := range []string{"0.tar", "1.tar"} {
		content, err := layers[i].Uncompressed()
		require.NoError(t, err)
		files[file], err = io.ReadAll(content)
		require.NoError(t, err)
	}
	var archive bytes.Buffer
	w := tar.NewWriter(&archive)
	for file, content := range files {
		require.NoError(t, w.WriteHeader(&tar.Header{Name: file, Typeflag: tar.TypeReg, Mode: 0o644, Size: int64(len(content))}))
		_, err := w.Write(content)
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return archive.Bytes()
}

func TestAnotherVersionIsFoundUnderTheNameOfItsSoftware(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		files []string
		takes string
	}{
		{[]string{"mas@1.8.0.tar", "mas@1.22.0.tar"}, "mas@1.22.0.tar"},
		{[]string{"mas@1.22.0.tar", "mas-next@1.22.0.tar"}, "mas-next@1.22.0.tar"},
		{[]string{"mas@1.22.0.tar", "mas-next.tar"}, "mas@1.22.0.tar"},
		{[]string{"mas@1.8.0.tar", "mas.tar"}, ""},
	} {
		t.Run(strings.Join(test.files, " "), func(t *testing.T) {
			t.Parallel()
			r := &Resolver{ImagesDir: t.TempDir()}
			for _, file := range test.files {
				require.NoError(t, os.WriteFile(filepath.Join(r.ImagesDir, file), nil, 0o644))
			}
			file, _, err := r.archive(Entry{Name: "mas-next", Of: "mas", Version: "1.22.0"})
			require.NoError(t, err)
			if test.takes == "" {
				assert.Empty(t, file, "an archive of the pin is not one of the next version")
				return
			}
			assert.Equal(t, filepath.Join(r.ImagesDir, test.takes), file)
		})
	}
}

func TestArchiveInTheImagesFolderIsFoundAndNamedByWhatItIs(t *testing.T) {
	t.Parallel()
	image := localImage(t)
	for _, test := range []struct {
		files   []string
		takes   string
		version string
	}{
		{[]string{"mas.tar"}, "mas.tar", "1.8.0"},
		{[]string{"mas@1.9.0.tar"}, "mas@1.9.0.tar", "1.9.0"},
		{[]string{"mas.tar", "mas@1.9.0.tar", "mas@1.8.0.tar"}, "mas@1.8.0.tar", "1.8.0"},
		{[]string{"mas.tar", "mas@1.9.0.tar"}, "mas.tar", "1.8.0"},
	} {
		t.Run(test.takes, func(t *testing.T) {
			t.Parallel()
			r, engine := newResolver(t, brought())
			for _, file := range test.files {
				content := archiveOf(t, localImage(t))
				if file == test.takes {
					content = archiveOf(t, image)
				}
				require.NoError(t, os.WriteFile(filepath.Join(r.ImagesDir, file), content, 0o644))
			}

			row, err := resolveOne(t, r)

			require.NoError(t, err)
			ref := localRef("mas", test.version, idOf(t, image))
			assert.Equal(t, Resolved{
				Name: "mas", Version: test.version, Ref: ref, ImageID: idOf(t, image), Digest: idOf(t, image), Source: Override,
				Note: "not the pinned artefact: archive " + test.takes, Duration: row.Duration,
			}, row)
			assert.Equal(t, map[string]string{ref: idOf(t, image)}, engine.images, "the name inside an archive names nothing here")

			_, err = resolveOne(t, r)
			require.NoError(t, err)
			assert.Equal(t, 1, engine.loads, "an archive is loaded once")
		})
	}
}

func TestArchiveThatCannotBeUsedIsAnError(t *testing.T) {
	t.Parallel()
	whole := archiveOf(t, localImage(t))
	for _, test := range []struct {
		name    string
		content []byte
		says    string
	}{
		{"truncated", whole[:len(whole)/2], "it is truncated or not an image archive (docker save)"},
		{"empty", nil, "it is truncated or not an image archive (docker save)"},
		{"not an image", []byte("hello, I am a text"), "it is truncated or not an image archive (docker save)"},
		{"another architecture", archiveOf(t, sampleImage(t, "s390x")), `it is for architecture "s390x", this machine is`},
		{"tampered", tamperedArchive(t), "layer 0 is "},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r, engine := newResolver(t, brought())
			require.NoError(t, os.WriteFile(filepath.Join(r.ImagesDir, "mas.tar"), test.content, 0o644))

			_, err := resolveOne(t, r)

			require.ErrorContains(t, err, `resolve image "mas": use archive mas.tar: `+test.says)
			assert.ErrorContains(t, err, "; replace or remove it")
			assert.NotContains(t, err.Error(), "\n", "one line")
			assert.Empty(t, engine.images)
		})
	}
}

func TestSeveralArchivesOfOtherVersionsAreAChoiceForTheOperator(t *testing.T) {
	t.Parallel()
	r, _ := newResolver(t, brought())
	for _, file := range []string{"mas@1.9.0.tar", "mas@1.10.0.tar"} {
		require.NoError(t, os.WriteFile(filepath.Join(r.ImagesDir, file), nil, 0o644))
	}

	_, err := resolveOne(t, r)

	assert.EqualError(t, err, `resolve image "mas": choose an archive: 2 versions of "mas" are in the images folder and none is the locked 1.8.0; keep one, or add mas@1.8.0.tar`)
}
