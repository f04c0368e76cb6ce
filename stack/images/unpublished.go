package images

import (
	"fmt"
	"regexp"
)

// unpublished says in words that a package has no such version, where that is what uv, npm or go complain of in theirs.
func unpublished(err error) error {
	for _, complaint := range []string{
		`there is no version of ([^=\s]+)==([^\s,|]+)`,
		`No matching version found for (@?[^@\s]+)@(\S+)`,
		`"Error": "([^@\s"]+)@v?([^\s:"]+): (?:invalid version|reading \S+: 4)`,
	} {
		if found := regexp.MustCompile(complaint).FindStringSubmatch(err.Error()); found != nil {
			return fmt.Errorf("%s has no version %s that can be had; name one that is published", found[1], found[2])
		}
	}
	return err
}
