package steps

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

func TestCleaningUpOutlivesAnInterruptButEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // its clock jumps: no sleep here takes time
		ctx, interrupt := context.WithCancel(t.Context())
		open, done := cleanup(ctx)
		defer done()
		time.Sleep(10 * afterInterrupt)
		require.NoError(t, open.Err(), "nobody interrupted it yet")
		interrupt()
		time.Sleep(afterInterrupt - time.Second)
		require.NoError(t, open.Err(), "it goes on for a while after an interrupt")
		time.Sleep(2 * time.Second)
		require.ErrorIs(t, context.Cause(open), errTooLate, "it ends when it was interrupted long ago")
	})
}
