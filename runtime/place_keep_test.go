package runtime

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/runtime/store/memory"
	"github.com/google/go-cmp/cmp"
)

// plainMachine is a live machine of the flow keeping with a text in a variable.
func plainMachine(e *Engine, said string) *Machine {
	f := e.versions.named("keeping")
	m := &Machine{Key: benchID(1), Flow: f.Name, Hash: f.Hash, Phase: Live, Turn: 3, Call: Call{ID: benchID(1), Tag: "a tag"}}
	m.pushFrame().begin(f)
	m.Frames[0].State = f.States[0]
	m.Frames[0].Vars[0] = said
	return m
}

func TestOnlyMachinesThatNobodyElseLooksForAreKept(t *testing.T) {
	e := keepingEngine(t, memory.New())
	tests := []struct {
		sentence string
		kept     bool
		change   func(m *Machine, out *Outcome)
	}{
		{"one that has nothing to do but to wait for its webhooks", true, func(*Machine, *Outcome) {}},
		{"one that is not saved", false, func(_ *Machine, out *Outcome) { out.Changed = false }},
		{"one with an effect, such as something to tell or a document to send", false, func(m *Machine, _ *Outcome) { m.Effects = make([]Effect, 1) }},
		{"one with a timer", false, func(m *Machine, _ *Outcome) { m.Timers = make([]Timer, 1) }},
		{"one with a leg", false, func(m *Machine, _ *Outcome) { m.Legs = make([]Leg, 1) }},
		{"one that bridges, or is a leg or a member", false, func(m *Machine, _ *Outcome) { m.More = &More{} }},
		{"one that dials", false, func(m *Machine, _ *Outcome) { m.Phase = Dialing }},
		{"one that has ended", false, func(m *Machine, _ *Outcome) { m.Phase = Ended }},
		{"one that has an alias", false, func(m *Machine, _ *Outcome) { m.Key = legPrefix + "1" }},
		{"one whose callId is not known", false, func(m *Machine, _ *Outcome) { m.Call.ID = "" }},
		{"one with a list of its own", false, func(m *Machine, _ *Outcome) { m.Frames[0].Vars[2] = []any{"1"} }},
		{"one that is large", false, func(m *Machine, _ *Outcome) { m.Frames[0].Vars[0] = strings.Repeat("x", maxKept) }},
	}
	for _, tt := range tests {
		w, p := e.work(), &place{}
		m := plainMachine(e, "good day")
		out := &Outcome{Kind: Empty, Machine: m, Changed: true}
		tt.change(m, out)
		w.step.run.work = m
		w.data, w.head = m.encode(nil)
		p.keep(w, out)
		if got := p.machine != nil; got != tt.kept {
			t.Errorf("%s: kept %t", tt.sentence, got)
		}
		if tt.kept && (out.Machine != nil || w.step.run.work == m) {
			t.Errorf("%s: the step has it still", tt.sentence)
		}
	}
}

// lying returns text as a part of memory that is used again, which spoil overwrites.
type lying struct{ memory [][]byte }

func (l *lying) text(s string) string {
	b := []byte(s)
	l.memory = append(l.memory, b)
	return alias(b)
}

func (l *lying) spoil() {
	for _, b := range l.memory {
		for i := range b {
			b[i] = '#'
		}
	}
}

func TestAKeptMachineHasItsTextsForItself(t *testing.T) {
	e := keepingEngine(t, memory.New())
	sub := e.versions.named("keeping").States[2].Invoke.Flow
	var l lying
	build := func(text func(string) string) *Machine {
		m := plainMachine(e, "")
		m.Key, m.Flow = text(benchID(1)), text("keeping")
		for i := 0; m.Call.callField(i) != nil; i++ {
			*m.Call.callField(i) = text(fmt.Sprint("field ", i))
		}
		m.Call.ID, m.Call.Cause = text(benchID(1)), text("hangup")
		m.Frames[0].Vars[0], m.Frames[0].Vars[1] = text("good day"), text("")
		m.Frames[0].Saved = []Saved{{Slot: flow.SlotOf(flow.RootVar, 0), Value: text("saved")}}
		f := m.pushFrame()
		f.begin(sub)
		f.State, f.Params, f.Vars[0] = sub.States[0], []any{text("a param")}, text("x")
		return m
	}
	want, m := build(func(s string) string { return s }), build(l.text)
	data, head := m.encode(nil)
	l.memory = append(l.memory, data)
	encoded := bytes.Clone(data)
	if !m.own(&Machine{}, data[1:1+head]) {
		t.Fatal("not owned")
	}
	l.spoil()
	if m.Key != want.Key || m.Flow != want.Flow || m.Call != want.Call {
		t.Errorf("%q %q %+v", m.Key, m.Flow, m.Call)
	}
	for i := range want.Frames {
		got, want := &m.Frames[i], &want.Frames[i]
		if diff := cmp.Diff([]any{want.Vars, want.Params, want.Saved}, []any{got.Vars, got.Params, got.Saved}); diff != "" {
			t.Errorf("frame %d (-want +got):\n%s", i, diff)
		}
	}
	if got := m.Append(nil); !bytes.Equal(got, encoded) {
		t.Errorf("encoded\n%q, want\n%q", got, encoded)
	}
}

func TestWebhooksThatOtherMachinesHaveASayInAreDecidedFromTheStore(t *testing.T) {
	c := &counted{Store: memory.New()}
	s := &sender{engine: keepingEngine(t, c)}
	s.send(t, "initiate", 1, 1, "")
	c.loads = 0
	s.send(t, "transferDisconnect", 2, 2, `,"parentCallId":"`+benchID(1)+`"`)
	if c.loads == 0 {
		t.Error("the end of a leg is decided from a machine that was kept")
	}
	c.loads = 0
	if s.send(t, "gather", 1, 3, `,"digits":"12"`); c.loads != 0 {
		t.Errorf("%d loads for the call's own webhook", c.loads)
	}
}

const signalled = `
flow: keeping
signals: {free: {n: string}}
vars: {heard: "nothing"}
start: {initiate: hear}
on:
  gather: bye
  free: {actions: [{set: {heard: "${event.n}"}}]}
states:
  hear:
    bxml: [{Gather: {maxDigits: 1, nested: [{SpeakSentence: "heard ${vars.heard}"}]}}]
    on: {gather: [{guard: event.digits == "", target: hear}]}
  bye: {bxml: [Hangup], type: final}
`

func TestASignalBetweenTwoWebhooksIsNotLost(t *testing.T) {
	s := &sender{engine: engineOf(t, memory.New(), flow.Source{Path: "keeping.yaml", Text: []byte(signalled)})}
	s.send(t, "initiate", 1, 0, "")
	for n := 1; n < 20; n++ {
		if n%3 > 0 {
			if handled, err := s.engine.Signal(t.Context(), benchID(1), "free", map[string]any{"n": fmt.Sprint(n)}, ""); !handled || err != nil {
				t.Fatalf("signal %d: handled %t, %v", n, handled, err)
			}
		}
		want := fmt.Sprintf("heard %d<", n)
		if n%3 == 0 { // no signal came
			want = fmt.Sprintf("heard %d<", n-1)
		}
		if got := s.send(t, "gather", 1, n, ""); !bytes.Contains(got.Document, []byte(want)) {
			t.Fatalf("webhook %d: %s, want %q", n, got.Document, want)
		}
		if keptRight(t, s.engine) != 1 {
			t.Fatalf("webhook %d: the machine is not kept", n)
		}
		if p := s.engine.place(benchID(1)); p.resting != 0 {
			t.Fatalf("webhook %d: rests for %d after a change of our own", n, p.resting)
		}
	}
}
