package steps

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/chromedp/chromedp"

	"matrixstack/stack"
	"matrixstack/steps/report"
)

// findChromium looks for a browser that chromedp can drive, under the names systems give it.
func findChromium() (string, error) {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("this machine has no Chromium; run scripts/setup")
}

// signUpInChromium makes an account in a real browser, as a person does it, and photographs every page.
func (s *scenario) signUpInChromium(ctx context.Context, p *person, deviceName string) error {
	back := make(chan *url.URL, 1)
	home := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case back <- r.URL:
			fmt.Fprintln(w, "You can close this page.")
		default: // only the first way back counts
		}
	}))
	defer home.Close()
	client, err := registerClient(ctx, s.http(), p, home.URL+"/callback")
	if err != nil {
		return err
	}
	attempt, err := client.begin(true)
	if err != nil {
		return err
	}
	browser, done, err := s.chromium(ctx, p.site)
	if err != nil {
		return err
	}
	defer done()
	if err := each(browser, chromedp.Navigate(attempt.start.String())); err != nil && !strings.Contains(err.Error(), networkChanged) {
		return fmt.Errorf("open the sign-up page in Chromium: %w", err)
	}
	answer, err := s.walkInChromium(browser, p, back)
	if err != nil {
		return err
	}
	made, err := attempt.finish(ctx, s.http(), answer)
	if err != nil {
		return err
	}
	return s.open(ctx, p, deviceName, made)
}

// walkInChromium fills in page after page until the browser arrives at the client.
func (s *scenario) walkInChromium(browser context.Context, p *person, back <-chan *url.URL) (*url.URL, error) {
	seen := ""
	for count := 1; ; {
		location, err := chromedp.Run(browser, chromedp.Location())
		if err != nil {
			return nil, fmt.Errorf("ask Chromium where it is: %w", err)
		}
		at, err := url.Parse(location)
		if err != nil {
			return nil, fmt.Errorf("ask Chromium where it is: %w", err)
		}
		if at.Scheme == "chrome-error" {
			if err := tryAgain(browser); err != nil {
				return nil, fmt.Errorf("sign up in Chromium after %q: %w", seen, err)
			}
			continue
		}
		if at.Path == seen || at.Host != p.site.AuthHost() {
			select {
			case answer := <-back:
				return answer, nil
			case <-time.After(interval):
			case <-browser.Done():
				return nil, fmt.Errorf("sign up in Chromium: still at %s://%s%s: %w", at.Scheme, at.Host, at.Path, browser.Err())
			}
			continue
		}
		seen = at.Path
		if err := s.fillIn(browser, p, at.Path, count); err != nil {
			return nil, fmt.Errorf("sign up in Chromium at %s: %w", at.Path, err)
		}
		count++
	}
}

// networkChanged is what Chromium says when containers of somebody else start on this machine: it drops every connection then.
const networkChanged = "ERR_NETWORK_CHANGED"

// tryAgain does what a person would do on Chromium's own page about a network that changed; any other such page is a failure.
func tryAgain(browser context.Context) error {
	said, err := chromedp.Run(browser, chromedp.Text("body"))
	if err != nil {
		return fmt.Errorf("read the error page: %w", err)
	}
	if !strings.Contains(said, networkChanged) {
		return fmt.Errorf("no page came: %s", oneLine(said))
	}
	// It may change once more meanwhile; the page then says so again.
	if err := each(browser, chromedp.Reload()); err != nil && !strings.Contains(err.Error(), networkChanged) {
		return err
	}
	return nil
}

func (s *scenario) fillIn(browser context.Context, p *person, path string, count int) error {
	answers, err := p.answers(browser, path)
	if err != nil {
		return err
	}
	if answers == nil {
		return errors.New("it is not a page a person can go on from")
	}
	if strings.HasPrefix(path, "/consent/") {
		if err := p.provisioned(s.http())(browser); err != nil {
			return err
		}
	}
	const button = `form button[type=submit]`
	for name, values := range answers {
		field := fmt.Sprintf(`input[name=%q]`, name)
		if name == "action" {
			continue // hidden, and set by the form
		}
		if err := each(browser, chromedp.WaitVisible(field), chromedp.Clear(field), chromedp.SendKeys(field, values[0])); err != nil {
			return err
		}
	}
	// The address is the page's before anything of it is drawn, and nothing drawn can't be photographed.
	if err := each(browser, chromedp.WaitVisible(button)); err != nil {
		return err
	}
	if err := s.photograph(browser, count, filepath.Base(path)); err != nil {
		return err
	}
	return each(browser, chromedp.WaitEnabled(button), chromedp.Click(button))
}

// each runs actions one after another.
func each(browser context.Context, actions ...chromedp.Action[chromedp.Void]) error {
	for _, action := range actions {
		if _, err := chromedp.Run(browser, action); err != nil {
			return err
		}
	}
	return nil
}

// photograph keeps what the browser shows now, for the documentation.
func (s *scenario) photograph(browser context.Context, count int, page string) error {
	picture, err := chromedp.Run(browser, chromedp.FullScreenshot(100))
	if err != nil {
		return fmt.Errorf("photograph %s: %w", page, err)
	}
	if len(page) == 26 && page == strings.ToUpper(page) {
		page = "consent" // its address ends in an identifier
	}
	file := filepath.Join(s.run.options.ReportDir, "screenshots", fmt.Sprintf("sign-up-%d-%s.png", count, slug(page)))
	if err := report.WriteWhole(file, picture); err != nil {
		return fmt.Errorf("photograph %s: %w", page, err)
	}
	s.pictures = append(s.pictures, file)
	return nil
}

// chromium starts a browser for which the site's hosts are where the stack publishes them. It takes exactly the certificate that
// was verified here against the test authority, and no other.
func (s *scenario) chromium(ctx context.Context, site stack.Site) (context.Context, func(), error) {
	binary, err := findChromium()
	if err != nil {
		return nil, nil, err
	}
	rules, pin, err := s.mapped(ctx, site.AuthHost(), site.MatrixHost())
	if err != nil {
		return nil, nil, err
	}
	profile, err := os.MkdirTemp("", "chromium-*")
	if err != nil {
		return nil, nil, fmt.Errorf("make a browser profile: %w", err)
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(binary), chromedp.UserDataDir(profile), chromedp.Env("TMPDIR="+profile), chromedp.WindowSize(1000, 900), chromedp.WSURLReadTimeout(3*patience),
		chromedp.Flag("host-resolver-rules", rules), chromedp.Flag("ignore-certificate-errors-spki-list", pin), chromedp.Flag("disable-quic", true),
		chromedp.Flag("lang", "en"), chromedp.Flag("no-sandbox", os.Geteuid() == 0)) // Chromium has no sandbox for root
	limited, cancel := context.WithTimeout(ctx, 3*patience)
	allocator, stop := chromedp.NewExecAllocator(limited, options...)
	browser, end := chromedp.NewContext(allocator)
	return browser, func() { end(); stop(); cancel(); _ = os.RemoveAll(profile) }, nil
}

// mapped tells Chromium where hosts of a site are published, and which key they show.
func (s *scenario) mapped(ctx context.Context, hosts ...string) (rules, pin string, err error) {
	if pin, err = s.verifiedKey(ctx, hosts[0]); err != nil {
		return "", "", err
	}
	var each []string
	for _, host := range hosts {
		_, endpoint, err := s.stack.Locate(ctx, "tcp", net.JoinHostPort(host, "443"))
		if err != nil {
			return "", "", err
		}
		each = append(each, "MAP "+host+":443 "+endpoint)
	}
	return strings.Join(each, ", "), pin, nil
}

// verifiedKey is the hash of the key a host shows, once its certificate was found good.
func (s *scenario) verifiedKey(ctx context.Context, host string) (string, error) {
	raw, err := s.stack.DialContext(ctx, "tcp", net.JoinHostPort(host, "443"))
	if err != nil {
		return "", err
	}
	defer raw.Close()
	authorities := x509.NewCertPool()
	authorities.AppendCertsFromPEM(s.stack.AuthorityPEM())
	connection := tls.Client(raw, &tls.Config{ServerName: host, RootCAs: authorities, MinVersion: tls.VersionTLS12})
	if err := connection.HandshakeContext(ctx); err != nil {
		return "", fmt.Errorf("verify the certificate of %s: %w", host, err)
	}
	key := sha256.Sum256(connection.ConnectionState().PeerCertificates[0].RawSubjectPublicKeyInfo)
	return base64.StdEncoding.EncodeToString(key[:]), nil
}
