package runtime_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/flow/bxml"
	"github.com/bxmlflow/bxmlflow/runtime"
)

func TestTooManyWebhooksAtOnceAreRefused(t *testing.T) {
	release, began := make(chan struct{}), make(chan struct{})
	b := start(t, runtime.Config{Flows: set(t, flow.Options{}, menu), MaxInFlight: 1, Kit: runtime.Kit{
		Observers: []runtime.Observer{func(tr *runtime.Trace) {
			if tr.Machine == callA {
				close(began)
				<-release
			}
		}},
	}})
	var first sync.WaitGroup
	first.Go(func() { b.post("/flows/menu", webhook("initiate", callA)) })
	<-began
	if got := b.Stats().InFlight; got != 1 {
		t.Errorf("%d in flight", got)
	}
	got := b.post("/flows/menu", webhook("initiate", call(1)))
	if got.status != http.StatusTooManyRequests || got.header.Get("Retry-After") != "1" {
		t.Errorf("status %d, %v", got.status, got.header)
	}
	if lines := b.lines(); len(lines) != 1 || !strings.Contains(lines[0], `why="too many webhooks at once" flow=menu status=429`) {
		t.Errorf("the log says\n%s", b.log)
	}
	close(release)
	first.Wait()
	if got := b.post("/flows/menu", webhook("initiate", call(2))); got.status != http.StatusOK {
		t.Errorf("afterwards: status %d", got.status)
	}
}

func TestFailuresOfAFlowBecomeItsErrorHandlerOrTheApology(t *testing.T) {
	tests := []struct{ sentence, flow, digits, reason string }{
		{"too many visits", "limits: {visits: 3}", "1", flow.ReasonLimit},
		{"too many events", "limits: {steps: 3, visits: 1000}", "1", flow.ReasonLimit},
		{"variables above 64 KiB", "limits: {visits: 1000, steps: 1000}", strings.Repeat("1", 3900), flow.ReasonAction},
	}
	for _, tt := range tests {
		t.Run(tt.sentence, func(t *testing.T) {
			text := "flow: loop\n" + tt.flow + `
vars: {list: []}
start: {initiate: ask}
states:
  ask:
    bxml: [{Gather: {nested: [{SpeakSentence: Again.}]}}]
    on: {gather: {target: ask, actions: [{set: {list: "${[` + strings.Repeat("event.digits, ", 19) + `event.digits]}"}}]}}
`
			b := start(t, runtime.Config{Flows: set(t, flow.Options{}, text)})
			a := b.post("/flows/loop", webhook("initiate", callA))
			for range 30 {
				if a.words(t) != "Again." {
					break
				}
				a = b.post(a.url(t, "/flows/loop", "gatherUrl"), gather(callA, tt.digits))
			}
			if a.words(t) != runtime.DefaultApology {
				t.Fatalf("the caller hears %q", a.words(t))
			}
			if f := b.last().Faults; len(f) != 1 || f[0].Reason != tt.reason {
				t.Errorf("faults %+v, want %s", f, tt.reason)
			}
		})
	}
}

func TestACallRemembersItsLastFiveHundredEvents(t *testing.T) {
	b := quiet(t, runtime.Config{Flows: set(t, flow.Options{}, counter)})
	at := b.post("/flows/counter", webhook("initiate", callA))
	for i := range 600 {
		b.post("/flows/counter", dtmf(callA, i))
	}
	b.post("/flows/counter", dtmf(callA, 599)) // remembered
	b.post("/flows/counter", dtmf(callA, 0))   // forgotten
	if got := b.post(at.url(t, "/flows/counter", "gatherUrl"), gather(callA, "1")).words(t); got != "601 keys, asked 1." {
		t.Errorf("the caller hears %q", got)
	}
}

func TestADocumentAboveSixtyFourKibibytesIsNotSent(t *testing.T) {
	b := start(t, runtime.Config{Flows: set(t, flow.Options{}, `
flow: large
vars: {text: ""}
start: {initiate: ask}
on: {error: {target: sorry, actions: [{log: "${event.reason}"}]}}
states:
  ask:
    bxml: [{Gather: {}}]
    on: {gather: {target: read, actions: [{set: {text: "${event.digits}"}}]}}
  read:
    type: final
    bxml: [`+strings.Repeat(`{SpeakSentence: "${vars.text}"}, `, 18)+`Hangup]
  sorry: {type: final, bxml: [{SpeakSentence: Sorry.}, Hangup]}
`)})
	target := b.post("/flows/large", webhook("initiate", callA)).url(t, "/flows/large", "gatherUrl")
	if got := b.post(target, gather(callA, strings.Repeat("9", 4000))); got.words(t) != "Sorry." {
		t.Errorf("%d bytes were sent", len(got.body))
	}
	if f := b.last().Faults; len(f) != 1 || f[0].Reason != flow.ReasonDocument {
		t.Errorf("faults %+v", f)
	}
}

func TestWhatACallerControlsStaysText(t *testing.T) {
	b := start(t, runtime.Config{Flows: set(t, flow.Options{}, `
flow: echo
start: {initiate: ask}
states:
  ask:
    bxml:
      - SpeakSentence: "${event.from} ${call.to} ${event.callerDisplayName} ${call.tag}"
      - Gather: {tag: "${call.tag}"}
    on: {gather: said}
  said:
    bxml: [{SpeakSentence: "${event.digits}${event.terminatingDigit}${event.tag}"}, {Gather: {tag: "${event.digits}", nested: [{SpeakSentence: "${event.digits}"}]}}]
    on: {gather: {target: bye, actions: [{log: "${event.digits}"}]}}
  bye: {type: final, bxml: [Hangup]}
`)})
	for n, evil := range []string{"<Hangup/>", "a & b", `"><Redirect redirectUrl="http://x/`, "\x00\x01\x0b\x1f", "\U0001F600 ü\u2028", "]]>", "<!-- -->", "${call.id}", "&#0;&lt;", "<break time=\"99s\"/>", "\ufffe\uffff"} {
		text := strings.ReplaceAll(fmt.Sprintf("%q", evil), `\U0001f600`, `\ud83d\ude00`)
		text = strings.NewReplacer(`\x00`, `\u0000`, `\x01`, `\u0001`, `\v`, `\u000b`, `\x1f`, `\u001f`, `\U0001F600`, `\ud83d\ude00`).Replace(text)
		body := func(name string) string {
			w := webhook(name, call(n), `"callerDisplayName":`+text, `"tag":`+text, `"digits":`+text, `"terminatingDigit":`+text)
			return strings.NewReplacer(`"+15551112222"`, text, `"+15553334444"`, text).Replace(w)
		}
		first := b.post("/flows/echo", body("initiate"))
		second := b.post(first.url(t, "/flows/echo", "gatherUrl"), body("gather"))
		for _, got := range []answer{first, second} {
			d, err := bxml.Decode([]byte(got.body))
			if err != nil || len(d.Verbs) != 2 || d.Verbs[0].Name != "SpeakSentence" || d.Verbs[1].Name != "Gather" || len(d.Verbs[0].Nodes) > 1 {
				t.Errorf("%q: %v\n%s", evil, err, got.body)
				continue
			}
			for _, p := range d.Validate(bxml.Call) {
				t.Errorf("%q: %s", evil, p.Message)
			}
		}
	}
}
