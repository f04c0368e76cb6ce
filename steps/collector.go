package steps

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/cucumber/godog"
)

// collector listens to the scenarios of all passes and keeps what became of each.
type collector struct {
	index    index
	progress *progress

	mu      sync.Mutex
	results []Result
}

func newCollector(out io.Writer, terminal bool, chosen selection) *collector {
	return &collector{index: chosen.index, progress: newProgress(out, terminal, chosen.count())}
}

// record is one scenario while it runs. Steps of a scenario run one after another.
type record struct {
	Result
	plan  []StepResult // each step as it stands in its file
	skip  string       // why it cannot run
	begun time.Time    // of the step that runs
}

type recordKey struct{}

func recordFrom(ctx context.Context) *record {
	r, _ := ctx.Value(recordKey{}).(*record)
	return r
}

// hooks must be registered before all others, so that they see every scenario.
func (c *collector) hooks(sc *godog.ScenarioContext) {
	sc.Before(func(ctx context.Context, pickle *godog.Scenario) (context.Context, error) {
		r := c.index.record(pickle)
		r.Started = time.Now()
		c.progress.begin(r.Result)
		return context.WithValue(ctx, recordKey{}, r), nil
	})
	sc.StepContext().Before(func(ctx context.Context, _ *godog.Step) (context.Context, error) {
		if r := recordFrom(ctx); r != nil {
			r.begun = time.Now()
		}
		return ctx, nil
	})
	sc.StepContext().After(func(ctx context.Context, step *godog.Step, status godog.StepResultStatus, err error) (context.Context, error) {
		if r := recordFrom(ctx); r != nil {
			r.stepEnded(step, status, err)
		}
		return ctx, nil
	})
}

func (r *record) stepEnded(step *godog.Step, status godog.StepResultStatus, err error) {
	done := StepResult{Text: step.Text, Status: status.String(), Duration: time.Since(r.begun)}
	if at := len(r.Steps); at < len(r.plan) {
		done.Keyword, done.Line, done.Table, done.Doc = r.plan[at].Keyword, r.plan[at].Line, r.plan[at].Table, r.plan[at].Doc
	}
	if err != nil && !errors.Is(err, godog.ErrSkip) {
		done.Error = redact(err.Error() + crashed(err))
	}
	if status == godog.StepUndefined {
		done.Error = "no step has these words; see steps/words_*.go, or write it there"
	}
	r.Steps = append(r.Steps, done)
}

// finish closes a scenario. closing is what ending it came to, beyond its steps.
func (c *collector) finish(ctx context.Context, failure, closing error) Result {
	r := recordFrom(ctx)
	r.Duration = time.Since(r.Started)
	broken := r.failedStep()
	switch {
	case r.skip != "":
		r.Status, r.Reason = Skipped, r.skip
	case broken != nil && broken.Status == "undefined":
		r.Status, r.Reason = Failed, broken.Error
	case failure != nil && !errors.Is(failure, godog.ErrSkip):
		r.Status, r.Reason = Failed, redact(failure.Error()+crashed(failure))
	case broken != nil:
		r.Status, r.Reason = Failed, fmt.Sprintf("a step is %s", broken.Status)
	case closing == nil && slices.ContainsFunc(r.Steps, func(s StepResult) bool { return s.Status == "skipped" }):
		r.Status, r.Reason = Failed, "it was skipped without a reason"
	default:
		r.Status = Passed
	}
	if closing != nil {
		r.Status, r.Reason = Failed, strings.TrimPrefix(r.Reason+"; "+redact(closing.Error()), "; ")
	}
	if done := len(r.Steps); done < len(r.plan) { // godog ends a scenario at the step that fails
		r.Steps = append(r.Steps, r.plan[done:]...)
	}
	return r.Result
}

// add keeps a finished scenario.
func (c *collector) add(result Result) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.results = append(c.results, result)
	c.progress.end(result)
}

// Results returns what is finished, ordered by place.
func (c *collector) Results() []Result {
	c.mu.Lock()
	defer c.mu.Unlock()
	sorted := slices.Clone(c.results)
	slices.SortFunc(sorted, func(a, b Result) int {
		return cmp.Or(strings.Compare(a.File, b.File), a.Line-b.Line, strings.Compare(a.Name, b.Name))
	})
	return sorted
}

func (c *collector) failed() int { return Verdict{Results: c.Results()}.count(Failed) }

// crashed says where this program made a mistake, when it was its own: godog catches it and knows its place.
func crashed(err error) string {
	if !strings.Contains(err.Error(), "runtime error: ") {
		return ""
	}
	place := regexp.MustCompile(`matrixstack/\S+\s+\S*/([\w-]+/[\w-]+\.go:\d+)`).FindStringSubmatch(fmt.Sprintf("%+v", err))
	if place == nil {
		return ""
	}
	return "; that is a mistake of this harness, at " + place[1]
}
