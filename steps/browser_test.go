package steps

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"matrixstack/steps/report"
)

// examplePage is a form as MAS shows it, with a complaint for each field, one of them hidden.
const examplePage = `<!doctype html><form method="post">
  <input type="hidden" name="csrf" value="secret-of-the-form">
  <input name="username" value="alice">
  <div class="cpd-form-message" data-error-kind="exists"> This username
    is already taken </div>
  <div class="cpd-form-message hidden" data-error-kind="required">This field is required</div>
  <div data-error-kind="policy" data-error-code="username-too-short">Too short</div>
  <p class="text-critical">Too short</p>
  <p class="text-primary">Welcome</p>
</form>`

// exampleSite redirects as its paths say and remembers who asked.
func exampleSite(t *testing.T) (address *url.URL, browser *http.Client) {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /form", func(w http.ResponseWriter, _ *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "session", Value: "s1"})
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprint(w, examplePage)
	})
	mux.HandleFunc("POST /form", func(w http.ResponseWriter, r *http.Request) {
		if cookie, err := r.Cookie("session"); err != nil || cookie.Value != "s1" {
			http.Error(w, "no session", http.StatusForbidden)
			return
		}
		http.Redirect(w, r, "/told?"+url.Values{"csrf": {r.PostFormValue("csrf")}, "username": {r.PostFormValue("username")}}.Encode(), http.StatusSeeOther)
	})
	mux.HandleFunc("GET /told", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `<p class="text-critical">%s of %s in %s</p>`, r.FormValue("username"), r.FormValue("csrf"), r.Header.Get("Accept-Language"))
	})
	mux.HandleFunc("GET /home", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "https://client.test/callback?code=c1", http.StatusFound)
	})
	mux.HandleFunc("GET /round", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/round", http.StatusFound) })
	mux.HandleFunc("GET /nowhere", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusFound) })
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	address, err := url.Parse(server.URL)
	require.NoError(t, err)
	return address, newBrowser(server.Client())
}

func TestPageShowsWhatAPersonSees(t *testing.T) {
	t.Parallel()
	site, browser := exampleSite(t)
	p, err := visit(t.Context(), browser, site.JoinPath("form"), "")
	require.NoError(t, err)
	assert.Equal(t, http.StatusBadRequest, p.status)
	assert.Equal(t, []string{"This username is already taken", "Too short", "exists", "policy", "username-too-short"}, p.errors)
	assert.Equal(t, map[string]string{"csrf": "secret-of-the-form", "username": "alice"}, p.fields)
	assert.False(t, p.left)
}

func TestFormIsSentWithItsTokenAndCookies(t *testing.T) {
	t.Parallel()
	site, browser := exampleSite(t)
	p, err := visit(t.Context(), browser, site.JoinPath("form"), "")
	require.NoError(t, err)
	p, err = p.submit(t.Context(), browser, "", url.Values{"username": {"bob"}})
	require.NoError(t, err)
	assert.Equal(t, "/told", p.url.Path, "redirects are followed")
	assert.Equal(t, []string{"bob of secret-of-the-form in en"}, p.errors)
}

func TestRedirectHomeEndsTheVisit(t *testing.T) {
	t.Parallel()
	site, browser := exampleSite(t)
	p, err := visit(t.Context(), browser, site.JoinPath("home"), "https://client.test/callback")
	require.NoError(t, err)
	assert.True(t, p.left)
	assert.Equal(t, "c1", p.url.Query().Get("code"))
}

func TestRedirectsThatLeadNowhereAreTold(t *testing.T) {
	t.Parallel()
	site, browser := exampleSite(t)
	_, err := visit(t.Context(), browser, site.JoinPath("round"), "https://client.test/")
	assert.EqualError(t, err, "open /round: more than 15 redirects")
	_, err = visit(t.Context(), browser, site.JoinPath("nowhere"), "")
	assert.ErrorContains(t, err, "open /nowhere: redirect without a target")
}

func TestRequestsLeaveALineWithoutSecrets(t *testing.T) {
	t.Parallel()
	site, browser := exampleSite(t)
	w := &wire{mark: "scenario/1a2b"}
	browser.Transport = w.record(browser.Transport)
	p, err := visit(t.Context(), browser, site.JoinPath("form"), "")
	require.NoError(t, err)
	_, err = p.submit(t.Context(), browser, "", url.Values{"password": {"hunter2hunter2"}})
	require.NoError(t, err)
	require.Len(t, w.requests(), 3)
	first := w.requests()[0]
	assert.Regexp(t, `^GET  127\.0\.0\.1:\d+/form → 400, \d+`, first.String())
	assert.Empty(t, first.Answer, "pages are left out")
	told := fmt.Sprint(w.requests())
	assert.NotContains(t, told, "hunter2")
	assert.NotContains(t, told, "secret-of-the-form", "queries are left out")
}

func TestAnswerThatIsNoSuccessIsKeptAndStillWhole(t *testing.T) {
	t.Parallel()
	long := `{"errcode":"M_UNKNOWN","access_token":"hunter2","error":"` + strings.Repeat("x", 1000) + `"}`
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Server", "Synapse/1.144.0 "+r.UserAgent())
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprint(w, long)
	}))
	t.Cleanup(server.Close)
	w := &wire{mark: "scenario/1a2b"}
	client := &http.Client{Transport: w.record(server.Client().Transport)}
	answer, err := client.Get(server.URL + "/x?access_token=hunter3")
	require.NoError(t, err)
	defer answer.Body.Close()
	whole, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	assert.Equal(t, long, string(whole))
	q := w.requests()[0]
	assert.Regexp(t, `^\{"errcode":"M_UNKNOWN","access_token":\[redacted\],"error":"x+$`, q.Answer)
	assert.Equal(t, "Synapse/1.144.0 scenario/1a2b", q.Server, "servers log whose request it was")
	assert.NotContains(t, fmt.Sprint(q), "hunter")
}

func TestTheSameRequestsBecomeOne(t *testing.T) {
	t.Parallel()
	sync := report.Request{Method: "GET", Host: "h", Path: "/sync", Status: 200, Seconds: 1, Times: 1}
	asked := []report.Request{sync, {Method: "PUT", Host: "h", Path: "/a", Status: 200, Times: 1}, sync, {Method: "PUT", Host: "h", Path: "/b", Status: 200, Times: 1}, {Method: "PUT", Host: "h", Path: "/c", Status: 200, Times: 1}, sync}
	kept, more := grouped(asked, 3)
	require.Len(t, kept, 3)
	assert.Equal(t, 1, more)
	assert.Equal(t, 3, kept[0].Times)
	assert.InDelta(t, 3.0, kept[0].Seconds, 1e-9)
}

func TestAnswerThatIsNoSuccessNamesRequestStatusAndBody(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if r.URL.Path == "/good" {
			fmt.Fprintf(w, `{"got":%q}`, body)
			return
		}
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprint(w, "closed"+strings.Repeat(".", 1000))
	}))
	t.Cleanup(server.Close)
	var answer struct{ Got string }
	require.NoError(t, postJSON(t.Context(), server.Client(), server.URL+"/good", []byte("hello"), &answer))
	assert.Equal(t, "hello", answer.Got)
	err := getJSON(t.Context(), server.Client(), server.URL+"/bad?access_token=x", nil)
	var status statusError
	require.ErrorAs(t, err, &status)
	assert.Equal(t, http.StatusForbidden, status.status)
	assert.Regexp(t, `^GET 127\.0\.0\.1:\d+/bad: status 403: closed\.+$`, err.Error())
	assert.Less(t, len(err.Error()), 400, "a long answer is cut")
	assert.ErrorContains(t, getJSON(t.Context(), server.Client(), server.URL+"/good", &[]int{}), "answer is not JSON")
}

func TestServerThatHangsUpEndsASignIn(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			panic(http.ErrAbortHandler)
		}
		fmt.Fprint(w, `<form method="post"><input type="hidden" name="csrf" value="x"></form>`)
	}))
	defer server.Close()
	start, err := url.Parse(server.URL + "/login")
	require.NoError(t, err)
	alice := &person{name: "Alice", browser: newBrowser(server.Client())}
	_, err = alice.walk(t.Context(), start, "http://127.0.0.1/home", nil)
	assert.ErrorContains(t, err, "open /login: ")
}
