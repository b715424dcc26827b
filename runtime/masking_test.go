package runtime_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/runtime"
)

// canary is what a caller keys in, and must be found nowhere.
const canary = "4111222233334444"

func TestWhatIsSensitiveIsInNoLogAndNoTrace(t *testing.T) {
	tests := []struct{ sentence, flow string }{
		{"a guard", `[{guard: event.digits == "1", target: bye}, {guard: visits > 0, target: bye}]`},
		{"a guard that fails", `[{guard: 'int(event.digits + "x") > 3', target: bye}, {target: bye}]`},
		{"an action that fails", `[{target: bye, actions: [{check: {digits: "${event.digits}"}, as: result}]}]`},
		{"a request that fails", `[{target: bye, actions: [{http: {method: POST, url: "http://127.0.0.1:1/x", json: {d: "${event.digits}"}, lookup: true}, as: answer}]}]`},
		{"a request to a host that is not allowed", `[{target: bye, actions: [{http: {method: POST, url: "https://nobody.example.com/x", json: {d: "${event.digits}"}, lookup: true}, as: answer}]}]`},
		{"arguments that cannot be computed", `[{target: bye, actions: [{check: {digits: "${string(int(event.digits + \"x\"))}"}, as: result}]}]`},
		{"nobody expects it", `[{guard: event.digits == "1", target: bye}]`},
	}
	for _, tt := range tests {
		t.Run(tt.sentence, func(t *testing.T) {
			text := `
flow: pin
uses: {actions: {check: {with: {digits: string}, returns: {ok: bool}}}}
start: {initiate: ask}
on: {error: {target: sorry, actions: [{log: "failed, ${event.reason}, ${event.message}"}]}}
states:
  ask:
    sensitive: true
    bxml: [{Gather: {maxDigits: 16}}]
    on:
      gather: ` + tt.flow + `
  bye: {type: final, bxml: [Hangup]}
  sorry: {type: final, bxml: [{SpeakSentence: Sorry.}, Hangup]}
`
			if !strings.Contains(tt.flow, "check") {
				text = strings.Replace(text, "uses: {actions: {check: {with: {digits: string}, returns: {ok: bool}}}}\n", "", 1)
			}
			b := start(t, runtime.Config{
				Flows: set(t, flow.Options{}, text), Hosts: []runtime.Host{{Name: "127.0.0.1:1", Private: true}},
				Kit: runtime.Kit{Actions: map[string]runtime.Action{
					"check": func(context.Context, runtime.ActionCall) (map[string]any, error) {
						return nil, errors.New("service down")
					},
				}},
			})
			target := b.post("/flows/pin", webhook("initiate", callA)).url(t, "/flows/pin", "gatherUrl")
			b.post(target, gather(callA, canary)).words(t)
			b.post("/flows/pin", gather(callA, canary)+"x") // not understood
			b.wantSilence(t, canary)
		})
	}
}

func TestPersonalFieldsOfEveryEventAreMaskedInGuards(t *testing.T) {
	b := start(t, runtime.Config{Flows: set(t, flow.Options{}, `
flow: masked
start: {initiate: ask}
states:
  ask:
    bxml: [{Gather: {maxDigits: 1}}]
    on:
      gather:
        - {guard: event.digits == "1" && call.from != "" && event.from != call.to, target: bye}
        - target: bye
  bye: {type: final, bxml: [Hangup]}
`)})
	target := b.post("/flows/masked", webhook("initiate", callA)).url(t, "/flows/masked", "gatherUrl")
	b.post(target, gather(callA, "77777"))
	for _, secret := range []string{"77777", "+15551112222", "+15553334444"} {
		b.wantSilence(t, secret)
	}
}

func TestTokensAndCredentialsAreInNoLog(t *testing.T) {
	b := start(t, runtime.Config{Flows: set(t, flow.Options{}, menu), Credentials: []runtime.Credential{{Username: "u", Password: "pass-canary"}}})
	b.post("/flows/menu?t=token-canary", webhook("initiate", callA))
	b.post("/flows/menu", webhook("initiate", callA))
	b.wantSilence(t, "token-canary")
	b.wantSilence(t, "pass-canary")
	if !strings.Contains(b.log.String(), "token not valid") {
		t.Error("the log does not tell of the refusal")
	}
}

// wantSilence fails when a text is in the log, or in a trace as it is written.
func (b *bench) wantSilence(t *testing.T, secret string) {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, tr := range b.traces {
		text, err := json.Marshal(tr)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), secret) {
			t.Errorf("trace: %s", text)
		}
		if tr.Input != nil && secret == canary && strings.Contains(string(tr.Input.Event), secret) {
			t.Errorf("recording: %s", tr.Input.Event)
		}
	}
	if strings.Contains(b.log.String(), secret) {
		t.Errorf("log: %s", b.log)
	}
}
