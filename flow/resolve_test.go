package flow_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bxmlflow/bxmlflow/flow"
)

// nested is a tree of states in which names repeat. Each handler of `gather` aims at one target.
const nested = `
flow: nested
start: {initiate: outer}
on:
  gather: inner
states:
  outer:
    initial: one
    on:
      redirect: one
      recordComplete: outer.two
      transferComplete: outer
      bridgeComplete: {target: one, reenter: true}
    states:
      one:
        bxml: [Gather]
        on: {gather: two, transferComplete: one, bridgeComplete: inner.deep, referComplete: outer}
      two:
        bxml: [Gather]
        on: {gather: end, redirect: outer.two}
      inner:
        initial: deep
        on: {gather: one}
        states:
          deep:
            bxml: [Gather]
            on: {gather: two, redirect: {target: inner, reenter: true}}
          two: {bxml: [Gather], on: {gather: deep}}
  inner: {bxml: [Gather], on: {gather: outer.inner.two}}
  end: {type: final, bxml: [Hangup]}
`

func TestTargetsAreLookedUpInwardThenOutward(t *testing.T) {
	f := compile(t, nested)
	tests := []struct{ sentence, transition, leaf, domain string }{
		{"a child of the state that holds the handler", "outer/redirect/0", "outer.one", "outer"},
		{"a full name", "outer/recordComplete/0", "outer.two", "outer"},
		{"the state itself is left and entered again", "outer/transferComplete/0", "outer.one", ""},
		{"a descendant with reenter leaves the outer state", "outer/bridgeComplete/0", "outer.one", ""},
		{"a sibling", "outer.one/gather/0", "outer.two", "outer"},
		{"itself, among the siblings", "outer.one/transferComplete/0", "outer.one", "outer"},
		{"a dotted name relative to the siblings", "outer.one/bridgeComplete/0", "outer.inner.deep", "outer"},
		{"an ancestor is left and entered again", "outer.one/referComplete/0", "outer.one", ""},
		{"further out", "outer.two/gather/0", "end", ""},
		{"itself by its full name", "outer.two/redirect/0", "outer.two", "outer"},
		{"a child is preferred to a state further out", "outer.inner.deep/gather/0", "outer.inner.two", "outer.inner"},
		{"of two levels the inner one", "outer.inner/gather/0", "outer.one", "outer"},
		{"the ancestor with reenter", "outer.inner.deep/redirect/0", "outer.inner.deep", "outer"},
		{"the flow level looks among the outermost", "/gather/0", "inner", ""},
		{"a full name from elsewhere", "inner/gather/0", "outer.inner.two", ""},
		{"start leads to the innermost state", "start/initiate/0", "outer.one", ""},
	}
	for _, tt := range tests {
		t.Run(tt.sentence, func(t *testing.T) {
			i := slices.IndexFunc(f.Transitions, func(tr *flow.Transition) bool { return tr.Name == tt.transition })
			if i < 0 {
				t.Fatalf("there is no transition %q", tt.transition)
			}
			tr := f.Transitions[i]
			if tr.ID != i || tr.Leaf.Name != tt.leaf || tr.Domain.Name != tt.domain {
				t.Errorf("transition %d leads to %q within %q, want %q within %q", tr.ID, tr.Leaf.Name, tr.Domain.Name, tt.leaf, tt.domain)
			}
		})
	}
}

func TestHandlersTakeThreeForms(t *testing.T) {
	f := compile(t, `
flow: forms
start: a
on: {disconnect: {}}
states:
  a:
    bxml: [Gather]
    on:
      gather: b
      redirect: {}
      recordingComplete:
        - {guard: visits > 1, target: a}
        - {target: b, actions: [{log: x}], description: goes on}
  b: {type: final, bxml: [Hangup]}
`)
	type shape struct {
		Event, Target string
		Guarded       bool
		Actions       int
	}
	var got []shape
	for _, tr := range f.Transitions {
		s := shape{Event: tr.Event, Guarded: tr.Guard != nil, Actions: len(tr.Actions)}
		if tr.Target != nil {
			s.Target = tr.Target.Name
		}
		got = append(got, s)
	}
	want := []shape{
		{"start", "a", false, 0}, {"disconnect", "", false, 0}, {"gather", "b", false, 0}, {"redirect", "", false, 0},
		{"recordComplete", "a", true, 0}, {"recordComplete", "b", false, 1},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("transitions (-want +got):\n%s", diff)
	}
}

func TestStartTakesThreeForms(t *testing.T) {
	tests := []struct {
		sentence, start string
		want            map[string]int // transitions by event
	}{
		{"a state stands for every first event", "start: a", map[string]int{"initiate": 1, "answer": 1, "invoke": 1}},
		{"an event with a state", "start: {initiate: a}", map[string]int{"initiate": 1}},
		{"an event with one transition", "start: {answer: {target: a, actions: [{log: x}]}}", map[string]int{"answer": 1}},
		{"an event with a guarded list", "start: {initiate: [{guard: event.from == \"\", target: b}, {target: a}]}", map[string]int{"initiate": 2}},
	}
	for _, tt := range tests {
		t.Run(tt.sentence, func(t *testing.T) {
			f, problems := flow.Parse("test.yaml", []byte("flow: test\n"+tt.start+"\nstates:\n  a: {type: final, bxml: [Hangup]}\n  b: {type: final, bxml: [Hangup]}\n"), flow.Options{})
			if f == nil {
				t.Fatalf("flow does not compile:\n%s", lines(problems))
			}
			got := map[string]int{}
			for name, list := range f.Start {
				got[name] = len(list)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("start (-want +got):\n%s", diff)
			}
		})
	}
}

// gathering is a flow with one state and handlers for it, which begin in line 7.
func gathering(handlers string) string {
	return "flow: test\nstart: {initiate: a}\nstates:\n  a:\n    bxml: [Gather]\n    on:\n" + handlers + "  end: {type: final, bxml: [Hangup]}\n"
}

func TestWrongHandlers(t *testing.T) {
	testWrong(t, []wrong{
		{"an event and its alias", gathering("      recordComplete: end\n      recordingComplete: end\n"), []string{`8 <recordingComplete> duplicate-key: "recordComplete" is handled twice here`}},
		{"an endpoint event", gathering("      gather: end\n      endpointConnected: end\n"), []string{`8 <endpointConnected> unknown-event: "endpointConnected" is no event of a call`}},
		{"reenter without a target", gathering("      gather: [{guard: visits > 1, reenter: true}, {target: end}]\n"), []string{`7 <{guard: visits > 1, reenter: true}> missing-key: reenter needs a target`}},
		{"a target that does not exist", gathering("      gather: ennd\n      redirect: end\n"), []string{`7 <ennd> unknown-state: there is no state "ennd"`}},
		{"onError to nowhere", gathering("      gather:\n        target: end\n        actions: [{http: {url: \"https://a.example\"}, onError: x}]\n"), []string{`9 <x> unknown-state: there is no state "x"`}},
		{"done where no flow runs", gathering("      gather: end\n      done: end\n"), []string{`~8 <end> unreachable-state: no flow is invoked here: "done" never comes`}},
		{"a start without a target", "flow: test\nstart: {initiate: {}}\nstates:\n  a: {type: final, bxml: [Hangup]}\n", []string{
			`2 <{}> missing-key: a transition of start needs a target`}},
		{"an always without a target", "flow: test\nstart: {initiate: a}\nstates:\n  a: {always: [{guard: visits > 1}, {target: b}]}\n  b: {type: final, bxml: [Hangup]}\n",
			[]string{`4 <{guard: visits > 1}> missing-key: an always transition needs a target`}},
	})
}
