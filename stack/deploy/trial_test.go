package deploy

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"matrixstack/stack"
)

// TestTriedIsWhatIsRendered merges what lets a project run beside others as Compose does: nothing but names, ports and images may differ.
func TestTriedIsWhatIsRendered(t *testing.T) {
	t.Parallel()
	p := render(t, full())
	dir := t.TempDir()
	changes, err := p.Changes(dir)
	require.NoError(t, err)
	require.NoError(t, p.Write(dir, changes))
	images := map[string]stack.Image{}
	for _, c := range p.Servers {
		images[c.Image] = stack.Image{Ref: "at-hand/" + c.Image + ":1"}
	}
	beside, err := p.beside(Trial{Name: "trial"}, images, map[string]string{"a.run": "1/2"})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "compose.override.yaml"), beside, 0o600))
	rendered, tried := merged(t, dir, "compose.yaml"), merged(t, dir, "compose.yaml", "compose.override.yaml")
	require.Len(t, tried.Services, len(rendered.Services))
	for name, s := range tried.Services {
		was := rendered.Services[name]
		assert.Contains(t, s.Image, "at-hand/", name)
		assert.Equal(t, "trial-"+was.ContainerName, s.ContainerName)
		assert.Equal(t, "1/2", s.Labels["a.run"], name)
		assert.Len(t, s.Ports, len(was.Ports), name)
		for _, port := range s.Ports {
			assert.Equal(t, "127.0.0.1", port.HostIP, name)
			assert.Empty(t, port.Published, "%s takes a port that somebody may need", name)
		}
		s.Image, s.ContainerName, s.Ports, s.PullPolicy = was.Image, was.ContainerName, was.Ports, was.PullPolicy
		delete(s.Labels, "a.run")
		assert.Equal(t, was, s, name)
	}
	for name, n := range tried.Networks {
		assert.Equal(t, "1/2", n.Labels["a.run"], name)
	}
}

// merged reads files of a folder as Compose does.
func merged(t *testing.T, dir string, files ...string) *types.Project {
	t.Helper()
	for i := range files {
		files[i] = filepath.Join(dir, files[i])
	}
	options, err := cli.NewProjectOptions(files, cli.WithWorkingDirectory(dir))
	require.NoError(t, err)
	project, err := options.LoadProject(t.Context())
	require.NoError(t, err)
	return project
}

func TestTriedNeedsEveryImage(t *testing.T) {
	t.Parallel()
	_, err := render(t, full()).beside(Trial{Name: "trial"}, nil, nil)
	assert.ErrorContains(t, err, "is unavailable")
}

func TestReadmeIsFollowedWordByWord(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]Options{"full": full(), "small": small()} {
		trial := Trial{Dir: t.TempDir()}
		for _, f := range render(t, o).Files {
			if f.Path == "README.md" {
				trial.readme = string(f.Content)
			}
		}
		for section, words := range map[string][]string{
			"Before the first start": {"sudo ./prepare\n"}, "The first account": {"operator", "2"}, "Backup and restore": {"sudo ./backup", "storage.tar"},
		} {
			for block, word := range words {
				commands, err := trial.Commands(section, block)
				require.NoError(t, err, name)
				assert.Contains(t, commands, word, name)
				assert.NotContains(t, commands, "stackctl", name)
			}
		}
		_, err := trial.Commands("The first account", 2)
		assert.ErrorContains(t, err, `"The first account" has no block 3 of commands`)
		_, err = trial.Commands("Elsewhere", 0)
		assert.Error(t, err)
	}
}

func TestCommandsThatFailSayWhy(t *testing.T) {
	t.Parallel()
	trial := Trial{Dir: t.TempDir(), env: os.Environ()}
	said, err := trial.Run(t.Context(), "echo one\necho two >&2\nfalse\necho three")
	assert.Equal(t, "one\ntwo\n", said)
	assert.ErrorContains(t, err, "one; two")
}
