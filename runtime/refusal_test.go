package runtime_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/runtime"
	"github.com/bxmlflow/bxmlflow/runtime/store"
	"github.com/bxmlflow/bxmlflow/runtime/store/memory"
)

// lines returns the lines of the log of at least a warning.
func (b *bench) lines() []string {
	var list []string
	for line := range strings.Lines(b.log.String()) {
		if strings.Contains(line, "level=WARN") || strings.Contains(line, "level=ERROR") {
			list = append(list, line)
		}
	}
	return list
}

// outbound is a flow that calls out, and so starts with answer.
var outbound = strings.NewReplacer("flow: menu", "flow: outbound", "initiate: ask, ", "").Replace(menu)

func TestEveryRefusalIsLoggedOnce(t *testing.T) {
	login := []runtime.Credential{{Username: "user", Password: "pass-canary"}}
	post := func(target, body, contentType string, login bool) *http.Request {
		r := httptest.NewRequest(http.MethodPost, target, strings.NewReader(body))
		r.Header.Set("Content-Type", contentType)
		if login {
			r.SetBasicAuth("user", "pass-canary")
		}
		return r
	}
	const json = "application/json"
	initiate := webhook("initiate", callA)
	tests := []struct {
		sentence string
		request  *http.Request
		status   int
		says     string // to the client
		log      string
	}{
		{"no credentials", post("/flows/menu?x=query-canary", initiate, json, false), 401, "a user name and password are needed", `why="neither a token nor credentials" flow=menu status=401`},
		{"an unknown flow", post("/flows/nobody", initiate, json, true), 404, "there is no such flow", `why="there is no such flow" flow=nobody status=404`},
		{"a token that is not valid", post("/flows/menu?t=token-canary", initiate, json, true), 403, "the token in the URL is not valid", `why="token not valid" flow=menu status=403`},
		{"a token is missing", post("/flows/menu", gather(callA, "1"), json, true), 403, "the token in the URL", `why="a token is required, and it bears none" flow=menu status=403 call=` + callA + ` event=gather`},
		{"too large", post("/flows/menu", strings.Repeat(" ", 70<<10), json, true), 413, "the webhook is too large", `why="the webhook is too large" flow=menu status=413`},
		{"another content type", post("/flows/menu", "a=b", "text/plain", true), 400, `the content type is "text/plain", not application/json`, `msg="webhook not understood" why="the content type is \"text/plain\", not application/json" flow=menu`},
		{"no JSON", post("/flows/menu", "hello", json, true), 400, "this is no webhook of Bandwidth Programmable Voice", `msg="webhook not understood"`},
		{"an event that the flow does not start with", post("/flows/outbound", initiate, json, true), 200, "We are sorry", `msg="flow outbound does not start with initiate" flow=outbound call=` + callA + ` event=initiate answer=apology help="it starts with answer`},
	}
	for _, tt := range tests {
		t.Run(tt.sentence, func(t *testing.T) {
			b := quiet(t, runtime.Config{Flows: set(t, flow.Options{}, menu, outbound), Credentials: login, RequireToken: true})
			got := b.do(tt.request)
			if got.status != tt.status || !strings.Contains(got.body, tt.says) {
				t.Errorf("status %d, want %d: %s", got.status, tt.status, got.body)
			}
			if lines := b.lines(); len(lines) != 1 || !strings.Contains(lines[0], "level=WARN") || !strings.Contains(lines[0], tt.log) {
				t.Errorf("the log says\n%s\nand should say once\n%s", strings.Join(lines, ""), tt.log)
			}
			if strings.Contains(b.log.String(), "canary") {
				t.Errorf("the log holds a secret: %s", b.log)
			}
		})
	}
}

func TestAnUnknownCallThatHearsTheApologyIsLogged(t *testing.T) {
	b := quiet(t, runtime.Config{Flows: set(t, flow.Options{}, menu)})
	if got := b.post("/flows/menu", gather(callA, "1")).words(t); got != runtime.DefaultApology {
		t.Errorf("the caller hears %q", got)
	}
	if lines := b.lines(); len(lines) != 1 || !strings.Contains(lines[0], `msg="gather is for a call that is not known" flow=menu`) {
		t.Errorf("the log says\n%s", b.log)
	}
}

func TestALookUpThatTakesItsOnErrorTellsWhy(t *testing.T) {
	flows := set(t, flow.Options{}, `
flow: shop
start: {initiate: look}
states:
  look:
    entry: [{http: {method: GET, url: "http://127.0.0.1:1/customers"}, as: customer, onError: down}]
    bxml: [Hangup]
    type: final
  down: {type: final, bxml: [{SpeakSentence: Down.}, Hangup]}
`)
	b := start(t, runtime.Config{Flows: flows})
	if got := b.post("/flows/shop", webhook("initiate", callA)).words(t); got != "Down." {
		t.Errorf("the caller hears %q", got)
	}
	if h := b.last().Handled; len(h) != 1 || h[0].Reason != flow.ReasonAction || !strings.Contains(h[0].Message, "host refused") {
		t.Errorf("the trace says %+v", h)
	}
	lines := b.lines()
	if len(lines) != 2 || !strings.Contains(lines[1], "level=WARN") || !strings.Contains(lines[1], "host refused") {
		t.Errorf("the log says\n%s", b.log)
	}
}

// reporting sends an effect to a service and tells what became of it.
const reporting = `
flow: reporting
on: {error: {actions: [{log: "raised ${event.reason}, ${event.message}"}]}}
start: {initiate: ask}
states:
  ask:
    entry: [{http: {method: POST, url: "http://HOST/calls", json: {call: "${call.id}"}}}]
    bxml: [{Gather: {maxDigits: 1}}]
    on: {gather: bye}
  bye: {type: final, bxml: [Hangup]}
`

func TestAnEffectThatIsAnsweredWithAnErrorHasFailed(t *testing.T) {
	now := time.Date(2026, 11, 20, 10, 0, 5, 0, time.UTC)
	tests := []struct {
		status int
		again  time.Duration // when it is tried again, 0 for never
		log    []string
	}{
		{http.StatusNotFound, 0, []string{"level=WARN msg=\"effect given up: the service refuses it\"", "answered with status 404", "raised effect, http: answered with status 404"}},
		{http.StatusInternalServerError, time.Second, nil},
		{http.StatusTooManyRequests, time.Second, nil},
	}
	for _, tt := range tests {
		t.Run(http.StatusText(tt.status), func(t *testing.T) {
			s, requests := service(t, func(int) int { return tt.status }, "")
			host := strings.TrimPrefix(s.URL, "http://")
			f, settled := &faults{Store: memory.New()}, make(chan int64, 8)
			f.onSave = func(ctx context.Context, u *store.Update) (uint64, error) {
				version, err := f.Store.Save(ctx, u)
				if !u.Pending {
					settled <- u.Due
				}
				return version, err
			}
			b := start(t, runtime.Config{
				Flows: set(t, flow.Options{}, strings.ReplaceAll(reporting, "HOST", host)), Store: f,
				Hosts: []runtime.Host{{Name: host, Private: true}}, Clock: func() time.Time { return now },
			})
			b.post("/flows/reporting", webhook("initiate", callA))
			due := <-settled
			if want := now.Add(tt.again).UnixMilli(); tt.again > 0 && due != want || tt.again == 0 && due != 0 {
				t.Errorf("it is tried again at %d", due)
			}
			if err := b.Close(t.Context()); err != nil {
				t.Fatal(err)
			}
			if n := len(requests()); n != 1 {
				t.Errorf("asked %d times", n)
			}
			if got := strings.Count(b.log.String(), "given up"); (got == 1) != (len(tt.log) > 0) {
				t.Errorf("given up %d times:\n%s", got, b.log)
			}
			for _, want := range tt.log {
				if !strings.Contains(b.log.String(), want) {
					t.Errorf("the log does not say %s:\n%s", want, b.log)
				}
			}
		})
	}
}

func TestHostsThatAFlowAsksAndMayNotAreNamedAtTheStart(t *testing.T) {
	flows := set(t, flow.Options{}, strings.ReplaceAll(reporting, "HOST", "api.example.com"))
	closed := start(t, runtime.Config{Flows: flows, Hosts: []runtime.Host{{Name: "*.example.org"}}})
	if lines := closed.lines(); len(lines) != 1 || !strings.Contains(lines[0], "flow=reporting host=api.example.com") {
		t.Errorf("the log says\n%s", closed.log)
	}
	for _, host := range []string{"api.example.com", "*.example.com", "api.example.com:443"} {
		if open := start(t, runtime.Config{Flows: flows, Hosts: []runtime.Host{{Name: host}}}); open.log.String() != "" {
			t.Errorf("with %s the log says\n%s", host, open.log)
		}
	}
}
