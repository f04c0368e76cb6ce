package steps

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// registerIRCFiles holds the words about files that people on Matrix show to people on IRC, which knows links only.
func registerIRCFiles(r Registrar) {
	r.When(`^(\w+) makes up a link to the picture$`, makesUpLink)
	r.Then(`^(\w+) opens the picture by the link in "([^"]+)"$`, opensLink)
}

var link = regexp.MustCompile(`https?://\S+`)

// linkIn is the first link somebody on IRC saw in a channel.
func (u *ircUser) linkIn(channel string) (string, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, line := range u.said {
		if found := link.FindString(line.text); found != "" && strings.EqualFold(line.target, channel) {
			return found, nil
		}
	}
	return "", fmt.Errorf("%s on IRC saw no link in %s; saw %q", u.nick, channel, u.said)
}

// opensLink follows it as a browser does, without an account.
func opensLink(ctx context.Context, name, channel string) error {
	s := from(ctx)
	if err := s.held(); err != nil {
		return err
	}
	u, ok := s.irc[name]
	if !ok {
		return fmt.Errorf("%s is not on IRC", name)
	}
	return eventually(ctx, func(ctx context.Context) error {
		address, err := u.linkIn(s.ircChannel(channel))
		if err != nil {
			return err
		}
		data, err := getText(ctx, s.http(), address)
		if err != nil {
			return fmt.Errorf("open the link as %s: %w", name, err)
		}
		if !bytes.Equal([]byte(data), s.picture.data) {
			return errors.New("the link leads to something else than the picture")
		}
		return nil
	})
}

// makesUpLink has all of a link to a file but what the bridge signs it with.
func makesUpLink(ctx context.Context, name string) error {
	s := from(ctx)
	if s.picture.by == nil {
		return errors.New("nobody sent a picture yet")
	}
	bridge, err := s.bridge("heisenbridge")
	if err != nil {
		return err
	}
	uri := s.picture.uri
	address := "https://" + s.picture.by.owner.site.MatrixHost() + bridge.Shows + uri.Homeserver + "/" + uri.FileID + "/" + strings.Repeat("A", 11)
	_, err = getText(ctx, s.http(), address)
	return s.tried(err, "%s makes up a link", name)
}
