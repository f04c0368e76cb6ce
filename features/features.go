// Package features carries the scenarios, for whoever has the program and not the folder.
package features

import "embed"

// Files holds <concern>/<feature>.feature.
//
//go:embed */*.feature
var Files embed.FS
