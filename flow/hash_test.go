package flow_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bxmlflow/bxmlflow/flow"
)

const (
	outer = "flow: outer\nparams: {greeting: Hello, wait: {type: duration, default: 2s}}\nstart: {initiate: a}\nstates:\n  a: {entry: [{log: \"${params.greeting} ${params.wait}\"}], invoke: inner, on: {done: end}}\n  end: {type: final, bxml: [Hangup]}\n"
	inner = "flow: inner\nparams: {n: 1}\nstart: {invoke: a}\nstates:\n  a: {bxml: [{Tag: \"${call.from}\"}, {Record: {maxDuration: \"${params.n}\"}}], on: {recordComplete: end}}\n  end: {type: final}\n"
)

func TestTheHashChangesExactlyWhenItShould(t *testing.T) {
	hash := func(params map[string]map[string]any, texts ...string) string {
		set, problems := flow.Compile(flow.Options{Params: params}, sources(texts...)...)
		if set.Flow("outer") == nil {
			t.Fatalf("flow does not compile:\n%s", lines(problems))
		}
		return set.Flow("outer").Hash.String()
	}
	first := hash(nil, outer, inner)
	if len(first) != 32 {
		t.Fatalf("the hash is %q", first)
	}
	given := func(flow, name string, value any) map[string]map[string]any {
		return map[string]map[string]any{flow: {name: value}}
	}
	tests := []struct {
		sentence string
		got      string
		same     bool
	}{
		{"the same again", hash(nil, outer, inner), true},
		{"in another order", hash(nil, inner, outer), true},
		{"with another flow beside them", hash(nil, outer, inner, small("other")), true},
		{"a param set to its default", hash(given("outer", "greeting", "Hello"), outer, inner), true},
		{"a param set to its default as a text", hash(given("outer", "wait", "PT2S"), outer, inner), true},
		{"another text", hash(nil, outer+"# a comment\n", inner), false},
		{"another param", hash(given("outer", "greeting", "Hi"), outer, inner), false},
		{"another text of the invoked flow", hash(nil, outer, inner+"# a comment\n"), false},
		{"another param of the invoked flow", hash(given("inner", "n", 2), outer, inner), false},
	}
	for _, tt := range tests {
		if (tt.got == first) != tt.same {
			t.Errorf("%s: the hash is the same: %t, want %t", tt.sentence, tt.got == first, tt.same)
		}
	}
}

func TestAFlowNeedsWhatTheFlowsNeedThatItInvokes(t *testing.T) {
	f := set(t, outer, inner).Flow("outer")
	if !f.Reads.Has(flow.CallFrom) || f.Reads.Has(flow.CallTo) {
		t.Errorf("it reads %b of the call", f.Reads)
	}
	if f.Retention != flow.RecordRetention {
		t.Errorf("it is kept for %s although the invoked flow records", f.Retention)
	}
	if f := set(t, "retention: 1h\n"+outer, inner).Flow("outer"); f.Retention != time.Hour {
		t.Errorf("it is kept for %s instead of an hour", f.Retention)
	}
}

func TestParamsOfADeployment(t *testing.T) {
	const declared = "flow: t\nparams: {text: a, n: 1, on: true, part: 0.5, wait: {type: duration}, to: {type: phone}, list: [1], pw: {type: int, secret: true}}\nstart: {initiate: a}\nstates:\n" +
		"  a: {entry: [{log: \"${params.text} ${params.n} ${params.on} ${params.part} ${params.wait} ${params.to} ${params.list} ${params.pw}\"}], type: final, bxml: [Hangup]}\n"
	tests := []struct {
		sentence, name string
		value, want    any
		fails          string
	}{
		{"a text", "text", "b", "b", ""},
		{"a number as a text", "n", "12", 12, ""},
		{"a number that is whole", "n", 12.0, 12, ""},
		{"a number that is not", "n", 1.5, nil, `the deployment sets param "n" to 1.5, which is no int`},
		{"a number beyond measure", "n", 1e300, nil, `which is no int`},
		{"a fraction", "part", "0.25", 0.25, ""},
		{"no number", "part", "NaN", nil, `the deployment sets param "part" to NaN, which is no number`},
		{"yes or no", "on", "false", false, ""},
		{"neither", "on", "maybe", nil, `to maybe, which is no bool`},
		{"a duration", "wait", "90s", 90 * time.Second, ""},
		{"a phone number", "to", "+15551112222", "+15551112222", ""},
		{"a phone number that is none", "to", "555", nil, `to 555, which is no phone number`},
		{"a list as JSON", "list", `["a"]`, []any{"a"}, ""},
		{"a secret is not shown", "pw", "hush", nil, `the deployment sets param "pw" to a value, which is no int`},
		{"a param that does not exist", "txt", "x", nil, `the deployment sets param "txt", which the flow does not have`},
	}
	for _, tt := range tests {
		t.Run(tt.sentence, func(t *testing.T) {
			f, problems := flow.Parse("t.yaml", []byte(declared), flow.Options{Params: map[string]map[string]any{"t": {tt.name: tt.value}}})
			if tt.fails != "" {
				if len(problems) != 1 || !strings.Contains(problems[0].Message, tt.fails) || strings.Contains(problems[0].Message, "hush") {
					t.Errorf("problems:\n%s", lines(problems))
				}
				return
			}
			if f == nil {
				t.Fatalf("flow does not compile:\n%s", lines(problems))
			}
			for _, p := range f.Params {
				if p.Name == tt.name && !cmp.Equal(p.Value, tt.want) {
					t.Errorf("the value is %#v, want %#v", p.Value, tt.want)
				}
			}
		})
	}
}

func TestSubFlowsAreBounded(t *testing.T) {
	chain := func(n int) []flow.Source {
		var texts []string
		for i := range n {
			name, next := string(rune('a'+i)), string(rune('a'+i+1))
			states := "  s: {invoke: " + next + ", on: {done: end}}\n  t: {invoke: " + next + ", on: {done: end}}\n  end: {type: final, bxml: [Hangup]}\n"
			texts = append(texts, "flow: "+name+"\nstart: {initiate: s, answer: t, invoke: t}\nstates:\n"+states)
		}
		return sources(append(texts, "flow: "+string(rune('a'+n))+"\nstart: {initiate: s, invoke: s}\nstates:\n  s: {type: final, bxml: [Hangup]}\n")...)
	}
	if _, problems := flow.Compile(flow.Options{}, chain(flow.MaxInvokeDepth)...); problems.HasErrors() {
		t.Errorf("%d flows inside a flow are refused:\n%s", flow.MaxInvokeDepth, lines(problems))
	}
	set, problems := flow.Compile(flow.Options{}, chain(flow.MaxInvokeDepth+1)...)
	if len(problems) != 2 || !strings.Contains(problems[0].Message, "flows are invoked 9 deep, at most 8 are allowed") || set.Flow("a") != nil {
		t.Errorf("problems:\n%s", lines(problems))
	}
}
