package steps

import (
	"context"
	"fmt"
	"io"
	"log"
	"strings"
	"sync"
	"time"

	"github.com/ergochat/irc-go/ircevent"
	"github.com/ergochat/irc-go/ircmsg"

	"matrixstack/stack"
)

// ircUser is a real person on the IRC network outside the stack.
type ircUser struct {
	nick string
	conn *ircevent.Connection
	mu   sync.Mutex
	said []ircLine
	here map[string]bool // nicks in "<channel> <nick>", lower case
}

// ircLine is something the IRC user saw somebody say.
type ircLine struct{ nick, target, text string }

// connectIRC brings somebody onto the IRC network.
func connectIRC(world *stack.Stack, nick string) (*ircUser, error) {
	u := &ircUser{nick: nick, here: map[string]bool{}}
	u.conn = &ircevent.Connection{
		Server: stack.IRCHost + ":6667", Nick: nick, User: "person", RealName: nick, Timeout: patience,
		KeepAlive: 2 * time.Minute, ReconnectFreq: time.Second, QuitMessage: "done", DialContext: world.DialContext, Log: log.New(io.Discard, "", 0),
	}
	u.conn.AddCallback("PRIVMSG", func(m ircmsg.Message) {
		u.mu.Lock()
		defer u.mu.Unlock()
		u.said = append(u.said, ircLine{m.Nick(), m.Params[0], m.Params[1]})
	})
	u.conn.AddCallback("JOIN", func(m ircmsg.Message) { u.present(m.Params[0], m.Nick(), true) })
	u.conn.AddCallback("PART", func(m ircmsg.Message) { u.present(m.Params[0], m.Nick(), false) })
	u.conn.AddCallback("QUIT", func(m ircmsg.Message) { u.present("", m.Nick(), false) })
	if err := u.conn.Connect(); err != nil {
		return nil, fmt.Errorf("connect %s to IRC: %w", nick, err)
	}
	go u.conn.Loop()
	return u, nil
}

// present notes who is in which channel; an empty channel means all of them.
func (u *ircUser) present(channel, nick string, is bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if channel != "" {
		u.here[strings.ToLower(channel+" "+nick)] = is
		return
	}
	for key := range u.here {
		if strings.HasSuffix(key, " "+strings.ToLower(nick)) {
			u.here[key] = is
		}
	}
}

// sees is content when somebody with that nick is in a channel now.
func (u *ircUser) sees(nick, channel string) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.here[strings.ToLower(channel+" "+nick)] {
		return nil
	}
	return fmt.Errorf("%s on IRC does not see %s in %s; saw %v", u.nick, nick, channel, u.here)
}

// join enters a channel and returns once the server says so.
func (u *ircUser) join(ctx context.Context, channel string) error {
	in := make(chan struct{})
	var once sync.Once
	defer u.conn.RemoveCallback(u.conn.AddCallback("JOIN", func(m ircmsg.Message) {
		if m.Nick() == u.nick && strings.EqualFold(m.Params[0], channel) {
			once.Do(func() { close(in) })
		}
	}))
	if err := u.conn.Join(channel); err != nil {
		return fmt.Errorf("join %s on IRC as %s: %w", channel, u.nick, err)
	}
	select {
	case <-in:
		return nil
	case <-time.After(patience):
		return fmt.Errorf("join %s on IRC as %s: the server did not confirm it in %s", channel, u.nick, patience)
	case <-ctx.Done():
		return ctx.Err()
	}
}

// heard is content when the user has seen text in target, from a nick with that prefix.
func (u *ircUser) heard(text, target, fromPrefix string) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, line := range u.said {
		if strings.Contains(line.text, text) && strings.EqualFold(line.target, target) && strings.HasPrefix(strings.ToLower(line.nick), fromPrefix) {
			return nil
		}
	}
	return fmt.Errorf("%s on IRC did not see %q in %s; saw %v", u.nick, text, target, u.said)
}

func (u *ircUser) close() { u.conn.Quit() }
