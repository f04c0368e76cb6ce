package stack

// Storages is where a deployment keeps what must survive, unless its operator says otherwise.
const Storages = "/mnt/storage/matrix"

// Deployment is what an operator decides about a site that is meant to stay.
type Deployment struct {
	Storage     string  // folder on the operator's machine
	PublicIP    string  // where calls reach it; empty when there are none
	ACME        *ACME   // where certificates come from; nil when the operator brings one
	Certificate KeyPair // what the operator brings
	Authority   []byte  // PEM of who signed it, when that is nobody the images know
	Mail        *Mail   // where accounts send mail; nil when they send none
	Telegram    *TelegramAPI
	Neighbours  bool // other homeservers stand in the same network of one machine, at private addresses
}

// ACME is an authority that gives out certificates by itself (RFC 8555).
type ACME struct {
	Email     string // whom it warns; may be empty
	Server    string // address of its directory; empty means Let's Encrypt
	Authority []byte // PEM of who signed its own certificate, when that is nobody the proxy's image knows
}

// Mail is a mail server that takes mail over TLS (STARTTLS) from who it knows.
type Mail struct {
	Host     string
	Port     int
	User     string
	Password string
	From     string // address that it is sent from; empty means accounts@ the server name
}

// TelegramAPI is what Telegram gives each operator who asks for it at my.telegram.org.
type TelegramAPI struct {
	ID   int
	Hash string
}

// Aliases are the names by which others reach the component on a network.
func (c Component) Aliases(network string) []string {
	names := []string{c.Name}
	if network == worldNetwork {
		names = append(names, c.Hosts...)
	}
	return names
}
