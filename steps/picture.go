package steps

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"slices"
	"time"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/crypto/attachment"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"
)

// picture is the last file of a scenario.
type picture struct {
	data   []byte // as the person has it
	stored []byte // as it was uploaded: ciphertext in an encrypted room
	uri    id.ContentURI
	event  id.EventID
	room   id.RoomID
	by     *device
}

// drawPicture makes a picture that no other scenario has.
func (s *scenario) drawPicture() ([]byte, error) { return draw(s.suffix) }

// draw makes a picture that looks different for each text.
func draw(text string) ([]byte, error) {
	canvas := image.NewRGBA(image.Rect(0, 0, 640, 480))
	for i := range canvas.Pix {
		canvas.Pix[i] = text[i%len(text)] + byte(i/4096)
	}
	for x := range 640 {
		canvas.Set(x, x*480/640, color.RGBA{200, 30, 60, 255})
	}
	var out bytes.Buffer
	if err := png.Encode(&out, canvas); err != nil {
		return nil, fmt.Errorf("draw a picture: %w", err)
	}
	return out.Bytes(), nil
}

// later holds nothing, and says so only after a while.
type later struct {
	ctx  context.Context
	wait time.Duration
}

// Read ends when the while is over.
func (l *later) Read([]byte) (int, error) {
	select {
	case <-time.After(l.wait):
		return 0, io.EOF
	case <-l.ctx.Done():
		return 0, l.ctx.Err()
	}
}

// sendPicture draws a picture, hands it over as line makes it arrive, and shows it in a room.
func (s *scenario) sendPicture(ctx context.Context, name, room string, line func([]byte) io.Reader) error {
	d, roomID, err := s.guest(name, room)
	if err != nil {
		return err
	}
	data, err := s.drawPicture()
	if err != nil {
		return err
	}
	s.picture = picture{data: data, stored: data, room: roomID, by: d}
	if d.other != nil {
		err := d.other.tell(ctx, "sendFile", args{"room": roomID, "type": "image/png", "name": "picture.png", "data": data}, &s.picture.event)
		return s.tried(err, "%s sends a picture", name)
	}
	content := &event.MessageEventContent{MsgType: event.MsgImage, Body: "picture.png", Info: &event.FileInfo{MimeType: "image/png", Size: len(data)}}
	kind := "image/png"
	if s.encrypted[room] {
		file := attachment.NewEncryptedFile()
		s.picture.stored, kind = slices.Clone(data), "application/octet-stream"
		file.EncryptInPlace(s.picture.stored)
		content.File = &event.EncryptedFileInfo{EncryptedFile: *file}
	}
	uploaded, err := d.client.UploadMedia(ctx, mautrix.ReqUploadMedia{Content: line(s.picture.stored), ContentLength: int64(len(s.picture.stored)), ContentType: kind, FileName: "picture.png"})
	if err != nil {
		return s.tried(err, "%s uploads a picture", name)
	}
	s.picture.uri = uploaded.ContentURI
	if content.File != nil {
		content.File.URL = uploaded.ContentURI.CUString()
	} else {
		content.URL = uploaded.ContentURI.CUString()
	}
	sent, err := d.client.SendMessageEvent(ctx, roomID, event.EventMessage, content)
	if err == nil {
		s.picture.event = sent.EventID
	}
	return s.tried(err, "%s sends a picture", name)
}

// shows waits until the device shows a message, decrypted where it came encrypted.
func (d *device) shows(ctx context.Context, sent id.EventID) (content *event.MessageEventContent, err error) {
	err = d.seen(ctx, func(d *device) error {
		i := slices.IndexFunc(d.events, func(evt *event.Event) bool { return evt.ID == sent && evt.Type == event.EventMessage })
		if i < 0 {
			return fmt.Errorf("the message did not arrive readable on the %s", d.name)
		}
		content = d.events[i].Content.AsMessage()
		return nil
	})
	return content, err
}

// download fetches the file of a message, and decrypts it where it came encrypted.
func (d *device) download(ctx context.Context, shown *event.MessageEventContent) (data []byte, err error) {
	if d.other != nil {
		err = d.other.tell(ctx, "openFile", args{"file": shown.File}, &data)
		return data, err
	}
	address := shown.URL
	if shown.File != nil {
		address = shown.File.URL
	}
	uri, err := address.Parse()
	if err != nil {
		return nil, err
	}
	if data, err = d.client.DownloadBytes(ctx, uri); err != nil {
		return nil, err
	}
	if shown.File != nil {
		if err := shown.File.DecryptInPlace(data); err != nil {
			return nil, fmt.Errorf("decrypt it: %w", err)
		}
	}
	return data, nil
}
