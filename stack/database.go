package stack

import (
	"context"
	"fmt"
	"strings"
)

// SQL asks a database of a site one question and returns the answer as psql prints it without headings.
func (s *Stack) SQL(ctx context.Context, site Site, database, query string) (string, error) {
	out, err := s.Exec(ctx, site.Component("postgres"), "psql", "-U", "postgres", "-d", database, "-v", "ON_ERROR_STOP=1", "-Atc", query)
	if err != nil {
		return "", fmt.Errorf("ask database %q of %s: %w", database, site.ServerName, err)
	}
	return strings.TrimSpace(out), nil
}
