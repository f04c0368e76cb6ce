package stack

import (
	"archive/tar"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/netip"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/api/pkg/stdcopy"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/mount"
	"github.com/moby/moby/api/types/network"
	"github.com/moby/moby/client"
	"github.com/testcontainers/testcontainers-go"
	tclog "github.com/testcontainers/testcontainers-go/log"
	"github.com/testcontainers/testcontainers-go/wait"
	"golang.org/x/sync/errgroup"
)

const (
	startDeadline = 60 * time.Second // one server, from start to healthy, on a loaded machine
	stopDeadline  = 15 * time.Second // before an engine kills what does not stop
	labelRun      = "matrix-stack.run"
	labelOwner    = "matrix-stack.owner"  // pid of the process the run belongs to; "kept" when nobody's
	labelServer   = "matrix-stack.server" // component a container is
)

// Engine drives a Docker-compatible engine. This file is the only code that talks to one.
type Engine struct {
	api  *testcontainers.DockerClient
	bind netip.Addr // address that published ports bind to

	// networks is held while one is made: an engine takes its rule that keeps all networks apart away for that moment, to put it first again.
	networks sync.RWMutex
}

// Connect finds the engine DOCKER_HOST names, or the local one, and refuses one too old.
func Connect(ctx context.Context) (*Engine, error) {
	host := os.Getenv("DOCKER_HOST")
	local := host == "" || strings.HasPrefix(host, "unix://")
	// Sweeping is by label; Ryuk's image is not to be had everywhere.
	settings := map[string]string{"TESTCONTAINERS_RYUK_DISABLED": "true"}
	if local {
		// In a machine that carries /.dockerenv testcontainers would dial its gateway.
		settings["TESTCONTAINERS_HOST_OVERRIDE"] = "127.0.0.1"
	}
	for name, value := range settings {
		if err := os.Setenv(name, value); err != nil {
			return nil, fmt.Errorf("connect to the container engine: %w", err)
		}
	}
	remedy := "start one, set DOCKER_HOST, or run scripts/setup"
	if host != "" {
		remedy = fmt.Sprintf("correct or unset DOCKER_HOST=%q", host)
	}
	tclog.SetDefault(quiet{})
	api, err := testcontainers.NewDockerClientWithOpts(ctx)
	if err != nil {
		return nil, fmt.Errorf("connect to the container engine: %s; %s", oneLine(err), remedy)
	}
	// testcontainers goes on to the next engine it knows when one does not answer. An operator who names one means that one.
	if host != "" && api.DaemonHost() != host {
		return nil, fmt.Errorf("connect to the container engine: none answers at DOCKER_HOST=%q; start it, correct or unset DOCKER_HOST", host)
	}
	version, err := api.ServerVersion(ctx, client.ServerVersionOptions{})
	if err != nil {
		return nil, fmt.Errorf("connect to the container engine: %s; %s", oneLine(err), remedy)
	}
	if olderThan(version.APIVersion, 1, 41) {
		return nil, fmt.Errorf("connect to the container engine: it speaks API %s, 1.41 is needed (Docker 20.10); upgrade it", version.APIVersion)
	}
	bind := netip.MustParseAddr("127.0.0.1")
	if !local {
		bind = netip.IPv4Unspecified()
	}
	return &Engine{api: api, bind: bind}, nil
}

// ImageID returns the configuration digest of an image, or "" when the engine has none of that name.
func (e *Engine) ImageID(ctx context.Context, ref string) (string, error) {
	found, err := e.api.ImageInspect(ctx, ref)
	if errdefs.IsNotFound(err) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("inspect image %q: %w", ref, err)
	}
	return found.ID, nil
}

// LoadArchive loads a docker-archive.
func (e *Engine) LoadArchive(ctx context.Context, archive io.Reader) error {
	answer, err := e.api.ImageLoad(ctx, archive)
	if err != nil {
		return fmt.Errorf("load image: %w", err)
	}
	defer answer.Close()
	said, err := io.ReadAll(answer)
	if err != nil {
		return fmt.Errorf("load image: %w", err)
	}
	if bytes.Contains(said, []byte(`"error"`)) {
		return fmt.Errorf("load image: engine refused it: %s", bytes.TrimSpace(said))
	}
	return nil
}

// TagImage gives an image another name.
func (e *Engine) TagImage(ctx context.Context, source, target string) error {
	if _, err := e.api.ImageTag(ctx, client.ImageTagOptions{Source: source, Target: target}); err != nil {
		return fmt.Errorf("tag image %q as %q: %w", source, target, err)
	}
	return nil
}

// createNetwork makes a network and returns its address range. Engines hand out about thirty ranges of their own; a run takes 24 of
// them while its stacks are beside each other, so where they are used up it takes one that is free.
func (e *Engine) createNetwork(ctx context.Context, name string, labels map[string]string) (string, error) {
	e.networks.Lock()
	defer e.networks.Unlock()
	options := client.NetworkCreateOptions{Driver: "bridge", Labels: labels}
	_, err := e.api.NetworkCreate(ctx, name, options)
	if err != nil && strings.Contains(err.Error(), "address pool") {
		if err = e.createInFreeRange(ctx, name, options); err != nil {
			err = fmt.Errorf("%w; remove networks that nobody needs (docker network prune)", err)
		}
	}
	if err != nil {
		return "", fmt.Errorf("create network %q: %w", name, err)
	}
	return e.subnet(ctx, name)
}

// createInFreeRange makes a network in a range that the engine would not hand out.
func (e *Engine) createInFreeRange(ctx context.Context, name string, options client.NetworkCreateOptions) error {
	var lost error
	for range 16 {
		free, err := e.FreeRange(ctx)
		if err != nil {
			return err
		}
		// Engines tell no gateway of a range that is not theirs unless they are given one, and push gateways of the run listen there.
		options.IPAM = &network.IPAM{Config: []network.IPAMConfig{{Subnet: netip.PrefixFrom(free.Addr(), 24), Gateway: free.Addr().Next()}}}
		// Somebody else may have been quicker since the ranges were listed.
		_, lost = e.api.NetworkCreate(ctx, name, options)
		if lost == nil || !strings.Contains(lost.Error(), "verlap") {
			return lost
		}
	}
	return lost
}

// subnet is the address range of a network.
func (e *Engine) subnet(ctx context.Context, name string) (string, error) {
	made, err := e.api.NetworkInspect(ctx, name, client.NetworkInspectOptions{})
	if err != nil {
		return "", fmt.Errorf("inspect network %q: %w", name, err)
	}
	for _, pool := range made.Network.IPAM.Config {
		if pool.Subnet.Addr().Is4() {
			return pool.Subnet.String(), nil
		}
	}
	return "", fmt.Errorf("inspect network %q: engine gave it no IPv4 range", name)
}

// FreeRange finds a private range that no network of the engine and no address of this machine lies in.
func (e *Engine) FreeRange(ctx context.Context) (netip.Prefix, error) {
	networks, err := e.api.NetworkList(ctx, client.NetworkListOptions{})
	if err != nil {
		return netip.Prefix{}, fmt.Errorf("list networks: %w", err)
	}
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		return netip.Prefix{}, fmt.Errorf("list addresses: %w", err)
	}
	var taken []netip.Prefix
	for _, n := range networks.Items {
		for _, pool := range n.IPAM.Config {
			taken = append(taken, pool.Subnet)
		}
	}
	for _, a := range addresses {
		if prefix, err := netip.ParsePrefix(a.String()); err == nil {
			taken = append(taken, prefix.Masked())
		}
	}
	for i := range 256 {
		free := netip.PrefixFrom(netip.AddrFrom4([4]byte{10, byte(255 - i), 0, 0}), 16)
		if !slices.ContainsFunc(taken, free.Overlaps) {
			return free, nil
		}
	}
	return netip.Prefix{}, errors.New("find a free range: every one of 10.0.0.0/8 is taken")
}

// gateway is the address of this machine on a network.
func (e *Engine) gateway(ctx context.Context, name string) (netip.Addr, error) {
	made, err := e.api.NetworkInspect(ctx, name, client.NetworkInspectOptions{})
	if err != nil {
		return netip.Addr{}, fmt.Errorf("inspect network %q: %w", name, err)
	}
	for _, pool := range made.Network.IPAM.Config {
		if pool.Gateway.Is4() {
			return pool.Gateway, nil
		}
	}
	return netip.Addr{}, fmt.Errorf("inspect network %q: engine gave it no IPv4 gateway", name)
}

// placement says how a component is placed in one run.
type placement struct {
	project string            // prefix of container, network and volume names
	image   string            // what the engine runs
	labels  map[string]string // for sweeping
	fixed   map[string]int    // port of this machine by published port; others are the engine's choice
	open    map[string]int    // the same, on every address of this machine
	world   string            // network of the engine that is the world outside; empty means one of the run
}

// network is the name of a network in the engine.
func (p placement) network(name string) string {
	if name == worldNetwork && p.world != "" {
		return p.world
	}
	return p.project + "-" + name
}

// volume is the name of one storage of a component.
func (p placement) volume(c Component, i int) string {
	return fmt.Sprintf("%s-%s-%d", p.project, c.Container, i)
}

// create makes a container with its files in place, without starting it.
func (e *Engine) create(ctx context.Context, c Component, p placement) (testcontainers.Container, error) {
	aliases := map[string][]string{}
	var networks []string
	for _, n := range c.Networks {
		full := p.network(n)
		networks = append(networks, full)
		aliases[full] = c.Aliases(n)
	}
	labels := maps.Clone(p.labels)
	labels[labelServer] = c.Name
	request := testcontainers.ContainerRequest{
		Image: p.image, Name: p.project + "-" + c.Container, Labels: labels,
		Env: c.Env, Entrypoint: c.Entrypoint, Cmd: c.Cmd, ExposedPorts: c.Ports,
		Networks: networks, NetworkAliases: aliases, WaitingFor: c.Ready.strategy(),
		ConfigModifier: func(config *container.Config) {
			config.Hostname, config.StopSignal, config.User = c.Name, c.StopSignal, c.User
		},
		HostConfigModifier: func(host *container.HostConfig) { e.place(host, c, p) },
	}
	made, err := testcontainers.GenericContainer(ctx, testcontainers.GenericContainerRequest{ContainerRequest: request, Logger: quiet{}})
	if err != nil {
		return made, fmt.Errorf("create %q: %s", c.Name, oneLine(err))
	}
	return made, e.put(ctx, made.GetContainerID(), c)
}

func (e *Engine) place(host *container.HostConfig, c Component, p placement) {
	host.PortBindings = network.PortMap{}
	for _, port := range c.Ports {
		binding := network.PortBinding{HostIP: e.bind}
		if fixed := p.fixed[port]; fixed != 0 {
			binding.HostPort = strconv.Itoa(fixed)
		}
		if open := p.open[port]; open != 0 {
			binding = network.PortBinding{HostPort: strconv.Itoa(open)}
		}
		host.PortBindings[network.MustParsePort(port)] = []network.PortBinding{binding}
	}
	host.CapDrop, host.CapAdd, host.SecurityOpt = Confinement()
	for i, s := range c.Storage {
		host.Mounts = append(host.Mounts, mount.Mount{
			Type: mount.TypeVolume, Source: p.volume(c, i), Target: s.Path,
			VolumeOptions: &mount.VolumeOptions{Labels: p.labels},
		})
	}
}

// put copies the storage directories and rendered files of a component into its container.
func (e *Engine) put(ctx context.Context, id string, c Component) error {
	var content bytes.Buffer
	archive := tar.NewWriter(&content)
	made := map[string]bool{"/": true}
	directory := func(dir string, owner int, mode int64) {
		if !made[dir] {
			_ = archive.WriteHeader(&tar.Header{Name: dir[1:] + "/", Typeflag: tar.TypeDir, Mode: mode, Uid: owner, Gid: owner})
			made[dir] = true
		}
	}
	for _, s := range c.Storage {
		directory(s.Path, s.Owner, 0o700)
	}
	for _, f := range c.Files {
		if dir := path.Dir(f.Path); !made[dir] {
			directory(dir, f.Owner, 0o755)
		}
		_ = archive.WriteHeader(&tar.Header{Name: f.Path[1:], Typeflag: tar.TypeReg, Mode: f.Mode, Uid: f.Owner, Gid: f.Owner, Size: int64(len(f.Content))})
		_, _ = archive.Write(f.Content)
	}
	if err := archive.Close(); err != nil {
		return fmt.Errorf("put files of %q: %w", c.Name, err)
	}
	return e.unpack(ctx, id, "/", &content)
}

// keepUp lets the engine start a container again when what runs in it ends, or not.
func (e *Engine) keepUp(ctx context.Context, id string, keep bool) error {
	policy := container.RestartPolicy{Name: container.RestartPolicyDisabled}
	if keep {
		policy.Name = container.RestartPolicyUnlessStopped
	}
	_, err := e.api.ContainerUpdate(ctx, id, client.ContainerUpdateOptions{RestartPolicy: &policy})
	return err
}

// unpack extracts a tar into a container, which need not run.
func (e *Engine) unpack(ctx context.Context, id, dir string, content io.Reader) error {
	_, err := e.api.CopyToContainer(ctx, id, client.CopyToContainerOptions{DestinationPath: dir, Content: content})
	if err != nil {
		return fmt.Errorf("copy files into container: %w", err)
	}
	return nil
}

// beside runs a command once, in the network of a container, and returns what it says: a server's image may hold no program to ask
// with.
func (e *Engine) beside(ctx context.Context, id, image string, labels map[string]string, command []string) (string, error) {
	request := testcontainers.ContainerRequest{
		Image: image, Labels: labels, Entrypoint: command[:1], Cmd: command[1:], WaitingFor: Ready{Ends: true}.strategy(),
		HostConfigModifier: func(host *container.HostConfig) { host.NetworkMode = container.NetworkMode("container:" + id) },
	}
	made, err := testcontainers.GenericContainer(ctx, testcontainers.GenericContainerRequest{ContainerRequest: request, Started: true, Logger: quiet{}})
	if made != nil {
		defer func() { _ = e.discard(context.WithoutCancel(ctx), made.GetContainerID()) }()
	}
	if err != nil {
		return "", fmt.Errorf("run %q beside a container: %s", command[0], oneLine(err))
	}
	said, err := e.logs(ctx, made.GetContainerID(), excerpt{})
	if err != nil {
		return "", err
	}
	found, err := e.inspect(ctx, made.GetContainerID())
	if err == nil && found.State.ExitCode != 0 {
		err = fmt.Errorf("run %q beside a container: it ended with code %d: %s", command[0], found.State.ExitCode, said)
	}
	return said, err
}

// pack returns a directory of a container as a tar.
func (e *Engine) pack(ctx context.Context, id, dir string) (io.ReadCloser, error) {
	answer, err := e.api.CopyFromContainer(ctx, id, client.CopyFromContainerOptions{SourcePath: dir})
	if err != nil {
		return nil, fmt.Errorf("copy %q from container: %w", dir, err)
	}
	return answer.Content, nil
}

// written lists the paths a container has that its image has not, or has changed.
func (e *Engine) written(ctx context.Context, id string) ([]string, error) {
	found, err := e.api.ContainerDiff(ctx, id, client.ContainerDiffOptions{})
	if err != nil {
		return nil, fmt.Errorf("compare container with its image: %w", err)
	}
	var paths []string
	for _, change := range found.Changes {
		if change.Kind != container.ChangeDelete {
			paths = append(paths, change.Path)
		}
	}
	return paths, nil
}

// runsAs lists the users that the processes of a container run as.
func (e *Engine) runsAs(ctx context.Context, id string) ([]int, error) {
	found, err := e.api.ContainerTop(ctx, id, client.ContainerTopOptions{Arguments: []string{"-eo", "uid,pid"}})
	if err != nil {
		return nil, fmt.Errorf("list processes of container: %w", err)
	}
	var users []int
	for _, process := range found.Processes {
		user, err := strconv.Atoi(process[0])
		if err != nil {
			return nil, fmt.Errorf("list processes of container: %q is no user", process[0])
		}
		users = append(users, user)
	}
	return users, nil
}

// inspect returns the state of a container.
func (e *Engine) inspect(ctx context.Context, id string) (container.InspectResponse, error) {
	found, err := e.api.ContainerInspect(ctx, id, client.ContainerInspectOptions{})
	if err != nil {
		return container.InspectResponse{}, fmt.Errorf("inspect container: %w", err)
	}
	return found.Container, nil
}

// strategy turns a declaration of readiness into a wait.
func (r Ready) strategy() wait.Strategy {
	const poll = 100 * time.Millisecond
	switch {
	case r.Ends:
		return wait.ForExit().WithExitTimeout(startDeadline).WithPollInterval(poll)
	case r.Log != "":
		return wait.ForLog(r.Log).WithStartupTimeout(startDeadline).WithPollInterval(poll)
	case len(r.Exec) > 0:
		return wait.ForExec(r.Exec).WithStartupTimeout(startDeadline).WithPollInterval(poll)
	}
	port, path, _ := strings.Cut(r.HTTP, "/tcp")
	strategy := wait.ForHTTP(path).WithPort(port + "/tcp").WithStartupTimeout(startDeadline).WithPollInterval(poll)
	if r.Any {
		strategy = strategy.WithStatusCodeMatcher(func(int) bool { return true })
	}
	return strategy
}

// quiet keeps testcontainers' progress out of the report.
type quiet struct{}

// Printf drops the line.
func (quiet) Printf(string, ...any) {}

func olderThan(version string, major, minor int) bool {
	var gotMajor, gotMinor int
	if _, err := fmt.Sscanf(version, "%d.%d", &gotMajor, &gotMinor); err != nil {
		return true
	}
	return gotMajor < major || gotMajor == major && gotMinor < minor
}

func oneLine(err error) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(err.Error(), "\n", " ")), " ")
}

// excerpt says which part of a log is wanted, and in which form.
type excerpt struct {
	since time.Time // zero: from the start
	tail  int       // at most so many lines; 0: all
	timed bool      // each line begins with the moment the engine got it, RFC 3339
}

// logs returns what a container wrote.
func (e *Engine) logs(ctx context.Context, id string, want excerpt) (string, error) {
	var said bytes.Buffer
	options := client.ContainerLogsOptions{Timestamps: want.timed}
	if !want.since.IsZero() {
		options.Since = want.since.Format(time.RFC3339Nano)
	}
	if want.tail > 0 {
		options.Tail = strconv.Itoa(want.tail)
	}
	err := e.copyLog(ctx, id, options, &said)
	return said.String(), err
}

// copyLog writes what a container wrote to out, and goes on with it when told to follow.
func (e *Engine) copyLog(ctx context.Context, id string, options client.ContainerLogsOptions, out io.Writer) error {
	options.ShowStdout, options.ShowStderr = true, true
	answer, err := e.api.ContainerLogs(ctx, id, options)
	if err != nil {
		return fmt.Errorf("read log: %w", err)
	}
	defer answer.Close()
	if _, err := stdcopy.StdCopy(out, out, answer); err != nil && ctx.Err() == nil {
		return fmt.Errorf("read log: %w", err)
	}
	return nil
}

// Terminal is where a person sits who works inside a server.
type Terminal struct {
	In            io.Reader
	Out, Err      io.Writer
	Interactive   bool // In and Out are a terminal
	Width, Height uint // of the terminal, in characters
}

// attach runs a command inside a container at a terminal and returns its exit code.
func (e *Engine) attach(ctx context.Context, id string, command []string, t Terminal) (int, error) {
	var size client.ConsoleSize
	if t.Interactive {
		size = client.ConsoleSize{Width: t.Width, Height: t.Height}
	}
	made, err := e.api.ExecCreate(ctx, id, client.ExecCreateOptions{Cmd: command, TTY: t.Interactive, ConsoleSize: size, AttachStdin: true, AttachStdout: true, AttachStderr: true})
	if err != nil {
		return 0, fmt.Errorf("run %q: %w", command[0], err)
	}
	opened, err := e.api.ExecAttach(ctx, made.ID, client.ExecAttachOptions{TTY: t.Interactive, ConsoleSize: size})
	if err != nil {
		return 0, fmt.Errorf("run %q: %w", command[0], err)
	}
	defer opened.Close()
	go func() { // it ends with the connection at the latest, or with the person's terminal
		_, _ = io.Copy(opened.Conn, t.In)
		_ = opened.CloseWrite()
	}()
	if t.Interactive {
		_, err = io.Copy(t.Out, opened.Reader)
	} else {
		_, err = stdcopy.StdCopy(t.Out, t.Err, opened.Reader)
	}
	if err != nil && ctx.Err() == nil {
		return 0, fmt.Errorf("run %q: %w", command[0], err)
	}
	ended, err := e.api.ExecInspect(context.WithoutCancel(ctx), made.ID, client.ExecInspectOptions{})
	if err != nil {
		return 0, fmt.Errorf("run %q: %w", command[0], err)
	}
	return ended.ExitCode, nil
}

// containers lists those of all runs, stopped ones too.
func (e *Engine) containers(ctx context.Context) ([]container.Summary, error) {
	found, err := e.api.ContainerList(ctx, client.ContainerListOptions{All: true, Filters: client.Filters{}.Add("label", labelRun)})
	if err != nil {
		return nil, fmt.Errorf("list containers: %w", err)
	}
	return found.Items, nil
}

// remove deletes the containers, networks and volumes of runs whose labels match.
func (e *Engine) remove(ctx context.Context, match func(labels map[string]string) bool) error {
	ours := client.Filters{}.Add("label", labelRun)
	containers, err := e.containers(ctx)
	if err != nil {
		return err
	}
	var group errgroup.Group // one that cannot be removed now keeps none of the others
	for _, c := range containers {
		if match(c.Labels) {
			group.Go(func() error {
				_, err := e.api.ContainerRemove(ctx, c.ID, client.ContainerRemoveOptions{Force: true, RemoveVolumes: true})
				return ignoreGone(err)
			})
		}
	}
	if err := group.Wait(); err != nil {
		return fmt.Errorf("remove containers: %w", err)
	}
	networks, err := e.api.NetworkList(ctx, client.NetworkListOptions{Filters: ours})
	if err != nil {
		return fmt.Errorf("list networks: %w", err)
	}
	for _, n := range networks.Items {
		if match(n.Labels) {
			if _, err := e.api.NetworkRemove(ctx, n.ID, client.NetworkRemoveOptions{}); ignoreGone(err) != nil {
				return fmt.Errorf("remove network %q: %w", n.Name, err)
			}
		}
	}
	volumes, err := e.api.VolumeList(ctx, client.VolumeListOptions{Filters: ours})
	if err != nil {
		return fmt.Errorf("list volumes: %w", err)
	}
	for _, v := range volumes.Items {
		if match(v.Labels) {
			if _, err := e.api.VolumeRemove(ctx, v.Name, client.VolumeRemoveOptions{Force: true}); ignoreGone(err) != nil {
				return fmt.Errorf("remove volume %q: %w", v.Name, err)
			}
		}
	}
	return nil
}

// kill ends what runs in a container without a word.
func (e *Engine) kill(ctx context.Context, id string) error {
	_, err := e.api.ContainerKill(ctx, id, client.ContainerKillOptions{Signal: "KILL"})
	return err
}

// revive starts a container and does not wait for what runs in it.
func (e *Engine) revive(ctx context.Context, id string) error {
	_, err := e.api.ContainerStart(ctx, id, client.ContainerStartOptions{})
	return err
}

// discard removes a container and leaves its volumes.
func (e *Engine) discard(ctx context.Context, id string) error {
	_, err := e.api.ContainerRemove(ctx, id, client.ContainerRemoveOptions{Force: true})
	return ignoreGone(err)
}

// forget removes the volumes of a component whose container is gone.
func (e *Engine) forget(ctx context.Context, c Component, p placement) error {
	for i := range c.Storage {
		if _, err := e.api.VolumeRemove(ctx, p.volume(c, i), client.VolumeRemoveOptions{}); ignoreGone(err) != nil {
			return fmt.Errorf("remove storage of %q: %w", c.Name, err)
		}
	}
	return nil
}

// ignoreGone forgives that something was removed already, or is being removed.
func ignoreGone(err error) error {
	if errdefs.IsNotFound(err) || errdefs.IsConflict(err) && strings.Contains(err.Error(), "in progress") {
		return nil
	}
	return err
}

// memory is what a container uses without the page cache, in bytes.
func (e *Engine) memory(ctx context.Context, id string) (uint64, error) {
	answer, err := e.api.ContainerStats(ctx, id, client.ContainerStatsOptions{})
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	var stats container.StatsResponse
	if err := json.NewDecoder(answer.Body).Decode(&stats); err != nil {
		return 0, err
	}
	cache := stats.MemoryStats.Stats["inactive_file"] // cgroup v2
	if v1 := stats.MemoryStats.Stats["total_inactive_file"]; v1 > 0 {
		cache = v1
	}
	return stats.MemoryStats.Usage - min(cache, stats.MemoryStats.Usage), nil
}
