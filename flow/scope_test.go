package flow_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bxmlflow/bxmlflow/flow"
)

// menu is a flow whose state `a` is entered by initiate and by gather; entries of its document begin in line 5.
func menu(entries, handlers string) string {
	return "flow: test\nvars: {n: 0, name: \"\", agents: []}\nstart: {initiate: a}\nstates: {a: {bxml: [\n" + entries + "\n  ], on: {" + handlers +
		"}}, end: {type: final, bxml: [Hangup]}}\non: {disconnect: {actions: [{set: {n: \"${vars.n}\", name: \"${vars.name}\", agents: \"${vars.agents}\"}}]}}\n"
}

func TestEventsAreTyped(t *testing.T) {
	const end = `gather: [{guard: visits < 3, target: a}, {target: end}]`
	testWrong(t, []wrong{
		{"a field of every event that leads here", menu(`{SpeakSentence: "${event.from}"}, Gather`, end), nil},
		{"a field of one of two events", menu(`{SpeakSentence: "${event.digits}"}, Gather`, end),
			[]string{`5 <event.digits> unknown-name: event.digits does not exist when initiate leads here`}},
		{"a field of no event", menu(`{SpeakSentence: "${event.digts}"}, Gather`, end), []string{`5 <event.digts> unknown-name: gather and initiate have no field "digts"`}},
		{"the new event in a handler", menu(`Gather`, `gather: {target: end, guard: 'event.digits == "1" || visits > 0'}`), nil},
		{"the field of another event in a handler", menu(`Gather`, `gather: {target: end, guard: 'event.recordingId == "1"'}`),
			[]string{`6 <event.recordingId> unknown-name: gather has no field "recordingId"`}},
		{"raw reaches every field", menu(`{SpeakSentence: "${event.raw.anything}"}, Gather`, end), nil},
		{"a text is no number", menu(`Gather`, `gather: {target: end, guard: 'event.digits > 1'}`),
			[]string{`6 <event.digits > 1> expression-type: event.digits is a string and 1 is a number: they cannot be compared`}},
		{"a variable that is not declared", menu(`{SpeakSentence: "${vars.nam}"}, Gather`, end), []string{`5 <vars.nam> unknown-name: there is no vars.nam`}},
		{"a param that is not declared", menu(`{SpeakSentence: "${params.x}"}, Gather`, end), []string{`5 <params.x> unknown-name: there is no params.x`}},
		{"a field of the call that is none", menu(`{SpeakSentence: "${call.form}"}, Gather`, end), []string{`5 <call.form> unknown-name: there is no call.form`}},
		{"a leg that nobody makes", menu(`{SpeakSentence: "${call.legs.agent.id}"}, Gather`, end), []string{`5 <call.legs> unknown-name: this flow makes no legs`}},
		{"a secret that would be spoken", menu(`{SpeakSentence: "${secret('x')}"}, Gather`, end),
			[]string{`5 <secret('x')> expression-type: secret(...) may only stand in username and password attributes of verbs and in http headers`}},
		{"arguments outside a fragment", menu(`{SpeakSentence: "${args.x}"}, Gather`, end), []string{`5 <args.x> unknown-name: there is no args.x`}},
		{"a field after * is unknown", menu(`Gather`, `gather: end, "*": {guard: 'event.digits == "1"'}`), []string{`6 <event.digits> unknown-name: * has no field "digits"`}},
		{"the fields of an error", menu(`Gather`, `gather: end, error: {target: end, guard: 'event.reason == "limit" && event.message != "" && event.source != ""'}`), nil},
		{"item outside a loop", menu(`{SpeakSentence: "${item}"}, Gather`, end), []string{`5 <item> unknown-name: "item" does not exist here`}},
		{"item within a loop", menu(`{SpeakSentence: "${item} ${index}", each: "${vars.agents}"}, Gather`, end), nil},
		{"a loop over a text", menu(`{SpeakSentence: "${item}", each: "${vars.name}"}, Gather`, end), []string{`5 <"${vars.name}"> wrong-type: each needs a list, "${vars.name}" is a string`}},
		{"a loop over a word", menu(`{SpeakSentence: "${item}", each: agents}, Gather`, end), []string{`5 <agents> wrong-type: each needs a list, "agents" is a string`}},
		{"the guard of an action is asked for every item", menu(`Gather`, `gather: {target: end, actions: [{log: "${item}", each: "${vars.agents}", guard: item != "" && index > 0}]}`), nil},
	})
}

func TestTheEventsThatLeadIntoAStateAreFollowed(t *testing.T) {
	testWrong(t, []wrong{
		{"through always", `
flow: test
start: {initiate: a}
states:
  a: {bxml: [Gather], on: {gather: b}}
  b: {always: c}
  c: {type: final, bxml: [{SpeakSentence: "${event.digits}"}, Hangup]}
`, nil},
		{"through onError of a transition", `
flow: test
start: {initiate: a}
states:
  a: {bxml: [Gather], on: {gather: {target: b, actions: [{http: {url: "https://a.example"}, onError: c}]}}}
  b: {type: final, bxml: [Hangup]}
  c: {type: final, bxml: [{SpeakSentence: "${event.digits}"}, Hangup]}
`, nil},
		{"through onError of an entry", `
flow: test
start: {initiate: a}
states:
  a: {entry: [{http: {url: "https://a.example"}, onError: c}], bxml: [Gather], on: {gather: {target: a, guard: visits < 3}}}
  c: {type: final, bxml: [{SpeakSentence: "${event.digits}"}, Hangup]}
`, []string{`6 <event.digits> unknown-name: event.digits does not exist when initiate leads here`}},
		{"through onError of an exit", `
flow: test
start: {initiate: a}
states:
  a: {bxml: [Gather], on: {gather: b}, exit: [{http: {url: "https://a.example"}, onError: c}]}
  b: {type: final, bxml: [Hangup]}
  c: {type: final, bxml: [{SpeakSentence: "${event.digits} ${event.recordingId}"}, Hangup]}
`, []string{`7 <event.recordingId> unknown-name: gather has no field "recordingId"`}},
		{"into an outer state that is not entered again", `
flow: test
start: {initiate: o}
states:
  o:
    initial: a
    entry: [{log: "${event.from}"}]
    states:
      a: {bxml: [Gather], on: {gather: b}}
      b: {entry: [{log: "${event.digits}"}], bxml: [Gather], on: {gather: end}}
  end: {type: final, bxml: [Hangup]}
`, nil},
		{"exit actions see no event", `
flow: test
start: {initiate: a}
states:
  a: {bxml: [Gather], exit: [{log: "${event.digits}"}], on: {gather: b}}
  b: {type: final, bxml: [Hangup]}
`, []string{`5 <event.digits> unknown-name: there is no event here`}},
	})
}

func TestTheStateBehindOnErrorOfAnExitHasItsDocument(t *testing.T) {
	f := compile(t, `
flow: test
start: {initiate: a}
states:
  a: {bxml: [Gather], on: {gather: b}, exit: [{http: {url: "https://a.example"}, onError: c}]}
  b: {type: final, bxml: [Hangup]}
  c: {type: final, bxml: [{SpeakSentence: Sorry.}, Hangup]}
`)
	if got := render(t, f, "c", values{flow: f}); got != "<SpeakSentence>Sorry.</SpeakSentence><Hangup/>" {
		t.Errorf("the document of c is %s", got)
	}
}

// pin is a sub-flow; its outputs are to be put in.
func pin(first, second string) string {
	return `
flow: pin
params: {length: 4, title: {type: string, required: true}}
start: {invoke: ask}
states:
  ask:
    bxml: [{Gather: {maxDigits: "${params.length}", nested: [{SpeakSentence: "${params.title}"}]}}]
    on: {gather: [{guard: event.digits == "1", target: right}, {target: wrong}]}
  right: {type: final, output: ` + first + `}
  wrong: {type: final, output: ` + second + `}
`
}

// caller invokes pin and handles its end.
func caller(with, done string) string {
	return `
flow: caller
start: {initiate: a}
states:
  a: {invoke: {flow: pin, with: ` + with + `}, on: {done: ` + done + `}}
  end: {type: final, bxml: [Hangup]}
`
}

func TestOutputsAreTyped(t *testing.T) {
	tests := []struct {
		sentence, pin, caller string
		want                  []string
	}{
		{"a bool is a guard", pin("{ok: true}", "{ok: false}"), caller("{title: x}", "[{guard: event.output.ok, target: end}, {target: end}]"), nil},
		{"a computed output", pin(`{n: "${visits}"}`, "{n: 0}"), caller("{title: x}", "[{guard: event.output.n > 1, target: end}, {target: end}]"), nil},
		{"an output that is none", pin("{ok: true}", "{ok: false}"), caller("{title: x}", "[{guard: event.output.okay, target: end}, {target: end}]"),
			[]string{`5 <event.output.okay> unknown-name: pin has no field "output.okay"`}},
		{"an output of another type", pin("{ok: true}", "{ok: false}"), caller("{title: x}", `[{guard: event.output.ok == "yes", target: end}, {target: end}]`),
			[]string{`5 <event.output.ok == "yes"> expression-type: event.output.ok is true or false and "yes" is a string: they are never equal`}},
		{"types that differ", pin("{ok: true}", `{ok: "no"}`), caller("{title: x}", "end"), []string{`10 <"no"> wrong-type: "ok" is a string here and a bool in another final state`}},
		{"keys that differ", pin("{ok: true}", "{no: false}"), caller("{title: x}", "end"),
			[]string{`10 <{no: false}> wrong-type: the output of "wrong" is {no}, that of another final state {ok}`}},
		{"a final state without the output", pin("{ok: true}", "{ok: true}") + "  third: {type: final}\non: {redirect: third}\n", caller("{title: x}", "end"),
			[]string{`11 <third> missing-key: final state "third" has no output, another returns {ok}`}},
		{"an output that is no map", pin("{ok: true}", "[ok]"), caller("{title: x}", "end"), []string{`10 <[ok]> wrong-type: output must be a map of names`}},
		{"a param that is missing", pin("{ok: true}", "{ok: true}"), caller("{length: 6}", "end"), []string{`5 <{flow: pin, with: {length: 6}}> missing-key: flow "pin" needs the param "title"`}},
		{"a param that does not exist", pin("{ok: true}", "{ok: true}"), caller("{title: x, size: 6}", "end"), []string{`5 <size> unknown-name: flow "pin" has no param "size"`}},
		{"a param of another type", pin("{ok: true}", "{ok: true}"), caller("{title: x, length: six}", "end"), []string{`5 <six> wrong-type: "six" is no int`}},
		{"nobody handles the end", pin("{ok: true}", "{ok: true}"), caller("{title: x}", "end")[:0] + "flow: caller\nstart: {initiate: a}\nstates:\n  a: {invoke: {flow: pin, with: {title: x}}}\n",
			[]string{`4 <a> dead-end: nothing handles the end of flow "pin"`}},
	}
	for _, tt := range tests {
		t.Run(tt.sentence, func(t *testing.T) {
			list := sources(tt.caller, tt.pin)
			_, problems := flow.Compile(flow.Options{}, list...)
			if diff := cmp.Diff(tt.want, said(problems, list...)); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}
