package flow_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bxmlflow/bxmlflow/flow"
)

// TestHelp compiles flows with one mistake each: what is to be done is said, and the place of what explains it.
func TestHelp(t *testing.T) {
	tests := []struct {
		sentence, text string
		want           string // "help", and of a problem with a second place "help @ line:col words"
	}{
		{"a field without its event", gathering("      gather: [{guard: digits == \"1\", target: end}, {}]\n"), `did you mean "event.digits"?`},
		{"a param without its root", menuOf(`{SpeakSentence: "${greeting}"}, {log: x}`), `did you mean "params.greeting"?`},
		{"a time that is compared with a text", gathering("      gather: [{guard: 'now > \"12:00\"', target: end}, {}]\n"), `write within(now, "Mon-Fri 09:00-17:00", zone) to ask for the time of day`},
		{"a signal that is not declared", gathering("      accepted: end\n"), "events are spelt as Bandwidth spells them, as in gather, bridgeComplete, disconnect; a signal of your own is declared first, as in `signals: {accepted: {}}`"},
		{"an event that cannot be the name of a signal", gathering("      a.b: end\n"), "events are spelt as Bandwidth spells them, as in gather, bridgeComplete, disconnect"},
		{"a state that is far off", gathering("      gather: somewhere\n"), `there are a, end`},
		{"a number beside a verb", menuOf(`{Pause: 2}, Gather`), "write `Pause: {duration: 2}`"},
		{"a number that would be called", menuOf(`{Transfer: "+15551234567"}`), "write `Transfer: {nested: [{PhoneNumber: \"+15551234567\"}]}`"},
		{"a nested verb among the attributes", menuOf(`{Gather: {SpeakSentence: Hi.}}`), "nested verbs go under `nested`, as in `nested: [{SpeakSentence: ...}]`"},
		{"a verb that cannot be nested", menuOf(`{Gather: {Hangup: }}`), "Hangup is a verb of its own: begin a new entry with `- Hangup`"},
		{"a tight colon behind a verb", menuOf(`SpeakSentence:Hello, Gather`), "put a space after the colon: `SpeakSentence: Hello`"},
		{"a map for a document", stateOf(`bxml: {SpeakSentence: Hi.}`), "write every entry behind a hyphen, as in `bxml: [{SpeakSentence: Hi.}]`"},
		{"a verb for a document", stateOf(`bxml: Hangup`), "write every entry behind a hyphen, as in `bxml: [Hangup]`"},
		{"a map for actions", stateOf(`entry: {log: hi}`), "write every entry behind a hyphen, as in `entry: [{log: hi}]`"},
		{"a text for actions", stateOf(`on: {gather: {actions: log hi}}`), "write every entry behind a hyphen, as in `actions: [{log: hi}]`"},
		{"goto", stateOf(`on: {gather: {goto: a}}`), `did you mean "target"?`},
		{"condition", stateOf(`on: {gather: {condition: visits > 1}}`), `did you mean "guard"?`},
		{"an event in a state", stateOf(`gather: a`), "it is an event: put it under `on`"},
		{"a tight colon in an attribute", menuOf(`{Gather: {maxDigits:1}}`), "put a space after the colon: `maxDigits: 1`"},
		{"text with an attribute beside it", "flow: t\nstart: a\nstates:\n  a:\n    type: final\n    bxml:\n      - Gather: hi\n        maxDigits: 1\n", "text and attributes go together into a map: `Gather: {text: ..., maxDigits: ...}`"},
		{"a no-break space in a name", gathering("      gather: end\u00a0\n"), "it holds a no-break space (U+00A0): write a plain space, or none"},
		{"a default that does not fit", menuOf(`{Pause: {duration: "${params.greeting}"}}, Gather`), " @ 2:20 its default"},
		{"a value that does not fit its variable", "flow: t\nstart: a\nvars: {n: 0}\nstates:\n  a: {type: final, entry: [{set: {n: two}}, {log: \"${vars.n}\"}], bxml: [Hangup]}\n", " @ 3:8 it is declared here"},
		{"braces of another language", menuOf(`{SpeakSentence: "{{greeting}}"}, {SpeakSentence: "${params.greeting}"}, Gather`), "write ${greeting}"},
	}
	for _, tt := range tests {
		t.Run(tt.sentence, func(t *testing.T) {
			_, problems := flow.Compile(flow.Options{}, flow.Source{Path: "t.yaml", Text: []byte(tt.text)})
			var got []string
			for _, p := range problems {
				said := p.Help
				for _, r := range p.Related {
					said += fmt.Sprintf(" @ %s %s", strings.TrimPrefix(r.Span.String(), "t.yaml:"), r.Message)
				}
				got = append(got, said)
			}
			if !slices.Contains(got, tt.want) {
				t.Errorf("want %q, got %q\n%s", tt.want, got, lines(problems))
			}
		})
	}
}

// menuOf is a flow with a document in its state and a param with a default.
func menuOf(entries string) string {
	return "flow: t\nparams: {greeting: Hello., other: x}\nstart: {initiate: a}\nstates:\n  a: {bxml: [" + entries + "], on: {gather: a}}\n"
}

// stateOf is a flow with a key in its state.
func stateOf(key string) string {
	return "flow: t\nstart: {initiate: a}\nstates:\n  a: {" + key + "}\n"
}

func TestAParamIsCheckedWhereItIsUsedAlone(t *testing.T) {
	source := func(decl string) flow.Source {
		return flow.Source{Path: "t.yaml", Text: []byte("flow: t\nparams: {ring: " + decl + "}\nstart: {initiate: a}\nstates:\n  a:\n    bxml: [{Transfer: {callTimeout: \"${params.ring}\", nested: [{PhoneNumber: \"+15551234567\"}]}}]\n    on: {transferComplete: end}\n  end: {type: final, bxml: [Hangup]}\n")}
	}
	tests := []struct {
		sentence, decl string
		given          map[string]any
		want           []string
	}{
		{"a default that fits", "30", nil, nil},
		{"a default that does not", "301", nil, []string{`callTimeout of Transfer, from param "ring": "301" is above 300`}},
		{"a default that the deployment replaces", "301", map[string]any{"ring": 30}, nil},
		{"a value of the deployment that does not fit", "30", map[string]any{"ring": 301}, []string{`callTimeout of Transfer, from param "ring": "301" is above 300`}},
		{"a required param without a value", "{type: int, required: true}", nil, nil},
		{"a secret is not shown", "{type: int, default: 301, secret: true}", nil, []string{`callTimeout of Transfer, from param "ring": the value is not legal here`}},
	}
	for _, tt := range tests {
		t.Run(tt.sentence, func(t *testing.T) {
			_, problems := flow.Compile(flow.Options{Params: map[string]map[string]any{"t": tt.given}}, source(tt.decl))
			var got []string
			for _, p := range problems {
				got = append(got, p.Message)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAParamThatAnotherFlowSetsIsNotChecked(t *testing.T) {
	inner := "flow: inner\nparams: {agent: {type: string, default: \"\"}}\nstart: {invoke: a}\nstates:\n  a: {bxml: [{Transfer: {nested: [{PhoneNumber: \"${params.agent}\"}]}}], on: {transferComplete: end}}\n  end: {type: final}\n"
	outer := "flow: outer\nstart: {initiate: a}\nstates:\n  a: {invoke: {flow: inner, with: {agent: \"+15551234567\"}}, on: {done: end}}\n  end: {type: final, bxml: [Hangup]}\n"
	if _, problems := flow.Compile(flow.Options{}, sources(inner, outer)...); len(problems) > 0 {
		t.Errorf("complained about:\n%s", lines(problems))
	}
}

func TestHostsOfAFlow(t *testing.T) {
	text := "flow: t\nparams: {crm: \"https://CRM.example:8443/api\", same: \"https://a.example\", open: {type: string, required: true}}\nstart: {initiate: a}\nstates:\n  a:\n    type: final\n    entry:\n"
	for _, url := range []string{"https://a.example/x?q=${call.from}", "https://a.example:443/y", "${params.crm}/z", "${params.same}", "${params.open}/z", "http://b.example:8080"} {
		text += "      - http: {method: POST, url: \"" + url + "\"}\n"
	}
	f, problems := flow.Parse("t.yaml", []byte(text+"    bxml: [Hangup]\n"), flow.Options{})
	if len(problems) > 0 {
		t.Fatal(lines(problems))
	}
	if diff := cmp.Diff([]string{"a.example", "b.example:8080", "crm.example:8443"}, f.Hosts); diff != "" {
		t.Errorf("hosts (-want +got):\n%s", diff)
	}
}
