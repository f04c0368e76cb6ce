package images

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"runtime"
	"strconv"
	"sync"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"
)

const registryPatience = 4 * time.Second // to connect; a machine without registries must not wait long

// registries asks image registries. One that does not answer at all costs its wait once.
type registries struct {
	mu    sync.Mutex
	hosts map[string]*host
}

// host is what is known of one registry. Its lock is held while it is asked, so that one that is down costs its wait once.
type host struct {
	sync.Mutex
	down error
}

func (r *registries) host(name string) *host {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.hosts == nil {
		r.hosts = map[string]*host{}
	}
	if r.hosts[name] == nil {
		r.hosts[name] = &host{}
	}
	return r.hosts[name]
}

// ask puts one question to the registry of a repository.
func (r *registries) ask(ctx context.Context, of name.Repository, question func(how ...remote.Option) error) error {
	host := r.host(of.RegistryStr())
	host.Lock()
	defer host.Unlock()
	if host.down != nil {
		return host.down
	}
	dialer := &net.Dialer{Timeout: registryPatience}
	connection := http.DefaultTransport.(*http.Transport).Clone()
	connection.DialContext = dialer.DialContext
	connection.TLSHandshakeTimeout = registryPatience
	limit := &limited{RoundTripper: connection}
	err := question(remote.WithContext(ctx), remote.WithTransport(limit), remote.WithAuthFromKeychain(authn.DefaultKeychain),
		remote.WithPlatform(thisMachine()), remote.WithRetryBackoff(remote.Backoff{Steps: 1}), remote.WithRetryStatusCodes())
	var dial *url.Error
	if errors.As(err, &dial) && ctx.Err() == nil {
		host.down = err
	}
	return limit.told(err)
}

// limited notes for how long a registry wants to be left alone.
type limited struct {
	http.RoundTripper
	wait string // as HTTP says it: seconds, or a date
}

// RoundTrip asks and listens.
func (l *limited) RoundTrip(req *http.Request) (*http.Response, error) {
	answer, err := l.RoundTripper.RoundTrip(req)
	if err == nil && answer.StatusCode == http.StatusTooManyRequests {
		l.wait = answer.Header.Get("Retry-After")
	}
	return answer, err
}

// told adds to an answer how long to wait for another.
func (l *limited) told(err error) error {
	if err == nil || l.wait == "" {
		return err
	}
	wait := "until " + l.wait
	if _, bad := strconv.Atoi(l.wait); bad == nil {
		wait = "for " + l.wait + " s"
	}
	return &rateLimit{err, wait}
}

// rateLimit is an answer that says when there will be another.
type rateLimit struct {
	error
	wait string
}

// Unwrap is the answer itself.
func (r *rateLimit) Unwrap() error { return r.error }

func thisMachine() v1.Platform { return v1.Platform{OS: "linux", Architecture: runtime.GOARCH} }

func (r *registries) image(ctx context.Context, ref name.Reference) (image v1.Image, err error) {
	err = r.ask(ctx, ref.Context(), func(how ...remote.Option) (err error) {
		image, err = remote.Image(ref, how...)
		return err
	})
	return image, err
}

// tags lists every tag of a repository.
func (r *registries) tags(ctx context.Context, of name.Repository) (tags []string, err error) {
	err = r.ask(ctx, of, func(how ...remote.Option) (err error) {
		tags, err = remote.List(of, how...)
		return err
	})
	return tags, err
}

// published is what a registry has under one reference.
type published struct {
	Digest    string            // of the index; of the image where there is none
	Platforms map[string]string // platform -> digest of its image
}

func (r *registries) published(ctx context.Context, ref name.Reference) (found published, err error) {
	err = r.ask(ctx, ref.Context(), func(how ...remote.Option) error {
		descriptor, err := remote.Get(ref, how...)
		if err != nil {
			return err
		}
		found.Digest = descriptor.Digest.String()
		found.Platforms, err = platformsOf(descriptor)
		return err
	})
	return found, err
}

func platformsOf(descriptor *remote.Descriptor) (map[string]string, error) {
	if !descriptor.MediaType.IsIndex() {
		image, err := descriptor.Image()
		if err != nil {
			return nil, err
		}
		config, err := image.ConfigFile()
		if err != nil {
			return nil, err
		}
		return map[string]string{config.Platform().String(): descriptor.Digest.String()}, nil
	}
	index, err := descriptor.ImageIndex()
	if err != nil {
		return nil, err
	}
	manifest, err := index.IndexManifest()
	if err != nil {
		return nil, err
	}
	platforms := map[string]string{}
	for _, child := range manifest.Manifests {
		// What signs or describes an image is listed beside it, for a platform "unknown".
		if child.Platform != nil && child.Platform.OS != "unknown" {
			platforms[child.Platform.String()] = child.Digest.String()
		}
	}
	return platforms, nil
}

// unreachable says in words why a registry did not hand out a thing, a digest or a tag; "" for errors that must not be overlooked.
func unreachable(err error, thing string) string {
	var answer *transport.Error
	var connection *url.Error
	switch {
	case err == nil, errors.Is(err, context.Canceled):
		return ""
	case errors.As(err, &answer):
		switch {
		case answer.StatusCode == http.StatusNotFound:
			return "has no such " + thing
		case answer.StatusCode == http.StatusUnauthorized, answer.StatusCode == http.StatusForbidden:
			return "refuses to hand it out"
		case answer.StatusCode == http.StatusTooManyRequests:
			var limit *rateLimit
			if errors.As(err, &limit) {
				return "limits the rate; log in, or wait " + limit.wait
			}
			return "limits the rate; log in or wait"
		case answer.StatusCode >= http.StatusInternalServerError:
			return fmt.Sprintf("answered %d", answer.StatusCode)
		}
	case errors.As(err, &connection):
		return "cannot be reached"
	}
	return ""
}

// silent tells whether a registry could not be asked at all just now, which says nothing about what it has.
func silent(err error) bool {
	var answer *transport.Error
	if errors.As(err, &answer) {
		return answer.StatusCode == http.StatusTooManyRequests || answer.StatusCode >= http.StatusInternalServerError
	}
	var connection *url.Error
	return errors.As(err, &connection) && !errors.Is(err, context.Canceled)
}
