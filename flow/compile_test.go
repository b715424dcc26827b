package flow_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bxmlflow/bxmlflow/flow"
)

// keyed is a flow with more keys at the top, from line 2 on, and more in its one state, which follow.
func keyed(top, inState string) string {
	return "flow: test\n" + top + "start: {initiate: a}\nstates:\n  a: {bxml: [Gather], on: {gather: end}" + inState + "}\n  end: {type: final, bxml: [Hangup]}\n"
}

func TestWrongKeys(t *testing.T) {
	testWrong(t, []wrong{
		{"a version of the future", keyed("version: 2\n", ""), []string{`2 <2> version: this is version 1 of the language, not 2`}},
		{"a name with capitals", strings.Replace(keyed("", ""), "test", "Test", 1), []string{`1 <Test> wrong-type: "Test" is no name for a flow`}},
		{"a param with a hyphen", keyed("params: {a-b: 1}\n", ", entry: [{log: \"${params}\"}]"), []string{`2 <a-b> wrong-type: "a-b" is no name for a param`,
			`~2 <a-b> unused-name: param "a-b" is never used`, `5 <params> unknown-name: "params" is not a value by itself`}},
		{"a type that does not exist", keyed("vars: {n: {type: integer}}\n", ", entry: [{set: {n: \"${vars.n}\"}}]"), []string{`2 <integer> wrong-type: there is no type "integer"`}},
		{"a default of another type", keyed("vars: {n: {type: int, default: x}}\n", ", entry: [{set: {n: \"${vars.n}\"}}]"), []string{`2 <x> wrong-type: the default of "n" is no int`}},
		{"a default that is no phone number", keyed("vars: {n: {type: phone, default: \"555\"}}\n", ", entry: [{set: {n: \"${vars.n}\"}}]"), []string{`2 <"555"> wrong-type: "555" is no phone number`}},
		{"a number that is none", keyed("vars: {n: {type: number, default: NaN}}\n", ", entry: [{set: {n: \"${vars.n}\"}}]"), []string{`2 <NaN> wrong-type: the default of "n" is no number`}},
		{"a variable that is required", keyed("vars: {n: {type: int, required: true}}\n", ", entry: [{set: {n: \"${vars.n}\"}}]"), []string{`2 <n> unknown-key: a variable cannot be required`}},
		{"a declaration without a type", keyed("params: {n: {required: true, secret: true}}\n", ", entry: [{log: \"${params.n}\"}]"), []string{`~2 <{required: true, secret: true}> missing-key: this is a map, not a declaration`}},
		{"a limit of nothing", keyed("limits: {visits: 0}\n", ""), []string{`2 <0> wrong-type: a limit must be a number from 1 on or none, not "0"`}},
		{"steps of a state", keyed("", ", limits: {steps: 5}"), []string{`4 <5> unknown-key: a state has no limit of steps`}},
		{"a duration that is none", keyed("retention: long\nexpiry: 0s\n", ""), []string{`2 <long> wrong-type: "long" is no duration`, `3 <0s> wrong-type: "0s" is no duration`}},
		{"an initial without inner states", keyed("", ", initial: b"), []string{`4 <b> unknown-key: "a" has no inner states`}},
		{"bxml of an outer state", keyed("", ", initial: b, states: {b: {bxml: [Gather]}}"), []string{`4 <a> wrong-type: "a" has inner states: only innermost states have bxml, invoke or a type`}},
		{"an action named like one of the language", keyed("uses: {actions: {log: {}}}\n", ""), []string{`2 <log> duplicate-key: "log" is an action of the language already`}},
		{"a function named like one of the language", keyed("uses: {functions: {len: {returns: int}}}\n", ""), []string{`2 <len> duplicate-key: "len" is a function of the language already`}},
		{"an effect that returns something", keyed("uses: {actions: {x: {effect: true, returns: {a: int}}}}\n", ", entry: [{x: {}}]"), []string{`2 <x> wrong-type: the effect "x" cannot return anything`}},
	})
}

func TestWrongActions(t *testing.T) {
	const uses = "uses: {actions: {find: {with: {phone: string, n: int}, returns: {vip: bool}}, post: {effect: true}}, functions: {twice: {params: [int], returns: int}}}\nvars: {n: 0}\n"
	act := func(actions string) string {
		return keyed(uses, ", entry: ["+actions+", {set: {n: \"${vars.n}\"}}]")
	}
	testWrong(t, []wrong{
		{"arguments of their types", act(`{find: {phone: "${call.from}", n: "${twice(visits)}"}, as: found, timeout: 2s, onError: end}, {post: {}}`), nil},
		{"an argument of another type", act(`{find: {phone: "${visits}", n: two}}`), []string{`6 <"${visits}"> wrong-type: ${visits} is an int, not a string`, `6 <two> wrong-type: "two" is no int`}},
		{"an argument too few and one too many", act(`{find: {phone: x, m: 1}}`), []string{`6 <find> missing-key: the action "find" needs "n"`, `6 <m> unknown-key: the action "find" takes no "m"`}},
		{"a list instead of arguments", act(`{post: [1]}`), []string{`6 <[1]> wrong-type: the action "post" takes a map`}},
		{"a result of an effect", act(`{post: {}, as: x}`), []string{`6 <x> unknown-key: "post" has no "as"`}},
		{"a result in a variable of another type", act(`{find: {phone: x, n: 1}, as: n}`), []string{`6 <n> wrong-type: the result of "find" is a map, the variable "n" is an int`}},
		{"a function with another type", act(`{set: {n: "${twice('x')}"}}`), []string{`6 <'x'> expression-type: twice takes a number here, and 'x' is a string`}},
		{"an onError of a log", act(`{log: x, onError: end}`), []string{`6 <end> unknown-key: "log" has no "onError"`}},
		{"an action that does not exist", act(`{fnd: {}}`), []string{`6 <fnd> unknown-action: there is no action "fnd"`}},
		{"a lookup that is neither true nor false", act(`{http: {url: "https://a.example", method: POST, lookup: maybe}}`), []string{`6 <maybe> wrong-type: lookup must be true or false`}},
		{"a method in small letters", act(`{http: {url: "https://a.example", method: post}}`), []string{`6 <post> wrong-type: "post" is no method`}},
		{"a key that http does not have", act(`{http: {url: "https://a.example", body: x}}`), []string{`6 <body> unknown-key: http has no key "body"`}},
		{"a text that was to be computed", act(`{set: {n: vars.n + 1}}`), []string{`6 <vars.n + 1> wrong-type: "vars.n + 1" is no int, as variable "n" is`}},
	})
}

func TestFragments(t *testing.T) {
	use := func(fragments, entries string) string {
		return "flow: t\nvars: {list: []}\nstart: {initiate: a}\nfragments:\n" + fragments + "states:\n  a:\n    type: final\n    entry: [{set: {list: \"${vars.list}\"}}]\n    bxml:\n" + entries + "      - Hangup\n"
	}
	const prompt = "  prompt: {with: {text: string, n: int}, entries: [{SpeakSentence: \"${args.text} ${args.n}\"}]}\n"
	const menu = "  menu: {with: {text: string}, entries: [{Gather: {nested: [{use: prompt, with: {text: \"${args.text}!\", n: 2}}]}}, {use: prompt, with: {text: \"${args.text}\", n: 3}}]}\n"
	testWrong(t, []wrong{
		{"an argument too few", use(prompt, "      - use: prompt\n        with: {text: x}\n"), []string{`11 <use: prompt...> missing-key: fragment "prompt" needs "n"`}},
		{"an argument too many", use(prompt, "      - {use: prompt, with: {text: x, n: 1, m: 2}}\n"), []string{`11 <m> unknown-key: fragment "prompt" takes no "m"`}},
		{"a fragment's argument of another type", use(prompt, "      - {use: prompt, with: {text: x, n: two}}\n"), []string{`11 <two> wrong-type: "two" is no int`}},
		{"no map of arguments", use("  f: {entries: [Hangup]}\n", "      - {use: f, with: [1], guard: visits > 1}\n"), []string{`11 <[1]> wrong-type: with must be a map of arguments`}},
		{"a fragment that does not exist", use(prompt, "      - {use: prompt, with: {text: x, n: 2}}\n      - use: promt\n"), []string{`12 <promt> unknown-fragment: there is no fragment "promt"`}},
		{"arguments of the fragment around are not in scope", use("  o: {with: {x: int}, entries: [{use: i}]}\n  i: {entries: [{SpeakSentence: \"${args.x}\"}]}\n", "      - {use: o, with: {x: 2}}\n"),
			[]string{`6 <args.x> unknown-name: there is no args.x`}},
		{"a misspelt argument", use("  f: {with: {text: string}, entries: [{SpeakSentence: \"${args.txt}\"}]}\n", "      - {use: f, with: {text: x}}\n      - {use: f, with: {text: y}}\n"),
			[]string{`5 <args.txt> unknown-name: there is no args.txt`}},
		{"a fragment that uses itself through another", use("  o: {entries: [{use: i}]}\n  i: {entries: [{use: o}]}\n", "      - use: o\n"), []string{`6 <o> recursion: fragment "o" uses itself`}},
		{"a fragment beside a verb", use("  f: {entries: [Hangup]}\n", "      - {use: f, guard: visits > 2}\n      - {SpeakSentence: x, use: f}\n"), []string{`12 <f> unknown-key: use stands beside the verb "SpeakSentence"`}},
		{"a type that does not exist", use("  f: {with: {x: text}, entries: [{SpeakSentence: \"${args.x}\"}]}\n", "      - {use: f, with: {x: x}}\n"), []string{`5 <text> wrong-type: there is no type "text"`}},
		{"with beside a verb", use("  f: {entries: [{SpeakSentence: x}]}\n", "      - use: f\n      - {SpeakSentence: x, with: {a: 1}}\n"), []string{`12 <{a: 1}> unknown-key: SpeakSentence has no with`}},
	})
	f := compile(t, use(prompt+menu, "      - {use: menu, with: {text: \"${item}\"}, each: \"${vars.list}\", guard: item != \"b\"}\n"))
	got := render(t, f, "a", values{flow: f, set: map[string]any{"list": []any{"a", "b", "c"}}})
	one := "<Gather><SpeakSentence>%s! 2</SpeakSentence></Gather><SpeakSentence>%s 3</SpeakSentence>"
	if want := fmt.Sprintf(one+one+"<Hangup/>", "a", "a", "c", "c"); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestFragmentsCannotExplode uses fragments that use each other twice, thirty deep.
func TestFragmentsCannotExplode(t *testing.T) {
	text := "flow: t\nstart: {initiate: a}\nfragments:\n"
	for i := range 30 {
		text += fmt.Sprintf("  f%d: {entries: [{use: f%d}, {use: f%d}]}\n", i, i+1, i+1)
	}
	got := complaints(text + "  f30: {entries: [{SpeakSentence: x}]}\nstates:\n  a: {type: final, bxml: [{use: f0}, Hangup]}\n")
	if len(got) != 1 || !strings.Contains(got[0], "document-size: the document has more than 5000 verbs") {
		t.Errorf("got %s", got)
	}
}

func TestSpeechWithMarkupAndValues(t *testing.T) {
	tests := []struct{ sentence, text, want string }{
		{"a comparison is no markup", `${vars.n < 3 && vars.n > 0 ? "few" : "many"}`, "few"},
		{"a reference beside a value", `R&amp;D ${vars.n} <break/>`, "R&amp;D 2 <break/>"},
		{"a lone & is a word", `R & D`, "R &amp; D"},
		{"a computed attribute", `<prosody rate="${params.rate}">${vars.n}</prosody>`, `<prosody rate="slow">2</prosody>`},
		{"a literal brace", `<s>$${x}</s>`, "<s>${x}</s>"},
	}
	for _, tt := range tests {
		t.Run(tt.sentence, func(t *testing.T) {
			f := compile(t, "flow: t\nparams: {rate: slow}\nvars: {n: 2}\nstart: {initiate: a}\nstates:\n  a:\n    type: final\n    bxml:\n      - SpeakSentence: '"+tt.text+"'\n      - Hangup\n")
			if got, want := render(t, f, "a", values{flow: f}), "<SpeakSentence>"+tt.want+"</SpeakSentence><Hangup/>"; got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}

func TestAWrongDocumentIsToldFromAFailingExpression(t *testing.T) {
	tests := []struct {
		sentence, entry string
		set             map[string]any
		document        bool
	}{
		{"an attribute out of range", `{Pause: {duration: "${vars.n}"}}`, map[string]any{"n": -1}, true},
		{"a text that is blank", `{SpeakSentence: "${vars.s}"}`, nil, true},
		{"no child", `{Transfer: {nested: [{PhoneNumber: "${item}", each: "${vars.list}"}]}}`, nil, true},
		{"too many items", `{Pause: {}, each: "${vars.list}"}`, map[string]any{"list": make([]any, 101)}, true},
		{"too large", `{SpeakSentence: "${item} ${item}", each: "${vars.list}"}`, map[string]any{"list": longTexts(60)}, true},
		{"a division by zero", `{Pause: {duration: "${int(1 / vars.n)}"}}`, map[string]any{"n": 0}, false},
		{"a key that is not there", `{SpeakSentence: "${vars.list[4]}"}`, nil, false},
	}
	for _, tt := range tests {
		t.Run(tt.sentence, func(t *testing.T) {
			f := compile(t, "flow: t\nvars: {n: 0, s: \"\", list: []}\nstart: {initiate: a}\nstates:\n  a:\n    type: final\n    bxml:\n      - "+tt.entry+"\n      - Hangup\n")
			var ev flow.Evaluator
			_, err := ev.Append(nil, state(t, f, "a").Document, values{flow: f, set: tt.set})
			if err == nil || errors.Is(err, flow.ErrDocument) != tt.document {
				t.Errorf("error %v is ErrDocument: %t, want %t", err, errors.Is(err, flow.ErrDocument), tt.document)
			}
		})
	}
}

func TestADocumentKeepsWhatItReads(t *testing.T) {
	f := compile(t, `
flow: t
start: {initiate: a}
states:
  a: {bxml: [Gather], on: {gather: b}}
  b:
    type: final
    bxml:
      - SpeakSentence: "${item} ${event.digits}"
        each: "${event.raw.list}"
        guard: event.from != ""
      - Hangup
`)
	got := map[flow.Root]int{}
	for _, slot := range state(t, f, "b").Document.Fields {
		got[slot.Root()]++
	}
	if diff := cmp.Diff(map[flow.Root]int{flow.RootEvent: 2, flow.RootRaw: 1}, got); diff != "" {
		t.Errorf("fields (-want +got):\n%s", diff)
	}
}

func TestLimitsAndTimes(t *testing.T) {
	const body = "start: {initiate: a}\nstates:\n  a: {bxml: [Gather], on: {gather: o}}\n  o:\n    initial: i\n    limits: {visits: 7}\n    states: {i: {bxml: [Gather], on: {gather: end}, limits: {visits: none}}, j: {bxml: [Gather], on: {gather: end}}}\n  end: {type: final, bxml: [Hangup]}\n"
	plain := compile(t, "flow: t\n"+body)
	set := compile(t, "flow: t\nversion: 1\nlimits: {visits: 5, steps: none}\nretention: 90m\nexpiry: PT48H\n"+body)
	type figures struct {
		Limits            flow.Limits
		Retention, Expiry time.Duration
		A, I, J           int
	}
	of := func(f *flow.Flow) figures {
		return figures{f.Limits, f.Retention, f.Expiry, state(t, f, "a").Visits, state(t, f, "o.i").Visits, state(t, f, "o.j").Visits}
	}
	if diff := cmp.Diff(figures{flow.Limits{Visits: 50, Steps: 500}, 24 * time.Hour, 24 * time.Hour, 50, flow.NoLimit, 7}, of(plain)); diff != "" {
		t.Errorf("defaults (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(figures{flow.Limits{Visits: 5, Steps: flow.NoLimit}, 90 * time.Minute, 48 * time.Hour, 5, flow.NoLimit, 7}, of(set)); diff != "" {
		t.Errorf("as set (-want +got):\n%s", diff)
	}
}
