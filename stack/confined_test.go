package stack

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestListeningCountsOnlyWhatOthersReach(t *testing.T) {
	// As /proc/net/tcp and /proc/net/tcp6 show it: the engine's name server, a door for everybody, one for the machine itself, a
	// connection to somebody else; then both doors once more, for IPv6.
	said := `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0B00007F:A02D 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0
   1: 00000000:1F48 00000000:0000 0A 00000000:00000000 00:00000000 00000000   991        0 2 1 0 100 0 0 10 0
   2: 0100007F:2328 00000000:0000 0A 00000000:00000000 00:00000000 00000000   991        0 3 1 0 100 0 0 10 0
   3: 030012AC:D431 020012AC:1538 01 00000000:00000000 00:00000000 00000000   991        0 4 1 0 100 0 0 10 0
  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000000000000000000000000000:1F91 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000 65532 0 5 1
   1: 00000000000000000000000001000000:2329 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000 65532 0 6 1
   2: 0000000000000000FFFF00000100007F:232A 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000 65532 0 7 1
   3: 00000000000000000000000000000000:1F48 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000 65532 0 8 1
`
	ports, err := listening(said)
	require.NoError(t, err)
	assert.Equal(t, []int{8008, 8081}, ports)
}

func TestListeningRefusesWhatItCannotRead(t *testing.T) {
	_, err := listening("0: 00000000:ZZZZ 00000000:0000 0A 0")
	assert.ErrorContains(t, err, "read where it listens")
}

func TestDeclaredDoorsAreThoseOverTCP(t *testing.T) {
	c := Component{Serves: 7880, Ports: []string{"7880/tcp", "7881/tcp", "7882/udp"}, Public: []string{"49160-49260/udp"}}
	assert.Equal(t, []int{7880, 7880, 7881}, c.Declared())
}
