package steps

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// registerMonitoring holds the words about what watches the servers.
func registerMonitoring(r Registrar) {
	r.Given(`^the monitoring asks every second$`, monitoringAsksOften)
	r.When(`^the operator restarts (\w+) once the monitoring reports it$`, restartsOnceReported)
	r.Then(`^the monitoring can read what the operator deploys$`, monitoringReadsDeployed)
	r.Then(`^the monitoring gets numbers from (.+)$`, monitoringGetsNumbers)
	r.Then(`^the monitoring reports nothing$`, monitoringReportsNothing)
	r.Then(`^the monitoring reports that (\w+) stopped, and nothing else$`, monitoringReports)
}

// requestNumbers is what servers call their counts of requests.
func requestNumbers() map[string]string {
	return map[string]string{"mas": "http_server_", "synapse": "synapse_http_server_response_count", "traefik": "traefik_entrypoint_requests_total"}
}

// askMonitoring asks Prometheus one question and returns the values of one label of the answer, sorted.
func (s *scenario) askMonitoring(ctx context.Context, question, label string) ([]string, error) {
	endpoint, err := s.stack.Endpoint(ctx, "prometheus", "9090/tcp")
	if err != nil {
		return nil, err
	}
	var found struct {
		Data struct {
			Result []struct {
				Metric map[string]string `json:"metric"`
			} `json:"result"`
		} `json:"data"`
	}
	client := &http.Client{Timeout: patience} // a published port of the engine, not a host of the world
	if err := getJSON(ctx, client, "http://"+endpoint+"/api/v1/query?query="+url.QueryEscape(question), &found); err != nil {
		return nil, fmt.Errorf("ask the monitoring: %w", err)
	}
	var values []string
	for _, result := range found.Data.Result {
		values = append(values, result.Metric[label])
	}
	slices.Sort(values)
	return values, nil
}

// monitoringAnswers waits until the answer is just what is wanted.
func (s *scenario) monitoringAnswers(ctx context.Context, question, label string, want ...string) error {
	return eventually(ctx, func(ctx context.Context) error {
		found, err := s.askMonitoring(ctx, question, label)
		if err == nil && !slices.Equal(found, want) {
			err = fmt.Errorf("the monitoring answers %q with %q, not %q", question, strings.Join(found, ", "), strings.Join(want, ", "))
		}
		return err
	})
}

// monitoringGetsNumbers wants that just those servers are asked, that all answer, and with numbers of their own.
func monitoringGetsNumbers(ctx context.Context, list string) error {
	s := from(ctx)
	want, err := s.thoseThatRun(list)
	if err != nil {
		return err
	}
	site, err := s.site("alpha")
	if err != nil {
		return err
	}
	// Servers count requests from the first on: without one there are no numbers.
	asked := []string{"https://" + site.MatrixHost() + "/_matrix/client/versions"}
	if slices.Contains(want, "mas") {
		asked = append(asked, "https://"+site.AuthHost()+"/.well-known/openid-configuration")
	}
	for _, address := range asked {
		if err := getJSON(ctx, s.http(), address, nil); err != nil {
			return err
		}
	}
	if err := s.monitoringAnswers(ctx, "up", "job", want...); err != nil {
		return err
	}
	if err := s.monitoringAnswers(ctx, "up == 1", "job", want...); err != nil {
		return err
	}
	for _, server := range want {
		if err := s.monitoringAnswers(ctx, fmt.Sprintf(`group by (job) ({__name__=~"%s.*"})`, requestNumbers()[server]), "job", server); err != nil {
			return err
		}
	}
	return nil
}

// monitoringReadsDeployed lets Prometheus' own tool read the deployed configuration, which the override of the test world stands in for.
func monitoringReadsDeployed(ctx context.Context) error {
	said, err := from(ctx).stack.Exec(ctx, "prometheus", "promtool", "check", "config", "/etc/prometheus/prometheus.yml")
	if err == nil && !strings.Contains(said, "SUCCESS: 1 rules found") {
		err = fmt.Errorf("the monitoring finds no rule in what the operator deploys: %s", oneLine(said))
	}
	return err
}

// monitoringAsksOften lets a scenario see within its patience what an operator is told within a minute. Only while scenarios have the
// stack to themselves: the homeserver works for most of a second at its numbers.
func monitoringAsksOften(ctx context.Context) error {
	s := from(ctx)
	return s.run.share(s.feature, "prometheus", func() (func(context.Context) error, error) {
		return s.stack.Rewrite(ctx, "prometheus", "/etc/prometheus/prometheus.yml", func(content string) (string, error) {
			// An answer may take as long as the next question: the homeserver is given some time for its numbers.
			often := strings.NewReplacer("scrape_interval: 15s", "scrape_interval: 5s", "evaluation_interval: 15s", "evaluation_interval: 1s").Replace(content)
			if often == content {
				return "", errors.New("nothing in it happens every 15 seconds")
			}
			return often, nil
		})
	})
}

// alert is what the operator is told.
type alert struct {
	Labels, Annotations map[string]string
	State               string
}

// alerts are those that reached the operator: what may still pass is not among them.
func (s *scenario) alerts(ctx context.Context) ([]alert, error) {
	endpoint, err := s.stack.Endpoint(ctx, "prometheus", "9090/tcp")
	if err != nil {
		return nil, err
	}
	var found struct {
		Data struct{ Alerts []alert }
	}
	if err := getJSON(ctx, &http.Client{Timeout: patience}, "http://"+endpoint+"/api/v1/alerts", &found); err != nil {
		return nil, fmt.Errorf("ask the monitoring what it reports: %w", err)
	}
	return slices.DeleteFunc(found.Data.Alerts, func(a alert) bool { return a.State != "firing" }), nil
}

// monitoringReports wants one alert, as an operator's pager takes it: urgent, and naming the server in words.
func monitoringReports(ctx context.Context, server string) error {
	s := from(ctx)
	return eventually(ctx, func(ctx context.Context) error {
		told, err := s.alerts(ctx)
		if err != nil {
			return err
		}
		if len(told) == 0 {
			return fmt.Errorf("the monitoring does not report that %s stopped: no alert is firing", server)
		}
		if len(told) > 1 || told[0].Labels["job"] != server {
			return fmt.Errorf("the monitoring reports more than that %s stopped: %v", server, told)
		}
		name, urgency, words := told[0].Labels["alertname"], told[0].Labels["severity"], told[0].Annotations["summary"]
		if name != "ServerStopped" || urgency != "page" || words != server+" does not answer" {
			return fmt.Errorf("the monitoring reports %s as %q, severity %q, in the words %q", server, name, urgency, words)
		}
		return nil
	})
}

func monitoringReportsNothing(ctx context.Context) error {
	s := from(ctx)
	return eventually(ctx, func(ctx context.Context) error {
		told, err := s.alerts(ctx)
		if err == nil && len(told) > 0 {
			err = fmt.Errorf("the monitoring still reports %v", told)
		}
		return err
	})
}

func restartsOnceReported(ctx context.Context, server string) error {
	if err := monitoringReports(ctx, server); err != nil {
		return err
	}
	return operatorRestarts(ctx, server)
}
