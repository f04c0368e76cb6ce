package stack

// IRCHost is where people on IRC connect: at port 6667, or encrypted at port 6697.
const IRCHost = "irc.world.test"

// ircd is an IRC network outside the stack: the other end of the IRC bridge.
func ircd(r *renderer) Component {
	const user = 39 // who it becomes
	return Component{
		Name: "ircd", Image: "ngircd", Container: "ircd",
		Networks: []string{worldNetwork}, Hosts: []string{IRCHost}, Ports: []string{"6667/tcp", "6697/tcp"},
		Files:  append(r.certificate("/etc/ngircd/certs", user, IRCHost), r.file("ircd/ngircd.conf", "/etc/ngircd/ngircd.conf", 0)),
		Serves: 6667, Version: []string{"ngircd", "--version"},
		Ready: Ready{Log: "Now listening on"},
	}
}
