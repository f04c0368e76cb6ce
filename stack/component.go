// Package stack declares the servers of a Matrix stack as data and drives them on a Docker-compatible engine.
package stack

// Component is one server: plain data, no behaviour. Its name is the network alias and the log prefix.
type Component struct {
	Name       string            // unique in the world, "synapse"
	Image      string            // key in the image lock, "synapse"
	Container  string            // container name of the deployment, "matrix_mas"
	Site       string            // site it belongs to; empty for the world outside
	Needs      []string          // components that must be ready first
	Networks   []string          // networks it joins
	Hosts      []string          // names by which people and peers reach it on the world network
	Ports      []string          // ports published on loopback, "443/tcp"
	Public     []string          // those that a deployment opens to everybody; ranges too, "49160-49260/udp"
	Env        map[string]string // environment
	Entrypoint []string          // replaces the image's entry point when set
	Cmd        []string          // replaces the image's command when set
	User       string            // uid and gid it runs as, "1337:1337"; empty leaves that to the image
	StopSignal string            // what ends it in good order; empty means SIGTERM
	Files      []File            // rendered configuration
	Storage    []Storage         // what must survive a new container
	Ready      Ready             // when it counts as healthy
	Health     []string          // command in the container that exits 0 when it is; empty where its image has none
	Serves     int               // port other components reach it at
	Version    []string          // command that prints the version of the software; empty when it has none
	Migrating  string            // asks its site's database "synapse" for how much is still migrated in the background
	OnDemand   bool              // started only when a selected scenario names it
	Database   bool              // a database server: what it stores fits its own major version only, and is backed up by dumping it
}

// File is one rendered file inside a container.
type File struct {
	Path    string
	Content []byte
	Mode    int64
	Owner   int  // numeric uid and gid
	Private bool // key material made for one run; not part of the configuration proper
}

// Storage is a directory that outlives its container.
type Storage struct {
	Path  string   // inside the container
	Host  string   // on the operator's machine, as deployed
	Owner int      // numeric uid and gid
	Seed  bool     // kept as a seed for the next boot: the migrated database
	Keys  []string // files in it that nobody can make again, relative to Path
}

// Ready says how to tell that a component serves. Exactly one of HTTP, Exec, Log and Ends is set.
type Ready struct {
	HTTP string   // "8008/tcp/health": port, then path
	Any  bool     // any HTTP answer counts, not just 200
	Exec []string // command that exits 0
	Log  string   // line in the container's output
	Ends bool     // it serves nobody: it has done its work once it ends
}
