package images

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"runtime"
	"sync"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

const registryPatience = 4 * time.Second // to connect; a machine without registries must not wait long

// pull fetches the pinned digest. When it cannot be had the reason comes back; a registry that answers something else is an error.
func (r *Resolver) pull(ctx context.Context, e Entry) (Resolved, string, error) {
	if e.Upstream == nil {
		return Resolved{}, "nobody publishes it as an image", nil
	}
	if e.Upstream.Digest == "" {
		return Resolved{}, "not pulled: " + e.Upstream.NoDigest, nil
	}
	digest, err := name.NewDigest(e.Upstream.Pinned())
	if err != nil {
		return Resolved{}, "", fmt.Errorf("read upstream reference: %w", err)
	}
	image, err := r.remoteImage(ctx, digest)
	if err == nil {
		err = fitsMachine(image)
	}
	if reason := unreachable(err); reason != "" {
		return Resolved{}, "not pulled: " + digest.RegistryStr() + " " + reason, nil
	}
	if err != nil {
		return Resolved{}, "", fmt.Errorf("pull %s: %w", digest, err)
	}
	r.builder.progress("%s: pulling %s", e.Name, digest)
	ref := localRef(e.Name, e.Version, e.Upstream.Digest)
	if err := r.loadImage(ctx, ref, image); err != nil {
		if reason := unreachable(err); reason != "" {
			return Resolved{}, "not pulled: " + digest.RegistryStr() + " " + reason, nil
		}
		return Resolved{}, "", fmt.Errorf("pull %s: %w", digest, err)
	}
	row, err := r.taken(ctx, ref, e.Upstream.Digest, Pulled)
	return row, "", err
}

// remoteImage asks a registry for an image, once per registry when it does not answer at all.
func (r *Resolver) remoteImage(ctx context.Context, ref name.Reference) (v1.Image, error) {
	host := r.host(ref.Context().RegistryStr())
	host.Lock()
	defer host.Unlock()
	if host.down != nil {
		return nil, host.down
	}
	dialer := &net.Dialer{Timeout: registryPatience}
	connection := http.DefaultTransport.(*http.Transport).Clone()
	connection.DialContext = dialer.DialContext
	connection.TLSHandshakeTimeout = registryPatience
	image, err := remote.Image(ref, remote.WithContext(ctx), remote.WithTransport(connection), remote.WithAuthFromKeychain(authn.DefaultKeychain),
		remote.WithPlatform(v1.Platform{OS: "linux", Architecture: runtime.GOARCH}), remote.WithRetryBackoff(remote.Backoff{Steps: 1}), remote.WithRetryStatusCodes())
	var dial *url.Error
	if errors.As(err, &dial) && ctx.Err() == nil {
		host.down = err
	}
	return image, err
}

// host is what is known of one registry. Its lock is held while it is asked, so that one that is down costs its wait once.
type host struct {
	sync.Mutex
	down error
}

func (r *Resolver) host(name string) *host {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.registries[name] == nil {
		r.registries[name] = &host{}
	}
	return r.registries[name]
}

// unreachable says in words why a registry did not hand out an image; "" for errors that must not be overlooked.
func unreachable(err error) string {
	var answer *transport.Error
	var connection *url.Error
	switch {
	case err == nil, errors.Is(err, context.Canceled):
		return ""
	case errors.As(err, &answer):
		switch {
		case answer.StatusCode == http.StatusNotFound:
			return "has no such digest"
		case answer.StatusCode == http.StatusUnauthorized, answer.StatusCode == http.StatusForbidden:
			return "refuses to hand it out"
		case answer.StatusCode == http.StatusTooManyRequests:
			return "limits the rate; log in or wait"
		case answer.StatusCode >= http.StatusInternalServerError:
			return fmt.Sprintf("answered %d", answer.StatusCode)
		}
	case errors.As(err, &connection):
		return "cannot be reached"
	}
	return ""
}

// loadImage streams an image into the engine under ref. A registry's layers are compared with their digests on the way.
func (r *Resolver) loadImage(ctx context.Context, ref string, image v1.Image) error {
	tag, err := name.NewTag(ref)
	if err != nil {
		return err
	}
	reader, writer := io.Pipe()
	sent := make(chan error, 1)
	go func() {
		err := tarball.Write(tag, image, writer)
		writer.CloseWithError(err)
		sent <- err
	}()
	err = r.Engine.LoadArchive(ctx, reader)
	reader.Close()
	// The engine only knows that the stream broke; the sender knows why.
	if cause := <-sent; cause != nil && !errors.Is(cause, io.ErrClosedPipe) {
		return cause
	}
	return err
}
