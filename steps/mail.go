package steps

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"matrixstack/stack"
)

// post is what a scenario knows of mails and invitations.
type post struct {
	read   map[string]int // mails that were read, by address
	asked  string         // address a way back in was asked for last
	answer page           // what the browser showed then
}

// mail is one that the mail server took.
type mail struct {
	Subject, Text string
	From          struct{ Address string }
	ReplyTo       []struct{ Address string }
}

// mails fetches what the mail server took for an address, oldest first.
func (s *scenario) mails(ctx context.Context, address string) ([]mail, error) {
	endpoint, err := s.stack.Endpoint(ctx, "mailpit", "8025/tcp")
	if err != nil {
		return nil, err
	}
	client := &http.Client{Timeout: patience}
	var found struct {
		Messages []struct {
			ID string
			To []struct{ Address string }
		} `json:"messages"`
	}
	query := url.Values{"query": {`to:"` + address + `"`}, "limit": {"100"}}
	if err := getJSON(ctx, client, "http://"+endpoint+"/api/v1/search?"+query.Encode(), &found); err != nil {
		return nil, fmt.Errorf("look into the mailbox %s: %w", address, err)
	}
	var mails []mail
	for _, m := range slices.Backward(found.Messages) {
		if len(m.To) != 1 || m.To[0].Address != address {
			continue
		}
		var one mail
		if err := getJSON(ctx, client, "http://"+endpoint+"/api/v1/message/"+m.ID, &one); err != nil {
			return nil, fmt.Errorf("read a mail to %s: %w", address, err)
		}
		mails = append(mails, one)
	}
	return mails, nil
}

// nextMail waits for the mail after those that were read.
func (s *scenario) nextMail(ctx context.Context, address string) (mail, error) {
	var next mail
	err := eventually(ctx, func(ctx context.Context) error {
		mails, err := s.mails(ctx, address)
		if err != nil {
			return err
		}
		if len(mails) <= s.post.read[address] {
			return fmt.Errorf("no mail came to %s; %d came before", address, len(mails))
		}
		next = mails[s.post.read[address]]
		return nil
	})
	if err == nil {
		s.post.read[address]++
	}
	return next, err
}

// codeFor reads the code in the next mail to an address.
func (s *scenario) codeFor(ctx context.Context, site stack.Site, address string) (string, error) {
	m, err := s.nextMail(ctx, address)
	if err != nil {
		return "", err
	}
	code := regexp.MustCompile(`(?m): (\d{6})\s*$`).FindStringSubmatch(m.Text)
	if code == nil {
		return "", fmt.Errorf("the mail %q holds no code: %q", m.Subject, m.Text)
	}
	return code[1], s.inAccounts(ctx, site, "user_email_authentication_codes WHERE code = '"+code[1]+"'")
}

// linkFor reads the link in the next mail to an address.
func (s *scenario) linkFor(ctx context.Context, site stack.Site, address string) (*url.URL, error) {
	m, err := s.nextMail(ctx, address)
	if err != nil {
		return nil, err
	}
	link, err := url.Parse(regexp.MustCompile(`https?://\S+`).FindString(m.Text))
	if err != nil || !regexp.MustCompile(`^[A-Za-z0-9]+$`).MatchString(link.Query().Get("ticket")) {
		return nil, fmt.Errorf("the mail %q holds no link that opens an account: %q", m.Subject, m.Text)
	}
	return link, s.inAccounts(ctx, site, "user_recovery_tickets WHERE ticket = '"+link.Query().Get("ticket")+"'")
}

// inAccounts waits until the database of MAS holds something. MAS saves what it sends only when the mail server has taken the mail;
// a human reads slower than that.
func (s *scenario) inAccounts(ctx context.Context, site stack.Site, what string) error {
	return eventually(ctx, func(ctx context.Context) error {
		found, err := s.stack.SQL(ctx, site, "mas", "SELECT count(*) FROM "+what)
		if err == nil && found == "0" {
			err = fmt.Errorf("MAS has no %s", what)
		}
		return err
	})
}

// accounts tells the admin API of MAS to do something, as the operator does.
func (s *scenario) accounts(ctx context.Context, site stack.Site, path string, body []byte, into any) error {
	operator, base := s.accountsAdmin(ctx, site)
	return postJSON(ctx, operator, base+path, body, into)
}

// accountsAdmin is a client that is the operator to the admin API of MAS, and where that is.
func (s *scenario) accountsAdmin(ctx context.Context, site stack.Site) (operator *http.Client, base string) {
	at := url.URL{Scheme: "https", Host: site.AuthHost()}
	credentials := clientcredentials.Config{
		ClientID: site.Secrets.ULID("admin client"), ClientSecret: site.Secrets.Hex("admin client"),
		TokenURL: at.String() + "/oauth2/token", Scopes: []string{"urn:mas:admin"}, AuthStyle: oauth2.AuthStyleInHeader,
	}
	return credentials.Client(context.WithValue(ctx, oauth2.HTTPClient, s.http())), at.String() + "/api/admin/v1/"
}

// accountStatus is what the account pages of MAS answer instead of doing what they were asked.
type accountStatus struct{ what, status string }

// Error names both.
func (a accountStatus) Error() string { return a.what + ": " + a.status }

// accountSaid accepts an answer of the account pages.
func accountSaid(status string) func(error) bool {
	return func(err error) bool {
		var said accountStatus
		return errors.As(err, &said) && said.status == status
	}
}

// formSaid accepts a form of MAS that was refused with an error of that kind.
func formSaid(path, kind string) func(error) bool {
	return func(err error) bool {
		var form refusal
		return errors.As(err, &form) && strings.HasSuffix(form.path, path) && slices.Contains(form.codes, kind)
	}
}
