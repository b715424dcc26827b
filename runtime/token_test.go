package runtime_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/flow/event"
	"github.com/bxmlflow/bxmlflow/runtime"
	"github.com/bxmlflow/bxmlflow/runtime/store/memory"
)

func TestTokensMayBeRequired(t *testing.T) {
	b := start(t, runtime.Config{
		Flows: set(t, flow.Options{}, menu), RequireToken: true,
		Credentials: []runtime.Credential{{Username: "user", Password: "pass"}},
	})
	with := func(body string) answer {
		r := httptest.NewRequest(http.MethodPost, "/flows/menu", strings.NewReader(body))
		r.SetBasicAuth("user", "pass")
		return b.do(r)
	}
	first := with(webhook("initiate", callA))
	first.words(t)
	for _, name := range []string{"gather", "redirect", "dtmf", "recordingAvailable", "teleported"} {
		for _, id := range []string{callA, call(9)} {
			if got := with(webhook(name, id)); got.status != http.StatusForbidden {
				t.Errorf("%s of %s without a token: status %d", name, id, got.status)
			}
		}
	}
	second := b.post(first.url(t, "/flows/menu", "gatherUrl"), gather(callA, "1"))
	if second.words(t) != "One." {
		t.Errorf("with a token the caller hears %q", second.words(t))
	}
	if got := with(webhook("answer", callA)); got.status != http.StatusOK {
		t.Errorf("answer: status %d", got.status)
	}
	if got := with(webhook("disconnect", callA)); got.status != http.StatusNoContent || b.last().Phase != "ended" {
		t.Errorf("disconnect: status %d", got.status)
	}
	outbound := strings.ReplaceAll(webhook("answer", call(1)), "inbound", "outbound")
	if got := with(outbound); got.words(t) != "Press a key. Try 1." {
		t.Errorf("an outbound call hears %q", got.words(t))
	}
	if got := with(strings.ReplaceAll(webhook("disconnect", call(1)), "inbound", "outbound")); got.status != http.StatusForbidden {
		t.Errorf("disconnect of an outbound call: status %d", got.status)
	}
}

func TestHandleAsksForProofAsTheHandlerDoes(t *testing.T) {
	b := start(t, runtime.Config{Flows: set(t, flow.Options{}, menu), Credentials: []runtime.Credential{{Username: "u", Password: "p"}}})
	deliver := func(trusted bool, token string) runtime.Reply {
		var e event.Event
		if err := e.DecodeJSON([]byte(webhook("initiate", callA))); err != nil {
			t.Fatal(err)
		}
		return b.Handle(t.Context(), runtime.Delivery{Flow: "menu", Event: &e, Trusted: trusted, Token: token})
	}
	if got := deliver(false, ""); got.Status != http.StatusUnauthorized || got.Document != nil {
		t.Errorf("status %d", got.Status)
	}
	if got := deliver(false, "nonsense"); got.Status != http.StatusForbidden {
		t.Errorf("status %d", got.Status)
	}
	if got := deliver(true, ""); got.Status != http.StatusOK || len(got.Document) == 0 {
		t.Errorf("status %d", got.Status)
	}
}

func TestWebhooksAreRefusedWithoutATraceInTheCall(t *testing.T) {
	b := start(t, runtime.Config{Flows: set(t, flow.Options{}, menu), Credentials: []runtime.Credential{{Username: "u", Password: "p"}}})
	for _, body := range []string{webhook("initiate", callA), "", "{"} {
		if got := b.post("/flows/menu", body); got.status != http.StatusUnauthorized {
			t.Errorf("%q without credentials: status %d", body, got.status)
		}
		if got := b.post("/flows/menu?t=forged", body); got.status != http.StatusForbidden {
			t.Errorf("%q with a forged token: status %d", body, got.status)
		}
		if got := b.post("/flows/nobody", body); got.status != http.StatusUnauthorized {
			t.Errorf("%q for an unknown flow: status %d", body, got.status)
		}
	}
	if n := len(b.notes()); n != 0 {
		t.Errorf("%d steps", n)
	}
}

func TestATargetMayBearTheTokenOfItsBridge(t *testing.T) {
	b := start(t, runtime.Config{Flows: set(t, flow.Options{}, `
flow: join
params: {other: c-22222222-1a31c52e-b38f-4198-93c1-51633ec68f8d}
start: {initiate: bridging}
states:
  bridging:
    bxml: [{Bridge: {targetCall: "${params.other}"}}]
    on: {bridgeComplete: bye, bridgeTargetComplete: bye}
  bye: {type: final, bxml: [{SpeakSentence: Goodbye.}, Hangup]}
`)})
	first := b.post("/flows/join", webhook("initiate", callA))
	target := first.url(t, "/flows/join", "bridgeTargetCompleteUrl")
	own := first.url(t, "/flows/join", "bridgeCompleteUrl")
	if got := b.post(target, webhook("bridgeTargetComplete", call(0x22222222))); got.status == http.StatusForbidden {
		t.Errorf("the target is refused")
	}
	b.post("/flows/join", webhook("initiate", call(5)))
	for _, other := range []string{call(5), call(6)} {
		if got := b.post(target, webhook("bridgeTargetComplete", other)); got.status != http.StatusForbidden {
			t.Errorf("a call that the bridge did not name: status %d", got.status)
		}
	}
	if got := b.post(own, webhook("bridgeComplete", call(0x22222222))); got.status != http.StatusForbidden {
		t.Errorf("another call with the token of bridgeComplete: status %d", got.status)
	}
	if got := b.post(target, webhook("bridgeComplete", callA)); got.status != http.StatusForbidden {
		t.Errorf("the token of another event: status %d", got.status)
	}
	if got := b.post(own, webhook("bridgeComplete", callA)); got.words(t) != "Goodbye." {
		t.Errorf("the caller hears %q", got.words(t))
	}
}

const serial = `
flow: serial
start: {initiate: first}
states:
  first:
    bxml: [{Bridge: c-22222222-1a31c52e-b38f-4198-93c1-51633ec68f8d}]
    on: {bridgeComplete: second, bridgeTargetComplete: bye}
  second:
    bxml: [{Bridge: c-33333333-1a31c52e-b38f-4198-93c1-51633ec68f8d}]
    on: {bridgeComplete: third, bridgeTargetComplete: bye}
  third:
    bxml: [{Gather: {maxDigits: 1}}]
    on: {gather: bye}
  bye: {type: final, bxml: [Hangup]}
`

func TestATargetMayBeLaterThanTheNextDocumentOfItsBridge(t *testing.T) {
	const flowPath = "/flows/serial"
	b := start(t, runtime.Config{Flows: set(t, flow.Options{}, serial)})
	targets := []string{call(0x22222222), call(0x33333333)}
	var urls []string
	next := b.post(flowPath, webhook("initiate", callA))
	for range 2 {
		urls = append(urls, next.url(t, flowPath, "bridgeTargetCompleteUrl"))
		next = b.post(next.url(t, flowPath, "bridgeCompleteUrl"), webhook("bridgeComplete", callA))
	}
	status := func(url, callID string) int { return b.post(url, webhook("bridgeTargetComplete", callID)).status }
	if got := status(urls[1], targets[0]); got != http.StatusForbidden {
		t.Errorf("the target of another bridge: status %d", got)
	}
	for i, target := range targets { // of the first bridge nobody knows any more whom it named
		if got := status(urls[i], target); got == http.StatusForbidden {
			t.Errorf("target %d is refused", i)
		}
	}
	if got := status(urls[0], call(7)); got == http.StatusForbidden {
		t.Errorf("what is not known is refused")
	}
}

func TestTokensOfTheOldKeyCountWhileThereAreTwo(t *testing.T) {
	shared, flows := memory.New(), set(t, flow.Options{}, menu)
	one, two, three := []byte("1-23456789abcdef0123456789abcdef"), []byte("2-23456789abcdef0123456789abcdef"), []byte("3-23456789abcdef0123456789abcdef")
	at := func(keys ...[]byte) *bench {
		return start(t, runtime.Config{Flows: flows, Store: shared, TokenKeys: keys})
	}
	first := at(one).post("/flows/menu", webhook("initiate", callA))
	second := at(two, one).post(first.url(t, "/flows/menu", "gatherUrl"), gather(callA, "9"))
	if second.words(t) != "Press a key. Try 2." {
		t.Errorf("the old key: the caller hears %q", second.words(t))
	}
	if got := at(three, two).post(first.url(t, "/flows/menu", "gatherUrl"), gather(callA, "9")); got.status != http.StatusForbidden {
		t.Errorf("a key that was taken away: status %d", got.status)
	}
	if got := at(three, two).post(second.url(t, "/flows/menu", "gatherUrl"), gather(callA, "1")); got.words(t) != "One." {
		t.Errorf("the key that signed last: the caller hears %q", got.words(t))
	}
}

func TestVerbCredentials(t *testing.T) {
	b := start(t, runtime.Config{
		Flows: set(t, flow.Options{}, menu), VerbCredentials: true, PublicURL: "https://a.example.com", FallbackURL: "https://b.example.com",
		Credentials: []runtime.Credential{{Username: "us&er", Password: `p"ss<`}, {Username: "old", Password: "old"}},
	})
	r := httptest.NewRequest(http.MethodPost, "/flows/menu", strings.NewReader(webhook("initiate", callA)))
	r.SetBasicAuth("us&er", `p"ss<`)
	got := b.do(r)
	got.words(t)
	for _, want := range []string{` username="us&amp;er"`, ` password="p&#34;ss&lt;"`, ` fallbackUsername="us&amp;er"`, ` fallbackPassword="p&#34;ss&lt;"`} {
		if !strings.Contains(got.body, want) {
			t.Errorf("no %s in %s", want, got.body)
		}
	}
}

func TestCallIDIsReadByItsExactName(t *testing.T) {
	b := start(t, runtime.Config{Flows: set(t, flow.Options{}, menu)})
	for _, body := range []string{
		`{"callid":"` + call(9) + `",` + webhook("initiate", callA)[1:],
		webhook("initiate", callA, `"callid":"`+call(9)+`"`),
	} {
		b.post("/flows/menu", body)
		if got := b.last().Machine; got != callA {
			t.Errorf("machine %q", got)
		}
	}
}
