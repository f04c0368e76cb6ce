package report

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// browse starts a real browser that prefers light or dark pages. Without one the test is skipped, and says so.
func browse(t *testing.T, dark bool) context.Context {
	t.Helper()
	binary := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			binary = path
			break
		}
	}
	if binary == "" {
		t.Skip("this machine has no Chromium to look at the report with; run scripts/setup")
	}
	scheme := "1" // light
	if dark {
		scheme = "0"
	}
	// A folder of the test's name would be too long for the socket that Chromium keeps in it.
	profile, err := os.MkdirTemp("", "chromium-*")
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(profile) })
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(binary), chromedp.UserDataDir(profile), chromedp.Env("TMPDIR="+profile), chromedp.WindowSize(1400, 900), chromedp.WSURLReadTimeout(2*time.Minute),
		chromedp.Flag("blink-settings", "preferredColorScheme="+scheme), chromedp.Flag("no-sandbox", os.Geteuid() == 0)) // Chromium has no sandbox for root
	limited, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	allocator, stop := chromedp.NewExecAllocator(limited, options...)
	browser, end := chromedp.NewContext(allocator)
	t.Cleanup(func() { end(); stop(); cancel() })
	return browser
}

// serve offers a report as files of a machine, and lets each page remember what its script does wrong.
func serve(t *testing.T, dir string) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path := filepath.Join(dir, filepath.FromSlash(r.URL.Path))
		content, err := os.ReadFile(path)
		if err != nil || !strings.HasSuffix(path, ".html") {
			http.ServeFile(w, r, path)
			return
		}
		const watch = `<script>window.wrong=[];addEventListener("error",e=>wrong.push(String(e.message||e.target.src)),true)</script><style>`
		fmt.Fprint(w, strings.Replace(string(content), "<style>", watch, 1))
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// see runs an expression in the page and returns what it comes to.
func see[T any](browser context.Context, t *testing.T, expression string) T {
	t.Helper()
	value, err := chromedp.Run(browser, chromedp.Evaluate[T](expression))
	require.NoError(t, err)
	return value
}

func act(browser context.Context, t *testing.T, actions ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	for _, action := range actions {
		_, err := chromedp.Run(browser, action)
		require.NoError(t, err)
	}
}

const openAll = `document.querySelectorAll("details").forEach(d => d.open = true)`

// pale lists texts that stand out too little from what is behind them: less than 4.5 to 1.
const pale = `(() => {
  const rgb = c => { const n = c.match(/[\d.]+/g).map(Number); return n.length > 3 ? n : [...n, 1]; };
  const light = ([r, g, b]) => [r, g, b].map(v => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4).reduce((s, v, i) => s + v * [.2126, .7152, .0722][i], 0);
  const behind = e => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor); if (c[3] === 1) return c; } return [255, 255, 255]; };
  const found = new Set();
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let n; n = walk.nextNode();) {
    const e = n.parentElement;
    if (!n.data.trim() || e.closest("script,style,title") || !e.getClientRects().length) continue;
    const style = getComputedStyle(e), a = light(rgb(e.closest("svg") ? style.fill : style.color)), b = light(behind(e));
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < 4.5) found.add(e.tagName + "." + (e.getAttribute("class") || "") + " " + ratio.toFixed(2) + " " + n.data.trim().slice(0, 30));
  }
  return [...found].slice(0, 10);
})()`

// tooWide lists what reaches beyond the page, but for what scrolls by itself.
const tooWide = `[...document.querySelectorAll("body *")].filter(e => e.getClientRects().length && e.getBoundingClientRect().right > innerWidth + 1 && !e.closest(".scroll,nav ul,.skip")).map(e => e.tagName + "." + e.className + " " + Math.round(e.getBoundingClientRect().right)).slice(0, 5)`

func TestPagesAreReadableAtEveryWidthAndInTheDark(t *testing.T) {
	t.Parallel()
	dir := writeSample(t, 24)
	site := serve(t, dir)
	for _, dark := range []bool{false, true} {
		t.Run(fmt.Sprintf("dark %t", dark), func(t *testing.T) {
			t.Parallel()
			browser := browse(t, dark)
			for _, page := range []string{"/index.html", "/failures/feature-0-27-promise/index.html"} {
				for _, width := range []int64{360, 800, 1400} {
					at := fmt.Sprintf("%s, %d wide", page, width)
					act(browser, t, chromedp.EmulateViewport(width, 900), chromedp.Navigate(site+page))
					assert.Equal(t, dark, see[bool](browser, t, `matchMedia("(prefers-color-scheme: dark)").matches`))
					assert.Empty(t, see[[]string](browser, t, tooWide), "closed, %s", at)
					see[any](browser, t, openAll)
					assert.LessOrEqual(t, see[int64](browser, t, `document.documentElement.scrollWidth`), width, at)
					assert.Empty(t, see[[]string](browser, t, tooWide), at)
					assert.Empty(t, see[[]string](browser, t, pale), at)
					assert.Empty(t, see[[]string](browser, t, `window.wrong`), at)
				}
			}
		})
	}
}

func TestEveryLinkLeadsSomewhere(t *testing.T) {
	t.Parallel()
	dir := writeSample(t, 24)
	site, browser := serve(t, dir), browse(t, false)
	for _, page := range []string{"index.html", "failures/feature-0-27-promise/index.html"} {
		act(browser, t, chromedp.Navigate(site+"/"+page))
		assert.Empty(t, see[[]string](browser, t, `[...document.querySelectorAll("a[href^='#']")].map(a => a.getAttribute("href")).filter(h => !document.getElementById(decodeURIComponent(h.slice(1))))`), page)
		assert.Empty(t, see[[]string](browser, t, `(ids => ids.filter((id, i) => ids.indexOf(id) !== i))([...document.querySelectorAll("[id]")].map(e => e.id))`), "names of anchors are unique")
		for _, link := range see[[]string](browser, t, `[...document.querySelectorAll("a[href]:not([href^='#'])")].map(a => a.getAttribute("href"))`) {
			if strings.HasPrefix(link, "merged") || strings.HasPrefix(link, "summary") || strings.HasSuffix(link, ".txt") {
				continue // the files of a bundle, which the sample does not have
			}
			assert.FileExists(t, filepath.Join(dir, filepath.Dir(page), filepath.FromSlash(link)), "%s links there", page)
		}
		assert.Empty(t, see[[]string](browser, t, `performance.getEntriesByType("resource").map(r => r.name).filter(n => !n.startsWith("data:"))`), "the page is whole by itself")
	}
}

func TestPageIsUsedByKeyboard(t *testing.T) {
	t.Parallel()
	site, browser := serve(t, writeSample(t, 24)), browse(t, false)
	act(browser, t, chromedp.Navigate(site+"/index.html"))
	see[any](browser, t, `window.want = [...document.querySelectorAll("a[href],summary,button,input,[tabindex='0']")].filter(e => e.checkVisibility()); window.reached = new Set()`)
	for range see[int](browser, t, `want.length`) {
		act(browser, t, chromedp.KeyEvent(kb.Tab))
		see[any](browser, t, `reached.add(document.activeElement)`)
	}
	assert.Empty(t, see[[]string](browser, t, `want.filter(e => !reached.has(e)).map(e => e.outerHTML.slice(0, 80))`), "all that can be clicked is reached with Tab")
	see[any](browser, t, `document.querySelector(".feature>summary").focus()`)
	act(browser, t, chromedp.KeyEvent(kb.Enter))
	assert.True(t, see[bool](browser, t, `document.querySelector(".feature").open`), "Enter opens a feature")
	act(browser, t, chromedp.KeyEvent("/"))
	assert.Equal(t, "search", see[string](browser, t, `document.activeElement.type`), "/ goes to the search")
}

func TestSearchAndFilterLeaveWhatFits(t *testing.T) {
	t.Parallel()
	site, browser := serve(t, writeSample(t, 24)), browse(t, false)
	act(browser, t, chromedp.Navigate(site+"/index.html"))
	const shown = `[...document.querySelectorAll(".scenario")].filter(s => s.checkVisibility()).length`
	assert.Zero(t, see[int](browser, t, shown), "features begin closed")
	for _, step := range []struct {
		do   string
		want int
	}{
		{`document.querySelector("[data-is=failed]").click()`, 1},
		{`document.querySelector("[data-is=skipped]").click()`, 2},
		{`document.querySelector("[data-is='']").click()`, 0},
		{`(b => { b.value = "promise 17 kept"; b.dispatchEvent(new Event("input")) })(document.querySelector("#find input"))`, 1},
		{`(b => { b.value = "no such words"; b.dispatchEvent(new Event("input")) })(document.querySelector("#find input"))`, 0},
	} {
		see[any](browser, t, step.do)
		assert.Equal(t, step.want, see[int](browser, t, shown), step.do)
	}
	assert.Equal(t, "0 scenarios", see[string](browser, t, `document.querySelector("[role=status]").textContent`))
	act(browser, t, chromedp.Navigate("about:blank"), chromedp.Navigate(site+"/index.html#s-features-concern-00-feature-0-feature-27-promise-3-is-kept-whatever-happens-more"))
	assert.Equal(t, 1, see[int](browser, t, `document.querySelectorAll(".scenario[open]").length`), "an address opens what it points to")
}

// TestFiguresOfALargeReport says how large a report is, and how long it takes to make and to open. Only the size is held to anything.
func TestFiguresOfALargeReport(t *testing.T) {
	t.Parallel()
	begin := time.Now()
	dir := writeSample(t, 200)
	made := time.Since(begin)
	info, err := os.Stat(filepath.Join(dir, PageFile))
	require.NoError(t, err)
	const most = 5 << 20
	assert.Less(t, info.Size(), int64(most), "bytes of 200 scenarios")
	site, browser := serve(t, dir), browse(t, false)
	act(browser, t, chromedp.Navigate(site+"/index.html"))
	took := see[float64](browser, t, `performance.getEntriesByType("navigation")[0].loadEventEnd`)
	t.Logf("200 scenarios: %d KiB, made in %s, open after %.0f ms", info.Size()>>10, made.Round(time.Millisecond), took)
}

// TestPhotographPages leaves pictures of the sample where REPORT_PICTURES says, for whoever changes how pages look.
func TestPhotographPages(t *testing.T) {
	t.Parallel()
	folder := os.Getenv("REPORT_PICTURES")
	if folder == "" {
		t.Skip("set REPORT_PICTURES to a folder to have pictures of the pages")
	}
	dir := os.Getenv("REPORT")
	if dir == "" {
		dir = writeSample(t, 60)
	}
	site := serve(t, dir)
	for _, dark := range []bool{false, true} {
		browser := browse(t, dark)
		for _, width := range []int64{360, 800, 1400} {
			for i, page := range photographed(t, dir) {
				act(browser, t, chromedp.EmulateViewport(width, 1000), chromedp.Navigate(site+page))
				if page == "/index.html" {
					see[any](browser, t, `document.querySelectorAll(".feature").forEach((f, i) => { if (i < 2) { f.open = true; f.querySelector(".scenario").open = true } })`)
				}
				picture, err := chromedp.Run(browser, chromedp.FullScreenshot(100))
				require.NoError(t, err)
				require.NoError(t, WriteWhole(filepath.Join(folder, fmt.Sprintf("%d-%d-dark-%t.png", i, width, dark)), picture))
			}
		}
	}
}

func photographed(t *testing.T, dir string) []string {
	t.Helper()
	pages := []string{"/index.html"}
	bundles, err := filepath.Glob(filepath.Join(dir, "failures", "*", PageFile))
	require.NoError(t, err)
	for _, bundle := range bundles[:min(1, len(bundles))] {
		pages = append(pages, strings.TrimPrefix(filepath.ToSlash(bundle), filepath.ToSlash(dir)))
	}
	return pages
}
