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
	conn   *ircevent.Connection
	mu     sync.Mutex
	nick   string
	former []string // nicks before that
	said   []ircLine
	topics map[string]string // by channel, lower case
	told   []string          // what the server refused, lately
	here   map[string]bool   // whether somebody that was seen is still there, by "<channel> <nick>", lower case
}

// ircLine is something the IRC user saw somebody say.
type ircLine struct{ how, nick, target, text string }

// connectIRC brings somebody onto the IRC network.
func connectIRC(world *stack.Stack, nick string) (*ircUser, error) {
	u := &ircUser{nick: nick, here: map[string]bool{}, topics: map[string]string{}}
	u.conn = &ircevent.Connection{
		Server: stack.IRCHost + ":6667", Nick: nick, User: "person", RealName: nick, Timeout: patience,
		KeepAlive: 2 * time.Minute, ReconnectFreq: time.Second, QuitMessage: "done", DialContext: world.DialContext, Log: log.New(io.Discard, "", 0),
	}
	for _, how := range []string{"PRIVMSG", "NOTICE"} {
		u.conn.AddCallback(how, func(m ircmsg.Message) {
			u.mu.Lock()
			defer u.mu.Unlock()
			u.said = append(u.said, ircLine{how, m.Nick(), m.Params[0], m.Params[1]})
		})
	}
	u.conn.AddCallback("JOIN", func(m ircmsg.Message) { u.present(m.Params[0], m.Nick(), true) })
	u.conn.AddCallback("PART", func(m ircmsg.Message) { u.present(m.Params[0], m.Nick(), false) })
	u.conn.AddCallback("KICK", func(m ircmsg.Message) { u.present(m.Params[0], m.Params[1], false) })
	u.conn.AddCallback("QUIT", func(m ircmsg.Message) { u.gone(m.Nick()) })
	u.conn.AddCallback("NICK", func(m ircmsg.Message) {
		for _, channel := range u.gone(m.Nick()) {
			u.present(channel, m.Params[0], true)
		}
	})
	for _, refused := range []string{"401", "403", "404", "441", "442", "461", "473", "474", "475", "482"} { // RFC 2812, 5.2
		u.conn.AddCallback(refused, func(m ircmsg.Message) {
			u.mu.Lock()
			defer u.mu.Unlock()
			u.told = append(u.told, strings.Join(m.Params, " "))
		})
	}
	u.conn.AddCallback("TOPIC", func(m ircmsg.Message) {
		u.mu.Lock()
		defer u.mu.Unlock()
		u.topics[strings.ToLower(m.Params[0])] = m.Params[1]
	})
	if err := u.conn.Connect(); err != nil {
		return nil, fmt.Errorf("connect %s to IRC: %w", nick, err)
	}
	go u.conn.Loop()
	return u, nil
}

// present notes who is in a channel.
func (u *ircUser) present(channel, nick string, is bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.here[strings.ToLower(channel+" "+nick)] = is
}

// gone notes that nobody has a nick any more, and tells where it was.
func (u *ircUser) gone(nick string) (channels []string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for key, is := range u.here {
		if channel, of, _ := strings.Cut(key, " "); is && of == strings.ToLower(nick) {
			u.here[key] = false
			channels = append(channels, channel)
		}
	}
	return channels
}

// sees is content when somebody with that nick is in a channel now, or was and is no longer.
func (u *ircUser) sees(nick, channel string, want bool) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	if is, known := u.here[strings.ToLower(channel+" "+nick)]; known && is == want {
		return nil
	}
	return fmt.Errorf("%s in %s, as %s on IRC sees it: %v; refused by the server: %q", nick, channel, u.nick, u.here, u.told)
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
	return fmt.Errorf("%s on IRC did not see %q in %s; saw %q", u.nick, text, target, u.said)
}

// heardAs is content when the user has seen just that text once, said or noted by a nick.
func (u *ircUser) heardAs(how, text, target, nick string) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	times := 0
	for _, line := range u.said {
		if line.how == how && line.text == text && strings.EqualFold(line.target, target) && (nick == "" || strings.EqualFold(line.nick, nick)) {
			times++
		}
	}
	if times == 1 {
		return nil
	}
	return fmt.Errorf("%s on IRC saw %q in %s %d times, not once; saw %q", u.nick, text, target, times, u.said)
}

func (u *ircUser) close() { u.conn.Quit() }
