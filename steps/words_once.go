package steps

import (
	"context"
	"fmt"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/event"
)

// registerOnce holds the words about what is sent again.
func registerOnce(r Registrar) {
	r.When(`^(\w+) sends "([^"]+)" to "([^"]+)" twice, since no answer came$`, sendsTwice)
	r.Then(`^(\w+) has received "([^"]+)" once when "([^"]+)" is there$`, receivedOnce)
	r.Then(`^the (\w+) of (\w+) knows "([^"]+)" as what it sent$`, knowsAsSent)
}

// sendsTwice sends one message again under its transaction ID, as clients do.
func sendsTwice(ctx context.Context, name, text, room string) error {
	s := from(ctx)
	d, roomID, err := s.guest(name, room)
	if err != nil {
		return err
	}
	content := &event.MessageEventContent{MsgType: event.MsgText, Body: text}
	again := mautrix.ReqSendEvent{TransactionID: d.client.TxnID()}
	for range 2 {
		sent, err := d.client.SendMessageEvent(ctx, roomID, event.EventMessage, content, again)
		if err != nil {
			return s.tried(err, "%s sends %q", name, text)
		}
		s.sent[text], s.sentTo[text] = sent.EventID, roomID
	}
	return nil
}

// receivedOnce counts what arrived until something came that was said afterwards.
func receivedOnce(ctx context.Context, name, text, after string) error {
	s := from(ctx)
	d, _, _, err := s.heard(ctx, name, after)
	if err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	count := 0
	for _, evt := range d.events {
		if evt.Type == event.EventMessage && evt.Content.AsMessage().Body == text {
			count++
		}
	}
	if count != 1 {
		return fmt.Errorf("%s received %q %d times", name, text, count)
	}
	return nil
}

// knowsAsSent wants the name under which a device sent something beside what comes back: without it clients show it twice.
func knowsAsSent(ctx context.Context, called, name, text string) error {
	s := from(ctx)
	if err := s.held(); err != nil {
		return err
	}
	_, sent, err := s.where(text)
	if err != nil {
		return err
	}
	d, err := s.deviceOf(name, called)
	if err != nil {
		return err
	}
	return d.seen(ctx, func(d *device) error {
		for _, evt := range d.events {
			if evt.ID == sent && evt.Unsigned.TransactionID != "" {
				return nil
			}
		}
		return fmt.Errorf("the %s of %s does not know %q as what it sent", called, name, text)
	})
}
