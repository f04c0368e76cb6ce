package steps

import (
	"bytes"
	"cmp"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"matrixstack/stack"
)

// configured is one value of a configuration file: a scalar, or a list of scalars.
type configured struct {
	component string // the server whose file it stands in
	file      string // base name of the file
	path      string // "rc_message.burst_count", "http.listeners[web].resources[compat].name"
	comment   string // what the file says it is for
	node      *yaml.Node
}

// value is what a setting is set to, lists with commas.
func (s configured) value() string {
	if s.node.Kind == yaml.ScalarNode {
		return s.node.Value
	}
	var items []string
	for _, item := range s.node.Content {
		items = append(items, item.Value)
	}
	return strings.Join(items, ", ")
}

// settingsIn lists what a configuration file in YAML sets, in its order, together with the document they are parts of.
func settingsIn(component string, f stack.File) (*yaml.Node, []configured, error) {
	var document yaml.Node
	if err := yaml.Unmarshal(f.Content, &document); err != nil {
		return nil, nil, fmt.Errorf("read %s of %s: %w", path.Base(f.Path), component, err)
	}
	var found []configured
	for _, content := range document.Content {
		flatten(content, "", "", func(at, comment string, n *yaml.Node) {
			found = append(found, configured{component, path.Base(f.Path), at, comment, n})
		})
	}
	return &document, found, nil
}

// settingsInLines lists what a file of lines "name=value" sets; a name alone is switched on. A name that comes again lists its values.
func settingsInLines(component string, f stack.File) []configured {
	var found []configured
	comment := ""
	for line := range strings.Lines(string(f.Content)) {
		line = strings.TrimSpace(line)
		if text, isComment := strings.CutPrefix(line, "#"); isComment {
			comment = strings.TrimSpace(text)
			continue
		}
		if line == "" {
			continue
		}
		name, value, given := strings.Cut(line, "=")
		if !given {
			value = "on"
		}
		if i := slices.IndexFunc(found, func(s configured) bool { return s.path == name }); i >= 0 {
			found[i].node.Value += ", " + value
			continue
		}
		found = append(found, configured{component, path.Base(f.Path), name, comment, &yaml.Node{Kind: yaml.ScalarNode, Value: value}})
	}
	return found
}

// settingsInSQL lists what each statement sets for whom: "CREATE DATABASE mas" is a setting, the rest of it its value.
func settingsInSQL(component string, f stack.File) []configured {
	var found []configured
	for statement := range strings.SplitSeq(string(f.Content), ";") {
		words := strings.Fields(regexp.MustCompile(`(?m)^--.*$`).ReplaceAllString(statement, ""))
		const named = 3 // CREATE, what, its name
		if len(words) < named {
			continue
		}
		node := &yaml.Node{Kind: yaml.ScalarNode, Value: strings.Join(words[named:], " ")}
		found = append(found, configured{component, path.Base(f.Path), strings.Join(words[:named], " "), "", node})
	}
	return found
}

// flatten calls each for every scalar, and for every list of scalars, below a node.
func flatten(n *yaml.Node, at, comment string, each func(at, comment string, n *yaml.Node)) {
	switch {
	case n.Kind == yaml.AliasNode:
		flatten(n.Alias, at, comment, each)
	case n.Kind == yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			key := n.Content[i]
			flatten(n.Content[i+1], strings.TrimPrefix(at+"."+key.Value, "."), cmp.Or(key.HeadComment, comment), each)
		}
	case n.Kind == yaml.SequenceNode && slices.ContainsFunc(n.Content, func(item *yaml.Node) bool { return item.Kind != yaml.ScalarNode }):
		for i, item := range n.Content {
			flatten(item, fmt.Sprintf("%s[%s]", at, label(item, i)), cmp.Or(item.HeadComment, comment), each)
		}
	default:
		each(at, comment, n)
	}
}

// label tells items of a list apart: by their first value if that is a name, so that it stays when others come and go.
func label(item *yaml.Node, i int) string {
	if item.Kind == yaml.MappingNode && item.Content[0].Value == "name" {
		return item.Content[1].Value
	}
	return fmt.Sprint(i)
}

// set gives one setting another value, in YAML; an empty one removes what it is set to.
func set(component, file, at, value string) func(*stack.World) error {
	return func(w *stack.World) error {
		c, err := declared(w, component)
		if err != nil {
			return err
		}
		files := slices.Clone(c.Files)
		i := slices.IndexFunc(files, func(f stack.File) bool { return path.Base(f.Path) == file })
		if i < 0 {
			return fmt.Errorf("break %s: it has no %s", component, file)
		}
		document, settings, err := settingsIn(component, files[i])
		if err != nil {
			return err
		}
		j := slices.IndexFunc(settings, func(s configured) bool { return s.path == at })
		if j < 0 {
			return fmt.Errorf("break %s: its %s sets no %s; the mutant is out of date", component, file, at)
		}
		var parsed yaml.Node
		if err := yaml.Unmarshal([]byte(cmp.Or(value, "null")), &parsed); err != nil {
			return fmt.Errorf("break %s: %s: %w", component, at, err)
		}
		*settings[j].node = *parsed.Content[0]
		var out bytes.Buffer
		if err := yaml.NewEncoder(&out).Encode(document); err != nil {
			return fmt.Errorf("break %s: write %s: %w", component, file, err)
		}
		files[i].Content, c.Files = out.Bytes(), files
		return nil
	}
}
