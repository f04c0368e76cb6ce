package steps

import (
	"encoding/json"
	"maps"

	"matrixstack/stack"
)

// otherCode makes Python read one module with another text: servers are broken as a wrong version of theirs would be. What is to be
// replaced must be there once; else the server does not start and says so.
const otherCode = `import importlib.machinery, json, sys

with open("/broken/code.json") as f:
    CODE = json.load(f)


class Loader(importlib.machinery.SourceFileLoader):
    def get_code(self, name):
        text = self.get_data(self.path).decode()
        if text.count(CODE["old"]) != 1:
            sys.exit(f"{CODE['old']!r} is in {name} {text.count(CODE['old'])} times; the mutant is out of date")
        return compile(text.replace(CODE["old"], CODE["new"]), self.path, "exec")


class Finder:
    @staticmethod
    def find_spec(name, path, target=None):
        if name != CODE["module"]:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        spec.loader = Loader(name, spec.origin)
        return spec


sys.meta_path.insert(0, Finder)
`

// wheels is where images keep what is installed from PyPI.
const wheels = "/opt/app"

// code lets a server written in Python run another text in one of its modules, as if somebody had published a wrong version of it.
func code(component, module, old, replacement string) func(*stack.World) error {
	changed, err := json.Marshal(map[string]string{"module": module, "old": old, "new": replacement})
	return change(component, func(c *stack.Component) {
		if err != nil {
			return // cannot be: texts alone
		}
		c.Env = maps.Clone(c.Env)
		if c.Env == nil {
			c.Env = map[string]string{}
		}
		c.Env["PYTHONPATH"] = "/broken:" + wheels
		c.Files = append(c.Files[:len(c.Files):len(c.Files)],
			stack.File{Path: "/broken/sitecustomize.py", Content: []byte(otherCode), Mode: 0o444},
			stack.File{Path: "/broken/code.json", Content: changed, Mode: 0o444})
	})
}
