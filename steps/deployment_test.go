package steps

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestRegistrationTokensAreFoundInWhatIsPrinted(t *testing.T) {
	t.Parallel()
	for said, token := range map[string]string{
		"2026-11-26T01:51:21Z  INFO mas_cli::manage: Created user registration token: aB3x registration_token.id=01ABC\n": "aB3x",
		"Created user registration token: aB3x\n":                 "aB3x",
		"time=now level=warning msg=\"an old engine\"\nn.1~_-Q\n": "n.1~_-Q",
	} {
		found := ofToken.FindStringSubmatch(said)
		require.NotNil(t, found, said)
		assert.Equal(t, token, found[1], said)
	}
	assert.Nil(t, ofToken.FindStringSubmatch("Error response from daemon: it is not running\n"))
}

func TestRunWithinAScenarioKnowsNoneAndEndsWithIt(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.WithValue(t.Context(), scenarioKey{}, &scenario{}))
	within := withoutScenario(ctx)
	assert.Nil(t, within.Value(scenarioKey{}))
	require.NoError(t, within.Err())
	cancel()
	<-within.Done()
}
