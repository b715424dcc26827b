package runtime_test

import (
	"strings"
	"testing"
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

func TestWhatIsNoSignalOfTheFlowIsIgnored(t *testing.T) {
	s := newStage(t, nil, telling)
	s.post(tellingPath, webhook("initiate", callA))
	for _, name := range []string{"nobody", "legEnded", "error", "goto", "after", "updateFailed", ".ended", ""} {
		if handled, err := s.Signal(t.Context(), callA, name, nil, ""); err != nil || handled {
			t.Errorf("%q: handled %t, %v", name, handled, err)
		}
	}
	if got, _ := s.machine(callA).Var("heard"); got != "" {
		t.Errorf("the call has heard %q", got)
	}
}
