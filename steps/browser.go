package steps

import (
	"context"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// page is what a browser shows after following redirects.
type page struct {
	url    *url.URL
	status int
	text   string   // everything it says
	errors []string // why a form was refused: codes the page carries and what it says
	fields map[string]string
	left   bool // the redirects led out of the site, back to the client
}

// newBrowser keeps cookies and leaves redirects to visit, so that the way back to the client is seen.
func newBrowser(client *http.Client) *http.Client {
	jar, _ := cookiejar.New(nil) // never fails without options
	client.Jar = jar
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return client
}

// visit opens an address and follows redirects until a page, or until they lead to home.
func visit(ctx context.Context, browser *http.Client, address *url.URL, home string) (page, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address.String(), nil)
	if err != nil {
		return page{}, fmt.Errorf("open %s: %w", address.Path, err)
	}
	return follow(browser, request, home)
}

// submit posts fields to the page itself, with the token that guards its form.
func (p page) submit(ctx context.Context, browser *http.Client, home string, fields url.Values) (page, error) {
	form := url.Values{"csrf": {p.fields["csrf"]}}
	for name, value := range fields {
		form[name] = value
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, p.url.String(), strings.NewReader(form.Encode()))
	if err != nil {
		return page{}, fmt.Errorf("send form of %s: %w", p.url.Path, err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return follow(browser, request, home)
}

func follow(browser *http.Client, request *http.Request, home string) (page, error) {
	const mostRedirects = 15
	request.Header.Set("User-Agent", "matrix-stack acceptance")
	request.Header.Set("Accept-Language", "en")
	for range mostRedirects {
		response, err := browser.Do(request)
		if err != nil {
			return page{}, fmt.Errorf("open %s: %w", request.URL.Path, err)
		}
		if response.StatusCode < 300 || response.StatusCode > 399 {
			return readPage(response)
		}
		response.Body.Close()
		next, err := response.Location()
		if err != nil {
			return page{}, fmt.Errorf("open %s: redirect without a target: %w", request.URL.Path, err)
		}
		if home != "" && strings.HasPrefix(next.String(), home) {
			return page{url: next, status: response.StatusCode, left: true}, nil
		}
		request, err = http.NewRequestWithContext(request.Context(), http.MethodGet, next.String(), nil)
		if err != nil {
			return page{}, fmt.Errorf("follow redirect to %s: %w", next.Path, err)
		}
		request.Header.Set("User-Agent", "matrix-stack acceptance")
		request.Header.Set("Accept-Language", "en")
	}
	return page{}, fmt.Errorf("open %s: more than %d redirects", request.URL.Path, mostRedirects)
}

func readPage(response *http.Response) (page, error) {
	defer response.Body.Close()
	p := page{url: response.Request.URL, status: response.StatusCode, fields: map[string]string{}}
	root, err := html.Parse(response.Body)
	if err != nil {
		return p, fmt.Errorf("read page %s: %w", p.url.Path, err)
	}
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		p.read(n)
	}
	slices.Sort(p.errors)
	p.errors = slices.Compact(p.errors)
	p.text = strings.Join(strings.Fields(textOf(root)), " ")
	return p, nil
}

// read takes what a person would see of an element: fields to fill in, and complaints with their codes.
func (p *page) read(n *html.Node) {
	if n.Data == "input" {
		p.fields[attribute(n, "name")] = attribute(n, "value")
	}
	classes := strings.Fields(attribute(n, "class"))
	kind := attribute(n, "data-error-kind")
	if slices.Contains(classes, "hidden") || kind == "" && !slices.Contains(classes, "text-critical") {
		return
	}
	for _, said := range []string{kind, attribute(n, "data-error-code"), strings.Join(strings.Fields(textOf(n)), " ")} {
		if said != "" {
			p.errors = append(p.errors, said)
		}
	}
}

func textOf(n *html.Node) string {
	var text strings.Builder
	for child := range n.Descendants() {
		if child.Type == html.TextNode {
			text.WriteString(child.Data)
		}
	}
	return text.String()
}

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}
