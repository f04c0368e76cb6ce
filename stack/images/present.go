package images

import (
	"context"
	"fmt"
	"os"
	"strings"
)

// present finds an image the engine has already. A name proves nothing: its id must be the pinned one.
func (r *Resolver) present(ctx context.Context, e Entry) (Resolved, error) {
	if pinned := e.Upstream.Pinned(); pinned != "" {
		id, err := r.Engine.ImageID(ctx, pinned)
		if err != nil {
			return Resolved{}, err
		}
		if id != "" {
			return Resolved{Source: Present, Ref: pinned, ImageID: id, Digest: e.Upstream.Digest, Note: "pulled earlier"}, nil
		}
		row, err := r.loaded(ctx, e, e.Upstream.Digest)
		if err != nil || row.Source != "" {
			row.Note = "pulled earlier"
			return row, err
		}
	}
	if e.Recipe == "" {
		return Resolved{}, nil
	}
	row, err := r.loaded(ctx, e, e.Digest)
	row.Note = "built earlier"
	return row, err
}

// loaded tells whether the engine holds the image with that pinned digest under our name for it.
func (r *Resolver) loaded(ctx context.Context, e Entry, digest string) (Resolved, error) {
	ref := localRef(e.Name, e.Version, digest)
	id, err := r.Engine.ImageID(ctx, ref)
	if err != nil || id == "" || id != digest && id != r.recorded(digest) {
		return Resolved{}, err
	}
	return Resolved{Source: Present, Ref: ref, ImageID: id, Digest: digest}, nil
}

// recorded is the id the engine gave to an image when it was loaded. Engines with an image store of
// their own do not use the configuration digest.
func (r *Resolver) recorded(digest string) string {
	id, err := os.ReadFile(r.Store.path("ids", strings.TrimPrefix(digest, "sha256:")))
	if err != nil {
		return ""
	}
	return string(id)
}

func (r *Resolver) record(digest, id string) error {
	return writeWhole(r.Store.path("ids", strings.TrimPrefix(digest, "sha256:")), strings.NewReader(id), nil)
}

// taken records what the engine calls an image it has just loaded.
func (r *Resolver) taken(ctx context.Context, ref, digest string, source Source) (Resolved, error) {
	id, err := r.Engine.ImageID(ctx, ref)
	if err != nil {
		return Resolved{}, err
	}
	if id == "" {
		return Resolved{}, fmt.Errorf("the engine loaded it but does not know %q", ref)
	}
	return Resolved{Source: source, Ref: ref, ImageID: id, Digest: digest}, r.record(digest, id)
}
