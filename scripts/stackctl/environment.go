package main

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"matrixstack/stack/images"
)

// switches are the variables that are on or off.
var switches = []string{"STRICT", "KEEP", "OPEN"}

// isOn tells whether a variable of that name is on.
func isOn(name string) bool { return os.Getenv(name) == "1" }

// readEnvironment refuses what would be ignored without a word: a switch that is neither on nor off, an image that nobody runs.
func readEnvironment(environment []string) error {
	names, err := images.Names()
	if err != nil {
		return err
	}
	var known []string
	for _, name := range names {
		known = append(known, images.OverrideVariable(name))
	}
	for _, pair := range environment {
		name, value, _ := strings.Cut(pair, "=")
		switch {
		case slices.Contains(switches, name) && !slices.Contains([]string{"", "0", "1"}, value):
			return usageError{fmt.Errorf("read %s=%q: it is 1, or 0, or not there", name, value)}
		case strings.HasPrefix(name, images.OverrideVariable("")) && !slices.Contains(known, name):
			return usageError{fmt.Errorf("read %s: the lock has no such image; known: %s", name, strings.Join(known, ", "))}
		}
	}
	return nil
}
