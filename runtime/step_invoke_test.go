package runtime

import (
	"testing"

	"github.com/bxmlflow/bxmlflow/flow"
)

const outerFlow = `
flow: outer
vars: {pin: ""}
start: {initiate: asking}
on: {error: sorry}
states:
  asking:
    invoke: {flow: collect, with: {length: 2}}
    on:
      done:
        - {guard: event.output.ok, target: thanks, actions: [{set: {pin: "${event.output.digits}"}}]}
        - target: sorry
      redirect: thanks
  thanks: {type: final, bxml: [{SpeakSentence: "Thanks for ${vars.pin}."}, Hangup]}
  sorry: {type: final, bxml: [{SpeakSentence: Sorry.}, Hangup]}
`

const collectFlow = `
flow: collect
params: {length: 4}
vars: {digits: ""}
start: {invoke: ask}
states:
  ask:
    bxml: [{Gather: {maxDigits: "${params.length}"}}]
    exit: [{log: left}]
    on:
      gather:
        - {guard: len(event.digits) == params.length, target: done, actions: [{set: {digits: "${event.digits}"}}]}
        - {guard: visits < 2, target: ask}
        - target: failed
  done: {type: final, output: {ok: true, digits: "${vars.digits}"}}
  failed: {type: final, output: {ok: false, digits: ""}}
`

func TestSubFlows(t *testing.T) {
	start := sent{"initiate", stepWant{kind: Document, state: "ask", says: `maxDigits="2"`}}
	tests := []struct {
		sentence string
		script   []sent
		frames   int
	}{
		{"an output comes back with done", []sent{start, {"gather digits=12", stepWant{kind: Document, state: "thanks", says: "Thanks for 12."}}}, 1},
		{"a failure too", []sent{start,
			{"gather digits=1", stepWant{kind: Document, state: "ask"}},
			{"gather digits=1", stepWant{kind: Document, state: "sorry", says: "Sorry."}}}, 1},
		{"what the sub-flow does not handle goes to the state that invoked it", []sent{start,
			{"redirect", stepWant{kind: Document, state: "thanks", says: "Thanks for ."}}}, 1},
		{"the end of the call is the end of both", []sent{start, {"disconnect", stepWant{kind: Empty, state: "ask"}}}, 2},
		{"an error goes outward", []sent{start, {"recordComplete", stepWant{kind: Document, state: "sorry", fault: flow.ReasonUnhandled}}}, 1},
	}
	for _, test := range tests {
		t.Run(test.sentence, func(t *testing.T) {
			p := play(t, outerFlow, collectFlow)
			p.script(t, test.script)
			if len(p.m.Frames) != test.frames {
				t.Errorf("%d frames, want %d", len(p.m.Frames), test.frames)
			}
		})
	}
}
