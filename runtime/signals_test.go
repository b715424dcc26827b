package runtime_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/bxmlflow/bxmlflow/runtime"
)

// A call with a helper leg, which tells it numbers.
const telling = `
flow: telling
signals: {number: {n: string}, free: {}}
vars: {heard: ""}
start: {initiate: begin}
on:
  number: {actions: [{set: {heard: "${vars.heard}${event.n}"}}, {log: "number ${event.n} of ${event.leg}"}]}
  free: said
  legEnded: {actions: [{set: {heard: "${vars.heard}."}}]}
states:
  begin:
    entry: [{createCall: {leg: helper, to: "+15553334444", from: "+15550009999", target: speaking}}]
    bxml: [{Gather: {maxDigits: 1}}]
    on: {gather: said}
  said:
    bxml: [{Gather: {maxDigits: 1, nested: [{SpeakSentence: "Heard ${vars.heard}"}]}}]
    on: {gather: {}}
  speaking:
    entry:
      - send: {to: parent, signal: number, with: {n: "1"}}
      - send: {to: parent, signal: number, with: {n: "2"}}
    bxml: [{Gather: {maxDigits: 1}}]
    on: {gather: {actions: [{send: {to: parent, signal: number, with: {n: "${event.digits}"}}}]}}
`

const tellingPath = "/flows/telling"

func TestSignalsArriveInOrderBeforeLaterEventsOfTheSender(t *testing.T) {
	s := newStage(t, nil, telling)
	first := s.post(tellingPath, webhook("initiate", callA))
	s.settle()
	leg := s.carrier.call(t, 0)
	speaking := s.post(leg.url(t, "answer"), legEvent("answer", leg.id))
	next := s.post(speaking.url(t, tellingPath, "gatherUrl"), gather(leg.id, "3")) // 1 and 2 are delivered first
	if got, _ := s.machine(callA).Var("heard"); got != "12" {
		t.Errorf("before the leg goes on, the call has heard %q", got)
	}
	s.post(next.url(t, tellingPath, "gatherUrl"), gather(leg.id, "4"))
	s.post(leg.url(t, "disconnect"), legEvent("disconnect", leg.id, `"cause":"hangup"`))
	s.settle()
	if got, _ := s.machine(callA).Var("heard"); got != "1234." {
		t.Errorf("the call has heard %q", got)
	}
	if got := s.post(first.url(t, tellingPath, "gatherUrl"), gather(callA, "1")).words(t); got != "Heard 1234." {
		t.Errorf("the caller hears %q", got)
	}
	if !strings.Contains(s.log.String(), "number 3 of helper") {
		t.Errorf("the sender has no name: %s", s.log)
	}
}

func TestASignalFromOutsideIsTakenOnce(t *testing.T) {
	s := newStage(t, nil, telling)
	s.post(tellingPath, webhook("initiate", callA))
	for i, tt := range []struct {
		key, n  string
		handled bool
	}{{"k1", "5", true}, {"k1", "5", true}, {"k2", "6", true}, {"", "7", true}, {"", "7", true}} {
		handled, err := s.Signal(t.Context(), callA, "number", map[string]any{"n": tt.n}, tt.key)
		if err != nil || handled != tt.handled {
			t.Errorf("signal %d: handled %t, %v", i, handled, err)
		}
	}
	if got, _ := s.machine(callA).Var("heard"); got != "5677" {
		t.Errorf("the call has heard %q", got)
	}
	if handled, err := s.Signal(t.Context(), callA, "free", nil, ""); err != nil || !handled {
		t.Errorf("free: handled %t, %v", handled, err)
	}
	s.settle()
	if got := spoken(t, s.carrier.sent(t, callA)); got != "Heard 5677" {
		t.Errorf("the caller hears %q", got)
	}
}

func TestWhatIsNoSignalOfTheFlowIsRefused(t *testing.T) {
	s := newStage(t, nil, telling)
	s.post(tellingPath, webhook("initiate", callA))
	for _, name := range []string{"nobody", "legEnded", "error", "goto", "after", "updateFailed", ".ended", ""} {
		if handled, err := s.Signal(t.Context(), callA, name, nil, ""); !errors.Is(err, runtime.ErrUnknownSignal) || handled {
			t.Errorf("%q: handled %t, %v", name, handled, err)
		}
	}
	if got, _ := s.machine(callA).Var("heard"); got != "" {
		t.Errorf("the call has heard %q", got)
	}
	_, err := s.Signal(t.Context(), callA, "numbr", nil, "")
	const want = `signal: there is no such signal: flow "telling" declares no signal "numbr", did you mean "number"?`
	if err == nil || err.Error() != want {
		t.Errorf("a misspelt one: %v, want %s", err, want)
	}
}

// A flow that asks another one, which takes a signal while it runs.
const asking = `
flow: asking
start: {initiate: hello}
states:
  hello: {bxml: [{Gather: {maxDigits: 1}}], on: {gather: inner}}
  inner: {invoke: {flow: inner}, on: {done: hello}}
`

const inner = `
flow: inner
signals: {paid: {cents: int}}
start: {invoke: wait}
states:
  wait: {bxml: [{Gather: {maxDigits: 1}}], on: {gather: told, paid: {}}}
  told: {type: final}
`

func TestASignalOfASubFlowIsNoMistakeWhileThatDoesNotRun(t *testing.T) {
	s := newStage(t, nil, asking, inner)
	first := s.post("/flows/asking", webhook("initiate", callA))
	paid := func(cents any) (bool, error) {
		return s.Signal(t.Context(), callA, "paid", map[string]any{"cents": cents}, "")
	}
	if handled, err := paid(5); handled || err != nil {
		t.Errorf("before it runs: handled %t, %v", handled, err)
	}
	if _, err := paid("5"); !errors.Is(err, runtime.ErrRequest) {
		t.Errorf("before it runs, of another type: %v", err)
	}
	s.post(first.url(t, "/flows/asking", "gatherUrl"), gather(callA, "1"))
	if handled, err := paid(5); !handled || err != nil {
		t.Errorf("while it runs: handled %t, %v", handled, err)
	}
}

const typed = `
flow: typed
signals: {order: {n: int, price: number, wait: duration, gift: bool, names: list, note: string}}
vars: {heard: ""}
start: {initiate: hold}
on:
  order: {actions: [{set: {heard: "${event.n} ${event.price} ${event.wait} ${event.gift} ${len(event.names)} ${event.note}"}}]}
states:
  hold: {bxml: [{Gather: {maxDigits: 1}}], on: {gather: bye}}
  bye: {type: final, bxml: [Hangup]}
`

func TestWhatDoesNotFitASignalIsRefused(t *testing.T) {
	tests := []struct {
		sentence string
		with     map[string]any
		want     string // of the error; "" for none
		heard    string
	}{
		{"nothing", nil, "", "0 0 0 false 0 "},
		{"all", map[string]any{"n": 3, "price": 2, "wait": "90s", "gift": true, "names": []any{"a"}, "note": "x"}, "", "3 2 90 true 1 x"},
		{"numbers of JSON", map[string]any{"n": json.Number("3"), "price": json.Number("2.5")}, "", "3 2.5 0 false 0 "},
		{"a float that is whole", map[string]any{"n": 3.0}, "", "3 0 0 false 0 "},
		{"a duration of Go", map[string]any{"wait": time.Minute}, "", "0 0 60 false 0 "},
		{"null", map[string]any{"n": nil}, "", "0 0 0 false 0 "},
		{"a text for an int", map[string]any{"n": "3"}, `field "n" is declared int, "3" is none`, ""},
		{"a fraction for an int", map[string]any{"n": 2.5}, `field "n" is declared int, 2.5 is none`, ""},
		{"a text for a bool", map[string]any{"gift": "yes"}, `field "gift" is declared bool, "yes" is none`, ""},
		{"a text that is no duration", map[string]any{"wait": "soon"}, `field "wait" is declared duration, "soon" is none`, ""},
		{"a field that is not declared", map[string]any{"noet": "x"}, `signal "order" of flow "typed" has no field "noet", did you mean "note"?`, ""},
		{"a field that is not declared, and nothing in it", map[string]any{"place": nil}, `has no field "place", it has n, price, wait, gift, names, note`, ""},
		{"a field that every signal has", map[string]any{"leg": "x"}, `has no field "leg"`, ""},
		{"a number for a text", map[string]any{"note": 1}, `field "note" is declared string, 1 is none`, ""},
	}
	for _, tt := range tests {
		t.Run(tt.sentence, func(t *testing.T) {
			s := newStage(t, nil, typed)
			s.post("/flows/typed", webhook("initiate", callA))
			handled, err := s.Signal(t.Context(), callA, "order", tt.with, "")
			if tt.want != "" {
				if !errors.Is(err, runtime.ErrRequest) || !strings.Contains(err.Error(), tt.want) || handled {
					t.Errorf("handled %t, %v", handled, err)
				}
			} else if err != nil || !handled {
				t.Errorf("handled %t, %v", handled, err)
			}
			if got, _ := s.machine(callA).Var("heard"); got != tt.heard {
				t.Errorf("the call has heard %q", got)
			}
		})
	}
}
