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
	// Servers count requests from the first on: without one there are no numbers.
	site, err := s.site("alpha")
	if err != nil {
		return err
	}
	if err := getJSON(ctx, s.http(), "https://"+site.MatrixHost()+"/_matrix/client/versions", nil); err != nil {
		return err
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
			often := strings.ReplaceAll(content, "_interval: 15s", "_interval: 1s")
			if often == content {
				return "", errors.New("nothing in it happens every 15 seconds")
			}
			return often, nil
		})
	})
}

const firing = `ALERTS{alertname="ServerStopped", alertstate="firing"}`

func monitoringReports(ctx context.Context, server string) error {
	return from(ctx).monitoringAnswers(ctx, firing, "job", server)
}

func monitoringReportsNothing(ctx context.Context) error {
	return from(ctx).monitoringAnswers(ctx, firing, "job")
}

func restartsOnceReported(ctx context.Context, server string) error {
	if err := monitoringReports(ctx, server); err != nil {
		return err
	}
	return operatorRestarts(ctx, server)
}
