package report

import "slices"

// Foundation tells how much stands on what a feature promises, by its place: where much is broken at once, what is lower is to be
// looked at first. People find nothing where doors lead nowhere, and do nothing without an account.
func Foundation(file string) int {
	foundations := []string{"stack", "routing", "accounts"}
	if i := slices.Index(foundations, concern(file)); i >= 0 {
		return i
	}
	return len(foundations)
}
