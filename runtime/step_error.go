package runtime

import (
	"errors"
	"fmt"

	"github.com/bxmlflow/bxmlflow/flow"
)

// stepFailure is why a step cannot go on. Its fields are those of the `error` event.
type stepFailure struct {
	reason, message, source string
	// target is the onError of the action that failed.
	target *flow.Transition
	// silent says that the flow is not asked: nothing it could do would reach the caller.
	silent bool
}

func (f *stepFailure) Error() string { return f.message }

// errNeed says that the step waits for a look-up.
var errNeed = errors.New("a look-up is needed")

// failure makes err a failure at the state in which the machine is. What already is one stays as it is.
func (r *stepRun) failure(reason string, err error) error {
	var f *stepFailure
	if errors.As(err, &f) || errors.Is(err, errNeed) {
		return err
	}
	return &stepFailure{reason: reason, message: err.Error(), source: r.where()}
}

// final returns the failure without its onError.
func final(err error) error {
	var f *stepFailure
	if !errors.As(err, &f) || f.target == nil {
		return err
	}
	return &stepFailure{reason: f.reason, message: f.message, source: f.source}
}

func (r *stepRun) unhandled() error {
	name := r.name
	if name == "" {
		name = r.in.Event.TypeName()
	}
	return &stepFailure{reason: flow.ReasonUnhandled, message: fmt.Sprintf("nobody handles %s", name), source: r.where()}
}

// where returns the name of the active state, for messages.
func (r *stepRun) where() string {
	if n := len(r.m.Frames); n > 0 && r.env.at < n && r.m.Frames[r.env.at].State != nil {
		return r.m.Frames[r.env.at].State.Name
	}
	return "start"
}

// message returns the text of an error, "" for none.
func message(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// failed undoes a step that failed and lets the flow handle `error` from the state in which the step began.
func (r *stepRun) failed(err error) *Outcome {
	if errors.Is(err, errNeed) {
		return r.need()
	}
	f := r.cause(err)
	r.fault(f)
	if f.silent {
		return r.builtIn()
	}
	err = r.attempt(func() error { return r.handleError(f) })
	switch {
	case err == nil:
		return r.finish()
	case errors.Is(err, errNeed):
		return r.need()
	case !errors.Is(err, errNobody):
		r.fault(r.cause(err))
	}
	return r.builtIn()
}

// cause returns err as a failure. One that is none comes from the runtime itself.
func (r *stepRun) cause(err error) *stepFailure {
	var f *stepFailure
	if !errors.As(err, &f) {
		f = &stepFailure{reason: flow.ReasonPanic, message: err.Error(), source: r.where()}
	}
	return f
}

// errNobody says that no state handles `error`.
var errNobody = errors.New("nobody handles the error")

// handleError offers `error` to the states.
func (r *stepRun) handleError(f *stepFailure) error {
	if r.in.Internal != nil && r.in.Internal.Name == flow.EventError {
		return errNobody // an error inside error handling
	}
	r.env.view = eventView{internal: &InternalEvent{Name: flow.EventError, Reason: f.reason, Message: f.message, Source: f.source}}
	ending := r.ending()
	t, frame, err := r.candidate(flow.EventError)
	switch {
	case err != nil:
		return err
	case t == nil:
		return errNobody
	case ending || r.m.Phase == Ended: // the call is over: only actions
		r.took(t)
		if err = r.act(frame, t.Actions); err == nil && ending {
			r.end()
		}
		return err
	}
	if err := r.follow(frame, t); err != nil {
		return err
	}
	return r.answer()
}

// need asks for a look-up.
func (r *stepRun) need() *Outcome {
	out := r.unchanged(Need)
	out.Request = r.request
	return out
}

// builtIn is the answer when the flow has none: the apology, after which the call ends; nothing for an asynchronous event.
// Of the step only the event itself is kept, so that the same event gets the same answer again.
func (r *stepRun) builtIn() *Outcome {
	r.restart()
	if r.ending() {
		r.end()
	}
	if r.sync && !r.conference() {
		r.m.Turn++
		r.turn = r.m.Turn
		r.doc = append(r.doc[:0], r.s.config.Apology...)
		r.supersede()
	}
	return r.finish()
}

// ending reports whether the event ends the machine, and it has not ended before.
func (r *stepRun) ending() bool {
	return (r.typ != nil && r.typ.Ends || r.name == eventEnded && r.typ == nil) && r.m.Phase != Ended
}
