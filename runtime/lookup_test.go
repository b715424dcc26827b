package runtime_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/runtime"
	"github.com/bxmlflow/bxmlflow/runtime/store"
	"github.com/bxmlflow/bxmlflow/runtime/store/memory"
)

// greeting looks the caller up before it answers.
const greeting = `
flow: greeting
uses: {actions: {crm: {with: {phone: string, tags: list}, returns: {name: string}}}}
vars: {name: "", why: ""}
start: {initiate: look}
on: {error: {target: sorry, actions: [{set: {why: "${event.reason}"}}]}}
states:
  look:
    entry: [{crm: {phone: "${call.from}", tags: "${[call.to, call.id]}"}, as: customer, timeout: 1s}, {set: {name: "${vars.customer.name}"}}]
    bxml: [{Gather: {maxDigits: 1, nested: [{SpeakSentence: "Hello ${vars.name}."}]}}]
    on: {gather: [{guard: event.digits == "9", target: sorry}, {target: look}]}
  sorry: {type: final, bxml: [{SpeakSentence: "Sorry, ${vars.why}."}, Hangup]}
`

// crm returns a kit with one look-up.
func crm(action runtime.Action) runtime.Kit {
	return runtime.Kit{Actions: map[string]runtime.Action{"crm": action}}
}

func TestADuplicateWaitsForTheLookUpOfTheFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release, calls := make(chan struct{}), atomic.Int32{}
		b := start(t, runtime.Config{Flows: set(t, flow.Options{}, greeting), Kit: crm(func(context.Context, runtime.ActionCall) (map[string]any, error) {
			calls.Add(1)
			<-release
			return map[string]any{"name": "Ada"}, nil
		})})
		answers := make([]answer, 8)
		var all sync.WaitGroup
		for i := range answers {
			all.Go(func() { answers[i] = b.post("/flows/greeting", webhook("initiate", callA)) })
		}
		synctest.Wait() // all of them wait
		close(release)
		all.Wait()
		for _, a := range answers {
			if a.words(t) != "Hello Ada." || a.body != answers[0].body {
				t.Errorf("the caller hears %q", a.words(t))
			}
		}
		if n := calls.Load(); n != 1 {
			t.Errorf("looked up %d times", n)
		}
	})
}

func TestALookUpThatFails(t *testing.T) {
	tests := []struct {
		sentence string
		action   runtime.Action
	}{
		{"by an error", func(context.Context, runtime.ActionCall) (map[string]any, error) { return nil, errors.New("no") }},
		{"by a panic", func(context.Context, runtime.ActionCall) (map[string]any, error) { panic("no") }},
		{"by taking too long", func(ctx context.Context, _ runtime.ActionCall) (map[string]any, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}},
		{"by a result of the wrong type", func(context.Context, runtime.ActionCall) (map[string]any, error) {
			return map[string]any{"name": make(chan int)}, nil
		}},
		{"by a result that is too large", func(context.Context, runtime.ActionCall) (map[string]any, error) {
			return map[string]any{"name": strings.Repeat("x", 70<<10)}, nil
		}},
	}
	for _, tt := range tests {
		t.Run(tt.sentence, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := start(t, runtime.Config{Flows: set(t, flow.Options{}, greeting), Kit: crm(tt.action)})
				first := b.post("/flows/greeting", webhook("initiate", callA))
				if got := first.words(t); got != "Sorry, action." && got != runtime.DefaultApology {
					t.Errorf("the caller hears %q", got)
				}
				if f := b.last().Faults; len(f) == 0 || f[0].Reason != flow.ReasonAction {
					t.Errorf("faults %+v", f)
				}
				if again := b.post("/flows/greeting", webhook("initiate", callA)); again.body != first.body {
					t.Errorf("again: %s", again.body)
				}
			})
		})
	}
}

func TestActionsThatIgnoreTheirTimeAreRefusedInTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release, calls := make(chan struct{}), atomic.Int32{}
		b := start(t, runtime.Config{Flows: set(t, flow.Options{}, greeting), Kit: crm(func(_ context.Context, c runtime.ActionCall) (map[string]any, error) {
			calls.Add(1)
			<-release
			c.With["phone"] = "changed long after"
			return nil, nil
		})})
		for n := range 40 {
			if got := b.post("/flows/greeting", webhook("initiate", call(n))).words(t); got == "Hello ." {
				t.Errorf("call %d hears %q", n, got)
			}
		}
		if calls.Load() != 32 || b.Stats().Stuck != 32 {
			t.Errorf("%d calls, %d stuck, want 32", calls.Load(), b.Stats().Stuck)
		}
		close(release)
		synctest.Wait()
		if n := b.Stats().Stuck; n != 0 {
			t.Errorf("%d are still counted", n)
		}
	})
}

func TestAnActionOwnsItsArguments(t *testing.T) {
	calls := 0
	b := quiet(t, runtime.Config{Flows: set(t, flow.Options{}, greeting), Kit: crm(func(_ context.Context, c runtime.ActionCall) (map[string]any, error) {
		calls++
		if c.With["phone"] != "+15551112222" || c.CallID != callA || c.Flow != "greeting" || c.Key != "" {
			t.Errorf("%+v", c)
		}
		c.With["tags"].([]any)[0] = "changed"
		clear(c.With)
		return map[string]any{"name": "Ada"}, nil
	})})
	if got := b.post("/flows/greeting", webhook("initiate", callA)).words(t); got != "Hello Ada." || calls != 1 {
		t.Errorf("the caller hears %q after %d look-ups", got, calls)
	}
}

func TestALostRaceDoesNotRepeatTheLookUp(t *testing.T) {
	f, lost, calls := &faults{Store: memory.New()}, false, 0
	f.onSave = func(ctx context.Context, u *store.Update) (uint64, error) {
		if !lost {
			lost = true
			return 0, store.ErrConflict
		}
		return f.Store.Save(ctx, u)
	}
	b := start(t, runtime.Config{Flows: set(t, flow.Options{}, greeting), Store: f, Kit: crm(func(context.Context, runtime.ActionCall) (map[string]any, error) {
		calls++
		return map[string]any{"name": "Ada"}, nil
	})})
	for range 3 {
		if got := b.post("/flows/greeting", webhook("initiate", callA)).words(t); got != "Hello Ada." {
			t.Errorf("the caller hears %q", got)
		}
	}
	if calls != 1 || !lost {
		t.Errorf("looked up %d times", calls)
	}
}

func TestPlugInsThatPanicCostNobodyTheCall(t *testing.T) {
	upper := flow.Function{Params: []flow.Type{flow.String}, Result: flow.String, Call: func(...any) (any, error) { panic("function") }}
	text := "flow: odd\nuses: {functions: {shout: {params: [string], returns: string}}}\nstart: {initiate: ask}\nstates:\n  ask:\n    bxml: [{SpeakSentence: \"${shout(call.from)}\"}, Hangup]\n    type: final\n"
	flows := set(t, flow.Options{Functions: map[string]flow.Function{"shout": upper}}, text, menu)
	b := start(t, runtime.Config{Flows: flows, Kit: runtime.Kit{
		Functions: map[string]flow.Function{"shout": upper},
		Observers: []runtime.Observer{func(*runtime.Trace) { panic("observer") }},
		Middleware: []func(http.Handler) http.Handler{func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
				if r.Header.Get("Panic") != "" {
					panic("middleware")
				}
				next.ServeHTTP(rw, r)
			})
		}},
	}})
	if got := b.post("/flows/odd", webhook("initiate", callA)).words(t); got != runtime.DefaultApology {
		t.Errorf("a function that panics: the caller hears %q", got)
	}
	if got := b.post("/flows/menu", webhook("initiate", call(1))).words(t); got != "Press a key. Try 1." {
		t.Errorf("an observer that panics: the caller hears %q", got)
	}
	r := httptest.NewRequest(http.MethodPost, "/flows/menu", strings.NewReader(webhook("initiate", call(2))))
	r.Header.Set("Panic", "yes")
	if got := b.do(r).words(t); got != runtime.DefaultApology {
		t.Errorf("middleware that panics: the caller hears %q", got)
	}
	for _, who := range []string{"observer", "middleware"} {
		if !strings.Contains(b.log.String(), who) {
			t.Errorf("the log does not mention the panic of the %s", who)
		}
	}
}

// asked is what a service was asked.
type asked struct{ Method, URL, Key, Body string }

// service answers every request with status and JSON, and notes it.
func service(t *testing.T, status func(n int) int, body string) (*httptest.Server, func() []asked) {
	t.Helper()
	var mu sync.Mutex
	var list []asked
	s := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		text, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		mu.Lock()
		list = append(list, asked{r.Method, r.URL.String(), r.Header.Get("Idempotency-Key"), string(text)})
		n := len(list)
		mu.Unlock()
		rw.Header().Set("Content-Type", "application/json")
		rw.WriteHeader(status(n))
		io.WriteString(rw, body)
	}))
	t.Cleanup(s.Close)
	return s, func() []asked {
		mu.Lock()
		defer mu.Unlock()
		return append([]asked(nil), list...)
	}
}

func TestTheHTTPActionEndToEnd(t *testing.T) {
	s, requests := service(t, func(int) int { return http.StatusOK }, `{"name":"Ada","orders":[1,2]}`)
	host := strings.TrimPrefix(s.URL, "http://")
	text := strings.ReplaceAll(`
flow: shop
start: {initiate: look}
states:
  look:
    entry:
      - {http: {method: GET, url: "http://HOST/customers", query: {phone: "${call.from}"}}, as: customer, onError: down}
      - {http: {method: POST, url: "http://HOST/score", json: {name: "${vars.customer.body.name}"}, lookup: true}, as: score, onError: down}
    bxml: [{SpeakSentence: "${vars.customer.body.name} has ${len(vars.score.body.orders)}, ${vars.customer.status}."}, Hangup]
    type: final
  down: {type: final, bxml: [{SpeakSentence: Down.}, Hangup]}
`, "HOST", host)
	b := start(t, runtime.Config{Flows: set(t, flow.Options{}, text), Hosts: []runtime.Host{{Name: host, Private: true}}})
	for range 2 { // the second is a duplicate
		if got := b.post("/flows/shop", webhook("initiate", callA)).words(t); got != "Ada has 2, 200." {
			t.Errorf("the caller hears %q", got)
		}
	}
	want := []asked{{Method: "GET", URL: "/customers?phone=%2B15551112222"}, {Method: "POST", URL: "/score", Body: `{"name":"Ada"}`}}
	if diff := cmp.Diff(want, requests()); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
	closed := start(t, runtime.Config{Flows: set(t, flow.Options{}, text)})
	if got := closed.post("/flows/shop", webhook("initiate", callA)).words(t); got != "Down." {
		t.Errorf("with no host allowed the caller hears %q", got)
	}
	s.CloseClientConnections()
}

func TestAnEffectIsPostedWithItsKey(t *testing.T) {
	s, requests := service(t, func(int) int { return http.StatusNoContent }, "")
	host := strings.TrimPrefix(s.URL, "http://")
	text := strings.ReplaceAll("flow: post\nstart: {initiate: end}\nstates:\n  end:\n    entry: [{http: {method: POST, url: \"http://HOST/calls\", json: {call: \"${call.id}\"}}}]\n    type: final\n    bxml: [Hangup]\n", "HOST", host)
	f := &faults{Store: memory.New()}
	settled := make(chan struct{})
	f.onSave = func(ctx context.Context, u *store.Update) (uint64, error) {
		version, err := f.Store.Save(ctx, u)
		if !u.Pending {
			close(settled)
		}
		return version, err
	}
	b := start(t, runtime.Config{Flows: set(t, flow.Options{}, text), Store: f, Hosts: []runtime.Host{{Name: host, Private: true}}})
	b.post("/flows/post", webhook("initiate", callA))
	<-settled
	body, err := json.Marshal(map[string]string{"call": callA})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]asked{{"POST", "/calls", callA + ":1", string(body)}}, requests()); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}
