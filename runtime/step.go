package runtime

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/flow/event"
	"github.com/bxmlflow/bxmlflow/runtime/internal/kernel"
	"github.com/bxmlflow/bxmlflow/runtime/internal/token"
)

// Claims is what the token in a callback URL says: the machine and the flow that gave it out, the turn of the document, the
// verb in it, and the event that is expected there.
type Claims = token.Claims

// StepConfig configures a Stepper. What it holds must not change afterwards.
type StepConfig struct {
	// AppendToken appends the token with these claims. The same claims must give the same text. Required.
	AppendToken func(dst []byte, c *Claims) []byte
	// PublicURL and FallbackURL are where the carrier finds the service. With a FallbackURL all URLs are absolute and
	// fallback URLs are set; otherwise they are relative.
	PublicURL, FallbackURL string
	// Push says that documents can be sent with the REST API. They have absolute URLs, so that it needs a PublicURL.
	Push bool
	// Credentials are written beside every URL when there are any.
	Credentials Credential
	// Apology is the document for a synchronous event that a flow cannot answer. Required.
	Apology []byte
	// Hangup is the document for a synchronous event of a call that has ended. Required.
	Hangup []byte
	// Reveal shows in traces what the event table marks as sensitive, for tests. Secrets and sensitive states stay masked.
	Reveal bool
}

// Stepper decides what a machine does about an event. It is immutable but for a cache of compiled flows, and safe for
// concurrent use.
type Stepper struct {
	config  StepConfig
	kernels atomic.Pointer[map[flow.Hash]*kernel.Kernel]
	compile sync.Mutex
}

// NewStepper returns a stepper.
func NewStepper(c StepConfig) (*Stepper, error) {
	if c.AppendToken == nil || len(c.Apology) == 0 || len(c.Hangup) == 0 {
		return nil, errors.New("new stepper: AppendToken, Apology and Hangup are required")
	}
	if c.Push && c.PublicURL == "" {
		return nil, errors.New("new stepper: Push needs a PublicURL")
	}
	s := &Stepper{config: c}
	s.kernels.Store(&map[flow.Hash]*kernel.Kernel{})
	return s, nil
}

// Step decides what m does about an event. It is pure: m is not changed, and the same input gives the same bytes. The
// machine in the outcome shares memory with m and with the event, which must stay as they are while it is used.
func (s *Stepper) Step(m *Machine, in *Input) Outcome {
	sc := new(scratch)
	defer sc.run.release()
	return *s.step(sc, m, in)
}

// step is Step with memory that is used again. The outcome, too, lies in it.
func (s *Stepper) step(sc *scratch, m *Machine, in *Input) (out *Outcome) {
	r := &sc.run
	r.begin(s, m, in)
	defer func() {
		if p := recover(); p != nil { // outside of what attempt guards: the last resort
			r.fault(&stepFailure{reason: flow.ReasonPanic, message: fmt.Sprint(p)})
			out = r.unchanged(Empty)
			if r.sync && !r.conference() {
				out.Kind, out.Document = Document, s.config.Apology
			}
		}
	}()
	if out := r.admit(); out != nil {
		return out
	}
	err := r.attempt(r.react)
	if err != nil {
		return r.failed(err)
	}
	return r.finish()
}

// react does what the flow says about the event.
func (r *stepRun) react() error {
	switch {
	case r.orig.New(), r.orig.Phase == Dialing && r.name == eventAnswer:
		if err := r.start(); err != nil {
			return err
		}
		return r.answer()
	case r.typ != nil && r.typ.Ends:
		return r.disconnect()
	case r.in.Internal != nil:
		if done, err := r.aside(); done {
			return err
		}
	}
	switch {
	case r.m.Phase == Ended && r.in.Internal != nil && r.beyond() > 0: // machines that send each other signals for ever
		r.note(NoteIgnored)
		return nil
	case r.m.Phase == Ended:
		r.note(NoteLate)
		return r.only()
	case r.m.Phase == Dialing:
		return r.early()
	case r.stateless():
		r.note(NoteIgnored)
		return nil
	}
	if over := r.beyond(); over > 0 {
		return &stepFailure{
			reason: flow.ReasonLimit, source: r.where(), message: fmt.Sprintf("more than %d events in one call", int(r.m.Steps)-over),
			silent: over > 1 && r.in.Internal != nil, // its handler may be what makes the events
		}
	}
	if err := r.handle(); err != nil {
		return err
	}
	return r.answer()
}

// beyond returns by how many events the machine has passed the limit of its flow.
func (r *stepRun) beyond() int {
	limit := r.m.Frames[0].Flow.Limits.Steps
	if limit == flow.NoLimit {
		return 0
	}
	return max(int(r.m.Steps)-limit, 0)
}

// start enters the first state of a new machine, or of a leg that was answered. A conference may do without.
func (r *stepRun) start() error {
	t, err := r.opening()
	switch {
	case err != nil:
		return err
	case t == nil && r.conference():
		r.note(NoteIgnored)
		return nil
	case t == nil:
		return r.unhandled()
	}
	r.took(t)
	return r.goOn(0, t)
}

// opening returns the transition that a machine begins with.
func (r *stepRun) opening() (*flow.Transition, error) {
	f := r.m.Frames[0].Flow
	if m := r.orig; !m.New() && m.More != nil && m.More.Target != "" {
		if t := f.Goto[m.More.Target]; t != nil {
			return t, nil
		}
		return nil, fmt.Errorf("state %q of flow %q cannot be entered by a leg", m.More.Target, f.Name)
	}
	return r.choose(f.Start[r.name], 0)
}

// handle offers the event to the states and follows the transition found.
func (r *stepRun) handle() error {
	t, frame, err := r.find()
	switch {
	case err != nil:
		return err
	case t != nil:
		return r.follow(frame, t)
	case r.sync && !r.conference():
		return r.unhandled()
	case r.name == flow.EventUpdateFailed && r.typ == nil:
		e := r.in.Internal
		return &stepFailure{reason: flow.ReasonUpdate, message: e.Message, source: or(e.Source, r.where())}
	}
	r.note(NoteIgnored)
	return nil
}

// follow takes a transition: to its target, or without one only its actions.
func (r *stepRun) follow(frame int, t *flow.Transition) error {
	r.took(t)
	if t.Target != nil {
		return r.goOn(frame, t)
	}
	err := r.act(frame, t.Actions)
	if target := r.instead(err); target != nil {
		r.took(target)
		return r.goOn(frame, target)
	}
	return err
}

// disconnect ends the machine: the actions of its handler, then the exit actions from the innermost state outward.
func (r *stepRun) disconnect() error {
	if r.m.Phase == Ended {
		r.note(NoteLate)
		return nil
	}
	if r.in.Event != nil && !r.stateless() {
		t, frame, err := r.candidate(r.name)
		if err != nil {
			return err
		}
		if t != nil {
			r.took(t)
			if err := r.act(frame, t.Actions); err != nil {
				return err
			}
		}
	}
	for i := len(r.m.Frames) - 1; i >= 0; i-- {
		if _, err := r.leave(i, r.m.Frames[i].State, nil); err != nil {
			return err
		}
	}
	r.end()
	return nil
}

// end closes the machine. Nothing revives it.
func (r *stepRun) end() {
	r.m.Phase = Ended
	if r.in.Event != nil {
		r.m.Call.Cause = r.in.Event.Str(event.FieldCause)
	} else {
		r.m.Call.Cause = r.in.Internal.Cause
	}
	r.dropTimers(timersDropped, func(*Timer) bool { return true })
	r.m.dropPush(0)
	r.m.erase()
}

// only runs the actions of a handler where nothing can be moved: before the call or after it.
func (r *stepRun) only() error {
	t, frame, err := r.candidate(r.name)
	if err != nil || t == nil {
		return err
	}
	r.took(t)
	return r.act(frame, t.Actions)
}

// finish answers the event.
func (r *stepRun) finish() *Outcome {
	r.tellOthers()
	r.hand()
	out := r.outcome(Empty, r.m)
	out.Changed, out.New, out.Turn, out.Handled = true, r.orig.New(), r.turn, r.handled
	if r.turn != 0 {
		out.Document, out.Push = r.doc, !r.sync
		if r.sync {
			out.Kind = Document
		}
	}
	return r.traced()
}

// outcome begins the outcome of the step.
func (r *stepRun) outcome(k Kind, m *Machine) *Outcome {
	r.out = Outcome{Kind: k, Machine: m}
	return &r.out
}

// hand notes how the event was answered: that the document of the turn was handed out, and that an internal event was handled.
func (r *stepRun) hand() {
	if r.turn != 0 {
		r.m.AnswerTurn = r.turn
	}
	last := len(r.m.Keys) - 1
	switch {
	case r.in.Internal == nil && r.sync:
		r.m.Keys[last].Turn = r.turn
	case r.in.Internal != nil && r.in.Internal.From != "" && r.handled:
		r.m.Keys[last].Turn = 1
	}
}

// unchanged returns an outcome that leaves the machine alone.
func (r *stepRun) unchanged(k Kind) *Outcome {
	r.outcome(k, r.orig)
	return r.traced()
}
