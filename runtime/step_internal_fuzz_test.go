package runtime

import (
	"fmt"
	"testing"

	"github.com/bxmlflow/bxmlflow/flow"
)

// FuzzInternal delivers internal events to machines in the middle of a call: every two bytes are an event, its name and what it
// says. session checks what always holds of a step; here it is what holds of internal ones: they are never answered with a
// document, an event of another machine is taken once, and what a machine may keep stays within its bounds.
func FuzzInternal(f *testing.F) {
	f.Add(uint8(0), []byte{3, 1, 4, 0, 5, 2, 6, 3, 0, 9, 1, 1, 12, 0})
	f.Add(uint8(1), []byte{0, 0, 8, 1, 8, 2, 13, 3, 13, 4, 14, 1, 9, 9, 15, 3})
	f.Add(uint8(2), []byte{7, 1, 10, 2, 11, 3, 2, 4})
	names := []string{
		flow.EventError, flow.EventBridged, flow.EventBridgeFailed, flow.EventLegEnded, flow.EventParentEnded, flow.EventJoined,
		flow.EventLeft, flow.EventUpdateFailed, flow.EventAfter, flow.EventGoto, eventLegAnswered, eventEnded, "hello", "ready", "stop",
		"gather", "",
	}
	fresh := []*session{newSession(f, deskFlow), newSession(f, holdFlow), newSession(f, movedFlow)}
	f.Fuzz(func(t *testing.T, which uint8, moves []byte) {
		s := fresh[int(which)%len(fresh)].again(t)
		s.event(callerCall, "initiate")
		s.event(callerCall, "gather digits=1")
		for i := 0; i+1 < len(moves) && i < 80; i += 2 {
			name, n := names[int(moves[i])%len(names)], int(moves[i+1])
			to := s.keys[n%len(s.keys)]
			e := InternalEvent{
				Name: name, From: s.keys[n/3%len(s.keys)], ID: uint32(n % 5), Leg: s.keys[n/7%len(s.keys)], CallID: legCall(n % 3),
				Cause: fmt.Sprint(n), Timer: uint32(n % 6), Effect: uint32(n % 4), Target: [...]string{"", "screening", "told", "x"}[n%4],
				Answered: n%2 == 0, Conference: roomID, With: map[string]any{"text": n, "who": "x", "n": []any{n}},
			}
			s.mute = n%4 == 0
			out := s.internal(to, e)
			checkInternal(t, s, to, &out)
			if again := s.internal(to, e); again.Changed {
				t.Fatalf("%s was taken twice", name)
			}
		}
	})
}

func checkInternal(t *testing.T, s *session, key string, out *Outcome) {
	t.Helper()
	if out.Kind != Empty || out.Push != (len(out.Document) > 0) {
		t.Fatalf("an internal event got %s, a document of %d bytes", out.Kind, len(out.Document))
	}
	for _, fault := range out.Trace.Faults {
		if fault.Reason == flow.ReasonPanic {
			t.Fatalf("panic: %s", fault.Message)
		}
	}
	m := &s.machine(key).m
	if m.Phase == Ended && len(m.Timers) > 0 || len(m.Timers) > MaxTimers || len(m.Legs) > MaxLegs || len(m.Effects) > 2*MaxPending {
		t.Fatalf("%d timers, %d legs, %d effects", len(m.Timers), len(m.Legs), len(m.Effects))
	}
	pushes := 0
	for i := range m.Effects {
		if m.Effects[i].Request.Operation == opPush {
			pushes++
		}
	}
	if pushes > 1 {
		t.Fatalf("%d documents wait to be sent", pushes)
	}
}
