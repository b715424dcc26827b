package parse_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bxmlflow/bxmlflow/flow/ast"
	"github.com/bxmlflow/bxmlflow/flow/diag"
	"github.com/bxmlflow/bxmlflow/flow/internal/parse"
)

// said returns problems as "line:col rule: message", warnings with a "~" in front.
func said(problems diag.List) []string {
	problems.Sort()
	var list []string
	for _, p := range problems {
		mark := ""
		if p.Severity == diag.Warning {
			mark = "~"
		}
		list = append(list, fmt.Sprintf("%s%d:%d %s: %s", mark, p.Span.Start.Line, p.Span.Start.Col, p.Rule, p.Message))
	}
	return list
}

// words are two names that mean something.
var words = parse.Words{
	Event:     func(name string) bool { return name == "gather" },
	Attribute: func(verb, name string) bool { return verb == "Gather" && name == "maxDigits" },
}

// top is a flow with more keys at the outermost level, from line 4 on.
func top(keys string) string { return "flow: t\nstart: a\nstates: {a: {bxml: [Hangup]}}\n" + keys }

// in is a flow with the keys of its state in line 3, from column 13 on.
func in(keys string) string { return "flow: t\nstart: a\nstates: {a: " + keys + "}\n" }

func TestWrongShapes(t *testing.T) {
	tests := []struct {
		sentence, text string
		want           []string
	}{
		{"no flow", "states: {a: {}}\n", []string{`1:1 missing-key: a flow needs "flow"`, `1:1 missing-key: a flow needs "start"`}},
		{"a flow without a name", "flow: \"\"\nstart: a\nstates: {a: {}}\n", []string{`1:7 wrong-type: the flow has no name`}},
		{"a name that is a list", "flow: [a]\nstart: a\nstates: {a: {}}\n", []string{`1:7 wrong-type: flow must be a text, not a list`}},
		{"an unknown key", top("state: {}\n"), []string{`4:1 unknown-key: a flow has no key "state"`}},
		{"no states", "flow: t\nstart: a\nstates: {}\n", []string{`3:9 missing-key: there is no state`}},
		{"an empty start", "flow: t\nstart:\nstates: {a: {}}\n", []string{`2:7 wrong-type: start is empty`}},
		{"a start that is a list", "flow: t\nstart: [a]\nstates: {a: {}}\n", []string{`2:8 wrong-type: start must be a map of names, not a list`}},
		{"a description that is a list", top("description: [x]\n"), []string{`4:14 wrong-type: description must be a text, not a list`}},
		{"params that are a list", top("params: [x]\n"), []string{`4:9 wrong-type: params must be a map of names, not a list`}},
		{"a declaration with another key", top("vars: {x: {type: int, max: 3}}\n"), []string{`4:23 unknown-key: a declaration has no key "max"`}},
		{"required that is a text", top("params: {x: {type: int, required: maybe}}\n"), []string{`4:35 wrong-type: required must be true or false, not "maybe"`}},
		{"a map that reads like a declaration", top("params: {x: {default: 1, secret: true}}\n"), []string{`~4:13 missing-key: this is a map, not a declaration`}},
		{"limits that are a number", top("limits: 5\n"), []string{`4:9 wrong-type: limits must be a map of keys, not "5"`}},
		{"an unknown limit", top("limits: {calls: 5}\n"), []string{`4:10 unknown-key: limits has no key "calls"`}},
		{"a fragment without entries", top("fragments: {f: {with: {x: int}}}\n"), []string{`4:16 missing-key: a fragment needs "entries"`}},
		{"a fragment that is a list", top("fragments: {f: [Hangup]}\n"), []string{`4:16 wrong-type: a fragment must be a map of keys, not a list`}},
		{"uses of something else", top("uses: {verbs: {}}\n"), []string{`4:8 unknown-key: uses has no key "verbs"`}},
		{"a function without a result", top("uses: {functions: {f: {params: [int]}}}\n"), []string{`4:20 missing-key: a function under uses needs "returns"`}},
		{"a signal that is a text", top("signals: {paid: yes}\n"), []string{`4:17 wrong-type: the signal paid must be a map of names, not "yes"`}},
		{"a signal without fields", top("signals: {paid: , failed: {}}\n"), nil},
		{"outbound", top("outbound: {from: x, number: y}\n"), []string{`4:21 unknown-key: outbound has no key "number"`}},
		{"a misspelt key that is needed", "flow: t\nstart: a\nstate: {a: {bxml: [Hangup]}}\n", []string{`3:1 unknown-key: a flow has no key "state"`}},
		{"what is missing in a text that is no YAML", "flow: \"t\nstart: a\n", []string{`1:7 yaml-syntax: the quote that opens here is not closed`}},
		{"a test file", "flow: t\ntests: {x: []}\n", []string{`2:1 unknown-key: this is a test file, not a flow`}},
		{"a flow with tests in it", top("tests: {x: []}\n"), []string{`4:1 unknown-key: a flow has no key "tests"`}},
		{"keys of a state among the states", "flow: t\nstart: a\nstates: {a: , on: {gather: a}, entry: [{log: x}]}\n", []string{`3:15 unknown-key: "on" is read as a state`}},
		{"an event among the states", "flow: t\nstart: a\nstates: {a: {bxml: [Hangup]}, gather: a}\n", []string{`3:31 unknown-key: "gather" is read as a state`}},
		{"a state that is named like a key", "flow: t\nstart: entry\nstates: {entry: {bxml: [Hangup]}, gather: {bxml: [Hangup]}}\n", nil},
		{"attributes beside their verb", in("{bxml: [{Gather: , maxDigits: 1, nested: [Hangup]}]}"), []string{`3:32 unknown-key: "maxDigits" stands beside the verb "Gather"`}},
		{"no space after a colon", in("{on: {gather: {target:b}, dtmf: target:b}}"), []string{`3:28 unknown-key: "target:b" is one word to YAML`, `3:45 unknown-key: "target:b" is one word to YAML`}},
		{"an empty state", in(""), []string{`3:13 wrong-type: a state must be a map of keys, not empty`}},
		{"a state that is a text", in("hello"), []string{`3:13 wrong-type: a state must be a map of keys, not "hello"`}},
		{"an unknown key of a state", in("{bxmll: [Hangup]}"), []string{`3:14 unknown-key: a state has no key "bxmll"`}},
		{"an unknown type", in("{type: end}"), []string{`3:20 wrong-type: a state has no type "end"`}},
		{"a timer without a transition", in("{after: {20s: }}"), []string{`3:27 wrong-type: the handler of 20s is empty`}},
		{"sensitive that is a text", in("{sensitive: very}"), []string{`3:25 wrong-type: sensitive must be true or false, not "very"`}},
		{"an empty bxml", in("{bxml: []}"), []string{`3:20 wrong-type: bxml is empty`}},
		{"an entry that is a list", in("{bxml: [[Hangup]]}"), []string{`3:21 wrong-type: an entry of a document must be a verb, not a list`}},
		{"an entry without a verb", in("{bxml: [{guard: visits > 1}]}"), []string{`3:21 missing-key: an entry of a document needs a verb`}},
		{"two verbs in an entry", in("{bxml: [{Hangup: {}, Ring: {}}]}"), []string{`3:34 unknown-key: "Ring" stands beside the verb "Hangup"`}},
		{"a verb with a list", in("{bxml: [{Hangup: [1]}]}"), []string{`3:30 wrong-type: Hangup must be a text or a map of attributes, not a list`}},
		{"nested that is a map", in("{bxml: [{Gather: {nested: {Hangup: {}}}}]}"), []string{`3:39 wrong-type: nested must be a list, not a map`}},
		{"a text with a comma", in("{bxml: [{SpeakSentence: Hello, press 1}]}"), []string{`3:44 quote-text: the comma makes "press 1" a key of its own`}},
		{"actions that are a map", in("{entry: {log: x}}"), []string{`3:21 wrong-type: entry must be a list, not a map`}},
		{"an action that is a word", in("{entry: [log]}"), []string{`3:22 wrong-type: an action must be a map with one key, as in ` + "`log: text`" + `, not "log"`}},
		{"an action without a name", in("{entry: [{as: x}]}"), []string{`3:22 missing-key: an action needs its name`}},
		{"two actions in one", in("{entry: [{log: x, set: {}}]}"), []string{`3:31 unknown-key: "set" stands beside the action "log"`}},
		{"handlers that are a list", in("{on: [gather]}"), []string{`3:18 wrong-type: on must be a map of names, not a list`}},
		{"an empty handler", in("{on: {gather: }}"), []string{`3:27 wrong-type: the handler of gather is empty`}},
		{"an empty list of transitions", in("{on: {gather: []}}"), []string{`3:27 wrong-type: the handler of gather must be a state name, a transition or a list of transitions, not a list`}},
		{"a list of state names", in("{on: {gather: [a, ]}}"), []string{`3:28 wrong-type: a transition of a list must be a map, not "a"`}},
		{"an unknown key of a transition", in("{on: {gather: {to: a}}}"), []string{`3:28 unknown-key: a transition has no key "to"`}},
		{"a guard that is a list", in("{on: {gather: {guard: [x], target: a}}}"), []string{`3:35 wrong-type: guard must be a text, not a list`}},
		{"reenter that is a text", in("{on: {gather: {reenter: a}}}"), []string{`3:37 wrong-type: reenter must be true or false, not "a"`}},
		{"an invoke without a flow", in("{invoke: {with: {}}}"), []string{`3:22 missing-key: invoke needs "flow"`}},
		{"an invoke of a list", in("{invoke: [a]}"), []string{`3:22 wrong-type: invoke must be a map of keys, not a list`}},
		{"a phone number without quotes", top("params: {x: +15551112222}\n"), []string{`4:13 quote-text: "+15551112222" without quotes is a number to YAML, not this text`}},
		{"an octal number", top("params: {x: 0123}\n"), []string{`4:13 quote-text: "0123" without quotes is a number to YAML, not this text`}},
		{"a negative octal number", top("params: {x: -012}\n"), []string{`4:13 quote-text: "-012" without quotes is a number to YAML, not this text`}},
		{"a number with underscores", top("params: {x: 1_000}\n"), []string{`4:13 quote-text: "1_000" without quotes is a number to YAML, not this text`}},
		{"a hexadecimal number", top("params: {x: 0x1F}\n"), []string{`4:13 quote-text: "0x1F" without quotes is a number to YAML, not this text`}},
		{"a date", top("params: {x: 2026-12-25}\n"), []string{`4:13 quote-text: "2026-12-25" without quotes is a time to YAML, not this text`}},
		{"ordinary numbers", top("params: {a: 0, b: -5, c: 0.5, d: -0.5, e: 1e3, f: 10}\n"), nil},
	}
	for _, tt := range tests {
		t.Run(tt.sentence, func(t *testing.T) {
			_, problems := parse.File("t.yaml", []byte(tt.text), words)
			if diff := cmp.Diff(tt.want, said(problems)); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAFlowKeepsEverythingThatIsWritten(t *testing.T) {
	file, problems := parse.File("t.yaml", []byte(`
version: 1
flow: t
description: All keys.
params: {p: {type: string, default: x, required: true, secret: true}}
vars: {v: 1}
start: {initiate: a}
on: {"*": {}}
limits: {visits: 5, steps: none}
fragments: {f: {with: {n: int}, entries: [Hangup]}}
uses: {actions: {find: {with: {x: int}, returns: {y: int}, effect: true, sensitive: true}}, functions: {g: {params: [int], returns: int}}}
retention: 2h
expiry: 3h
states:
  a:
    description: A state.
    type: final
    sensitive: true
    output: {ok: true}
    limits: {visits: none}
    entry: [{http: {url: x}, as: r, guard: visits > 1, each: "${vars.v}", timeout: 2s, onError: a}]
    exit: [{log: x}]
    bxml:
      - Transfer: {callTimeout: 5, nested: [{PhoneNumber: {text: "+1555"}, guard: visits > 1, each: "${vars.v}"}]}
      - {use: f, with: {n: 2}}
    on: {gather: [{guard: visits > 1, target: a, reenter: true, description: Again., actions: [{log: y}]}, {}]}
    always: a
    invoke: {flow: other, with: {x: 1}}
    initial: b
    states: {b: {}}
`), words)
	if len(problems) > 0 {
		t.Fatalf("problems: %s", said(problems))
	}
	s := file.States[0]
	action, entry, transition := s.Entry[0], s.Document[0], s.On[0].Transitions[0]
	got := []any{
		file.Version.Value, file.Name.Value, file.Description.Value, file.Params[0].Secret && file.Params[0].Required, file.Vars[0].Default.Scalar, file.Start[0].Event.Value,
		file.On[0].Event.Value, file.Limits.Steps.Value, file.Fragments[0].With[0].Type.Value, file.Uses.Actions[0].Effect && file.Uses.Actions[0].Sensitive,
		file.Uses.Functions[0].Returns.Value, file.Retention.Value, file.Expiry.Value,
		s.Name.Value, s.Description.Value, s.Final, s.Sensitive, s.Output.Get("ok").Text.Value, s.Limits.Visits.Value, len(s.Exit), s.HasDocument, len(s.Always), s.Invoke.Flow.Value, s.Initial.Value, s.States[0].Name.Value,
		action.Name.Value, action.As.Value, action.Guard.Value, action.Each.Value, action.Timeout.Value, action.OnError.Value,
		entry.Attributes[0].Key.Value, entry.Nested[0].Content.Text.Value, entry.Nested[0].ContentKey.Value, entry.Nested[0].Guard.Value, entry.Nested[0].Each.Value, s.Document[1].Use.Value,
		transition.Guard.Value, transition.Target.Value, transition.Reenter, transition.Description.Value, len(transition.Actions), len(s.On[0].Transitions),
	}
	want := []any{
		"1", "t", "All keys.", true, ast.Int, "initiate", "*", "none", "int", true, "int", "2h", "3h",
		"a", "A state.", true, true, "true", "none", 1, true, 1, "other", "b", "b",
		"http", "r", "visits > 1", "${vars.v}", "2s", "a",
		"callTimeout", "+1555", "text", "visits > 1", "${vars.v}", "f",
		"visits > 1", "a", true, "Again.", 1, 2,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("what was read (-want +got):\n%s", diff)
	}
}

func TestAPlainStartStandsForEveryFirstEvent(t *testing.T) {
	file, _ := parse.File("t.yaml", []byte(in("{bxml: [Hangup]}")), words)
	var events []string
	for _, h := range file.Start {
		events = append(events, h.Event.Value+" "+h.Transitions[0].Target.Value)
	}
	if got := strings.Join(events, ", "); got != "initiate a, answer a, invoke a" {
		t.Errorf("start is %s", got)
	}
}

func FuzzFile(f *testing.F) {
	f.Add([]byte(top("vars: {x: 1}\n")))
	f.Add([]byte(in("{on: {gather: [{guard: x, target: a}, {}]}, entry: [{log: x, as: y}], bxml: [{Gather: {nested: [Hangup]}}]}")))
	f.Add([]byte("flow: t\nstart: {a: [}\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		file, problems := parse.File("t.yaml", text, words)
		if file == nil && !problems.HasErrors() {
			t.Error("nothing was read and nothing is wrong")
		}
	})
}
