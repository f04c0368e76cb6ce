package steps

import (
	"context"

	"matrixstack/stack"
)

// registerIRCLines holds the words about lines to IRC on which nobody listens in.
func registerIRCLines(r Registrar) {
	r.Given(`^the operator leads people to IRC over an encrypted line( to another name)?$`, leadsOverEncryptedLine)
	r.When(`^(\w+) goes to IRC through the bridge$`, goesToIRC)
	r.Then(`^the bridge tells (\w+) that the certificate is for another name$`, tellsOfOtherName)
}

// leadsOverEncryptedLine introduces a network of the scenario's own to the bridge, as those that are on the internet are introduced.
func leadsOverEncryptedLine(ctx context.Context, other string) error {
	s := from(ctx)
	if err := s.openIRC(ctx); err != nil {
		return err
	}
	host := stack.IRCHost
	if other != "" {
		host = "ircd" // leads there, and is not what the certificate is for
	}
	s.ircNetwork = "sealed" + s.suffix
	return s.orderIRC(
		ctx, [2]string{"ADDNETWORK " + s.ircNetwork, "Network added."}, [2]string{"ADDSERVER " + s.ircNetwork + " " + host + " 6697 --tls", "Server added."},
	)
}

func goesToIRC(ctx context.Context, name string) error {
	s := from(ctx)
	p, err := s.person(name)
	if err != nil {
		return err
	}
	room, err := s.openNetwork(ctx, p)
	if err != nil {
		return err
	}
	_, err = p.first.client.SendText(ctx, room, "CONNECT")
	return s.tried(err, "%s goes to IRC", name)
}

// tellsOfOtherName wants the bridge to say why it did not connect.
func tellsOfOtherName(ctx context.Context, name string) error {
	s := from(ctx)
	if err := s.held(); err != nil {
		return err
	}
	d, err := s.device(name)
	if err != nil {
		return err
	}
	return d.answer(ctx, s.rooms[theirs(name, "irc")], 0, "CONNECT", "Hostname mismatch")
}
