package runtime_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/flow/bxml"
	"github.com/bxmlflow/bxmlflow/runtime"
	"github.com/bxmlflow/bxmlflow/runtime/store/memory"
)

// counter counts keys, says how many, and counts the times it was asked.
const counter = `
flow: counter
limits: {visits: 1000, steps: 5000}
vars: {keys: 0, asked: 0}
start: {initiate: ask}
on: {dtmf: {actions: [{set: {keys: "${vars.keys + 1}"}}]}}
states:
  ask:
    bxml: [{StartGather: {}}, {Gather: {maxDigits: 1, nested: [{SpeakSentence: "${vars.keys} keys, asked ${vars.asked}."}]}}]
    on: {gather: {target: ask, actions: [{set: {asked: "${vars.asked + 1}"}}]}}
`

func TestWebhooksOfOneCallAreTakenOneAfterTheOther(t *testing.T) {
	b := quiet(t, runtime.Config{Flows: set(t, flow.Options{}, counter)})
	first := b.post("/flows/counter", webhook("initiate", callA))
	target, events := first.url(t, "/flows/counter", "gatherUrl"), first.url(t, "/flows/counter", "dtmfUrl")
	each(64, func(i int) {
		if got := b.post(events, dtmf(callA, i)); got.status != http.StatusNoContent || got.body != "" {
			t.Errorf("dtmf: status %d, %s", got.status, got.body)
		}
	})
	answers := make([]answer, 64)
	each(64, func(i int) { answers[i] = b.post(target, gather(callA, fmt.Sprint(i%10))) })
	if got := answers[0].words(t); got != "64 keys, asked 1." {
		t.Errorf("the caller hears %q", got)
	}
	for i, a := range answers {
		if a.body != answers[0].body || a.status != http.StatusOK {
			t.Errorf("answer %d: status %d\n%s\n%s", i, a.status, a.body, answers[0].body)
		}
	}
}

func TestCallsDoNotMixUp(t *testing.T) {
	b := quiet(t, runtime.Config{Flows: set(t, flow.Options{}, counter)})
	each(64, func(n int) {
		at := b.post("/flows/counter", webhook("initiate", call(n)))
		for i := range n % 5 {
			b.post(at.url(t, "/flows/counter", "dtmfUrl"), dtmf(call(n), i))
		}
		for turn := 1; turn < 6; turn++ {
			at = b.post(at.url(t, "/flows/counter", "gatherUrl"), gather(call(n), "1"))
			if got, want := at.words(t), fmt.Sprintf("%d keys, asked %d.", n%5, turn); got != want {
				t.Errorf("call %d hears %q, want %q", n, got, want)
			}
		}
	})
}

func TestTwoEnginesShareTheCallsOfAStore(t *testing.T) {
	shared := memory.New()
	flows := set(t, flow.Options{}, counter)
	two := []*bench{quiet(t, runtime.Config{Flows: flows, Store: shared}), quiet(t, runtime.Config{Flows: flows, Store: shared})}
	first := two[0].post("/flows/counter", webhook("initiate", callA))
	if again := two[1].post("/flows/counter", webhook("initiate", callA)); again.body != first.body {
		t.Errorf("the other engine says\n%s\nnot\n%s", again.body, first.body)
	}
	events, target := first.url(t, "/flows/counter", "dtmfUrl"), first.url(t, "/flows/counter", "gatherUrl")
	each(64, func(i int) { two[i%2].post(events, dtmf(callA, i/2)) }) // every event comes to both
	answers := make([]answer, 16)
	each(16, func(i int) { answers[i] = two[i%2].post(target, gather(callA, "1")) })
	for _, a := range answers {
		if a.words(t) != "32 keys, asked 1." || a.body != answers[0].body {
			t.Errorf("the caller hears %q", a.words(t))
		}
	}
}

func TestADuplicateGetsTheSameBytesHoweverItComes(t *testing.T) {
	b := start(t, runtime.Config{Flows: set(t, flow.Options{}, menu, counter)})
	first := b.post("/flows/menu", webhook("initiate", callA))
	token := strings.TrimPrefix(first.url(t, "", "gatherUrl"), "?")
	second := b.post("/flows/menu?"+token, gather(callA, "9"))
	query := "eventType=gather&eventTime=2026-11-20T10:00:05Z&accountId=55555555&applicationId=7fc9698a-b04a-468b-9e8f-91238c0d0086&from=%2B15551112222" +
		"&to=%2B15553334444&direction=inbound&callId=" + callA + "&callUrl=https://x/&startTime=2026-11-20T10:00:00Z&answerTime=2026-11-20T10:00:01Z&digits=9&terminatingDigit="
	tests := []struct {
		sentence string
		again    func() answer
	}{
		{"by GET", func() answer { return b.get("/flows/menu?" + query + "&" + token) }},
		{"by GET with the token first", func() answer { return b.get("/flows/menu?" + token + "&" + query) }},
		{"to the URL of another flow", func() answer { return b.post("/flows/counter?"+token, gather(callA, "9")) }},
		{"to another host", func() answer {
			return b.post("https://fallback.example.com/flows/menu?"+token, gather(callA, "9"))
		}},
		{"with spaces and another content type", func() answer {
			r := httptest.NewRequest(http.MethodPost, "/flows/menu?"+token, strings.NewReader(" "+strings.ReplaceAll(gather(callA, "9"), ",", " ,\n")))
			r.Header.Set("Content-Type", "application/json; charset=utf-8")
			return b.do(r)
		}},
		{"behind a prefix", func() answer {
			rec := httptest.NewRecorder()
			r := httptest.NewRequest(http.MethodPost, "/voice/flows/menu?"+token, strings.NewReader(gather(callA, "9")))
			http.StripPrefix("/voice", b.handler).ServeHTTP(rec, r)
			return answer{rec.Code, rec.Header(), rec.Body.String()}
		}},
	}
	for _, tt := range tests {
		t.Run(tt.sentence, func(t *testing.T) {
			got := tt.again()
			if got.body != second.body || got.status != 200 || got.header.Get("Content-Type") != second.header.Get("Content-Type") {
				t.Errorf("status %d\n%s\nwant\n%s", got.status, got.body, second.body)
			}
			if b.last().Note != runtime.NoteDuplicate {
				t.Errorf("note %q", b.last().Note)
			}
		})
	}
	if got := b.post("/flows/menu?"+strings.TrimPrefix(second.url(t, "", "gatherUrl"), "?"), gather(callA, "1")); got.words(t) != "One." {
		t.Errorf("after all that the caller hears %q", got.words(t))
	}
}

func TestADtmfWithoutATokenIsCountedOnceHoweverItComes(t *testing.T) {
	b := start(t, runtime.Config{Flows: set(t, flow.Options{}, counter)})
	target := b.post("/flows/counter", webhook("initiate", callA)).url(t, "/flows/counter", "gatherUrl")
	b.post("/flows/counter", dtmf(callA, 1))
	b.get("/flows/counter?eventType=dtmf&eventTime=2026-11-20T10:00:05.001Z&accountId=55555555&applicationId=7fc9698a-b04a-468b-9e8f-91238c0d0086" +
		"&from=%2B15551112222&to=%2B15553334444&direction=inbound&callId=" + callA + "&startTime=2026-11-20T10:00:00.000Z&digit=1")
	b.post("/flows/counter", dtmf(callA, 2))
	if got := b.post(target, gather(callA, "1")).words(t); got != "2 keys, asked 1." {
		t.Errorf("the caller hears %q", got)
	}
}

func TestEventsMayComeLateAndInAnyOrder(t *testing.T) {
	b := start(t, runtime.Config{Flows: samples(t)})
	if got := b.post("/flows/voicemail", webhook("disconnect", callA, `"cause":"hangup"`)); got.status != http.StatusNoContent {
		t.Errorf("disconnect before initiate: status %d", got.status)
	}
	first := b.post("/flows/voicemail", webhook("initiate", callA))
	if first.words(t) == runtime.DefaultApology {
		t.Error("the call is dead before it began")
	}
	for _, name := range []string{"transcriptionAvailable", "recordingAvailable", "dtmf", "transferDisconnect", "teleported"} {
		if got := b.post("/flows/voicemail", webhook(name, callA)); got.status != http.StatusNoContent || got.body != "" {
			t.Errorf("%s: status %d, %s", name, got.status, got.body)
		}
	}
	b.post("/flows/voicemail", webhook("disconnect", callA, `"cause":"hangup"`))
	for _, name := range []string{"initiate", "gather", "recordComplete", "redirect"} {
		got := b.post("/flows/voicemail", webhook(name, callA))
		if name == "initiate" {
			if got.body != first.body {
				t.Errorf("the same initiate after the call: %s", got.body)
			}
			continue
		}
		if d, err := bxml.Decode([]byte(got.body)); err != nil || len(d.Verbs) != 1 || d.Verbs[0].Name != "Hangup" {
			t.Errorf("%s after the call: %s", name, got.body)
		}
	}
	if b.last().Phase != "ended" {
		t.Errorf("phase %q", b.last().Phase)
	}
}

func TestTheSameWebhooksGiveTheSameBytes(t *testing.T) {
	var runs [2][]string
	for i := range runs {
		b := quiet(t, runtime.Config{Flows: samples(t), TokenKeys: [][]byte{[]byte("0123456789abcdef0123456789abcdef")}})
		for n, name := range []string{"account", "after-hours", "voicemail", "bridge-result"} {
			runs[i] = append(runs[i], b.post("/flows/"+name, webhook("initiate", call(n))).body)
			runs[i] = append(runs[i], b.post("/flows/"+name, gather(call(n), "1")).body)
		}
	}
	for n := range runs[0] {
		if runs[0][n] != runs[1][n] {
			t.Errorf("webhook %d:\n%s\n%s", n, runs[0][n], runs[1][n])
		}
	}
}

func TestACallOfARemovedFlowIsServedToItsEnd(t *testing.T) {
	b := start(t, runtime.Config{Flows: set(t, flow.Options{}, menu, counter)})
	first := b.post("/flows/menu", webhook("initiate", callA))
	if err := b.Reload(set(t, flow.Options{}, counter)); err != nil {
		t.Fatal(err)
	}
	if got := b.post(first.url(t, "/flows/menu", "gatherUrl"), gather(callA, "1")).words(t); got != "One." {
		t.Errorf("with a token the caller hears %q", got)
	}
	if got := b.post("/flows/menu", gather(callA, "2")).words(t); got != "Goodbye." {
		t.Errorf("without a token the caller hears %q", got)
	}
	if got := b.post("/flows/menu", webhook("disconnect", callA, `"cause":"hangup"`)); got.status != http.StatusNoContent || b.last().Phase != "ended" {
		t.Errorf("disconnect: status %d, phase %q", got.status, b.last().Phase)
	}
	for _, name := range []string{"menu", "never"} {
		if got := b.post("/flows/"+name, webhook("initiate", call(7))); got.status != http.StatusNotFound || got.body != "there is no such flow\n" {
			t.Errorf("a new call of %s: status %d, %s", name, got.status, got.body)
		}
	}
	if lines := b.lines(); len(lines) != 2 || !strings.Contains(lines[0], `why="there is no such flow" flow=menu status=404`) {
		t.Errorf("the log says\n%s", b.log)
	}
}

func TestReloadOfASubFlowReachesNewCallsOnly(t *testing.T) {
	outer := "flow: outer\nstart: {initiate: in}\nstates:\n  in: {invoke: {flow: inner}, on: {done: bye}}\n  bye: {type: final, bxml: [Hangup]}\n"
	inner := "flow: inner\nstart: {invoke: ask}\nstates:\n  ask: {bxml: [{SpeakSentence: Old.}, {Gather: {maxDigits: 1}}], on: {gather: [{guard: event.digits == \"9\", target: out}, {}]}}\n  out: {type: final}\n"
	b := start(t, runtime.Config{Flows: set(t, flow.Options{}, outer, inner)})
	first := b.post("/flows/outer", webhook("initiate", callA))
	if err := b.Reload(set(t, flow.Options{}, outer, strings.Replace(inner, "Old.", "New.", 1))); err != nil {
		t.Fatal(err)
	}
	if got := b.post(first.url(t, "/flows/outer", "gatherUrl"), gather(callA, "1")).words(t); got != "Old." {
		t.Errorf("a call in flight hears %q", got)
	}
	if got := b.post("/flows/outer", webhook("initiate", call(1))).words(t); got != "New." {
		t.Errorf("a new call hears %q", got)
	}
}

func TestFallbackURLs(t *testing.T) {
	b := start(t, runtime.Config{
		Flows: set(t, flow.Options{}, menu), PublicURL: "https://voice.example.com/app/", FallbackURL: "https://other.example.com",
	})
	first := b.post("/flows/menu", webhook("initiate", callA))
	primary, fallback := first.url(t, "", "gatherUrl"), first.url(t, "", "gatherFallbackUrl")
	if !strings.HasPrefix(primary, "https://voice.example.com/app/flows/menu?t=") || !strings.HasPrefix(fallback, "https://other.example.com/flows/menu?t=") {
		t.Fatalf("URLs %q and %q", primary, fallback)
	}
	one := b.post(strings.Replace(primary, "/app/", "/", 1), gather(callA, "9"))
	two := b.post(fallback, gather(callA, "9"))
	if one.body != two.body || one.words(t) != "Press a key. Try 2." {
		t.Errorf("the addresses say\n%s\n%s", one.body, two.body)
	}
}
