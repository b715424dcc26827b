package flow_test

import (
	"fmt"
	"strings"
	"testing"
)

// graphOf is a flow with the given states beside a final one; they begin in line 5.
func graphOf(states string) string {
	return "flow: test\nvars: {n: 0, done: false}\nstart: {initiate: a}\nstates:\n" + states + "  end: {type: final, bxml: [Hangup]}\non: {error: {target: end, guard: vars.n > 1 || vars.done, actions: [{set: {n: 1, done: true}}]}}\n"
}

func TestAlwaysCircles(t *testing.T) {
	testWrong(t, []wrong{
		{"to itself", graphOf("  a: {always: [{guard: vars.n > 1, target: end}, {target: a}]}\n"), []string{`5 <{target: a}> always-cycle: always leads in a circle: a -> a`}},
		{"visits are counted", graphOf("  a: {always: [{guard: visits > 3, target: end}, {guard: visits < 5, target: a}, {target: end}]}\n"), nil},
		{"an action changes what the guard reads", graphOf("  a: {always: [{guard: vars.n < 3, target: a, actions: [{set: {n: \"${vars.n + 1}\"}}]}, {target: end}]}\n"), nil},
		{"an action changes something else", graphOf("  a: {always: [{guard: vars.n < 3, target: a, actions: [{set: {done: true}}]}, {target: end}]}\n"),
			[]string{`5 <{guard: vars.n < 3, target: a, actions: [{set: {done: true}}]}> always-cycle: always leads in a circle: a -> a`}},
		{"an entry on the way changes it", graphOf("  a: {always: [{guard: vars.n < 3, target: b}, {target: end}]}\n  b: {always: a, entry: [{set: {n: \"${vars.n + 1}\"}}]}\n"), nil},
		{"the entry of an outer state changes it", graphOf("  a: {always: [{guard: vars.n < 3, target: o}, {target: end}]}\n  o: {initial: b, entry: [{set: {n: \"${vars.n + 1}\"}}], states: {b: {always: a}}}\n"), nil},
		{"the result of a look-up changes it", graphOf("  a: {entry: [{http: {url: \"https://a.example\"}, as: got}], always: [{guard: vars.got.status != 200, target: a}, {target: end}]}\n"), nil},
		{"what follows an unguarded one is never taken", graphOf("  a: {always: [{target: end}, {target: a}]}\n"), []string{`5 <{target: a}> shadowed: this transition is never taken: one before it has no guard`}},
		{"an always of an outer state", graphOf("  a: {initial: b, always: [{guard: vars.n > 1, target: b}], states: {b: {bxml: [Gather], on: {gather: end}}}}\n"),
			[]string{`5 <{guard: vars.n > 1, target: b}> always-cycle: always leads in a circle: a.b -> a.b`}},
		{"two circles are two mistakes", graphOf("  a: {always: [{guard: vars.n > 1, target: b}, {guard: vars.n > 2, target: c}, {target: end}]}\n  b: {always: a}\n  c: {always: a}\n"),
			[]string{`5 <{guard: vars.n > 1, target: b}> always-cycle: always leads in a circle: a -> b -> a`, `5 <{guard: vars.n > 2, target: c}> always-cycle: always leads in a circle: a -> c -> a`}},
	})
}

// TestManyDecisionsAreCheckedQuickly compiles a ladder of decisions with a million ways through it, and a mesh in which
// every decision leads to every other.
func TestManyDecisionsAreCheckedQuickly(t *testing.T) {
	var ladder, mesh strings.Builder
	for i := range 40 {
		fmt.Fprintf(&ladder, "  s%d: {always: [{guard: vars.n > %d, target: t%d}, {target: u%d}]}\n  t%d: {always: s%d}\n  u%d: {always: s%d}\n", i, i, i, i, i, i+1, i, i+1)
		fmt.Fprintf(&mesh, "  m%d: {always: [", i)
		for j := range 40 {
			fmt.Fprintf(&mesh, "{guard: visits < %d, target: m%d}, ", 40*i+j+2, j)
		}
		mesh.WriteString("{target: end}]}\n")
	}
	if got := complaints(graphOf("  a: {always: s0}\n" + ladder.String() + "  s40: {always: end}\n")); len(got) > 0 {
		t.Errorf("the ladder is complained about: %s", got)
	}
	if got := complaints(graphOf("  a: {always: m0}\n" + mesh.String())); len(got) > 0 {
		t.Errorf("the mesh is complained about: %s", got)
	}
}

func TestWaysOut(t *testing.T) {
	testWrong(t, []wrong{
		{"what is done at the end of the call is no way out", "flow: test\nstart: {initiate: a}\non: {disconnect: {actions: [{log: x}]}}\nstates:\n  a: {bxml: [{SpeakSentence: Hello.}]}\n",
			[]string{`5 <a> dead-end: there is no way out of state "a"`}},
		{"nor is what is done about a recording", "flow: test\nstart: {initiate: a}\non: {recordingAvailable: {actions: [{log: x}]}}\nstates:\n  a: {bxml: [StartRecording]}\n",
			[]string{`5 <a> dead-end: there is no way out of state "a"`}},
		{"a hold loop goes on", "flow: test\nstart: {initiate: a}\nstates:\n  a: {bxml: [{Pause: {duration: 9}}, Redirect], on: {redirect: {}}, limits: {visits: none}}\n", nil},
		{"a guarded always is none once the document runs", graphOf("  a: {bxml: [{SpeakSentence: Hi.}], always: [{guard: vars.n > 1, target: end}]}\n"), []string{`5 <a> dead-end: there is no way out of state "a"`}},
		{"a document that always leaves", graphOf("  a: {bxml: [{SpeakSentence: Hi.}], always: end}\n"), []string{`5 <bxml> dead-verb: this document is never sent: always leaves the state at once`}},
		{"the call ends in a state that does not say so", "flow: test\nstart: {initiate: a}\nstates:\n  a: {bxml: [Hangup]}\n", []string{`~4 <a> final-state: the call ends in state "a"`}},
		{"a decision that may stay", graphOf("  a: {always: [{guard: vars.n > 1, target: end}]}\n"), []string{`5 <a> silent-state: state "a" has no bxml, but initiate must be answered with one`}},
		{"a state that nobody reaches", graphOf("  a: {bxml: [Gather], on: {gather: end}}\n  b: {bxml: [Gather], on: {gather: end}}\n"), []string{`~6 <b> unreachable-state: no transition leads to state "b"`}},
	})
}

func TestADocumentOnAnAsynchronousEventNeedsREST(t *testing.T) {
	const first = "  a: {bxml: [StartGather, {Pause: {duration: 9}}, Redirect], on: {redirect: end, dtmf: "
	tests := []struct{ sentence, states, want string }{
		{"a state with bxml", first + "end}}\n", `the bxml of state "end" on dtmf`},
		{"a decision before it", first + "b}}\n  b: {always: [{guard: vars.n > 1, target: c}, {target: end}]}\n  c: {on: {redirect: end}}\n", `the bxml of state "end" on dtmf`},
		{"a state that waits", first + "b}}\n  b: {on: {redirect: end}}\n", ""},
		{"actions alone", first + "{actions: [{log: x}]}}}\n", ""},
		{"a timer", first + "{}}, after: {20s: {actions: [{log: x}]}}}\n", `after in state "a"`},
		{"a leg", first + "{actions: [{endCall: \"${call.parent}\"}]}}}\n", `endCall in state "a"`},
		{"the first of two", first + "{actions: [{endCall: \"${call.parent}\"}]}}, entry: [{deleteRecording: {recordingId: r-1}}]}\n", `endCall in state "a"`},
	}
	for _, tt := range tests {
		t.Run(tt.sentence, func(t *testing.T) {
			needs := compile(t, graphOf(tt.states)).Needs
			if needs.Reason != tt.want || needs.REST != (tt.want != "") {
				t.Errorf("it needs REST %t for %q, want %q", needs.REST, needs.Reason, tt.want)
			}
		})
	}
}

func TestFinalStates(t *testing.T) {
	testWrong(t, []wrong{
		{"a handler of a synchronous event", "flow: test\nstart: {initiate: a}\nstates:\n  a: {type: final, bxml: [Hangup], on: {gather: a}}\n", []string{`4 <gather> final-state: a final state cannot handle "gather"`}},
		{"a handler of a late event", "flow: test\nstart: {initiate: a}\nstates:\n  a: {type: final, bxml: [Hangup], on: {recordingAvailable: {}}}\n", nil},
		{"always", "flow: test\nstart: {initiate: a}\nstates:\n  a: {type: final, bxml: [Hangup], always: a}\n", []string{
			`4 <always> final-state: a final state cannot be left`, `4 <a> always-cycle: always leads in a circle: a -> a`}},
		{"no bxml", "flow: test\nstart: {initiate: a}\nstates:\n  a: {type: final}\n", []string{`4 <a> silent-state: final state "a" has no bxml`}},
		{"no bxml behind a plain start", "flow: test\nstart: a\nstates:\n  a: {type: final}\n", []string{`4 <a> silent-state: final state "a" has no bxml`}},
		{"no bxml in a sub-flow", "flow: test\nstart: {invoke: a}\nstates:\n  a: {type: final}\n", nil},
		{"an output and bxml", "flow: test\nstart: {invoke: a}\nstates:\n  a: {type: final, bxml: [Hangup], output: {ok: true}}\n", []string{`4 <bxml> wrong-type: a final state with an output has no bxml`}},
		{"an output of a state that is not final", "flow: test\nstart: {invoke: a}\nstates:\n  a: {bxml: [Gather], on: {gather: b}, output: {ok: true}}\n  b: {type: final}\n",
			[]string{`4 <{ok: true}> unknown-key: only a final state has an output`}},
		{"a verb that waits", "flow: test\nstart: {initiate: a}\non: {gather: b}\nstates:\n  a: {bxml: [Gather]}\n  b:\n    type: final\n    bxml:\n      - Gather\n",
			[]string{`9 <Gather> final-state: Gather waits for gather, but a final state expects no event`}},
		{"a verb that waits for somebody else", "flow: test\nstart: {initiate: a}\non: {gather: b}\nstates:\n  a: {bxml: [Gather]}\n  b: {type: final, bxml: [{Gather: {gatherUrl: null}}, Hangup]}\n", nil},
	})
}

func TestDeadVerbs(t *testing.T) {
	const frags = "flow: test\nstart: {initiate: a}\nfragments:\n  bye: {entries: [{SpeakSentence: Goodbye.}, Hangup]}\nstates:\n  a:\n    type: final\n    bxml:\n"
	testWrong(t, []wrong{
		{"behind the end of the call", frags + "      - use: bye\n      - SpeakSentence: Never.\n", []string{`10 <SpeakSentence: Never.> dead-verb: this verb never runs`}},
		{"behind a fragment with a guard", frags + "      - use: bye\n        guard: visits > 1\n      - use: bye\n", nil},
		{"behind a Gather that is handled", gathering("      gather: end\n")[:0] + "flow: test\nstart: {initiate: a}\nstates:\n  a: {bxml: [Gather, Hangup], on: {gather: b}}\n  b: {type: final, bxml: [Hangup]}\n",
			[]string{`4 <Hangup> dead-verb: this verb never runs`}},
		{"behind a Gather that nobody handles", "flow: test\nstart: {initiate: a}\nstates:\n  a: {type: final, bxml: [Gather, Hangup]}\n", nil},
		{"behind a Transfer without a URL", "flow: test\nstart: {initiate: a}\nstates:\n  a: {type: final, bxml: [{Transfer: {nested: [{PhoneNumber: \"+15551112222\"}]}}, Hangup]}\n", nil},
	})
}

func TestVariablesThatNobodySets(t *testing.T) {
	flow := func(start string) string {
		return "flow: test\nvars: {name: \"\"}\n" + start + "\nstates:\n  a: {type: final, bxml: [{SpeakSentence: \"${vars.name}\"}, Hangup]}\n"
	}
	never := []string{`~2 <name> unused-name: variable "name" is never set`}
	testWrong(t, []wrong{
		{"an inbound call has nobody to set it", flow("start: {initiate: a}"), never},
		{"the leg of a Transfer begins with what its parent set", flow("start: {initiate: a, transferAnswer: a}"), never},
		{"who starts a call sets it", flow("start: {answer: a}"), nil},
		{"who starts a call of either kind sets it", flow("start: a"), nil},
		{"defaults of outbound calls tell of somebody who starts them", flow("outbound: {callTimeout: 20}\nstart: {initiate: a}"), nil},
	})
}
