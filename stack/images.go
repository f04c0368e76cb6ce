package stack

import (
	"fmt"
	"slices"
)

// Images lists the lock keys of everything that any way to sign in declares, sorted. Templates are rendered on the way; one that does not
// render is an error.
func Images() ([]string, error) {
	var names []string
	for _, signIn := range []SignIn{SignInMAS, SignInSynapse} {
		sites := TestSites(signIn)
		env := Environment{Subnets: map[string]string{}}
		for _, network := range NetworksOf(sites) {
			env.Subnets[network] = "192.0.2.0/24" // what an engine would choose
		}
		world, err := NewWorld(sites, env)
		if err != nil {
			return nil, fmt.Errorf("list images: %w", err)
		}
		for _, c := range world.Components {
			names = append(names, c.Image)
		}
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}
