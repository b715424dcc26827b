package runtime

import (
	"fmt"

	"github.com/bxmlflow/bxmlflow/flow"
)

// candidate searches the transition for an event: from the innermost active state outward to the flow level, at each level
// those for the exact name and then those of "*"; after that the same from the state that invoked the flow. It returns nil
// when there is none, and an error when there is none but a guard failed.
func (r *stepRun) candidate(name string) (*flow.Transition, int, error) {
	var failed error
	for frame := len(r.m.Frames) - 1; frame >= 0; frame-- {
		t, err := r.within(frame, name)
		if t != nil {
			return t, frame, nil
		}
		if failed == nil {
			failed = err
		}
	}
	return nil, 0, failed
}

// within is candidate for one frame.
func (r *stepRun) within(frame int, name string) (*flow.Transition, error) {
	var failed error
	for level := r.level(frame); level != nil; level = level.Parent {
		if name != "" {
			t, err := r.choose(level.On[name], frame)
			if t != nil {
				return t, nil
			}
			failed = first(failed, err)
		}
		if len(level.Any) == 0 || !r.anyTakes(name) {
			continue
		}
		t, err := r.choose(level.Any, frame)
		if t != nil {
			return t, nil
		}
		failed = first(failed, err)
	}
	return nil, failed
}

func first(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

// anyTakes reports whether "*" stands for the event: for those of the carrier but the one that ends the call.
func (r *stepRun) anyTakes(name string) bool {
	return r.typ != nil && name == r.typ.Name && !r.typ.Ends
}

// level returns the innermost active level of a frame: its state, or the flow level before a state is entered. While a leg
// dials, the state that it will enter decides.
func (r *stepRun) level(frame int) *flow.State {
	f := &r.m.Frames[frame]
	if f.State != nil {
		return f.State
	}
	if r.m.Phase == Dialing && r.m.More != nil {
		if t := f.Flow.Goto[r.m.More.Target]; t != nil {
			return t.Leaf
		}
	}
	return f.Flow.Root
}

// choose returns the first transition whose guard is true. A guard that fails counts as false; its error comes back when no
// transition is found.
func (r *stepRun) choose(list []*flow.Transition, frame int) (*flow.Transition, error) {
	var failed error
	r.env.at = frame
	for _, t := range list {
		if t.Guard == nil {
			return t, nil
		}
		ok, err := r.guard(t.Guard, t.Name)
		if ok {
			return t, nil
		}
		if err != nil && failed == nil {
			failed = &stepFailure{
				reason: flow.ReasonGuard, message: fmt.Sprintf("guard %q: %s", t.Guard.Source, err), source: t.Name,
			}
		}
	}
	return nil, failed
}

// guard evaluates a guard and traces it.
func (r *stepRun) guard(g *flow.Guard, name string) (bool, error) {
	if !r.tracing {
		return r.ev.Bool(g, &r.env)
	}
	r.env.seen = []Seen{}
	ok, err := r.ev.Bool(g, &r.env)
	r.trace.Guards = append(r.trace.Guards, TracedGuard{
		Transition: name, Source: g.Source, Result: ok, Error: message(err), Values: r.env.seen,
	})
	r.env.seen = nil
	return ok, err
}
