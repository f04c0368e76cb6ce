package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"matrixstack/stack"
	"matrixstack/stack/images"
)

func TestDateReadsADayOrAMomentThatHasCome(t *testing.T) {
	t.Parallel()
	for text, says := range map[string]string{
		"": "", "2026-01-31": "", "2026-01-31T12:00:00Z": "",
		"2026-13-01": `--as-of "2026-13-01" is no date; write 2026-01-31 or 2026-01-31T12:00:00Z`,
		"tomorrow":   `--as-of "tomorrow" is no date; write 2026-01-31 or 2026-01-31T12:00:00Z`,
		"9999-01-01": `--as-of "9999-01-01" has not come yet`,
	} {
		at, err := date(text)
		if says != "" {
			assert.EqualError(t, err, says)
			continue
		}
		require.NoError(t, err)
		assert.Equal(t, text == "", at.Equal(time.Time{}))
	}
}

func TestOnlyStrictWantsEverythingVerified(t *testing.T) {
	t.Parallel()
	row := func(v images.Verdict) images.Checked { return images.Checked{Image: "tool", Verdict: v} }
	fine := []images.Checked{row(images.Holds), row(images.NoDigest)}
	unknown := append([]images.Checked{row(images.NotVerified)}, fine...)
	require.NoError(t, judge(fine, true))
	require.NoError(t, judge(unknown, false))
	require.EqualError(t, judge(unknown, true), "verify pins: 1 not verified, and STRICT wants all; the reasons stand above")
	require.EqualError(t, judge(append(unknown, row(images.Broken)), false), "verify pins: 1 broken; the reasons stand above")
}

func TestLockAndServersAgree(t *testing.T) {
	t.Parallel()
	used, err := stack.Images()
	require.NoError(t, err)
	lock, err := images.Load()
	require.NoError(t, err)
	for _, e := range lock.Images {
		if e.Of == "" {
			assert.Contains(t, used, e.Name, "no server runs it")
		}
	}
	for _, image := range used {
		assert.Contains(t, lock.Names(), image)
	}
}
