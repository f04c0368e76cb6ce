package steps

import (
	"context"
	"fmt"
	"strings"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/event"
)

// registerLength holds the words about messages of a certain length.
func registerLength(r Registrar) {
	r.When(`^(\w+) says something (as long as|longer than) a message may be in "([^"]+)"$`, saysAtLength)
	r.Then(`^(\w+) can read all that (\w+) said in "([^"]+)"$`, canReadAll)
}

const (
	longest  = 65536 // bytes of an event, https://spec.matrix.org/v1.16/client-server-api/#size-limits
	envelope = 2048  // more than what an event needs beside its text: ids, hashes and signatures
	tale     = "what was said at length"
)

// atLength is a text of so many bytes that differs from its own beginning everywhere.
func atLength(size int) string {
	var text strings.Builder
	for i := 0; text.Len() < size; i++ {
		fmt.Fprintf(&text, "%d ", i)
	}
	return text.String()[:size]
}

func saysAtLength(ctx context.Context, name, how, room string) error {
	s := from(ctx)
	d, roomID, err := s.guest(name, room)
	if err != nil {
		return err
	}
	size := longest - envelope
	if how == "longer than" {
		size = longest
	}
	return s.send(ctx, d, roomID, event.EventMessage, tale, &event.MessageEventContent{MsgType: event.MsgText, Body: atLength(size)})
}

// canReadAll wants the text to be whole, to the last byte.
func canReadAll(ctx context.Context, name, speaker, room string) error {
	s := from(ctx)
	if err := s.held(); err != nil {
		return err
	}
	d, _, err := s.guest(name, room)
	if err != nil {
		return err
	}
	return d.seen(ctx, func(d *device) error {
		for _, evt := range d.events {
			if evt.ID != s.sent[tale] {
				continue
			}
			if got := evt.Content.AsMessage().Body; got != atLength(longest-envelope) {
				return fmt.Errorf("%s reads %d bytes of the %d that %s said", name, len(got), longest-envelope, speaker)
			}
			return nil
		}
		return fmt.Errorf("%s does not see what %s said in %q", name, speaker, room)
	})
}

func lengthRefusals() reasons {
	return reasons{"the message is too long": answered(mautrix.MTooLarge)}
}
