package flow_test

import (
	"testing"

	"github.com/bxmlflow/bxmlflow/flow"
)

func TestWrongVerbs(t *testing.T) {
	verbs := func(entries string) string {
		return "flow: t\nparams: {secret: x}\nstart: {initiate: a}\nstates:\n  a:\n    type: final\n    bxml:\n      - {SpeakSentence: \"${params.secret}\"}\n" + entries + "      - Hangup\n"
	}
	testWrong(t, []wrong{
		{"an attribute that every verb lacks", verbs("      - Ring: {gard: 1}\n"), []string{`9 <gard> unknown-attribute: Ring has no attribute "gard"`}},
		{"a guard in the verb", verbs("      - Ring: {guard: visits > 1}\n"), []string{`9 <guard> unknown-attribute: Ring has no attribute "guard"`}},
		{"an attribute of a verb without any", verbs("      - StopGather: {x: 1}\n"), []string{`9 <x> unknown-attribute: StopGather has no attribute "x"`}},
		{"an attribute that is a list", verbs("      - Pause: {duration: [1]}\n"), []string{`9 <[1]> wrong-type: duration of Pause must be a text or a number`}},
		{"a required URL that is left out", verbs("      - {StartStream: {destination: \"wss://a.example\", streamEventUrl: null}}\n"), nil},
		{"text of a verb that takes none", verbs("      - Ring: hello\n"), []string{`9 <hello> verb-text: Ring takes no text`}},
		{"text that is a list", verbs("      - SpeakSentence: {voice: julie, text: [a]}\n"), []string{`9 <[a]> wrong-type: the text of SpeakSentence must be a text`}},
		{"text that is empty", verbs("      - SpeakSentence: {voice: julie, text: }\n"), []string{`9 <SpeakSentence> verb-text: SpeakSentence needs a text`}},
		{"text given twice", verbs("      - PlayAudio: {text: \"https://a.example/a.wav\", audioUri: \"https://a.example/b.wav\"}\n"), []string{`9 <audioUri> verb-text: PlayAudio has its text twice`}},
		{"an element that is no speech", verbs("      - SpeakSentence: a <brek/>\n"), []string{`9 <<> verb-text: "brek" is no SSML element that the carrier knows`}},
		{"an attribute of speech that is wrong", verbs("      - SpeakSentence: '<break time=\"20s\"/> a'\n"), []string{`9 <t> verb-text: "20s" is above 10s`}},
		{"speech without a word", verbs("      - SpeakSentence: <break/>\n"), []string{`9 <<break/>> verb-text: SpeakSentence has nothing to say`}},
		{"nested verbs where none may be", verbs("      - Ring: {nested: [Hangup]}\n"), []string{`9 <nested> verb-placement: Ring takes no nested verbs`}},
	})
}

func TestASubFlowThatSpeaksOnAnAsynchronousEventNeedsREST(t *testing.T) {
	const around = `
flow: around
start: {initiate: a}
states:
  a: {bxml: [StartGather, {Pause: {duration: 9}}, Redirect], on: {redirect: end, dtmf: b}}
  b: {invoke: inner, on: {done: end}}
  end: {type: final, bxml: [Hangup]}
`
	const inner = "flow: inner\nstart: {invoke: a}\nstates:\n  a: {bxml: [Gather], on: {gather: end}}\n  end: {type: final}\n"
	if got := set(t, around, inner).Flow("around").Needs.Reason; got != `the bxml of state "inner/a" on dtmf` {
		t.Errorf("it needs REST for %q", got)
	}
}

func TestAFunctionThatNobodyBringsFails(t *testing.T) {
	const text = "flow: t\nuses: {functions: {twice: {params: [int], returns: int}}}\nstart: {initiate: a}\nstates:\n  a: {type: final, bxml: [{SpeakSentence: \"${twice(visits)}\"}, Hangup]}\n"
	f := compile(t, text)
	var ev flow.Evaluator
	if _, err := ev.Append(nil, state(t, f, "a").Document, values{flow: f}); err == nil {
		t.Error("the document is rendered")
	}
	f, problems := flow.Parse("t.yaml", []byte(text), flow.Options{Functions: map[string]flow.Function{
		"twice": {Call: func(args ...any) (any, error) { return 2 * args[0].(int), nil }},
	}})
	if f == nil {
		t.Fatalf("flow does not compile:\n%s", lines(problems))
	}
	if got := render(t, f, "a", values{flow: f}); got != "<SpeakSentence>2</SpeakSentence><Hangup/>" {
		t.Errorf("got %s", got)
	}
}
