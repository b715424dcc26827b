package runtime

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/runtime/internal/kernel"
)

// goOn takes a transition with a target in a frame, then goes on until the machine rests: `always`, sub-flows that begin
// and sub-flows that end.
func (r *stepRun) goOn(frame int, t *flow.Transition) error {
	r.moved = true
	if err := r.move(frame, t); err != nil {
		return err
	}
	for {
		more, err := r.settle()
		if err != nil || !more {
			return err
		}
	}
}

// settle takes the next transition that needs no event. It reports false when there is none.
func (r *stepRun) settle() (bool, error) {
	top := len(r.m.Frames) - 1
	t, err := r.always(top)
	if err != nil {
		return false, err
	}
	if t != nil {
		r.took(t)
		return true, r.move(top, t)
	}
	s := r.m.Frames[top].State
	switch {
	case s.Invoke != nil:
		return true, r.invoke(top, s.Invoke)
	case s.Final && top > 0:
		return r.done(top)
	}
	return false, nil
}

// always returns the `always` transition of the active states, inner ones first.
func (r *stepRun) always(frame int) (*flow.Transition, error) {
	var failed error
	for level := r.m.Frames[frame].State; level != nil; level = level.Parent {
		if len(level.Always) == 0 {
			continue
		}
		t, err := r.choose(level.Always, frame)
		if t != nil {
			return t, nil
		}
		failed = first(failed, err)
	}
	return nil, failed
}

// move takes one transition: exit actions, its own, the kernel, entry actions. An action that fails and says where to go
// instead replaces the transition by another.
func (r *stepRun) move(frame int, t *flow.Transition) error {
	for len(r.m.Frames)-1 > frame {
		if err := r.quit(); err != nil {
			return err
		}
	}
	level := r.level(frame)
	for {
		if r.hops++; r.hops > flow.MaxAlways {
			return r.limit("more than %d transitions in a row", flow.MaxAlways)
		}
		var err error
		level, err = r.traverse(frame, level, t)
		if err == nil {
			return nil
		}
		if t = r.instead(err); t == nil {
			return err
		}
		r.took(t)
	}
}

// traverse takes t from level, the innermost level that is active. It returns the one that is active afterwards, also when
// it could not finish.
func (r *stepRun) traverse(frame int, level *flow.State, t *flow.Transition) (*flow.State, error) {
	level, err := r.leave(frame, level, t.Domain)
	if err != nil {
		return level, err
	}
	if err := r.act(frame, t.Actions); err != nil {
		return level, err
	}
	f := &r.m.Frames[frame]
	if err := r.fire(f, t); err != nil {
		return level, err
	}
	return r.enter(frame, level, t.Leaf)
}

// leave runs the exit actions from level outward, those of outer excluded; a nil outer leaves everything. It returns the
// innermost level that was not left.
func (r *stepRun) leave(frame int, level, outer *flow.State) (*flow.State, error) {
	for level != nil && level != outer && !level.IsRoot() && (outer == nil || level.Within(outer)) {
		if err := r.act(frame, level.Exit); err != nil {
			return level, err
		}
		r.leaveTimers(frame, level)
		level = level.Parent
	}
	return level, nil
}

// fire lets the kernel take the transition and checks that it agrees with the table.
func (r *stepRun) fire(f *Frame, t *flow.Transition) error {
	k, err := r.kernel(f.Flow)
	if err != nil {
		return err
	}
	from := f.name()
	if t.Owner.IsRoot() {
		from = kernel.Anywhere
	}
	to, err := k.Fire(from, t.Name)
	if err == nil && to != t.Leaf.Name {
		err = fmt.Errorf("transition %q led to %q instead of %q", t.Name, to, t.Leaf.Name)
	}
	return err
}

// enter makes leaf the state of the frame and runs the entry actions from below level down to it.
func (r *stepRun) enter(frame int, level, leaf *flow.State) (*flow.State, error) {
	f := &r.m.Frames[frame]
	f.State = leaf
	count := f.visit(leaf)
	r.env.at = frame
	r.save(f)
	if leaf.Visits != flow.NoLimit && int(count) > leaf.Visits {
		return level, r.limit("state %q was entered more than "+strconv.Itoa(leaf.Visits)+" times", leaf.Name)
	}
	path := r.levels[:0]
	for s := leaf; s != nil && s != level; s = s.Parent {
		path = append(path, s)
	}
	r.levels = path
	for i := len(path) - 1; i >= 0; i-- {
		level = path[i]
		if err := r.act(frame, level.Entry); err != nil {
			return level, err
		}
		if err := r.startTimers(frame, level); err != nil {
			return level, err
		}
	}
	return level, nil
}

// save keeps the fields of the event that the document of the entered state reads: the document may be rendered again when
// the event is gone. What a caller keyed in in a sensitive state is not kept.
func (r *stepRun) save(f *Frame) {
	f.Saved = f.Saved[:0]
	if f.State.Document == nil {
		return
	}
	for _, slot := range f.State.Document.Fields {
		if r.env.Has(int(slot)) && !(r.fromSensitive() && r.env.private(slot)) {
			f.Saved = append(f.Saved, Saved{Slot: slot, Value: r.env.Lookup(int(slot))})
		}
	}
}

// fromSensitive reports whether the step began in a sensitive state.
func (r *stepRun) fromSensitive() bool {
	for i := range r.orig.Frames {
		if s := r.orig.Frames[i].State; s != nil && s.Sensitive {
			return true
		}
	}
	return false
}

// invoke begins the sub-flow of the active state.
func (r *stepRun) invoke(frame int, i *flow.Invoke) error {
	if len(r.m.Frames) > flow.MaxInvokeDepth {
		return r.limit("flows are invoked more than %d deep", flow.MaxInvokeDepth)
	}
	values, err := r.arguments(frame, i)
	if err != nil {
		return err
	}
	inner := r.m.pushFrame()
	inner.begin(i.Flow)
	inner.Params = append(inner.Params, values...)
	r.env.view = eventView{}
	t, err := r.choose(i.Flow.Start[flow.EventInvoke], frame+1)
	switch {
	case err != nil:
		return err
	case t == nil:
		return &stepFailure{reason: flow.ReasonUnhandled, message: fmt.Sprintf("flow %q cannot be invoked", i.Flow.Name), source: r.where()}
	}
	r.took(t)
	return r.move(frame+1, t)
}

// arguments returns the params of an invoked flow.
func (r *stepRun) arguments(frame int, i *flow.Invoke) ([]any, error) {
	r.env.at = frame
	values := r.values[:0]
	for _, p := range i.Flow.Params {
		values = append(values, p.Value)
	}
	r.values = values
	for _, a := range i.With {
		v, err := r.ev.Value(a.Value, &r.env)
		if err == nil {
			v, err = fit(v, i.Flow.Params[a.Param].Type)
		}
		if err != nil {
			return nil, r.failure(flow.ReasonTemplate, fmt.Errorf("param %q of flow %q: %w", i.Flow.Params[a.Param].Name, i.Flow.Name, err))
		}
		values[a.Param] = v
	}
	return values, nil
}

// done ends the innermost sub-flow, which is in a final state, and lets the state that invoked it handle `done`. It reports
// whether that led anywhere.
func (r *stepRun) done(frame int) (bool, error) {
	f := &r.m.Frames[frame]
	r.env.at = frame
	values := make([]any, len(f.Flow.Output))
	for i, name := range f.Flow.Output {
		for _, o := range f.State.Output {
			if o.Name != name {
				continue
			}
			v, err := r.ev.Value(o.Value, &r.env)
			if err != nil {
				return false, r.failure(flow.ReasonTemplate, fmt.Errorf("output %q: %w", name, err))
			}
			values[i] = v
		}
	}
	if err := r.quit(); err != nil {
		return false, err
	}
	r.env.view = eventView{output: values}
	t, err := r.within(frame-1, flow.EventDone)
	switch {
	case err != nil:
		return false, err
	case t == nil:
		return false, &stepFailure{reason: flow.ReasonUnhandled, message: "nobody handles done", source: r.where()}
	}
	r.took(t)
	if t.Target != nil {
		return true, r.move(frame-1, t)
	}
	err = r.act(frame-1, t.Actions)
	if t = r.instead(err); t != nil {
		r.took(t)
		return true, r.move(frame-1, t)
	}
	return false, err
}

// quit leaves the innermost sub-flow. There is no going elsewhere in a flow that is being left.
func (r *stepRun) quit() error {
	top := len(r.m.Frames) - 1
	if _, err := r.leave(top, r.m.Frames[top].State, nil); err != nil {
		return final(err)
	}
	r.m.popFrame()
	return nil
}

func (r *stepRun) limit(format string, args ...any) error {
	return &stepFailure{reason: flow.ReasonLimit, message: fmt.Sprintf(format, args...), source: r.where()}
}

// instead returns where an action that failed wants to go, nil when it does not say. That it failed is told all the same.
func (r *stepRun) instead(err error) *flow.Transition {
	if err == nil {
		return nil
	}
	var f *stepFailure
	if !errors.As(err, &f) || f.target == nil {
		return nil
	}
	t := r.tell()
	t.Handled = append(t.Handled, Fault{Reason: f.reason, Message: f.message, Source: f.source})
	return f.target
}
