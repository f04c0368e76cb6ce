package images

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"runtime"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// fitsMachine refuses an image of another architecture.
func fitsMachine(image v1.Image) error {
	config, err := image.ConfigFile()
	if err != nil {
		return err
	}
	if config.Architecture != runtime.GOARCH {
		return fmt.Errorf("it is for architecture %q, this machine is %q; bring one for this machine", config.Architecture, runtime.GOARCH)
	}
	return nil
}

// wholeImage reads every layer of an archive and refuses one whose content is not what the configuration names. Registries need
// no such check: what they send is compared with its digest as it is read.
func wholeImage(image v1.Image) error {
	if err := fitsMachine(image); err != nil {
		return err
	}
	config, err := image.ConfigFile()
	if err != nil {
		return err
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
