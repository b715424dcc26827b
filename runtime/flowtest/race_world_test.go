package flowtest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/runtime"
	"github.com/bxmlflow/bxmlflow/runtime/bandwidth"
	"github.com/bxmlflow/bxmlflow/runtime/simulator"
	"github.com/bxmlflow/bxmlflow/runtime/store/memory"
)

const (
	caller      = "+15551110000"
	number      = "+15559990000"
	agent       = "+15553330001"
	otherAgent  = "+15553330002"
	application = "00000000-0000-4000-8000-00000000000a"
	public      = "https://flows.test"
)

// trial is one run of a race: an engine and a carrier in virtual time, whose chances come from the seed.
type trial struct {
	*rand.Rand
	engine  *runtime.Engine
	handler http.Handler
	carrier *simulator.Carrier
	feed    []simulator.Event
	caller  string // callId
	busy    time.Time
	lossy   int // of a hundred answers to createCall, those that are lost or late
	steps   []*runtime.Trace
}

// begin sets a trial up and lets a person call.
func begin(set *flow.Set, name string, seed uint64) (*trial, error) {
	w := &trial{Rand: rand.New(rand.NewPCG(seed, 7))}
	link := public + runtime.PathPrefix + name
	var err error
	w.carrier, err = simulator.New(simulator.Config{
		Seed: seed, Start: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), Transport: simulator.Direct(w), Work: w,
		Numbers: map[string]simulator.Application{number: {ID: application, URL: link, StatusURL: link}},
		Choices: simulator.Choices{Shuffle: true, NoLimits: true, TypeAhead: w.IntN(2) == 0},
		Latency: time.Duration(w.IntN(4)) * 50 * time.Millisecond,
		Observe: func(e simulator.Event) { w.feed = append(w.feed, e) },
	})
	if err != nil {
		return nil, err
	}
	client, err := bandwidth.New(bandwidth.Config{
		AccountID: "9900000", Username: "u", Password: "p", Attempts: 1, Clock: w.carrier.Now,
		HTTP: &http.Client{Transport: &flaky{w, simulator.Direct(w.carrier.Handler())}},
	})
	if err != nil {
		return nil, err
	}
	kit := runtime.Kit{}
	if seed%4 == 0 { // they take their time
		kit.Observers = []runtime.Observer{func(t *runtime.Trace) { w.steps = append(w.steps, t) }}
	}
	w.engine, err = runtime.New(runtime.Config{
		Kit: kit, Flows: set, Store: memory.New(), Logger: slog.New(slog.DiscardHandler), Clock: w.carrier.Now, PublicURL: public, Carrier: client,
		ApplicationID: application, TokenKeys: [][]byte{[]byte("of races, 32 bytes, no secret at")}, Manual: true,
	})
	if err != nil {
		return nil, err
	}
	w.handler = w.engine.Handler()
	w.disturb()
	w.caller, err = w.carrier.Place(simulator.Inbound{From: caller, To: number})
	return w, err
}

// disturb lets some webhooks go wrong. A disconnect that is lost twice is made good by the expiry of the machine, much later.
func (w *trial) disturb() {
	events := []string{"answer", "gather", "redirect", "bridgeComplete", "bridgeTargetComplete", "disconnect", "recordComplete"}
	kinds := []simulator.FaultKind{simulator.Duplicate, simulator.Delay, simulator.Reorder, simulator.Slow}
	for range w.IntN(4) {
		w.carrier.Fault(simulator.Fault{
			Kind: kinds[w.IntN(len(kinds))], Event: events[w.IntN(len(events))], Delay: time.Duration(w.IntN(8)) * 100 * time.Millisecond,
		})
	}
}

// ServeHTTP takes the webhooks.
func (w *trial) ServeHTTP(rw http.ResponseWriter, r *http.Request) { w.handler.ServeHTTP(rw, r) }

// Settle does what is due, unless those who do it are busy just now: effects may come late.
func (w *trial) Settle(ctx context.Context) error {
	if w.carrier.Now().Before(w.busy) {
		return nil
	}
	if w.IntN(4) == 0 {
		w.busy = w.carrier.Now().Add(time.Duration(w.IntN(300)) * time.Millisecond)
	}
	return w.engine.Settle(ctx)
}

// Next tells when there is more to do.
func (w *trial) Next(ctx context.Context) (time.Time, bool) {
	at, ok := w.engine.Next(ctx)
	if ok && at.Before(w.busy) {
		at = w.busy
	}
	return at, ok
}

// pass lets the time pass.
func (w *trial) pass(d time.Duration) error { return w.carrier.Advance(context.Background(), d) }

// soon returns a moment of at most so many steps of 50 ms: two people often act in the same one.
func (w *trial) soon(n int) time.Duration { return time.Duration(w.IntN(n)) * 50 * time.Millisecond }

// leg returns the last call to a number that has not ended, "" for none.
func (w *trial) leg(to string) string {
	id := ""
	for _, c := range w.carrier.Calls() {
		if c.To == to && c.State != simulator.StateDisconnected {
			id = c.ID
		}
	}
	return id
}

// may lets people do something that may be impossible by now: races are about that.
func may(...error) {}

// flaky loses answers to createCall, and lets the webhook of the new call overtake others.
type flaky struct {
	*trial
	carrier http.RoundTripper
}

// RoundTrip is for http.RoundTripper.
func (f *flaky) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method != http.MethodPost || !strings.HasSuffix(r.URL.Path, "/calls") || f.IntN(100) >= f.lossy {
		return f.carrier.RoundTrip(r)
	}
	sent, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	again := r.Clone(r.Context())
	again.Body = io.NopCloser(bytes.NewReader(sent))
	res, err := f.carrier.RoundTrip(again)
	if err != nil {
		return nil, err
	}
	if f.IntN(2) == 0 {
		return nil, errors.New("the answer was lost")
	}
	body, err := io.ReadAll(res.Body)
	if err == nil {
		err = f.overtake(sent, body)
	}
	res.Body = io.NopCloser(bytes.NewReader(body))
	return res, err
}

// overtake delivers the answer event of a call before the answer to its createCall.
func (f *flaky) overtake(sent, got []byte) error {
	var asked, made struct{ AnswerURL, CallID, To, From string }
	if err := errors.Join(json.Unmarshal(sent, &asked), json.Unmarshal(got, &made)); err != nil || made.CallID == "" {
		return err
	}
	body, err := json.Marshal(map[string]string{"eventType": "answer", "callId": made.CallID, "to": made.To, "from": made.From, "direction": "outbound"})
	if err != nil {
		return err
	}
	link, err := url.Parse(asked.AnswerURL)
	if err != nil {
		return err
	}
	r := &http.Request{Method: http.MethodPost, URL: link, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body))}
	_, err = simulator.Direct(f.trial).RoundTrip(r)
	return err
}

// printed writes the feed of a trial that failed.
func (w *trial) printed(t *testing.T) {
	t.Helper()
	for _, e := range w.feed {
		t.Log(e)
	}
}
