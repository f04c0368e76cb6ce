package steps

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// registerPages holds the words about the pages where people sign in.
func registerPages(r Registrar) {
	r.Then(`^the pages where people sign in at (\w+) come whole, and from nowhere else$`, pagesComeWhole)
}

// pagesComeWhole gets everything the first page shows: style, scripts and pictures.
func pagesComeWhole(ctx context.Context, name string) error {
	s := from(ctx)
	site, err := s.site(name)
	if err != nil {
		return err
	}
	client, first := s.http(), &url.URL{Scheme: "https", Host: site.AuthHost(), Path: "/login"}
	content, err := fetched(ctx, client, first)
	if err != nil {
		return err
	}
	root, err := html.Parse(strings.NewReader(content))
	if err != nil {
		return fmt.Errorf("read %s: %w", first, err)
	}
	parts := partsOf(root)
	if !slices.ContainsFunc(parts, func(part string) bool { return strings.HasSuffix(part, ".css") }) {
		return fmt.Errorf("%s has no style: it shows %q", first, parts)
	}
	for _, part := range parts {
		at, err := first.Parse(part)
		if err != nil {
			return fmt.Errorf("read %s: %w", first, err)
		}
		if at.Host != first.Host {
			return fmt.Errorf("%s gets a part from elsewhere: %s", first, at)
		}
		if _, err := fetched(ctx, client, at); err != nil {
			return err
		}
	}
	return nil
}

// partsOf lists what a page shows beside its text.
func partsOf(root *html.Node) []string {
	var parts []string
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		switch n.Data {
		case "link":
			parts = append(parts, attribute(n, "href"))
		case "script", "img":
			parts = append(parts, attribute(n, "src"))
		}
	}
	return slices.DeleteFunc(parts, func(part string) bool { return part == "" || strings.HasPrefix(part, "data:") })
}

// fetched is the body of a document that is there and says something.
func fetched(ctx context.Context, client *http.Client, at *url.URL) (string, error) {
	content, err := getText(ctx, client, at.String())
	if err == nil && content == "" {
		err = fmt.Errorf("get %s: it is empty", at)
	}
	return content, err
}
