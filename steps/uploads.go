package steps

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"mime"
	"strings"

	"maunium.net/go/mautrix"
)

// What people upload beside pictures.

// uploadsMuch goes to the very limit that the homeserver names, or one byte beyond.
func uploadsMuch(ctx context.Context, name, how string) error {
	s := from(ctx)
	d, err := s.device(name)
	if err != nil {
		return err
	}
	says, err := d.client.GetMediaConfig(ctx)
	if err != nil {
		return fmt.Errorf("ask how large a file may be: %w", err)
	}
	if says.UploadSize == 0 {
		return errors.New("the homeserver does not say how large a file may be")
	}
	size := says.UploadSize
	if how == "larger than" {
		size++
	}
	return s.upload(ctx, name, make([]byte, size), "application/octet-stream")
}

func uploadsPage(ctx context.Context, name string) error {
	return from(ctx).upload(ctx, name, []byte("<script>document.title = 'mine'</script>"), "text/html")
}

// upload leaves a file with the homeserver of a person, in no room.
func (s *scenario) upload(ctx context.Context, name string, data []byte, kind string) error {
	d, err := s.device(name)
	if err != nil {
		return err
	}
	uploaded, err := d.client.UploadBytes(ctx, data, kind)
	if err == nil {
		s.picture = picture{data: data, stored: data, uri: uploaded.ContentURI, by: d}
	}
	return s.tried(err, "%s uploads a file of %d bytes", name, len(data))
}

func getsAll(ctx context.Context, name string) error {
	s := from(ctx)
	if err := s.held(); err != nil {
		return err
	}
	d, err := s.device(name)
	if err != nil {
		return err
	}
	got, err := d.client.DownloadBytes(ctx, s.picture.uri)
	if err != nil {
		return fmt.Errorf("get what was uploaded as %s: %w", name, err)
	}
	if !bytes.Equal(got, s.picture.data) {
		return fmt.Errorf("%s gets %d bytes, and not the %d that were uploaded", name, len(got), len(s.picture.data))
	}
	return nil
}

// letsNoBrowserRun looks at what keeps a browser from running a page: it is to be saved and not shown, and where it is shown all the
// same it is in a sandbox. https://spec.matrix.org/v1.16/client-server-api/#serving-inline-content
func letsNoBrowserRun(ctx context.Context, name string) error {
	s := from(ctx)
	if err := s.held(); err != nil {
		return err
	}
	d, err := s.device(name)
	if err != nil {
		return err
	}
	answer, err := d.client.Download(ctx, s.picture.uri)
	if err != nil {
		return fmt.Errorf("get what was uploaded as %s: %w", name, err)
	}
	defer answer.Body.Close()
	if shown, _, err := mime.ParseMediaType(answer.Header.Get("Content-Disposition")); err != nil || shown != "attachment" {
		return fmt.Errorf("a browser shows what was uploaded: Content-Disposition %q", answer.Header.Get("Content-Disposition"))
	}
	for _, rule := range strings.Split(answer.Header.Get("Content-Security-Policy"), ";") {
		if strings.TrimSpace(rule) == "sandbox" {
			return nil
		}
	}
	return fmt.Errorf("a browser runs what was uploaded in the name of the homeserver: Content-Security-Policy %q", answer.Header.Get("Content-Security-Policy"))
}

// keepsPlace asks where a file will be that somebody is still going to upload. Source: client-server API, section "Content repository",
// asynchronous uploads.
func keepsPlace(ctx context.Context, name string) error {
	s := from(ctx)
	d, err := s.device(name)
	if err != nil {
		return err
	}
	place, err := d.client.CreateMXC(ctx)
	if err != nil {
		return s.tried(err, "%s keeps a place", name)
	}
	s.picture = picture{uri: place.ContentURI, by: d}
	return nil
}

func fillsPlace(ctx context.Context, name string) error {
	s := from(ctx)
	d, err := s.device(name)
	if err != nil {
		return err
	}
	data, err := s.drawPicture()
	if err != nil {
		return err
	}
	_, err = d.client.UploadMedia(ctx, mautrix.ReqUploadMedia{MXC: s.picture.uri, ContentBytes: data, ContentType: "image/png"})
	s.picture.data, s.picture.stored = data, data
	return s.tried(err, "%s fills the place", name)
}
