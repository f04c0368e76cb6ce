package images

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

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
	image, err := r.registries.image(ctx, digest)
	if err == nil {
		err = fitsMachine(image)
	}
	if reason := unreachable(err, "digest"); reason != "" {
		return Resolved{}, "not pulled: " + digest.RegistryStr() + " " + reason, nil
	}
	if err != nil {
		return Resolved{}, "", fmt.Errorf("pull %s: %w", digest, err)
	}
	r.builder.progress("%s: pulling %s", e.Name, digest)
	ref := localRef(e.Name, e.Version, e.Upstream.Digest)
	if err := r.loadImage(ctx, ref, image); err != nil {
		if reason := unreachable(err, "digest"); reason != "" {
			return Resolved{}, "not pulled: " + digest.RegistryStr() + " " + reason, nil
		}
		return Resolved{}, "", fmt.Errorf("pull %s: %w", digest, err)
	}
	row, err := r.taken(ctx, ref, e.Upstream.Digest, Pulled)
	return row, "", err
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
