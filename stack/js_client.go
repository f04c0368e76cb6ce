package stack

// JSClientHost is where the second client library is told what to do, port 8080.
const JSClientHost = "js-client.world.test"

// jsClient is matrix-js-sdk, the library inside Element: people whose client is of another make use it.
// Like all people it lives in the world outside, and reaches the sites through their proxies.
func jsClient(r *renderer) Component {
	return Component{
		Name: "js-client", Image: "js-client", Container: "js-client",
		Networks: []string{worldNetwork}, Hosts: []string{JSClientHost}, Ports: []string{"8080/tcp"},
		Env:    map[string]string{"NODE_EXTRA_CA_CERTS": "/opt/app/ca.crt"},
		Files:  []File{r.file("js-client/client.mjs", "/opt/app/client.mjs", jsClientUser), r.authority("/opt/app/ca.crt", jsClientUser)},
		Serves: 8080, Version: []string{"node", "-p", "require('/opt/app/node_modules/matrix-js-sdk/package.json').version"},
		Ready: Ready{HTTP: "8080/tcp/health"}, OnDemand: true,
	}
}

const jsClientUser = 991 // uid the image runs as
