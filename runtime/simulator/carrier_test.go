package simulator

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bxmlflow/bxmlflow/flow/event"
)

const (
	caller = "+15550001111"
	desk   = "+15550002222"
	callee = "+15550003333"
	appID  = "04e88489-df02-4e34-a0ee-27a91849555f"
)

var began = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// world is a carrier with an application whose answers are written down.
type world struct {
	*testing.T
	*Carrier
	answers  map[string]string           // by path: BXML, or "!404" for a status, or "" for an empty 200
	handlers map[string]http.HandlerFunc // by path
	got      []*event.Event              // webhooks in their order
	at       []time.Time                 // when they came
	requests []*http.Request
	feed     []Event
}

// newWorld makes a carrier whose number desk belongs to an application at https://app.example/. It fails the test when a webhook
// is not as documented.
func newWorld(t *testing.T, answers map[string]string, change ...func(*Config)) *world {
	t.Helper()
	w := &world{T: t, answers: answers, handlers: map[string]http.HandlerFunc{}}
	cfg := Config{Seed: 7, Start: began, Transport: Direct(http.HandlerFunc(w.serve)), Observe: func(e Event) { w.feed = append(w.feed, e) }}
	cfg.Numbers = map[string]Application{desk: {ID: appID, URL: "https://app.example/initiate", StatusURL: "https://app.example/disconnect"}}
	for _, f := range change {
		f(&cfg)
	}
	c, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	w.Carrier = c
	return w
}

func (w *world) serve(rw http.ResponseWriter, r *http.Request) {
	e := new(event.Event)
	var err error
	if r.Method == http.MethodGet {
		err = e.DecodeQuery(r.URL.RawQuery)
	} else {
		var body []byte
		body, _ = io.ReadAll(r.Body)
		err = e.DecodeJSON(body)
	}
	if err != nil {
		w.Errorf("%s %s: %v", r.Method, r.URL, err)
	}
	for _, p := range e.Problems() {
		w.Errorf("%s %s: %s", r.Method, r.URL.Path, p.Message)
	}
	w.got, w.at, w.requests = append(w.got, e), append(w.at, w.Now()), append(w.requests, r)
	if h := w.handlers[r.URL.Path]; h != nil {
		h(rw, r)
		return
	}
	answer := w.answers[r.URL.Path]
	if status, ok := strings.CutPrefix(answer, "!"); ok {
		var code int
		_, _ = fmt.Sscan(status, &code)
		rw.WriteHeader(code)
		return
	}
	if answer != "" && !strings.HasPrefix(answer, "<Response") && !strings.HasPrefix(answer, "garbage") {
		answer = "<Response>" + answer + "</Response>"
	}
	_, _ = io.WriteString(rw, answer)
}

// call places a call from caller to desk and settles.
func (w *world) call() string {
	w.Helper()
	id, err := w.Place(Inbound{From: caller, To: desk})
	w.check(err)
	w.settle()
	return id
}

// dial makes an outbound call with the URLs of the application.
func (w *world) dial(change ...func(*creation)) string {
	w.Helper()
	x := creation{To: callee, From: desk, ApplicationID: appID, AnswerURL: "https://app.example/answer", DisconnectURL: "https://app.example/disconnect"}
	for _, f := range change {
		f(&x)
	}
	w.mu.Lock()
	l, err := w.createCall(x)
	w.mu.Unlock()
	w.check(err)
	return l.id
}

func (w *world) check(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) settle() {
	w.Helper()
	w.check(w.Settle(context.Background()))
}

func (w *world) advance(d time.Duration) {
	w.Helper()
	w.check(w.Advance(context.Background(), d))
}

// events returns the webhooks so far as words: the type and the fields that tell most.
func (w *world) events() string {
	var out []string
	for _, e := range w.got {
		s := e.TypeName()
		for _, id := range []event.FieldID{event.FieldDigits, event.FieldTerminatingDigit, event.FieldText, event.FieldDigit, event.FieldCause, event.FieldTag,
			event.FieldReferCallStatus, event.FieldDuration} {
			if v := e.Str(id); v != "" {
				s += " " + v
			}
		}
		out = append(out, s)
	}
	return strings.Join(out, "; ")
}

func (w *world) want(events string) {
	w.Helper()
	if got := w.events(); got != events {
		w.Errorf("webhooks:\n got %s\nwant %s", got, events)
	}
}

// last returns the last webhook of a type.
func (w *world) last(name string) *event.Event {
	w.Helper()
	for _, e := range slices.Backward(w.got) {
		if e.TypeName() == name {
			return e
		}
	}
	w.Fatalf("no %s among %s", name, w.events())
	return nil
}

// log returns the feed as text.
func (w *world) log() string {
	var b strings.Builder
	for _, e := range w.feed {
		b.WriteString(e.String() + "\n")
	}
	return b.String()
}
