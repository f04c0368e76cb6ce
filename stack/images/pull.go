package images

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
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
	host := ref.Context().RegistryStr()
	r.mu.Lock()
	down := r.registries[host]
	r.mu.Unlock()
	if down != nil {
		return nil, down
	}
	dialer := &net.Dialer{Timeout: registryPatience}
	connection := http.DefaultTransport.(*http.Transport).Clone()
	connection.DialContext = dialer.DialContext
	connection.TLSHandshakeTimeout = registryPatience
	image, err := remote.Image(ref, remote.WithContext(ctx), remote.WithTransport(connection), remote.WithAuthFromKeychain(authn.DefaultKeychain),
		remote.WithPlatform(v1.Platform{OS: "linux", Architecture: runtime.GOARCH}), remote.WithRetryBackoff(remote.Backoff{Steps: 1}), remote.WithRetryStatusCodes())
	var dial *url.Error
	if errors.As(err, &dial) && ctx.Err() == nil {
		r.mu.Lock()
		r.registries[host] = err
		r.mu.Unlock()
	}
	return image, err
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

// loadImage streams an image into the engine under ref. Each layer is compared with the digest the image names on the way.
func (r *Resolver) loadImage(ctx context.Context, ref string, image v1.Image) error {
	tag, err := name.NewTag(ref)
	if err != nil {
		return err
	}
	if err := wholeImage(image); err != nil {
		return err
	}
	reader, writer := io.Pipe()
	go func() { writer.CloseWithError(tarball.Write(tag, image, writer)) }()
	defer reader.Close()
	return r.Engine.LoadArchive(ctx, reader)
}

// wholeImage reads every layer and refuses one whose content is not what the configuration names.
func wholeImage(image v1.Image) error {
	config, err := image.ConfigFile()
	if err != nil {
		return err
	}
	if config.Architecture != runtime.GOARCH {
		return fmt.Errorf("it is for architecture %q, this machine is %q; bring one for this machine", config.Architecture, runtime.GOARCH)
	}
	layers, err := image.Layers()
	if err != nil {
		return err
	}
	if len(layers) != len(config.RootFS.DiffIDs) {
		return fmt.Errorf("it has %d layers, its configuration names %d", len(layers), len(config.RootFS.DiffIDs))
	}
	for i, layer := range layers {
		content, err := layer.Uncompressed()
		if err != nil {
			return err
		}
		hash := sha256.New()
		_, err = io.Copy(hash, content)
		if err := errors.Join(err, content.Close()); err != nil {
			return fmt.Errorf("read layer %d: %w", i, err)
		}
		if got := hex.EncodeToString(hash.Sum(nil)); got != config.RootFS.DiffIDs[i].Hex {
			return fmt.Errorf("layer %d is %s, its configuration names %s", i, got, config.RootFS.DiffIDs[i].Hex)
		}
	}
	return nil
}

// override finds an image the operator brings: by setting, or as an archive in the images folder.
func (r *Resolver) override(ctx context.Context, e Entry) (Resolved, error) {
	variable := "STACK_IMAGE_" + strings.ToUpper(strings.ReplaceAll(e.Name, "-", "_"))
	if ref := r.Env(variable); ref != "" {
		row, err := r.named(ctx, e, ref)
		if err != nil {
			return Resolved{}, fmt.Errorf("use %s=%q: %w", variable, ref, err)
		}
		row.Source, row.Note = Override, "not the pinned artefact: "+variable+"="+ref
		return row, nil
	}
	file, version, err := r.archive(e)
	if err != nil || file == "" {
		return Resolved{}, err
	}
	row, err := r.fromArchive(ctx, e, file, version)
	if err != nil {
		return Resolved{}, fmt.Errorf("use archive %s: %w; replace or remove it", filepath.Base(file), err)
	}
	row.Source, row.Note = Override, "not the pinned artefact: archive "+filepath.Base(file)
	return row, nil
}

// named takes an image by reference, from the engine or else its registry.
func (r *Resolver) named(ctx context.Context, e Entry, ref string) (Resolved, error) {
	parsed, err := name.ParseReference(ref)
	if err != nil {
		return Resolved{}, fmt.Errorf("read reference: %w", err)
	}
	version := ""
	if tag, ok := parsed.(name.Tag); ok && strings.Contains(ref, ":") && tag.TagStr() != "latest" {
		version = strings.TrimPrefix(tag.TagStr(), "v")
	}
	id, err := r.Engine.ImageID(ctx, ref)
	if err != nil {
		return Resolved{}, err
	}
	if id != "" {
		return Resolved{Ref: ref, ImageID: id, Digest: id, Version: version}, nil
	}
	image, err := r.remoteImage(ctx, parsed)
	if err != nil {
		return Resolved{}, fmt.Errorf("the engine does not have it and pulling failed: %w", err)
	}
	row, err := r.intoEngine(ctx, e, image, version)
	return row, err
}

// archive finds <name>@<locked version>.tar, else <name>.tar, else the only other version there is.
func (r *Resolver) archive(e Entry) (file, version string, err error) {
	if r.ImagesDir == "" {
		return "", "", nil
	}
	for _, candidate := range []struct{ file, version string }{{e.Name + "@" + e.Version + ".tar", e.Version}, {e.Name + ".tar", ""}} {
		path := filepath.Join(r.ImagesDir, candidate.file)
		if _, err := os.Stat(path); err == nil {
			return path, candidate.version, nil
		}
	}
	others, err := filepath.Glob(filepath.Join(r.ImagesDir, e.Name+"@*.tar"))
	if err != nil || len(others) == 0 {
		return "", "", err
	}
	if len(others) > 1 {
		return "", "", fmt.Errorf("choose an archive: %d versions of %q are in the images folder and none is the locked %s; keep one, or add %s@%s.tar", len(others), e.Name, e.Version, e.Name, e.Version)
	}
	version = strings.TrimSuffix(strings.TrimPrefix(filepath.Base(others[0]), e.Name+"@"), ".tar")
	return others[0], version, nil
}

func (r *Resolver) fromArchive(ctx context.Context, e Entry, file, version string) (Resolved, error) {
	image, err := tarball.ImageFromPath(file, nil)
	if err != nil {
		return Resolved{}, fmt.Errorf("it is truncated or not an image archive (docker save): %w", err)
	}
	return r.intoEngine(ctx, e, image, version)
}

// intoEngine loads an image unless the engine has it, and names it after what it is.
func (r *Resolver) intoEngine(ctx context.Context, e Entry, image v1.Image, version string) (Resolved, error) {
	digest, err := image.ConfigName()
	if err != nil {
		return Resolved{}, err
	}
	stated := e
	if version != "" {
		stated.Version = version
	}
	if row, err := r.loaded(ctx, stated, digest.String()); err != nil || row.Source != "" {
		row.Version = version
		return row, err
	}
	r.builder.progress("%s: loading into the engine", e.Name)
	ref := localRef(stated.Name, stated.Version, digest.String())
	if err := r.loadImage(ctx, ref, image); err != nil {
		return Resolved{}, err
	}
	row, err := r.taken(ctx, ref, digest.String(), Override)
	row.Version = version
	return row, err
}
