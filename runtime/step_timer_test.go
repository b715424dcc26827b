package runtime

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bxmlflow/bxmlflow/flow"
)

// due tells after how many seconds the timers of a machine are due.
func (s *session) due(name string) []int {
	list := []int{}
	for _, t := range s.machine(name).m.Timers {
		list = append(list, int(time.UnixMilli(t.Due).Sub(s.clock)/time.Second))
	}
	return list
}

func TestTimers(t *testing.T) {
	s := newSession(t, holdFlow)
	out := s.event(callerCall, "initiate")
	check := func(when string, want ...int) {
		t.Helper()
		if diff := cmp.Diff(append([]int{}, want...), s.due(callerCall)); diff != "" {
			t.Fatalf("%s (-want +got):\n%s", when, diff)
		}
	}
	check("entering starts those of every level", 60, 20)
	started := []TracedTimer{{"outer", "1m", "started"}, {"outer.music", "${params.wait}", "started"}}
	if diff := cmp.Diff(started, out.Trace.Timers); diff != "" {
		t.Errorf("trace (-want +got):\n%s", diff)
	}
	if at, pending := s.machine(callerCall).m.due(); at != s.clock.Add(20*time.Second).UnixMilli() || pending {
		t.Errorf("the machine is due at %d, pending %v", at, pending)
	}
	s.event(callerCall, "gather digits=2")
	check("a stay changes nothing", 59, 19)
	s.event(callerCall, "gather digits=1")
	check("entering again starts the inner one anew, and the outer one goes on", 58, 20)
	out = s.wait(20 * time.Second)
	if out.Handled || out.Push || out.Kind != Empty || !out.Changed || out.Trace.Note != NoteIgnored {
		t.Errorf("a timer whose guard is not true: %+v", out)
	}
	check("a timer that fired is gone", 38)
	fired := s.machine(callerCall).m.LastTimer
	out = s.wait(38 * time.Second)
	if !out.Push || out.Machine.State() != "voicemail" || s.did() != "updateBxml voicemail" {
		t.Errorf("the outer timer led to %s", out.Machine.State())
	}
	check("leaving drops them")
	out = s.internal(callerCall, InternalEvent{Name: flow.EventAfter, Timer: fired})
	if out.Changed || out.Handled || out.Kind != Empty || out.Trace.Note != NoteIgnored {
		t.Errorf("a timer that is not set: %+v", out)
	}
	if s.machine(callerCall).m.LastTimer != fired {
		t.Errorf("numbers of timers are used again")
	}
}

func TestTimersAreDroppedWithTheirState(t *testing.T) {
	for _, test := range []struct{ sentence, event string }{
		{"by a transition out of it", "gather digits=3"},
		{"by the end of the call", "disconnect cause=hangup"},
	} {
		t.Run(test.sentence, func(t *testing.T) {
			s := newSession(t, holdFlow)
			s.event(callerCall, "initiate")
			if out := s.event(callerCall, test.event); len(out.Machine.Timers) != 0 || len(out.Trace.Timers) != 2 {
				t.Errorf("timers %v, trace %v", out.Machine.Timers, out.Trace.Timers)
			}
		})
	}
}

const timedOuter = `
flow: outer
start: {initiate: asking}
states:
  asking:
    invoke: {flow: inner}
    after: {1m: sorry}
    on: {done: sorry, "*": sorry}
  sorry: {type: final, bxml: [Hangup]}
`

const timedInner = `
flow: inner
start: {invoke: ask}
states:
  ask:
    bxml: [{Gather: {maxDigits: 1}}]
    after: {10s: again}
    on: {gather: done}
  again:
    bxml: [{Gather: {maxDigits: 2}}]
    after: {10s: {guard: visits > 3, target: ask}}
    on: {gather: done}
  done: {type: final, output: {}}
`

func TestTimersOfSubFlows(t *testing.T) {
	s := newSession(t, timedOuter, timedInner)
	s.event(callerCall, "initiate")
	if out := s.wait(10 * time.Second); out.Machine.State() != "again" || len(out.Machine.Frames) != 2 || len(out.Machine.Timers) != 2 {
		t.Errorf("the inner timer led to %s with timers %v", out.Machine.State(), out.Machine.Timers)
	}
	if out := s.wait(50 * time.Second); out.Machine.State() != "sorry" || len(out.Machine.Frames) != 1 || len(out.Machine.Timers) != 0 {
		t.Errorf("the outer timer led to %s with timers %v", out.Machine.State(), out.Machine.Timers)
	}
}
