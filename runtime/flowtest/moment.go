package flowtest

import (
	"context"
	"slices"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/flow/event"
	"github.com/bxmlflow/bxmlflow/runtime"
)

// moment is one step of a machine.
type moment struct {
	trace  *runtime.Trace
	before *runtime.Machine // nil of a machine that was not seen before
}

// observe takes what the engine tells of a step. The engine holds the lock of the machine, but nobody else waits for it.
func (s *session) observe(t *runtime.Trace) {
	if s.Observe != nil {
		s.Observe(t)
	}
	m := moment{trace: t, before: s.machines[t.Machine]}
	s.moments = append(s.moments, m)
	after, err := s.engine.Machine(context.Background(), t.Machine)
	if err != nil {
		return // of a call without a machine
	}
	s.machines[t.Machine] = after
	s.cover.note(m.before, after, t.Transitions)
	s.note(m.before, after)
	s.watch()
}

// Effects that the runtime makes by itself.
const (
	effectTell   = "tell"
	effectPush   = "updateBxml"
	effectHangUp = "endCall"
)

// note takes the effects that a step of a machine added. Those that the runtime makes by itself are no affair of the flow.
func (s *session) note(before, after *runtime.Machine) {
	last := uint32(0)
	if before != nil {
		last = before.LastEffect
	}
	for i := range after.Effects {
		e := &after.Effects[i]
		switch q := &e.Request; {
		case e.ID <= last, q.Name == effectTell, q.Name == effectPush:
		case q.Operation == effectHangUp && q.Target == after.Key: // a dialing leg whose parent has gone
		default:
			s.effects = append(s.effects, effect{after.Key, q.Name})
		}
	}
}

// apologised reports whether an error came up that the flow did not handle: handling takes a transition.
func (m *moment) apologised() bool {
	return (len(m.trace.Faults) > 0 || m.gaveUp()) && len(m.trace.Transitions) == 0
}

// gaveUp reports whether the machine was told that an effect is not tried again.
func (m *moment) gaveUp() bool { return m.trace.Event == flow.EventError && m.trace.About != nil }

// unanswered is the failure of a step that raised an error which the flow does not handle, unless that is meant; and of one
// where it is meant and did not come.
func (s *session) unanswered(step *step) *Failure {
	i := slices.IndexFunc(s.moments, func(m moment) bool { return m.apologised() })
	handled := slices.ContainsFunc(s.moments, func(m moment) bool { return len(m.trace.Faults) > 0 || m.gaveUp() })
	switch apology := i >= 0; {
	case apology == step.apology:
		return nil
	case !apology && handled:
		return s.failure(step.name, "the built-in apology is expected, but the flow handles the error")
	case !apology:
		return s.failure(step.name, "the built-in apology is expected, but nothing went wrong")
	}
	message := "the flow does not handle this error: nothing that the event did is kept"
	f, m := s.failure(step.name, ""), &s.moments[i]
	switch {
	case m.gaveUp():
		message = "the flow does not handle this error: what was to be done is given up"
		f.Faults = append(f.Faults, m.trace.About.Message)
	case m.trace.Kind == runtime.Document.String():
		message = "the flow does not handle this error: the caller hears the built-in apology"
	}
	for _, fault := range f.Faults {
		f.Message += fault + "\n"
	}
	f.Message += message + "\nhandle it under `on: error`, or write `apology: true` beside the " + step.noun() + " if that is meant"
	f.Faults = nil // they are in the message
	return f
}

func (s *step) noun() string {
	if s.event == nil {
		return "step"
	}
	return "event"
}

// guards returns the guards that a step tried. The engine masks what is personal, but the author of a test wrote it down
// himself: so the step is decided once more, to see it.
func (s *session) guards(m *moment) []runtime.TracedGuard {
	t := m.trace
	if t.Input == nil || t.Input.Withheld || len(t.Guards) == 0 {
		return t.Guards
	}
	d := decider{stepper: s.stepper, machine: m.before, recorded: t.Input.Results}
	if d.machine == nil {
		d.machine = &runtime.Machine{}
	}
	in := &runtime.Input{Internal: t.Input.Internal, Token: t.Input.Token.Claims(), Flow: s.flow, Now: t.Input.Now, Trace: true}
	if t.Input.Event != nil {
		in.Event = new(event.Event)
		if in.Event.DecodeJSON(t.Input.Event) != nil {
			return t.Guards
		}
	}
	out, _ := d.decide(in)
	if out.Trace == nil || len(out.Trace.Guards) != len(t.Guards) {
		return t.Guards
	}
	for i, g := range out.Trace.Guards {
		if g.Transition != t.Guards[i].Transition || g.Result != t.Guards[i].Result {
			return t.Guards
		}
	}
	return out.Trace.Guards
}

// guardLines writes the guards that were tried since the step began. Those of other legs than the first begin with its name.
func (s *session) guardLines() []string {
	var lines []string
	for i := range s.moments {
		m := &s.moments[i]
		prefix := ""
		if len(s.legs) > 0 && m.trace.Machine != s.legs[0].id && m.trace.Machine != s.legs[0].key {
			prefix = s.label(m.trace.Machine) + ": "
		}
		for _, g := range s.guards(m) {
			lines = append(lines, prefix+guardLine(g))
		}
	}
	return lines
}
