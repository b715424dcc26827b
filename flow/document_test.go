package flow_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/flow/bxml"
	"github.com/bxmlflow/bxmlflow/flow/diag"
)

// values is an environment of plausible values for a flow.
type values struct {
	flow *flow.Flow
	set  map[string]any // by name of a variable
}

func (v values) Lookup(slot int) any {
	switch s := flow.Slot(slot); s.Root() {
	case flow.RootParam:
		return v.flow.Params[s.Index()].Value
	case flow.RootVar:
		if value, ok := v.set[v.flow.Vars[s.Index()].Name]; ok {
			return value
		}
		return v.flow.Vars[s.Index()].Default
	case flow.RootVisits:
		return 1
	case flow.RootCall:
		if i := flow.CallField(s.Index()); i == flow.CallTag || i == flow.CallParent {
			return "c-95ac8d6e-1a31c52e-b38f-4198-93c1-51633ec68f8d"
		}
		return "+15551112222"
	case flow.RootRaw:
		return map[string]any{}
	}
	return nil
}

func (values) Has(int) bool { return true }

func (values) AppendURL(dst []byte, u *flow.URL) []byte {
	if !u.Always {
		return dst
	}
	return append(dst, ` `+u.Attribute+`="?t=token"`...)
}

func compile(t *testing.T, text string) *flow.Flow {
	t.Helper()
	f, problems := flow.Parse("test.yaml", []byte(text), flow.Options{})
	if problems.Count(diag.Error) > 0 || f == nil {
		t.Fatalf("flow does not compile:\n%s", lines(problems))
	}
	return f
}

// state returns the state of that name.
func state(t *testing.T, f *flow.Flow, name string) *flow.State {
	t.Helper()
	for _, s := range f.States {
		if s.Name == name {
			return s
		}
	}
	t.Fatalf("there is no state %q", name)
	return nil
}

// TestDocumentsAreCanonical renders every document of the good flows and the samples: each must be what package bxml would
// write, and valid.
func TestDocumentsAreCanonical(t *testing.T) {
	rendered := 0
	for _, folder := range []string{"testdata/good", "../flows"} {
		set, _, err := flow.Load(flow.Options{}, folder)
		if err != nil {
			t.Fatal(err)
		}
		var ev flow.Evaluator
		for _, f := range set.Flows() {
			for _, s := range f.States {
				if s.Document == nil {
					continue
				}
				got, err := ev.Append(nil, s.Document, values{flow: f})
				if err != nil {
					t.Logf("%s/%s: %s", f.Name, s.Name, err) // needs values that this environment does not have
					continue
				}
				rendered++
				got = bytes.ReplaceAll(got, []byte{flow.SecretMark}, nil)
				doc, err := bxml.Decode(got)
				if err != nil {
					t.Errorf("%s/%s: %s\n%s", f.Name, s.Name, err, got)
					continue
				}
				if diff := cmp.Diff(canonical(doc.String()), canonical(string(got))); diff != "" {
					t.Errorf("%s/%s differs from the canonical form:\n%s", f.Name, s.Name, diff)
				}
				for _, p := range doc.Validate(bxml.Call) {
					if p.Severity == bxml.Error {
						t.Errorf("%s/%s: %s", f.Name, s.Name, p)
					}
				}
			}
		}
	}
	if rendered < 40 {
		t.Errorf("only %d documents were rendered", rendered)
	}
}

// canonical writes an element without content in one way: a document whose children depend on guards may close it apart.
func canonical(s string) string {
	for _, v := range bxml.Verbs() {
		s = strings.ReplaceAll(s, "></"+v.Name+">", "/>")
	}
	return s
}

func TestComputedValuesAreEscapedAndChecked(t *testing.T) {
	tests := []struct {
		sentence, entry string
		set             map[string]any
		want, fails     string
	}{
		{"markup in a value is text", "- SpeakSentence: Hello ${vars.name}", map[string]any{"name": `<Hangup/>&"`},
			"<SpeakSentence>Hello &lt;Hangup/&gt;&amp;&#34;</SpeakSentence>", ""},
		{"a value inside SSML is text", "- SpeakSentence: <emphasis>${vars.name}</emphasis>", map[string]any{"name": "<break/>"},
			"<SpeakSentence><emphasis>&lt;break/&gt;</emphasis></SpeakSentence>", ""},
		{"control characters are replaced", "- SpeakSentence: ${vars.name}", map[string]any{"name": "a\x00b"},
			"<SpeakSentence>a\uFFFDb</SpeakSentence>", ""},
		{"a quote cannot end an attribute", `- Tag: "${vars.name}"`, map[string]any{"name": `x" y="`}, "<Tag>x&#34; y=&#34;</Tag>", ""},
		{"a computed number is checked", "- Pause: {duration: \"${vars.n}\"}", map[string]any{"n": 2}, `<Pause duration="2"/>`, ""},
		{"a number out of range fails", "- Pause: {duration: \"${vars.n}\"}", map[string]any{"n": 100000}, "", "duration of Pause"},
		{"blank speech fails", "- SpeakSentence: ${vars.name}", map[string]any{"name": " "}, "", "SpeakSentence"},
		{"a phone number that is none fails", "- Transfer: {nested: [{PhoneNumber: \"${vars.name}\"}]}", map[string]any{"name": "555"}, "", "PhoneNumber"},
		{"each repeats a child", "- Transfer: {nested: [{PhoneNumber: \"${item}\", each: \"${vars.list}\"}]}",
			map[string]any{"list": []any{"+15551112222", "+15553334444"}},
			"<Transfer><PhoneNumber>+15551112222</PhoneNumber><PhoneNumber>+15553334444</PhoneNumber></Transfer>", ""},
		{"too many children fail", "- Transfer: {nested: [{PhoneNumber: \"${item}\", each: \"${vars.list}\"}]}",
			map[string]any{"list": []any{"+1555", "+1555", "+1555", "+1555", "+1555", "+1555", "+1555", "+1555", "+1555"}}, "", "at most 8"},
		{"no child fails", "- Transfer: {nested: [{PhoneNumber: \"${item}\", each: \"${vars.list}\"}]}",
			map[string]any{"list": []any{}}, "", "at least 1"},
		{"a computed repeatCount counts", "- Gather: {repeatCount: \"${vars.n}\", nested: [{SpeakSentence: a}, {SpeakSentence: b}]}",
			map[string]any{"n": 11}, "", "together at most 20"},
		{"a guard leaves a verb out", "- SpeakSentence: a\n      - SpeakSentence: b\n        guard: vars.n > 1", map[string]any{"n": 1},
			"<SpeakSentence>a</SpeakSentence>", ""},
		{"a document can be too large", "- SpeakSentence: ${item} ${item}\n        each: \"${vars.list}\"",
			map[string]any{"list": longTexts(60)}, "", "larger than 65536"},
	}
	for _, tt := range tests {
		t.Run(tt.sentence, func(t *testing.T) {
			f := compile(t, "flow: test\nstart: {initiate: a}\nvars: {name: \"\", n: 0, list: []}\nstates:\n  a:\n    type: final\n    bxml:\n      "+tt.entry+"\n      - Hangup\n")
			var ev flow.Evaluator
			got, err := ev.Append([]byte("kept"), state(t, f, "a").Document, values{flow: f, set: tt.set})
			if tt.fails != "" {
				if err == nil || !strings.Contains(err.Error(), tt.fails) {
					t.Errorf("got error %v, want one with %q", err, tt.fails)
				}
				if string(got) != "kept" {
					t.Errorf("a failed rendering left %d bytes behind", len(got))
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			want := `kept<?xml version="1.0" encoding="UTF-8"?><Response>` + tt.want + "<Hangup/></Response>"
			if string(got) != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}

func longTexts(n int) []any {
	list := make([]any, n)
	for i := range list {
		list[i] = strings.Repeat("x", 1000)
	}
	return list
}
