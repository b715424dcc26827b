package runtime

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	goruntime "runtime"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/runtime/internal/token"
	"github.com/bxmlflow/bxmlflow/runtime/store"
	"github.com/bxmlflow/bxmlflow/runtime/store/memory"
)

// The benchmarks compare the engine with what people write by hand: net/http, encoding/json into a struct, a map of calls
// and a bytes.Buffer. Both serve the same calls with the same bodies and give the same words. Run them with `make bench`,
// which prints the ratio.

// benchFlow is the flow of the comparison, and floor the same by hand.
const benchFlow = `
flow: bench
retention: 1s
start: {initiate: menu}
vars: {tries: 0, caller: "", agent: "", score: 0}
states:
  menu:
    bxml:
      - Gather:
          maxDigits: 1
          nested: [{SpeakSentence: "Hello ${call.from}, press 1 for an agent or 2 to leave a message."}]
    on:
      gather:
        - {guard: event.digits == "1" && vars.tries < 3, target: agent, actions: [{set: {tries: "${vars.tries + 1}", agent: "a-17"}}]}
        - {guard: event.digits == "2", target: voicemail}
        - target: menu
  agent:
    bxml:
      - SpeakSentence: We connect you now.
      - Bridge: c-95ac8d6e-1a31c52e-b38f-4198-93c1-51633ec68f8d
    on:
      bridgeComplete:
        - {guard: event.cause == "busy" && vars.tries < 3, target: agent, actions: [{set: {tries: "${vars.tries + 1}", score: "${vars.score + 2}"}}]}
        - target: voicemail
  voicemail:
    bxml:
      - SpeakSentence: Please leave a message after the tone.
      - Record: {maxDuration: 60}
    on: {recordComplete: bye}
  bye: {type: final, bxml: [{SpeakSentence: Thank you. Goodbye.}, Hangup]}
`

// benchCall are the webhooks of one call; %s is the callId.
var benchCall = []string{
	benchEvent("initiate", ""),
	benchEvent("gather", `,"digits":"1","terminatingDigit":""`),
	benchEvent("bridgeComplete", `,"cause":"busy","errorMessage":"Call c-2a913f94-6a486f3a-3cae-4034-bcc3-f0c9fa77ca2f is already bridged with another call","errorId":"4642074b-7b58-478b-96e4-3a60955c6765"`),
	benchEvent("bridgeComplete", `,"cause":"rejected","errorMessage":"Call c-2a913f94-6a486f3a-3cae-4034-bcc3-f0c9fa77ca2f has not been answered","errorId":"4642074b-7b58-478b-96e4-3a60955c6765"`),
	benchEvent("recordComplete", `,"recordingId":"r-fbe05094-9fd2afe9-bf5b-4c68-820a-41a01c1c5833","mediaUrl":"https://voice.bandwidth.com/api/v2/accounts/55555555/media","endTime":"2026-11-20T10:00:40Z","duration":"PT13.67S","channels":1,"fileFormat":"wav"`),
	benchEvent("disconnect", `,"endTime":"2026-11-20T10:01:00Z","cause":"hangup"`),
}

func benchEvent(name, more string) string {
	return `{"eventType":"` + name + `","eventTime":"2026-11-20T10:00:05.121Z","accountId":"55555555","applicationId":"7fc9698a-b04a-468b-9e8f-91238c0d0086","from":"+15551112222","to":"+15553334444","direction":"inbound","callId":"%s","callUrl":"https://voice.bandwidth.com/api/v2/accounts/55555555/calls/%[1]s","startTime":"2026-11-20T10:00:00.859Z","answerTime":"2026-11-20T10:00:01.644Z"` + more + `}`
}

// floor is the handler that people write: quick with a struct of the five fields that it reads, or short with a map of them
// all.
type floor struct {
	mu     sync.Mutex
	calls  map[string]*floorCall
	fields bool // decode into a map
}

type floorCall struct {
	state string
	tries int
	score int
	agent string
}

type floorEvent struct {
	EventType string `json:"eventType"`
	CallID    string `json:"callId"`
	From      string `json:"from"`
	Digits    string `json:"digits"`
	Cause     string `json:"cause"`
}

func (f *floor) decode(body io.Reader) (e floorEvent, err error) {
	if !f.fields {
		err = json.NewDecoder(body).Decode(&e)
		return e, err
	}
	var m map[string]any
	if err := json.NewDecoder(body).Decode(&m); err != nil {
		return e, err
	}
	text := func(name string) string {
		s, _ := m[name].(string)
		return s
	}
	return floorEvent{text("eventType"), text("callId"), text("from"), text("digits"), text("cause")}, nil
}

const floorHead = `<?xml version="1.0" encoding="UTF-8"?><Response>`

func (f *floor) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	e, err := f.decode(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	c := f.calls[e.CallID]
	if c == nil {
		c = &floorCall{}
		f.calls[e.CallID] = c
	}
	switch e.EventType {
	case "initiate":
		c.state = "menu"
	case "gather":
		switch {
		case e.Digits == "1" && c.tries < 3:
			c.state, c.agent, c.tries = "agent", "a-17", c.tries+1
		case e.Digits == "2":
			c.state = "voicemail"
		default:
			c.state = "menu"
		}
	case "bridgeComplete":
		if e.Cause == "busy" && c.tries < 3 {
			c.state, c.tries, c.score = "agent", c.tries+1, c.score+2
		} else {
			c.state = "voicemail"
		}
	case "recordComplete":
		c.state = "bye"
	case "disconnect":
		delete(f.calls, e.CallID)
		w.WriteHeader(http.StatusNoContent)
		return
	}
	var b bytes.Buffer
	b.WriteString(floorHead)
	switch c.state {
	case "menu":
		b.WriteString(`<Gather maxDigits="1" gatherUrl="/g"><SpeakSentence>Hello `)
		xml.EscapeText(&b, []byte(e.From))
		b.WriteString(`, press 1 for an agent or 2 to leave a message.</SpeakSentence></Gather>`)
	case "agent":
		b.WriteString(`<SpeakSentence>We connect you now.</SpeakSentence><Bridge bridgeCompleteUrl="/b">c-95ac8d6e-1a31c52e-b38f-4198-93c1-51633ec68f8d</Bridge>`)
	case "voicemail":
		b.WriteString(`<SpeakSentence>Please leave a message after the tone.</SpeakSentence><Record maxDuration="60" recordCompleteUrl="/r"/>`)
	case "bye":
		b.WriteString(`<SpeakSentence>Thank you. Goodbye.</SpeakSentence><Hangup/>`)
	}
	b.WriteString(`</Response>`)
	w.Header().Set("Content-Type", "application/xml; charset=utf-8")
	w.Write(b.Bytes())
}

// sink is a response writer that keeps the status only.
type sink struct {
	header http.Header
	status int
	bytes  int
}

func (s *sink) Header() http.Header         { return s.header }
func (s *sink) WriteHeader(status int)      { s.status = status }
func (s *sink) Write(p []byte) (int, error) { s.bytes += len(p); return len(p), nil }

// caller plays calls against a handler without a network.
type caller struct {
	tb      testing.TB
	handler http.Handler
	request *http.Request
	body    bytes.Reader
	sink    sink
	bodies  [][]byte
	ids     [][]int // where the eight digits stand in each body that make its callId
	calls   int
}

type readCloser struct{ *bytes.Reader }

func (readCloser) Close() error { return nil }

func newCaller(tb testing.TB, h http.Handler) *caller {
	r, err := http.NewRequest(http.MethodPost, "http://127.0.0.1/flows/bench", nil)
	if err != nil {
		tb.Fatal(err)
	}
	c := &caller{tb: tb, handler: h, request: r, sink: sink{header: http.Header{}}}
	r.Header.Set("Content-Type", "application/json")
	r.SetPathValue("flow", "bench")
	r.Body = readCloser{&c.body}
	for _, text := range benchCall {
		body := fmt.Sprintf(text, benchID(0))
		var ids []int
		for at := 0; ; {
			i := strings.Index(body[at:], benchID(0))
			if i < 0 {
				break
			}
			at += i + len("c-")
			ids = append(ids, at)
		}
		c.bodies, c.ids = append(c.bodies, []byte(body)), append(c.ids, ids)
	}
	return c
}

func benchID(n int) string { return fmt.Sprintf("c-%08x-1a31c52e-b38f-4198-93c1-51633ec68f8d", n) }

// webhook sends the i-th webhook of a call.
func (c *caller) webhook(i int) {
	body := c.bodies[i]
	c.body.Reset(body)
	c.request.ContentLength = int64(len(body))
	c.sink.status = http.StatusOK
	c.handler.ServeHTTP(&c.sink, c.request)
	if want := http.StatusOK; c.sink.status != want && !(i == len(c.bodies)-1 && c.sink.status == http.StatusNoContent) {
		c.tb.Fatalf("webhook %d: status %d", i, c.sink.status)
	}
}

const hexDigits = "0123456789abcdef"

// next gives all webhooks another callId, in place.
func (c *caller) next() {
	c.calls++
	var id [8]byte
	for i, n := 7, c.calls; i >= 0; i-- {
		id[i] = hexDigits[n&15]
		n >>= 4
	}
	for i, body := range c.bodies {
		for _, at := range c.ids[i] {
			copy(body[at:], id[:])
		}
	}
}

// unsigned makes tokens without signing: the cost of signatures is measured by the benchmarks of package token.
func unsigned(dst []byte, c *token.Claims) []byte { return append(dst, "token"...) }

func benchEngine(tb testing.TB, s store.Store, clock func() time.Time) *Engine {
	set, problems := flow.Compile(flow.Options{}, flow.Source{Path: "bench.yaml", Text: []byte(benchFlow)})
	if err := problems.Err(); err != nil {
		tb.Fatal(err)
	}
	e, err := New(Config{Flows: set, Store: s, Logger: slog.New(slog.NewTextHandler(io.Discard, nil)), Sweep: -1, Clock: clock})
	if err != nil {
		tb.Fatal(err)
	}
	e.stepper.config.AppendToken = unsigned
	tb.Cleanup(func() {
		if err := e.Close(context.Background()); err != nil {
			tb.Error(err)
		}
	})
	return e
}

// signed says which verb of the document of the turn before raised the i-th webhook of a call, and the turn; turn 0 for one
// that bears no token.
var signed = []token.Claims{{}, {Turn: 1}, {Turn: 2, Verb: 1}, {Turn: 3, Verb: 1}, {Turn: 4, Verb: 1}, {}}

// decided serves webhooks as Engine.serveFlow does, but for tokens: what they say is given, not verified.
//
// Its clock goes on by a millisecond a webhook, and what has expired is deleted, as the handler by hand deletes its calls.
type decided struct {
	engine *Engine
	step   int
	played int
	clock  *atomic.Int64
}

func decide(tb testing.TB, s store.Store) *decided {
	d := &decided{clock: new(atomic.Int64)}
	d.clock.Store(time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC).UnixMilli())
	d.engine = benchEngine(tb, s, func() time.Time { return time.UnixMilli(d.clock.Load()) })
	return d
}

// sweepEvery is how many webhooks pass between two sweeps.
const sweepEvery = 600

func (d *decided) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	w := d.engine.work()
	defer d.engine.release(w)
	w.delivery.Flow = r.PathValue("flow")
	body, status := w.read(rw, r)
	w.delivery.Event = &w.event
	if status == 0 {
		status = w.understood(w.event.DecodeJSON(body))
	}
	if status != 0 {
		rw.WriteHeader(status)
		return
	}
	if w.claims = signed[d.step]; w.claims.Turn > 0 {
		w.claims.Machine, w.claims.Flow, w.claims.Event, w.verified = w.event.CallID(), "bench", w.event.TypeName(), true
	}
	d.step = (d.step + 1) % len(signed)
	d.clock.Add(1)
	if d.played++; d.played%sweepEvery == 0 {
		d.engine.Sweep(r.Context())
	}
	w.handle(r.Context())
	w.write(rw)
}

// play sends n webhooks, call after call.
func (c *caller) play(n int) {
	for i := range n {
		step := i % len(c.bodies)
		if step == 0 {
			c.next()
		}
		c.webhook(step)
	}
}

// BenchmarkWebhook measures one webhook from its bytes to the document, without the network and without signatures, for the
// engine and for the handler written by hand.
func BenchmarkWebhook(b *testing.B) {
	b.Run("engine", func(b *testing.B) {
		c := newCaller(b, decide(b, memory.New()))
		c.play(len(benchCall) * 100)
		b.ReportAllocs()
		b.ResetTimer()
		c.play(b.N)
	})
	for _, into := range []string{"struct", "map"} {
		b.Run("byhand-"+into, func(b *testing.B) {
			c := newCaller(b, &floor{calls: map[string]*floorCall{}, fields: into == "map"})
			c.play(len(benchCall) * 100)
			b.ReportAllocs()
			b.ResetTimer()
			c.play(b.N)
		})
	}
}

// BenchmarkRatio plays the same webhooks against the engine and both handlers by hand, turn by turn, and reports how the times
// compare: what the engine takes for one that the handler takes.
func BenchmarkRatio(b *testing.B) {
	engine := newCaller(b, decide(b, memory.New()))
	quick := newCaller(b, &floor{calls: map[string]*floorCall{}})
	short := newCaller(b, &floor{calls: map[string]*floorCall{}, fields: true})
	const round = 600
	var spent [3]time.Duration
	for range b.N/round + 1 {
		for i, c := range []*caller{engine, quick, short} {
			started := time.Now()
			c.play(round)
			spent[i] += time.Since(started)
		}
	}
	b.ReportMetric(float64(spent[0])/float64(spent[1]), "engine/struct")
	b.ReportMetric(float64(spent[0])/float64(spent[2]), "engine/map")
	b.ReportMetric(0, "ns/op")
}

// TestAllocations bounds what a webhook of a running call allocates: five of them are those of looplab/fsm.
func TestAllocations(t *testing.T) {
	if raceEnabled {
		t.Log("the race detector allocates too: counted without it")
		return
	}
	const most, calls = 8, 200
	c := newCaller(t, decide(t, memory.New()))
	c.play(len(benchCall) * calls)
	defer debug.SetGCPercent(debug.SetGCPercent(-1)) // a collection empties the pools
	each := make([]uint64, len(benchCall))
	for range calls {
		c.next()
		for i := range benchCall {
			before := mallocs()
			c.webhook(i)
			each[i] += mallocs() - before
		}
	}
	for i, n := range each {
		t.Logf("webhook %d: %.2f allocations", i, float64(n)/calls)
		if i > 0 && n > most*calls {
			t.Errorf("webhook %d allocates %.2f times, at most %d are allowed", i, float64(n)/calls, most)
		}
	}
}

func mallocs() uint64 {
	var m goruntime.MemStats
	goruntime.ReadMemStats(&m)
	return m.Mallocs
}

// TestMemoryPerCall measures the heap that a live call costs at 100,000 calls with four variables, its kept answers aside.
func TestMemoryPerCall(t *testing.T) {
	if raceEnabled {
		t.Log("the race detector changes sizes: measured without it")
		return
	}
	const calls, most = 100_000, 512
	s := memory.New()
	d := decide(t, s)
	c := newCaller(t, d)
	before := heap()
	for range calls {
		d.step = 0
		c.next()
		c.webhook(0)
		c.webhook(1)
		c.webhook(2)
	}
	stats := s.Stats()
	if stats.Records != calls {
		t.Fatalf("%d records", stats.Records)
	}
	all := float64(heap()-before) / calls
	answers := float64(stats.Answers) / calls
	t.Logf("%.0f bytes of heap a call, of them %.0f of answers; encoded machine %.0f", all, answers, float64(stats.Data)/calls)
	if all-answers > most {
		t.Errorf("a live call costs %.0f bytes beside its answers, at most %d are allowed", all-answers, most)
	}
	goruntime.KeepAlive(d)
}

func heap() uint64 {
	var m goruntime.MemStats
	goruntime.GC()
	goruntime.GC()
	goruntime.ReadMemStats(&m)
	return m.HeapAlloc
}

// TestWebhookCount prints nothing by itself: callgrind runs it to count instructions. BXMLFLOW_COUNT says which handler
// plays how many webhooks, as in engine:6000.
func TestWebhookCount(t *testing.T) {
	which, count, _ := strings.Cut(os.Getenv("BXMLFLOW_COUNT"), ":")
	n := 6 * 10
	if count != "" {
		fmt.Sscan(count, &n)
	}
	var h http.Handler = &floor{calls: map[string]*floorCall{}, fields: which == "map"}
	if which != "map" && which != "struct" {
		h = decide(t, memory.New())
	}
	c := newCaller(t, h)
	started := time.Now()
	c.play(n)
	if c.sink.bytes == 0 {
		t.Error("nothing was answered")
	}
	t.Logf("%d webhooks in %s", n, time.Since(started).Round(time.Millisecond))
}
