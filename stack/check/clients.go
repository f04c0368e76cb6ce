package check

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// clients follows the way of a client that was only told a server name.
func clients(ctx context.Context, t *Target) []Finding {
	address := "https://" + t.ServerName + "/.well-known/matrix/client"
	f := Finding{Level: Mistake, About: "well-known for clients", Where: address}
	said, err := t.ask(ctx, address)
	want := `{"m.homeserver":{"base_url":"https://` + t.Homeserver + `/"}}`
	var found struct {
		Homeserver struct {
			Base string `json:"base_url"`
		} `json:"m.homeserver"`
	}
	switch {
	case err != nil:
		f.What, f.Set = t.unanswered(address, err, "serve "+want+" there")
	case said.status/100 == 3:
		f.What, f.Set = "it leads away to "+said.header.Get("Location"), "answer there itself; many clients follow no redirect for this"
	case said.status == http.StatusNotFound && said.errcode() != "":
		f.What, f.Set = "the homeserver answers, and has no such document", "public_baseurl: https://"+t.Homeserver+"/ in homeserver.yaml"
	case said.status == http.StatusNotFound:
		f.What, f.Set = "there is no such document", "route Host(`"+t.ServerName+"`) && PathPrefix(`/.well-known/matrix/`) to the homeserver, or serve "+want
	case said.status != http.StatusOK:
		f.What, f.Set = "it answers with "+said.says(), "serve "+want+" there"
	case !said.json(&found) && said.isHTML():
		f.What, f.Set = "a web page is served instead", "let the web server pass on /.well-known/matrix/ before its catch-all page, or serve "+want
	case !said.json(&found):
		f.What, f.Set = "it is no JSON: "+said.says(), "serve "+want
	case found.Homeserver.Base == "":
		f.What, f.Set = "it names no homeserver: "+said.says(), "serve "+want
	case said.header.Get("Access-Control-Allow-Origin") != "*":
		f.What, f.Set = fmt.Sprintf("clients in a browser may not read it: Access-Control-Allow-Origin is %q", said.header.Get("Access-Control-Allow-Origin")), "the header Access-Control-Allow-Origin: * on that path"
	case !t.leadsToHomeserver(found.Homeserver.Base):
		f.What, f.Set = "it leads clients to "+found.Homeserver.Base+", and not to https://"+t.Homeserver+"/", "public_baseurl: https://"+t.Homeserver+"/ in homeserver.yaml, or base_url in the document; if that is the right one, check it instead"
	default:
		f.Level, f.What = Good, "leads to "+found.Homeserver.Base
	}
	return []Finding{f}
}

func (t *Target) leadsToHomeserver(base string) bool {
	u, err := url.Parse(base)
	if err != nil || u.Scheme != "https" || strings.Trim(u.Path, "/") != "" {
		return false
	}
	name, port := hostPort(u.Host)
	wantName, wantPort := hostPort(t.Homeserver)
	return name == wantName && port == wantPort
}

// versions asks the homeserver what it speaks.
func versions(ctx context.Context, t *Target) []Finding {
	address := "https://" + t.Homeserver + "/_matrix/client/versions"
	f := Finding{Level: Mistake, About: "homeserver", Where: address}
	said, err := t.ask(ctx, address)
	var found struct{ Versions []string }
	switch {
	case err != nil:
		f.What, f.Set = t.unanswered(address, err, "see whether the proxy runs")
	case said.status == http.StatusBadGateway || said.status == http.StatusServiceUnavailable || said.status == http.StatusGatewayTimeout:
		f.What, f.Set = "the proxy cannot reach the homeserver: "+said.says(), "start the homeserver, on a network it shares with the proxy, and name its port 8008 in the route"
	case !said.json(&found) || len(found.Versions) == 0:
		f.What, f.Set = "no homeserver answers, but "+said.says(), "route Host(`"+t.Homeserver+"`) && PathPrefix(`/_matrix`) to the homeserver"
	case said.header.Get("Access-Control-Allow-Origin") != "*":
		f.What, f.Set = "clients in a browser may not read it", "leave the CORS headers of the homeserver as they are; a second set from the proxy breaks them"
	default:
		f.Level, f.What = Good, "speaks Matrix up to "+found.Versions[len(found.Versions)-1]
	}
	return []Finding{f}
}

// accounts asks where people sign in, and whether the parts agree.
func accounts(ctx context.Context, t *Target) []Finding {
	address := "https://" + t.Homeserver + "/_matrix/client/v1/auth_metadata"
	f := Finding{Level: Mistake, About: "where accounts are", Where: address}
	said, err := t.ask(ctx, address)
	var told struct{ Issuer string }
	switch {
	case err != nil:
		f.What, f.Set = t.unanswered(address, err, "see whether the proxy runs")
		return []Finding{f}
	case said.status == http.StatusNotFound:
		f.Level, f.What = Note, "the homeserver keeps its accounts itself; with MAS, matrix_authentication_service.enabled would be true"
		return []Finding{f}
	case !said.json(&told) || told.Issuer == "":
		f.What, f.Set = "the homeserver cannot say: "+said.says(), "see whether MAS runs, and matrix_authentication_service.endpoint and secret in homeserver.yaml"
		return []Finding{f}
	}
	u, err := url.Parse(told.Issuer)
	if err != nil || u.Scheme != "https" {
		f.What, f.Set = fmt.Sprintf("the issuer %q is no address with TLS", told.Issuer), "http.public_base in the configuration of MAS"
		return []Finding{f}
	}
	t.Accounts = u.Host
	f.Level, f.What = Good, told.Issuer
	return []Finding{f, t.issuer(ctx, told.Issuer), t.compatible(ctx)}
}

// issuer asks the accounts themselves.
func (t *Target) issuer(ctx context.Context, issuer string) Finding {
	address := strings.TrimSuffix(issuer, "/") + "/.well-known/openid-configuration"
	f := Finding{Level: Mistake, About: "accounts", Where: address}
	said, err := t.ask(ctx, address)
	var self struct{ Issuer string }
	switch {
	case err != nil:
		f.What, f.Set = t.unanswered(address, err, "a name in DNS, a certificate and a route Host(`"+t.Accounts+"`) to MAS")
	case said.errcode() != "":
		f.What, f.Set = "the homeserver answers there: "+said.says(), "route Host(`"+t.Accounts+"`) to MAS, port 8080"
	case !said.json(&self) || self.Issuer == "":
		f.What, f.Set = "MAS does not answer there: "+said.says(), "route Host(`"+t.Accounts+"`) to MAS, port 8080"
	case self.Issuer != issuer:
		f.What, f.Set = fmt.Sprintf("it calls itself %q, and the homeserver calls it %q", self.Issuer, issuer), "the same http.public_base and http.issuer in MAS, and a restart of the homeserver"
	default:
		f.Level, f.What = Good, "MAS answers as "+issuer
	}
	return f
}

// compatible asks whether MAS answers what older clients ask the homeserver.
func (t *Target) compatible(ctx context.Context) Finding {
	address := "https://" + t.Homeserver + "/_matrix/client/v3/login"
	f := Finding{Level: Mistake, About: "sign-in of older clients", Where: address}
	said, err := t.ask(ctx, address)
	var found struct {
		Flows []struct {
			Delegated bool `json:"org.matrix.msc3824.delegated_oidc_compatibility"`
		}
	}
	if err == nil && said.json(&found) {
		for _, flow := range found.Flows {
			if flow.Delegated {
				f.Level, f.What = Good, "MAS answers for the homeserver"
				return f
			}
		}
	}
	f.What, f.Set = "not MAS answers, but the homeserver: "+said.says(), "route PathRegexp(`^/_matrix/client/[^/]+/(login|logout|refresh)`) to MAS, with a higher priority than the homeserver"
	if err != nil {
		f.What, f.Set = t.unanswered(address, err, "see whether the proxy runs")
	}
	return f
}
