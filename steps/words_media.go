package steps

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"net/http"
	"strings"
	"time"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/id"
)

// registerMedia holds the words about files.
func registerMedia(r Registrar) {
	r.When(`^(\w+) asks for a file that does not exist$`, asksForMissingFile)
	r.When(`^(\w+) asks for the picture$`, asksForPicture)
	r.When(`^(\w+) fills the place(?: again)?$`, fillsPlace)
	r.When(`^(\w+) keeps a place for a picture$`, keepsPlace)
	r.When(`^(\w+) sends a picture to "([^"]+)"$`, sendsPicture)
	r.When(`^(\w+) sends a picture to "([^"]+)" over a slow line$`, sendsPictureSlowly)
	r.When(`^(\w+) uploads a file (as large as|larger than) the homeserver takes$`, uploadsMuch)
	r.When(`^(\w+) uploads a page$`, uploadsPage)
	r.When(`^somebody without an account asks for the picture$`, strangerAsksForPicture)
	r.Then(`^(\w+) can open a small version of the picture$`, canOpenThumbnail)
	r.Then(`^(\w+) can open the picture$`, canOpenPicture)
	r.Then(`^(\w+) gets all of it$`, getsAll)
	r.Then(`^the homeserver lets no browser run what (\w+) gets of it$`, letsNoBrowserRun)
	r.Then(`^the homeserver of (\w+) keeps the picture (as it is|unreadable) where the deployment says, and nowhere else$`, keepsPicture)
	r.Then(`^the homeserver of (\w+) keeps the picture no more$`, keepsPictureNoMore)
	r.Then(`^the homeserver tells (\w+) that a file may have up to (\d+) MiB$`, tellsLargestFile)
}

// sendsPicture uploads a picture and shows it in a room; in an encrypted one the homeserver gets ciphertext.
func sendsPicture(ctx context.Context, name, room string) error {
	return from(ctx).sendPicture(ctx, name, room, func(data []byte) io.Reader { return bytes.NewReader(data) })
}

// sendsPictureSlowly lets the second half of the picture wait.
func sendsPictureSlowly(ctx context.Context, name, room string) error {
	const wait = 12 * time.Second // proxies hang up on whom they take for dead, most after ten seconds
	return from(ctx).sendPicture(ctx, name, room, func(data []byte) io.Reader {
		half := len(data) / 2
		return io.MultiReader(bytes.NewReader(data[:half]), &later{ctx: ctx, wait: wait}, bytes.NewReader(data[half:]))
	})
}

// canOpenPicture opens what the event on the person's device leads to, and compares every byte.
func canOpenPicture(ctx context.Context, name string) error {
	s := from(ctx)
	if err := s.held(); err != nil {
		return err
	}
	d, err := s.device(name)
	if err != nil {
		return err
	}
	shown, err := d.shows(ctx, s.picture.event)
	if err != nil {
		return err
	}
	data, err := d.download(ctx, shown)
	if err != nil {
		return fmt.Errorf("open the picture as %s: %w", name, err)
	}
	if !bytes.Equal(data, s.picture.data) {
		return fmt.Errorf("%s opens another picture than was sent: %d bytes, not %d", name, len(data), len(s.picture.data))
	}
	return nil
}

func canOpenThumbnail(ctx context.Context, name string) error {
	s := from(ctx)
	if err := s.held(); err != nil {
		return err
	}
	d, err := s.device(name)
	if err != nil {
		return err
	}
	answer, err := d.client.DownloadThumbnail(ctx, s.picture.uri, 60, 80)
	if err != nil {
		return fmt.Errorf("open a small version of the picture as %s: %w", name, err)
	}
	defer answer.Body.Close()
	small, _, err := image.Decode(answer.Body)
	if err != nil {
		return fmt.Errorf("open a small version of the picture as %s: %w", name, err)
	}
	if is := small.Bounds(); is.Dx() >= 640 || is.Dx() < 60 || is.Dy() >= 480 {
		return fmt.Errorf("the small version is %d by %d, the picture 640 by 480", is.Dx(), is.Dy())
	}
	return nil
}

// strangerAsksForPicture tries the door for people who are signed in, and the old one that asked nobody.
func strangerAsksForPicture(ctx context.Context) error {
	s := from(ctx)
	if err := s.held(); err != nil {
		return err
	}
	site, ok := s.stack.World.Site("alpha")
	if !ok {
		return errors.New("no site is called alpha")
	}
	for _, path := range []string{"/_matrix/client/v1/media/download/", "/_matrix/media/v3/download/", "/_matrix/media/r0/download/"} {
		status, err := statusAt(ctx, s.http(), "https://"+site.MatrixHost()+path+s.picture.uri.Homeserver+"/"+s.picture.uri.FileID)
		if err != nil {
			return err
		}
		if status != http.StatusUnauthorized && status != http.StatusNotFound {
			return s.tried(nil, "somebody asks for the picture at %s, which answers with status %d", path, status)
		}
	}
	return s.tried(errNotSignedIn, "somebody without an account asks for the picture")
}

var errNotSignedIn = errors.New("every door asks to sign in")

func tellsLargestFile(ctx context.Context, name string, most int64) error {
	d, err := from(ctx).device(name)
	if err != nil {
		return err
	}
	says, err := d.client.GetMediaConfig(ctx)
	if err == nil && says.UploadSize != most<<20 {
		err = fmt.Errorf("the homeserver says that a file may have %d bytes, not %d MiB", says.UploadSize, most)
	}
	return err
}

func asksForMissingFile(ctx context.Context, name string) error {
	s := from(ctx)
	d, err := s.device(name)
	if err != nil {
		return err
	}
	_, err = d.client.DownloadBytes(ctx, id.ContentURI{Homeserver: d.owner.site.ServerName, FileID: "nothing" + s.suffix})
	return s.tried(err, "%s asks for a file that does not exist", name)
}

func asksForPicture(ctx context.Context, name string) error {
	s := from(ctx)
	if err := s.held(); err != nil {
		return err
	}
	d, err := s.device(name)
	if err != nil {
		return err
	}
	_, err = d.client.DownloadBytes(ctx, s.picture.uri)
	return s.tried(err, "%s asks for the picture", name)
}

func mediaRefusals() reasons {
	return reasons{
		"the file is too large": anyOf(answered(mautrix.MTooLarge), answeredWith(http.StatusRequestEntityTooLarge)),
		"there is no such file": answered(mautrix.MNotFound),
		"nobody is signed in":   anyOf(func(err error) bool { return errors.Is(err, errNotSignedIn) }, answered(mautrix.MMissingToken)),
	}
}

// keepsPicture looks into the container: the file must be below the media folder of the deployment, byte for byte, and there only.
func keepsPicture(ctx context.Context, name, how string) error {
	s := from(ctx)
	if err := s.held(); err != nil {
		return err
	}
	stored, err := s.keptAt(ctx, name, s.picture.stored)
	if err != nil {
		return err
	}
	if len(stored) != 1 || !strings.HasPrefix(stored[0], "/data/media_store/local_content/") {
		return fmt.Errorf("the homeserver of %s keeps the picture at %q, not once below its media folder", name, stored)
	}
	if how == "unreadable" {
		open, err := s.keptAt(ctx, name, s.picture.data)
		if err != nil {
			return err
		}
		if len(open) > 0 {
			return fmt.Errorf("the homeserver of %s keeps the picture readable at %q", name, open)
		}
	}
	return nil
}

func keepsPictureNoMore(ctx context.Context, name string) error {
	s := from(ctx)
	stored, err := s.keptAt(ctx, name, s.picture.stored)
	if err == nil && len(stored) > 0 {
		err = fmt.Errorf("the homeserver of %s still keeps the picture at %q", name, stored)
	}
	return err
}

// keptAt finds every file in the container of a person's homeserver that holds just these bytes.
func (s *scenario) keptAt(ctx context.Context, name string, data []byte) ([]string, error) {
	p, err := s.person(name)
	if err != nil {
		return nil, err
	}
	const probe = `
import hashlib, os, sys
for top in ("/data", "/tmp", "/var", "/opt", "/home", "/root", "/media", "/srv", "/mnt"):
    for folder, _, names in os.walk(top):
        for name in names:
            path = os.path.join(folder, name)
            try:
                if os.path.isfile(path) and os.path.getsize(path) == int(sys.argv[1]):
                    with open(path, "rb") as f:
                        if hashlib.sha256(f.read()).hexdigest() == sys.argv[2]:
                            print(path)
            except FileNotFoundError: # removed meanwhile, by another scenario
                pass
`
	said, err := s.stack.Exec(ctx, p.site.Component("synapse"), "python3", "-c", probe, fmt.Sprint(len(data)), sha256Hex(data))
	return strings.Fields(said), err
}
