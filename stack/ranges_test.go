package stack

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"

	"github.com/moby/moby/api/types/network"
	"github.com/moby/moby/client"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/testcontainers/testcontainers-go"
)

// fullEngine has no range of its own to hand out, and somebody else who takes those that are free: as many as it is told.
type fullEngine struct {
	sync.Mutex

	quicker int
	made    []network.Inspect
}

func (e *fullEngine) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	e.Lock()
	defer e.Unlock()
	answer := func(status int, body any) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(body)
	}
	refuse := func(why string) { answer(http.StatusForbidden, map[string]string{"message": why}) }
	switch {
	case strings.HasSuffix(r.URL.Path, "/networks"):
		answer(http.StatusOK, e.made)
	case strings.HasSuffix(r.URL.Path, "/networks/create"):
		var asked network.CreateRequest
		if err := json.NewDecoder(r.Body).Decode(&asked); err != nil || asked.IPAM == nil {
			refuse("could not find an available, non-overlapping IPv4 address pool among the defaults to assign to the network")
			return
		}
		made := network.Inspect{Network: network.Network{Name: asked.Name, ID: asked.Name, IPAM: *asked.IPAM}}
		if e.quicker > 0 {
			e.quicker--
			made.Name, made.ID = fmt.Sprint("other", e.quicker), fmt.Sprint("other", e.quicker)
			e.made = append(e.made, made)
			refuse("Pool overlaps with other one on this address space")
			return
		}
		e.made = append(e.made, made)
		answer(http.StatusCreated, network.CreateResponse{ID: asked.Name})
	default:
		for _, n := range e.made {
			if strings.HasSuffix(r.URL.Path, "/networks/"+n.Name) {
				answer(http.StatusOK, n)
				return
			}
		}
		answer(http.StatusNotFound, map[string]string{"message": "no such network"})
	}
}

func (e *fullEngine) connect(t *testing.T) *Engine {
	t.Helper()
	server := httptest.NewServer(e)
	t.Cleanup(server.Close)
	api, err := client.New(client.WithHost("tcp://"+server.Listener.Addr().String()), client.WithAPIVersion("1.44"))
	require.NoError(t, err)
	return &Engine{api: &testcontainers.DockerClient{Client: api}}
}

func TestNetworksAreMadeWhereTheEngineHasNoRangeLeft(t *testing.T) {
	t.Parallel()
	engine := (&fullEngine{quicker: 2}).connect(t)
	var ranges []netip.Prefix
	for _, name := range []string{"web", "db"} {
		subnet, err := engine.createNetwork(t.Context(), name, nil)
		require.NoError(t, err)
		ranges = append(ranges, netip.MustParsePrefix(subnet))
		gateway, err := engine.gateway(t.Context(), name)
		require.NoError(t, err)
		assert.True(t, ranges[len(ranges)-1].Contains(gateway), "this machine is at %s", gateway)
	}
	assert.False(t, ranges[0].Overlaps(ranges[1]), "%s and %s", ranges[0], ranges[1])
	assert.True(t, ranges[0].Addr().IsPrivate())
}

func TestNoRangeAtAllIsSaidOnceAndHowToMend(t *testing.T) {
	t.Parallel()
	_, err := (&fullEngine{quicker: 1000}).connect(t).createNetwork(t.Context(), "web", nil)
	require.ErrorContains(t, err, `create network "web": `)
	require.ErrorContains(t, err, "docker network prune")
}
