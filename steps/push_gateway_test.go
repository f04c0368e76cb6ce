package steps

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestGatewayDoesWhatItsMoodSays asks a gateway as a homeserver would.
func TestGatewayDoesWhatItsMoodSays(t *testing.T) {
	t.Parallel()
	const asked = `{"notification": {"event_id": "$e", "room_id": "!r", "counts": {"unread": 3}, "devices": [{"app_id": "a", "pushkey": "phone"}]}}`
	cases := []struct {
		mood, path, body string
		status           int
		answer           string
		rung, strange    int
	}{
		{"", notifyPath, asked, http.StatusOK, `{"rejected":[]}`, 1, 0},
		{"fails", notifyPath, asked, http.StatusBadGateway, "out of order", 0, 0},
		{"talks nonsense", notifyPath, asked, http.StatusOK, "<html>", 0, 0},
		{"no longer knows the phone", notifyPath, asked, http.StatusOK, `{"rejected":["phone"]}`, 1, 0},
		{"no longer knows somebody else", notifyPath, asked, http.StatusOK, `{"rejected":["nobody-phone"]}`, 1, 0},
		{"", "/elsewhere", asked, http.StatusBadGateway, "out of order", 0, 1},
		{"", notifyPath, "{", http.StatusBadGateway, "out of order", 0, 1},
		{"", notifyPath, strings.ReplaceAll(asked, "phone", "stranger"), http.StatusOK, "{", 0, 1},
	}
	for _, c := range cases {
		b := &bell{}
		g := &gateway{well: make(chan struct{}), bells: map[string]*bell{"phone": b}}
		g.turn(c.mood)
		w := httptest.NewRecorder()
		g.ServeHTTP(w, httptest.NewRequest(http.MethodPost, c.path, strings.NewReader(c.body)))
		said, err := io.ReadAll(w.Body)
		require.NoError(t, err)
		_, strange := g.asked()
		assert.Equal(t, c.status, w.Code, "%q", c.mood)
		assert.Contains(t, string(said), c.answer, "%q", c.mood)
		assert.Len(t, b.rings(), c.rung, "%q", c.mood)
		assert.Equal(t, c.strange, strange, "%q %s", c.mood, c.body)
	}
}

func TestBellNoticesWhatItIsToldTwice(t *testing.T) {
	t.Parallel()
	r, err := readRing([]byte(`{"notification": {"event_id": "$e", "counts": {"unread": 3}, "devices": []}}`))
	require.NoError(t, err)
	assert.Equal(t, []string{"counts", "devices", "event_id"}, r.keys)
	assert.Equal(t, 3, r.note.Counts.Unread)
	b := &bell{}
	b.ring(r)
	found, err := b.about("$e")
	require.NoError(t, err)
	require.NotNil(t, found)
	b.ring(r)
	_, err = b.about("$e")
	assert.ErrorContains(t, err, "more than once")
}
