package flow_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/bxmlflow/bxmlflow/flow"
)

// holding is a flow with a hold loop that a signal ends; states begin in line 6, on is what the waiting state behind it handles.
func holding(on string, flowLevel string) string {
	return "flow: test\nsignals: {ready: {}}\nstart: {initiate: a}\non: {disconnect: {actions: [{log: x}]}" + flowLevel + "}\nstates:\n" +
		"  a: {bxml: [{Ring: {duration: 9}}, Redirect], on: {redirect: {}, ready: b}}\n  b: {on: {" + on + "}}\n  end: {type: final, bxml: [Hangup]}\n"
}

func TestEventsThatNobodyAnswers(t *testing.T) {
	nobody := []string{`7 <b> unanswered-event: nobody answers redirect in state "b"`}
	testWrong(t, []wrong{
		{"the document before goes on", holding("bridgeTargetComplete: end", ""), nobody},
		{"the waiting state answers", holding("bridgeTargetComplete: end, redirect: a", ""), nil},
		{"the flow level answers", holding("bridgeTargetComplete: end", ", redirect: end"), nil},
		{"every event is answered", holding("bridgeTargetComplete: end", `, "*": end`), nil},
		{"the error is answered", holding("bridgeTargetComplete: end", ", error: end"), nil},
		{"an answer without bxml", holding("bridgeTargetComplete: end, redirect: {}", ""), []string{`7 <b> unanswered-event: state "b" has no bxml to answer redirect with`}},
		{"a guard may be true", holding("bridgeTargetComplete: end, redirect: [{guard: now > date(\"2026-01-01\"), target: end}]", ""), nil},
	})
}

// gatheringKeys is a menu with the given transitions in line 4.
func gatheringKeys(transitions, flowLevel string) string {
	return "flow: test\nstart: {initiate: a}\nstates:\n  a: {bxml: [{Gather: {maxDigits: 1}}], on: {gather: [" + transitions + "]}}\n  end: {type: final, bxml: [Hangup]}\n" + flowLevel
}

func TestOutcomesThatAreOpen(t *testing.T) {
	open := func(digits string) []string {
		return []string{fmt.Sprintf(`4 <gather> open-outcome: no transition fits gather: {digits: %q} in state "a"`, digits)}
	}
	testWrong(t, []wrong{
		{"silence", gatheringKeys(`{guard: event.digits != "", target: end}`, ""), open("")},
		{"another key", gatheringKeys(`{guard: event.digits == "", target: a}, {guard: 'event.digits in ["1", "0"]', target: end}`, ""), open("2")},
		{"the third silence", gatheringKeys(`{guard: visits < 3, target: a}, {guard: event.digits != "", target: end}`, ""), open("")},
		{"a last resort", gatheringKeys(`{guard: event.digits == "1", target: a}, {target: end}`, ""), nil},
		{"a level around it", gatheringKeys(`{guard: event.digits == "1", target: end}`, "on: {gather: end}\n"), nil},
		{"what is unknown", gatheringKeys(`{guard: call.from != "", target: end}`, ""), nil},
	})
}

func TestThePathToATroubleIsShown(t *testing.T) {
	text := gatheringKeys(`{guard: visits < 3, target: a}, {guard: event.digits != "", target: end}`, "")
	_, problems := flow.Compile(flow.Options{}, flow.Source{Path: "test.yaml", Text: []byte(text)})
	const want = `steps initiate: {} / gather: {digits: ""} / gather: {digits: ""} / gather: {digits: ""}`
	if len(problems) != 1 || !strings.HasSuffix(problems[0].Help, want) {
		t.Errorf("got %v, want the %s", problems, want)
	}
}

func TestHandlersOfEventsThatNeverCome(t *testing.T) {
	flow := func(on string) string {
		return "flow: test\nsignals: {go: {}}\nstart: {initiate: a}\nstates:\n  a: {bxml: [{Gather: {maxDigits: 1}}], on: {gather: b, " + on + "}}\n" +
			"  b: {bxml: [Record], on: {recordComplete: end, go: w}}\n  w: {on: {recordComplete: end}}\n  end: {type: final, bxml: [Hangup]}\n"
	}
	testWrong(t, []wrong{
		{"an event of another state's verb", flow("recordComplete: end"), []string{
			`~5 <recordComplete> dead-handler: "recordComplete" cannot come in state "a": no document raises it there`}},
		{"an event that programs can raise", flow("redirect: end"), nil},
		{"what runs goes on in a state that waits", flow("dtmf: {actions: [{log: x}]}"), nil},
	})
}

func TestCallsThatABridgeLeaves(t *testing.T) {
	flow := func(bridge, on string) string {
		return "flow: test\nstart: {answer: a}\n" + on + "states:\n  a: {bxml: [" + bridge + "], on: {redirect: end}}\n  end: {type: final, bxml: [Hangup]}\n"
	}
	const other = `~5 <Bridge> bridge-target: the other call is hung up without a word when this one leaves the bridge`
	const own = `~5 <Bridge> bridge-target: this call is hung up without a word when the other one leaves the bridge, or when there is none`
	testWrong(t, []wrong{
		{"both", flow("{Bridge: c-1}", "on: {bridgeTargetComplete: end, bridgeComplete: end}\n"), nil},
		{"the other", flow("{Bridge: c-1}", "on: {bridgeComplete: end, disconnect: {}}\n"), []string{other}},
		{"this one", flow("{Bridge: c-1}", "on: {bridgeTargetComplete: end}\n"), []string{own}},
		{"something follows", flow("{Bridge: c-1}, {SpeakSentence: Goodbye.}", "on: {bridgeTargetComplete: end}\n"), nil},
		{"it is meant so", flow("{Bridge: {targetCall: c-1, bridgeTargetCompleteUrl: null, bridgeCompleteUrl: null}}", "on: {disconnect: {}}\n"), nil},
	})
}

// manyStates writes a flow of n states: menus, holds with a signal, waiting states, recordings.
func manyStates(n int) string {
	var b strings.Builder
	b.WriteString("flow: many\nsignals: {ready: {}}\nstart: {initiate: s0}\non: {redirect: end}\nstates:\n")
	for i := range n {
		next := func(k int) string { return fmt.Sprintf("s%d", (i+k)%n) }
		switch i % 4 {
		case 0:
			fmt.Fprintf(&b, "  s%d:\n    bxml: [{Gather: {maxDigits: 1, nested: [{SpeakSentence: Press a key.}]}}]\n    on:\n      gather:\n", i)
			fmt.Fprintf(&b, "        - {guard: event.digits == \"1\", target: %s}\n        - {guard: event.digits == \"2\", target: %s}\n        - {guard: visits < 3, target: s%d}\n        - target: %s\n",
				next(1), next(7), i, next(13))
		case 1:
			fmt.Fprintf(&b, "  s%d: {bxml: [{Ring: {duration: 9}}, Redirect], on: {redirect: {}, ready: %s}}\n", i, next(1))
		case 2:
			fmt.Fprintf(&b, "  s%d: {on: {redirect: %s, ready: %s}}\n", i, next(1), next(2))
		default:
			fmt.Fprintf(&b, "  s%d:\n    bxml: [{Transfer: {nested: [{PhoneNumber: \"+15551112222\"}]}}]\n    on:\n      transferComplete:\n"+
				"        - {guard: 'event.cause in [\"busy\", \"timeout\"]', target: %s}\n        - target: %s\n", i, next(1), next(5))
		}
	}
	b.WriteString("  end: {type: final, bxml: [Hangup]}\n")
	return b.String()
}

// BenchmarkCheck compiles and checks flows of many states.
func BenchmarkCheck(b *testing.B) {
	for _, n := range []int{100, 1000, 4000} {
		source := flow.Source{Path: "many.yaml", Text: []byte(manyStates(n))}
		b.Run(fmt.Sprintf("states=%d", n), func(b *testing.B) {
			for b.Loop() {
				if _, problems := flow.Compile(flow.Options{}, source); len(problems) > 0 {
					b.Fatalf("%d problems, the first is %s", len(problems), problems[0].Error())
				}
			}
		})
	}
}
