package runtime

import (
	"strings"
	"testing"

	"github.com/bxmlflow/bxmlflow/flow"
)

const holdFlow = `
flow: hold
params: {wait: {type: duration, default: 20s}}
vars: {n: 0, who: "", from: "", ok: false}
signals:
  ready: {who: string, n: int, ok: bool, pause: duration}
  stop: {}
start: {initiate: outer}
on:
  ready: {actions: [{set: {who: "${event.who}", n: "${event.n}", ok: "${event.ok}", from: "${event.callId}"}}]}
states:
  outer:
    initial: music
    after:
      1m: [{guard: vars.n > 9, target: tired}, {target: voicemail}]
    states:
      music:
        bxml: [{Gather: {maxDigits: 1, repeatCount: 5}}]
        after:
          "${params.wait}": {guard: vars.ok, target: tired}
        on:
          gather:
            - {guard: event.digits == "1", target: music}
            - {guard: event.digits == "2"}
            - target: voicemail
          stop: voicemail
      tired:
        bxml: [{SpeakSentence: Still there}, Redirect]
        on: {redirect: music, ready: music}
  voicemail:
    bxml: [{Record: {maxDuration: 60}}]
    on: {recordComplete: bye, ready: bye}
  bye: {type: final, bxml: [Hangup]}
`

func TestAStaleEventTakesThePushAlong(t *testing.T) {
	s := newSession(t, holdFlow)
	s.event(callerCall, "initiate")
	p := s.machine(callerCall)
	old := p.claims("gather")
	s.mute = true
	pushed := s.internal(callerCall, InternalEvent{Name: "stop", From: "k", ID: 1})
	if len(pushed.Machine.Effects) != 1 {
		t.Fatalf("effects %+v", pushed.Machine.Effects)
	}
	with := func(in *Input) { in.Token = old }
	out := s.event(callerCall, "gather digits=1", with)
	switch {
	case out.Kind != Again || out.Turn != 2 || !out.Changed || out.Handled || out.Trace.Note != NoteStale:
		t.Errorf("outcome %+v", out)
	case len(out.Machine.Effects) != 0 || out.Machine.State() != "voicemail":
		t.Errorf("machine %+v", out.Machine)
	}
	again := s.event(callerCall, "gather digits=7", with)
	if again.Kind != Again || again.Turn != 2 || again.Changed {
		t.Errorf("once more: %+v", again)
	}
}

func TestANewerDocumentReplacesThePush(t *testing.T) {
	s := newSession(t, holdFlow)
	s.event(callerCall, "initiate")
	s.mute = true
	s.internal(callerCall, InternalEvent{Name: "stop", From: "k", ID: 1})
	out := s.internal(callerCall, InternalEvent{Name: "ready", From: "k", ID: 2})
	if len(out.Machine.Effects) != 1 || out.Machine.Effects[0].Turn != 3 || out.Machine.State() != "bye" {
		t.Errorf("%s, effects %+v", out.Machine.State(), out.Machine.Effects)
	}
}

func TestSignals(t *testing.T) {
	tests := []struct {
		sentence string
		with     map[string]any
		vars     map[string]any
	}{
		{"fields have their values", map[string]any{"who": "Ada", "n": 7, "ok": true}, map[string]any{"who": "Ada", "n": 7, "ok": true, "from": "c-x"}},
		{"JSON numbers are numbers", map[string]any{"n": 7.0}, map[string]any{"who": "", "n": 7, "ok": false}},
		{"wrong types count as absent", map[string]any{"who": 7, "n": "7", "ok": "true"}, map[string]any{"who": "", "n": 0, "ok": false}},
		{"what is not declared is left out", map[string]any{"other": 1, "who": nil}, map[string]any{"who": "", "n": 0}},
		{"values that cannot be kept count as absent", map[string]any{"n": 7.5, "who": []byte("x")}, map[string]any{"who": "", "n": 0}},
		{"none at all", nil, map[string]any{"who": "", "n": 0, "ok": false}},
	}
	for _, test := range tests {
		t.Run(test.sentence, func(t *testing.T) {
			s := newSession(t, holdFlow)
			s.event(callerCall, "initiate")
			e := InternalEvent{Name: "ready", From: "leg-x", ID: 4, Leg: "leg-x", CallID: "c-x", With: test.with}
			out := s.internal(callerCall, e)
			if !out.Handled || out.Push || out.Machine.State() != "outer.music" {
				t.Errorf("outcome %+v", out)
			}
			for name, want := range test.vars {
				if got, _ := out.Machine.Var(name); got != want {
					t.Errorf("%s is %v, want %v", name, got, want)
				}
			}
			if out := s.internal(callerCall, e); out.Changed || !out.Handled || out.Trace.Note != NoteDuplicate {
				t.Errorf("the same again: %+v", out)
			}
		})
	}
}

func TestInternalEventsThatMeanNothing(t *testing.T) {
	tests := []struct {
		sentence string
		event    InternalEvent
	}{
		{"a signal that is not declared", InternalEvent{Name: "other", From: "k"}},
		{"the carrier's event by name", InternalEvent{Name: "gather", From: "k"}},
		{"a state that legs cannot be moved to", InternalEvent{Name: flow.EventGoto, From: "k", Target: "bye"}},
		{"no timer", InternalEvent{Name: flow.EventAfter}},
	}
	for _, test := range tests {
		t.Run(test.sentence, func(t *testing.T) {
			s := newSession(t, holdFlow)
			s.event(callerCall, "initiate")
			if out := s.internal(callerCall, test.event); out.Changed || out.Handled || out.Kind != Empty || out.Trace.Note != NoteIgnored {
				t.Errorf("outcome %+v", out)
			}
			var none Machine
			if out := s.stepper.Step(&none, &Input{Internal: &test.event, Now: stepClock, Trace: true}); out.Changed || out.Trace.Note != NoteUnknown {
				t.Errorf("without a machine: %+v", out)
			}
		})
	}
}

func TestADocumentThatCouldNotBeSent(t *testing.T) {
	tests := []struct {
		sentence, on string
		state        string
		push         bool
		fault        string
	}{
		{"is told to the flow", "  updateFailed: sorry\n", "sorry", true, ""},
		{"raises an error otherwise", "  error: {guard: event.reason == \"update\", target: sorry}\n", "sorry", true, flow.ReasonUpdate},
		{"changes nothing when nobody cares", "", "voicemail", false, flow.ReasonUpdate},
	}
	for _, test := range tests {
		t.Run(test.sentence, func(t *testing.T) {
			source := strings.Replace(holdFlow, "on:\n", "on:\n"+test.on, 1)
			if test.push {
				source += "  sorry: {type: final, bxml: [{SpeakSentence: Sorry.}, Hangup]}\n"
			}
			s := newSession(t, source)
			s.event(callerCall, "initiate")
			s.mute = true
			sent := s.internal(callerCall, InternalEvent{Name: "stop", From: "k", ID: 1}).Machine.Effects[0]
			out := s.internal(callerCall, InternalEvent{Name: flow.EventUpdateFailed, Effect: sent.ID, Reason: "503", Message: "no answer"})
			fault := ""
			if len(out.Trace.Faults) > 0 {
				fault = out.Trace.Faults[0].Reason
			}
			if out.Push != test.push || out.Machine.State() != test.state || fault != test.fault {
				t.Fatalf("push %v to %s, fault %q", out.Push, out.Machine.State(), fault)
			}
			if !test.push {
				if len(out.Machine.Effects) != 0 {
					t.Errorf("effects %+v", out.Machine.Effects)
				}
				return
			}
			last := out.Machine.Effects[0]
			if !last.Request.Last {
				t.Errorf("the second document is not the last: %+v", last)
			}
			out = s.internal(callerCall, InternalEvent{Name: flow.EventUpdateFailed, Effect: last.ID, Message: "no answer"})
			if out.Push || out.Handled || len(out.Machine.Effects) != 0 || len(out.Trace.Faults) != 0 {
				t.Errorf("after the last: %+v", out)
			}
		})
	}
}

func TestTheStepsOfACallAreCountedWithItsInternalEvents(t *testing.T) {
	s := newSession(t, strings.Replace(holdFlow, "signals:", "limits: {steps: 4}\nsignals:", 1))
	s.event(callerCall, "initiate")
	var out Outcome
	for i := range 5 {
		out = s.internal(callerCall, InternalEvent{Name: "ready", From: "k", ID: uint32(i + 1)})
	}
	if len(out.Trace.Faults) != 1 || out.Trace.Faults[0].Reason != flow.ReasonLimit {
		t.Errorf("faults %v", out.Trace.Faults)
	}
}

func TestWithoutRESTAnAsynchronousMoveFails(t *testing.T) {
	s := newSession(t, holdFlow)
	s.stepper = newTestStepper(t, nil)
	s.event(callerCall, "initiate")
	out := s.internal(callerCall, InternalEvent{Name: "stop", From: "k", ID: 1})
	if out.Push || out.Machine.State() != "outer.music" || len(out.Trace.Faults) != 1 || out.Trace.Faults[0].Reason != flow.ReasonDocument {
		t.Errorf("outcome %+v", out)
	}
	if _, err := NewStepper(StepConfig{AppendToken: plainToken, Apology: []byte("a"), Hangup: []byte("h"), Push: true}); err == nil {
		t.Error("a stepper that pushes without a public URL was made")
	}
}
