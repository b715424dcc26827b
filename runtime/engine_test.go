package runtime_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/flow/bxml"
	"github.com/bxmlflow/bxmlflow/runtime"
)

// bench is a running engine with its handler, its log and the traces of its steps.
type bench struct {
	*runtime.Engine
	t       *testing.T
	handler http.Handler
	log     *syncBuffer
	mu      sync.Mutex
	traces  []*runtime.Trace
}

type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// set compiles flows; every text is a flow.
func set(t testing.TB, o flow.Options, texts ...string) *flow.Set {
	t.Helper()
	var sources []flow.Source
	for i, text := range texts {
		sources = append(sources, flow.Source{Path: string(rune('a'+i)) + ".yaml", Text: []byte(text)})
	}
	s, problems := flow.Compile(o, sources...)
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	return s
}

// samples returns the sample flows that need no REST API.
func samples(t testing.TB) *flow.Set {
	t.Helper()
	var paths []string
	for _, name := range []string{"account", "after-hours", "bridge-result", "pin", "ring-all", "transfer-whisper", "voicemail"} {
		paths = append(paths, "../flows/"+name+".yaml")
	}
	s, problems, err := flow.Load(flow.Options{}, paths...)
	if err == nil {
		err = problems.Err()
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// start makes an engine. Everything of the configuration but Flows may be left out.
func start(t *testing.T, c runtime.Config) *bench {
	t.Helper()
	b := &bench{t: t, log: &syncBuffer{}}
	c.Logger = slog.New(slog.NewTextHandler(b.log, nil))
	c.Sweep = -1
	c.Kit.Observers = append(c.Kit.Observers, func(tr *runtime.Trace) {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.traces = append(b.traces, tr)
	})
	e, err := runtime.New(c)
	if err != nil {
		t.Fatal(err)
	}
	b.Engine, b.handler = e, e.Handler()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := e.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	return b
}

// last returns the trace of the last step.
func (b *bench) last() *runtime.Trace {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.traces) == 0 {
		return &runtime.Trace{}
	}
	return b.traces[len(b.traces)-1]
}

// answer is the reply to a webhook.
type answer struct {
	status int
	header http.Header
	body   string
}

func (b *bench) do(r *http.Request) answer {
	rec := httptest.NewRecorder()
	b.handler.ServeHTTP(rec, r)
	return answer{rec.Code, rec.Header(), rec.Body.String()}
}

// post sends a webhook. target is a path, or what an answer's URL attribute held, relative to the flow of path.
func (b *bench) post(target, body string) answer {
	b.t.Helper()
	return b.do(httptest.NewRequest(http.MethodPost, target, strings.NewReader(body)))
}

// payload returns a documented payload with another callId.
func payload(t testing.TB, file, callID string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("../flow/event/testdata/events", file))
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(text), "c-95ac8d6e-1a31c52e-b38f-4198-93c1-51633ec68f8d", callID)
}

var urlAttribute = regexp.MustCompile(`([a-zA-Z]+Url)="([^"]*)"`)

// url returns the URL in an attribute of an answer, resolved against the flow's path.
func (a answer) url(t testing.TB, path, attribute string) string {
	t.Helper()
	for _, m := range urlAttribute.FindAllStringSubmatch(a.body, -1) {
		if m[1] == attribute {
			return path + m[2]
		}
	}
	t.Fatalf("no %s in %s", attribute, a.body)
	return ""
}

// words returns what the caller hears, and fails when the answer is no valid document.
func (a answer) words(t testing.TB) string {
	t.Helper()
	d, err := bxml.Decode([]byte(a.body))
	if err != nil || a.status != http.StatusOK {
		t.Fatalf("status %d, body %q: %v", a.status, a.body, err)
	}
	return d.Spoken()
}

const callA = "c-aaaaaaaa-1a31c52e-b38f-4198-93c1-51633ec68f8d"

func gather(callID, digits string) string {
	return `{"eventType":"gather","eventTime":"2026-11-20T10:00:05Z","accountId":"55555555","applicationId":"7fc9698a-b04a-468b-9e8f-91238c0d0086","from":"+15551112222","to":"+15553334444","direction":"inbound","callId":"` + callID + `","callUrl":"https://x/","startTime":"2026-11-20T10:00:00Z","answerTime":"2026-11-20T10:00:01Z","digits":"` + digits + `","terminatingDigit":""}`
}

const menu = `
flow: menu
start: {initiate: ask, answer: ask}
states:
  ask:
    bxml:
      - Gather: {maxDigits: 1, nested: [{SpeakSentence: "Press a key. Try ${visits}."}]}
    on:
      gather:
        - {guard: event.digits == "1", target: one}
        - {guard: visits < 3, target: ask}
        - target: bye
  one:
    bxml:
      - Gather: {maxDigits: 1, nested: [{SpeakSentence: One.}]}
    on: {gather: bye}
  bye: {type: final, bxml: [{SpeakSentence: Goodbye.}, Hangup]}
`

func TestTheThreeDocumentedBridgeCompletePayloads(t *testing.T) {
	b := start(t, runtime.Config{Flows: samples(t)})
	for i, file := range []string{"bridgeComplete.json", "bridgeComplete-enqueued.json", "bridgeComplete-failed.json"} {
		call := strings.Replace(callA, "aaaaaaaa", strings.Repeat(string(rune('1'+i)), 8), 1)
		first := b.post("/flows/bridge-result", payload(t, "answer.json", call))
		if first.status != http.StatusOK || !strings.Contains(first.body, "<Bridge") {
			t.Fatalf("answer: status %d, %s", first.status, first.body)
		}
		got := b.post("/flows/bridge-result", payload(t, file, call))
		if got.status != http.StatusOK || got.header.Get("Content-Type") != "application/xml; charset=utf-8" {
			t.Errorf("%s: status %d, type %q", file, got.status, got.header.Get("Content-Type"))
		}
		if words := got.words(t); words == runtime.DefaultApology {
			t.Errorf("%s: the caller hears %q", file, words)
		}
		t.Logf("%s: %s -> %s", file, b.last().To, got.body)
	}
}

func TestARepeatedWebhookGetsTheSameBytesAndMovesNothing(t *testing.T) {
	b := start(t, runtime.Config{Flows: set(t, flow.Options{}, menu)})
	first := b.post("/flows/menu", payload(t, "initiate.json", callA))
	if again := b.post("/flows/menu", payload(t, "initiate.json", callA)); again.body != first.body || again.status != first.status {
		t.Errorf("initiate again:\n%s\n%s", first.body, again.body)
	}
	target := first.url(t, "/flows/menu", "gatherUrl")
	second := b.post(target, gather(callA, "9"))
	again := b.post(target, gather(callA, "9"))
	if again.body != second.body {
		t.Errorf("gather again:\n%s\n%s", second.body, again.body)
	}
	if note := b.last().Note; note != runtime.NoteDuplicate {
		t.Errorf("note %q", note)
	}
	if got := second.words(t); got != "Press a key. Try 2." {
		t.Errorf("the caller hears %q", got)
	}
}

func TestAWebhookOfAnEarlierTurnMovesNothing(t *testing.T) {
	b := start(t, runtime.Config{Flows: set(t, flow.Options{}, menu)})
	first := b.post("/flows/menu", payload(t, "initiate.json", callA))
	old := first.url(t, "/flows/menu", "gatherUrl")
	second := b.post(old, gather(callA, "9"))
	third := b.post(second.url(t, "/flows/menu", "gatherUrl"), gather(callA, "1"))
	if third.words(t) != "One." {
		t.Fatalf("the caller hears %q", third.words(t))
	}
	// The token of the first turn belongs to the event that was taken then: its own answer is given while it is kept.
	if got := b.post(old, gather(callA, "1")); got.body != second.body {
		t.Errorf("the old turn got %s", got.body)
	}
	if to := b.last().To; to != "one" {
		t.Errorf("state %q, want one", to)
	}
}

func TestForgedAndForeignTokensAreRefused(t *testing.T) {
	b := start(t, runtime.Config{Flows: set(t, flow.Options{}, menu)})
	first := b.post("/flows/menu", payload(t, "initiate.json", callA))
	target := first.url(t, "/flows/menu", "gatherUrl")
	other := strings.Replace(callA, "aaaaaaaa", "bbbbbbbb", 1)
	b.post("/flows/menu", payload(t, "initiate.json", other))
	tests := []struct{ sentence, target, body string }{
		{"a forged token", target[:len(target)-2] + "xx", gather(callA, "1")},
		{"a token cut short", target[:len(target)-6], gather(callA, "1")},
		{"no token at all where one stands", "/flows/menu?t=", gather(callA, "1")},
		{"the token of another call", target, gather(other, "1")},
		{"the token of another event", target, strings.Replace(gather(callA, "1"), `"gather"`, `"redirect"`, 1)},
	}
	for _, tt := range tests[:2] {
		t.Run(tt.sentence, func(t *testing.T) {
			if got := b.post(tt.target, tt.body); got.status != http.StatusForbidden {
				t.Errorf("status %d", got.status)
			}
		})
	}
	for _, tt := range tests[3:] {
		t.Run(tt.sentence, func(t *testing.T) {
			if got := b.post(tt.target, tt.body); got.status != http.StatusForbidden {
				t.Errorf("status %d", got.status)
			}
		})
	}
	if got := b.post(target, gather(callA, "1")); got.words(t) != "One." {
		t.Errorf("after all that the caller hears %q", got.words(t))
	}
}

func TestWebhooksThatCannotBeUnderstood(t *testing.T) {
	b := start(t, runtime.Config{Flows: set(t, flow.Options{}, menu)})
	first := b.post("/flows/menu", payload(t, "initiate.json", callA))
	target := first.url(t, "/flows/menu", "gatherUrl")
	huge := `{"eventType":"gather","x":"` + strings.Repeat("x", 5<<20) + `"}`
	deep := `{"eventType":"gather","x":` + strings.Repeat("[", 10000) + strings.Repeat("]", 10000) + `}`
	tests := []struct {
		sentence, target, body string
		status                 int
	}{
		{"an empty body", "/flows/menu", "", 400},
		{"no JSON", "/flows/menu", "hello", 400},
		{"a list", "/flows/menu", "[]", 400},
		{"five megabytes", "/flows/menu", huge, 413},
		{"deep nesting", "/flows/menu", deep, 400},
		{"a name twice", "/flows/menu", `{"eventType":"gather","callId":"a","callId":"b"}`, 400},
		{"no event type", "/flows/menu", `{"callId":"c-1"}`, 400},
		{"an unknown flow", "/flows/nobody", payload(t, "initiate.json", callA), 404},
		{"no JSON, with a valid token: the call is answered", target, "hello", 200},
		{"an unknown event type", "/flows/menu", `{"eventType":"teleported","callId":"` + callA + `"}`, 204},
		{"no callId on an event that waits", "/flows/menu", `{"eventType":"gather","digits":"1"}`, 200},
		{"no callId on another", "/flows/menu", `{"eventType":"dtmf","digit":"1"}`, 204},
		{"a gather of an unknown call", "/flows/menu", gather("c-unknown", "1"), 200},
		{"a dtmf of an unknown call", "/flows/menu", `{"eventType":"dtmf","callId":"c-unknown","digit":"1"}`, 204},
	}
	for _, tt := range tests {
		t.Run(tt.sentence, func(t *testing.T) {
			got := b.post(tt.target, tt.body)
			if got.status != tt.status {
				t.Errorf("status %d, want %d: %s", got.status, tt.status, got.body)
			}
			if got.status == 200 && got.words(t) != runtime.DefaultApology {
				t.Errorf("the caller hears %q", got.words(t))
			}
		})
	}
	if state := b.post(target, gather(callA, "1")).words(t); state != "One." {
		t.Errorf("after all that the caller hears %q", state)
	}
}

func TestMethodsAndQueries(t *testing.T) {
	b := start(t, runtime.Config{Flows: set(t, flow.Options{}, menu)})
	for _, method := range []string{"PUT", "DELETE", "HEAD", "PATCH"} {
		got := b.do(httptest.NewRequest(method, "/flows/menu", nil))
		if got.status != http.StatusMethodNotAllowed || got.header.Get("Allow") != "GET, POST" {
			t.Errorf("%s: status %d, Allow %q", method, got.status, got.header.Get("Allow"))
		}
	}
	get := func(target string) answer { return b.do(httptest.NewRequest(http.MethodGet, target, nil)) }
	first := get("/flows/menu?eventType=initiate&callId=" + callA + "&from=%2B15551112222&to=%2B15553334444&direction=inbound")
	if first.words(t) != "Press a key. Try 1." {
		t.Errorf("the caller hears %q", first.words(t))
	}
	second := get(first.url(t, "/flows/menu", "gatherUrl") + "&eventType=gather&callId=" + callA + "&callid=c-other&digits=1")
	if second.words(t) != "One." {
		t.Errorf("the caller hears %q", second.words(t))
	}
}

func TestCredentials(t *testing.T) {
	b := start(t, runtime.Config{
		Flows:       set(t, flow.Options{}, menu),
		Credentials: []runtime.Credential{{Username: "old", Password: "one"}, {Username: "new", Password: "two"}},
	})
	try := func(user, password string) answer {
		r := httptest.NewRequest(http.MethodPost, "/flows/menu", strings.NewReader(payload(t, "initiate.json", callA)))
		if user != "" {
			r.SetBasicAuth(user, password)
		}
		return b.do(r)
	}
	for _, tt := range []struct {
		user, password string
		status         int
	}{{"", "", 401}, {"old", "two", 401}, {"old", "on", 401}, {"old:one", "", 401}, {"old", "one", 200}, {"new", "two", 200}} {
		got := try(tt.user, tt.password)
		if got.status != tt.status {
			t.Errorf("%q %q: status %d, want %d", tt.user, tt.password, got.status, tt.status)
		}
		if got.status == 401 && !strings.HasPrefix(got.header.Get("WWW-Authenticate"), "Basic ") {
			t.Errorf("no challenge: %v", got.header)
		}
	}
	// A valid token needs no credentials.
	target := try("new", "two").url(t, "/flows/menu", "gatherUrl")
	if got := b.post(target, gather(callA, "1")); got.status != 200 {
		t.Errorf("with a token: status %d", got.status)
	}
}

func TestAfterDisconnectNothingIsRevived(t *testing.T) {
	b := start(t, runtime.Config{Flows: samples(t)})
	b.post("/flows/voicemail", payload(t, "initiate.json", callA))
	if got := b.post("/flows/voicemail", payload(t, "disconnect-hangup-inbound.json", callA)); got.status != 204 || got.body != "" {
		t.Fatalf("disconnect: status %d, body %q", got.status, got.body)
	}
	late := b.post("/flows/voicemail", payload(t, "recordingAvailable.json", callA))
	if late.status != 204 {
		t.Errorf("recordingAvailable: status %d", late.status)
	}
	if b.last().Note != runtime.NoteLate || b.last().Phase != "ended" || len(b.last().Logs) == 0 {
		t.Errorf("trace %+v", b.last())
	}
	if got := b.post("/flows/voicemail", payload(t, "recordComplete.json", callA)); got.status != 200 || !strings.Contains(got.body, "<Hangup/>") {
		t.Errorf("recordComplete after disconnect: status %d, %s", got.status, got.body)
	}
}

func TestHostileCallersCannotWriteMarkup(t *testing.T) {
	b := start(t, runtime.Config{Flows: set(t, flow.Options{}, `
flow: echo
start: {initiate: ask}
states:
  ask:
    bxml:
      - SpeakSentence: "You are ${call.from}, ${event.callerDisplayName}."
      - Gather: {tag: "${call.from}"}
    on: {gather: {}}
`)})
	for _, evil := range []string{`<Hangup/>`, `a & b`, `\"><Redirect redirectUrl=\"http://x/`, `\u0000\u0001\u000b`, `\ud83d\ude00 ü`, `]]>`, `<!--`, `${call.id}`} {
		call := "c-" + strings.Map(func(r rune) rune {
			if r < 128 && r > 'a' {
				return r
			}
			return 'x'
		}, evil)
		got := b.post("/flows/echo", `{"eventType":"initiate","callId":"`+call+`","from":"`+evil+`","callerDisplayName":"`+evil+`","to":"+1","direction":"inbound"}`)
		d, err := bxml.Decode([]byte(got.body))
		if err != nil {
			t.Errorf("%s: %v\n%s", evil, err, got.body)
			continue
		}
		if len(d.Verbs) != 2 || d.Verbs[0].Name != "SpeakSentence" || d.Verbs[1].Name != "Gather" || len(d.Verbs[0].Nodes) > 1 {
			t.Errorf("%s: %s", evil, got.body)
		}
	}
}

func TestReloadLeavesCallsOnTheirVersion(t *testing.T) {
	b := start(t, runtime.Config{Flows: set(t, flow.Options{}, menu)})
	first := b.post("/flows/menu", payload(t, "initiate.json", callA))
	if err := b.Reload(set(t, flow.Options{}, strings.ReplaceAll(menu, "One.", "Uno."))); err != nil {
		t.Fatal(err)
	}
	if got := b.post(first.url(t, "/flows/menu", "gatherUrl"), gather(callA, "1")).words(t); got != "One." {
		t.Errorf("a call in flight hears %q", got)
	}
	other := strings.Replace(callA, "aaaaaaaa", "bbbbbbbb", 1)
	first = b.post("/flows/menu", payload(t, "initiate.json", other))
	if got := b.post(first.url(t, "/flows/menu", "gatherUrl"), gather(other, "1")).words(t); got != "Uno." {
		t.Errorf("a new call hears %q", got)
	}
}

func TestAClosingEngineSendsWebhooksElsewhere(t *testing.T) {
	b := start(t, runtime.Config{Flows: set(t, flow.Options{}, menu)})
	if got := b.do(httptest.NewRequest(http.MethodGet, "/healthz", nil)); got.status != 200 {
		t.Errorf("health %d", got.status)
	}
	if err := b.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	for _, r := range []*http.Request{httptest.NewRequest(http.MethodGet, "/healthz", nil), httptest.NewRequest(http.MethodPost, "/flows/menu", io.NopCloser(strings.NewReader(payload(t, "initiate.json", callA))))} {
		if got := b.do(r); got.status != http.StatusServiceUnavailable {
			t.Errorf("%s: status %d", r.URL, got.status)
		}
	}
}
