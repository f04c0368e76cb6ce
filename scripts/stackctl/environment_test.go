package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestEnvironmentThatWouldBeIgnoredIsRefused(t *testing.T) {
	t.Parallel()
	for pair, says := range map[string]string{
		"STRICT=yes": "it is 1, or 0, or not there", "KEEP=true": `read KEEP="true"`, "OPEN=on": "OPEN",
		"STACK_IMAGE_NOSUCH=x": "no such image; known: ", "STACK_IMAGE_synapse=x": "STACK_IMAGE_SYNAPSE",
	} {
		err := readEnvironment([]string{"HOME=/", pair})
		assert.ErrorContains(t, err, says, pair)
		assert.ErrorAs(t, err, &usageError{}, pair)
	}
	assert.NoError(t, readEnvironment([]string{"STRICT=1", "KEEP=0", "OPEN=", "STACK_IMAGE_SYNAPSE_NEXT=a", "STACK_IMAGES=/srv", "STACK_STORE=/srv"}))
}
