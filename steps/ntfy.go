package steps

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"matrixstack/stack"
)

// heard is a line of what ntfy tells those who listen to a topic.
type heard struct {
	ID      string `json:"id"`
	Event   string `json:"event"`
	Message string `json:"message"`
}

// useNtfy points a bell to ntfy, whatever address it is to answer for.
func (b *bell) useNtfy(host string) {
	topic := "up" + sha256Hex([]byte(b.pusher.PushKey))[:12]
	b.pusher.PushKey = "https://" + host + "/" + topic + "?up=1"
	b.pusher.Data["url"] = "https://" + stack.NtfyHost + notifyPath
}

// listen lets a device hear what ntfy has for it, from where it listened last, and returns once ntfy has taken it on.
func (s *scenario) listen(ctx context.Context, d *device, b *bell) error {
	listening, hush := context.WithCancel(context.WithoutCancel(ctx))
	client := s.http()
	client.Timeout = 0 // a phone goes on listening
	said, err := b.call(listening, client)
	if err != nil {
		hush()
		return fmt.Errorf("listen to ntfy as the %s of %s: %w", d.name, d.owner.name, err)
	}
	taken, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		defer said.Close()
		b.hear(said, taken)
	}()
	b.hush = func() {
		hush()
		<-done
		client.CloseIdleConnections()
	}
	s.mended = append(s.mended, func(context.Context) error { b.hush(); return nil })
	select {
	case <-taken:
		return nil
	case <-done:
		return fmt.Errorf("listen to ntfy as the %s of %s: it ended the conversation", d.name, d.owner.name)
	}
}

// call asks ntfy for what it has from now on.
func (b *bell) call(ctx context.Context, client *http.Client) (io.ReadCloser, error) {
	topic, err := url.Parse(b.pusher.PushKey)
	if err != nil {
		return nil, err
	}
	address := url.URL{Scheme: "https", Host: stack.NtfyHost, Path: topic.Path + "/json", RawQuery: "since=" + b.since()}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address.String(), nil)
	if err != nil {
		return nil, err
	}
	answer, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	if answer.StatusCode != http.StatusOK {
		defer answer.Body.Close()
		said, err := io.ReadAll(io.LimitReader(answer.Body, longestRing))
		return nil, errors.Join(statusError{"GET " + address.String(), answer.StatusCode, string(said)}, err)
	}
	return answer.Body, nil
}

// since is where listening begins: after the newest message, or with all that ntfy still has.
func (b *bell) since() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.last == "" {
		return "all"
	}
	return b.last
}

// hear rings for every message until the conversation ends. taken is closed when ntfy says that it has begun.
func (b *bell) hear(said io.Reader, taken chan<- struct{}) {
	lines := bufio.NewScanner(io.LimitReader(said, mostRings*longestRing))
	for lines.Scan() {
		var line heard
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			b.lose(err)
			return
		}
		switch line.Event {
		case "open":
			close(taken)
		case "message":
			r, err := readRing([]byte(line.Message))
			if err != nil {
				b.lose(err)
				return
			}
			b.mu.Lock()
			b.last = line.ID
			b.rung = append(b.rung, r)
			b.mu.Unlock()
		}
	}
}

func (b *bell) lose(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.lost = fmt.Errorf("read what ntfy says: %w", err)
}
