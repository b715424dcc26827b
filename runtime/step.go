package runtime

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

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
	s := &Stepper{config: c}
	s.kernels.Store(&map[flow.Hash]*kernel.Kernel{})
	return s, nil
}

// Input is an event and what the decision about it depends on.
type Input struct {
	// Event is the carrier's event; nil for an internal one.
	Event *event.Event
	// Internal is an event of the runtime; nil for the carrier's.
	Internal *InternalEvent
	// Token holds the claims of the verified token that the webhook bore; nil when it bore none.
	Token *Claims
	// Flow is the flow of a new machine; other machines have their own.
	Flow *flow.Flow
	// Parent is the machine of the call that dialled this one with Transfer: its variables are copied. Nil for others.
	Parent *Machine
	// Member is the machine of the call that joins or leaves a conference; nil when there is none.
	Member *Machine
	// Now is the time by the clock that received the event.
	Now time.Time
	// Results are the look-ups performed so far for this step, in order.
	Results []Result
	// Trace asks for a Trace in the Outcome.
	Trace bool
}

// InternalEvent is an event that the runtime raises itself, a timer or a signal.
type InternalEvent struct {
	Name                    string // one of the flow.Event constants or a signal
	Reason, Message, Source string // of `error`
	Effect                  uint32 // the effect that it ends; 0 for none
	Timer                   uint32 // of flow.EventAfter: Timer.ID

	// From and ID identify an event between machines: the key of the sender and a number that it gave. It is taken once. From
	// is "" for the runtime's own events and holds the caller's key for signals from outside.
	From string
	ID   uint32
	// Leg is the machine key of the leg that the event is about; what it is called is known to the machine that made it.
	Leg               string
	CallID, Cause     string
	Answered, Bridged bool
	Target            string         // of flow.EventGoto: full name of the state
	Conference, Title string         // conferenceId and name of `joined` and `left`
	With              map[string]any // of a signal and of `joined`
}

// Kind says what to do after a step.
type Kind uint8

// The kinds of outcome.
const (
	Empty    Kind = iota // answer without a document
	Document             // answer with Outcome.Document
	Again                // a duplicate or an event of an earlier document: answer with the stored document of Outcome.Turn
	Need                 // perform Outcome.Request, add its Result to the Input and call again from the same machine
	Refused              // the token belongs to somebody else: refuse the webhook and write nothing
)

// String returns the kind in a word.
func (k Kind) String() string {
	return [...]string{"empty", "document", "again", "need", "refused"}[k]
}

// Outcome is what a step decided.
type Outcome struct {
	Kind Kind
	// Machine is the machine after the step, the one before it when nothing Changed.
	Machine *Machine
	// Document is the answer of kind Document.
	Document []byte
	// Turn is that of the document handed out, now or then; 0 when there is none.
	Turn uint32
	// Request is the look-up of kind Need.
	Request *Request
	// Changed says that Machine must be saved before the answer is given.
	Changed bool
	// New says that the machine did not exist before.
	New bool
	// Push says that Document is not the answer: an effect sends it with the REST API. It is stored as the answer of Turn.
	Push bool
	// Handled says that a transition was taken.
	Handled bool
	// Trace tells what happened. It is there when the Input asked for it, and when something was logged or went wrong.
	Trace *Trace
}

// Step decides what m does about an event. It is pure: m is not changed, and the same input gives the same bytes. The
// machine in the outcome shares memory with m and with the event, which must stay as they are while it is used.
func (s *Stepper) Step(m *Machine, in *Input) Outcome {
	return s.step(new(scratch), m, in)
}

// scratch is the memory of a step. An outcome refers to it until the next step that uses it.
type scratch struct{ run stepRun }

// reset forgets what the last step used and keeps the memory.
func (sc *scratch) reset() {
	r := &sc.run
	r.s, r.in, r.orig, r.m, r.typ, r.request, r.trace = nil, nil, nil, nil, nil, nil, nil
	r.env = stepEnv{}
	r.values = cleared(r.values)
	r.levels = cleared(r.levels)
}

// step is Step with memory that is used again.
func (s *Stepper) step(sc *scratch, m *Machine, in *Input) (out Outcome) {
	r := &sc.run
	r.begin(s, m, in)
	defer func() {
		if p := recover(); p != nil { // outside of what attempt guards: the last resort
			r.fault(&stepFailure{reason: flow.ReasonPanic, message: fmt.Sprint(p)})
			out = r.unchanged(Empty)
			if r.sync {
				out.Kind, out.Document = Document, s.config.Apology
			}
		}
	}()
	if out, done := r.admit(); done {
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
	case r.orig.New():
		if err := r.start(); err != nil {
			return err
		}
		return r.answer()
	case r.typ != nil && r.typ.Ends:
		return r.disconnect()
	case r.m.Phase == Ended:
		return r.late()
	}
	if limit := r.m.Frames[0].Flow.Limits.Steps; limit != flow.NoLimit && int(r.m.Steps) > limit {
		return &stepFailure{reason: flow.ReasonLimit, message: fmt.Sprintf("more than %d events in one call", limit), source: r.where()}
	}
	if err := r.handle(); err != nil {
		return err
	}
	return r.answer()
}

// start enters the first state of a new machine.
func (r *stepRun) start() error {
	t, err := r.choose(r.in.Flow.Start[r.name], 0)
	switch {
	case err != nil:
		return err
	case t == nil:
		return r.unhandled()
	}
	r.took(t)
	return r.goOn(0, t)
}

// handle offers the event to the states and follows the transition found.
func (r *stepRun) handle() error {
	t, frame, err := r.candidate(r.name)
	switch {
	case err != nil:
		return err
	case t != nil:
		return r.follow(frame, t)
	case r.sync:
		return r.unhandled()
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
	}
	r.m.erase()
}

// late runs the actions of a handler for an event that comes after the call.
func (r *stepRun) late() error {
	r.note(NoteLate)
	t, frame, err := r.candidate(r.name)
	if err != nil || t == nil {
		return err
	}
	r.took(t)
	return r.act(frame, t.Actions)
}

// finish answers the event.
func (r *stepRun) finish() Outcome {
	r.hand(r.turn)
	out := Outcome{Kind: Empty, Machine: r.m, Changed: true, New: r.orig.New(), Turn: r.turn}
	if r.turn != 0 {
		out.Kind, out.Document = Document, r.doc
	}
	return r.traced(out)
}

// hand notes that the document of the turn answers the event.
func (r *stepRun) hand(turn uint32) {
	if turn == 0 {
		return
	}
	r.m.AnswerTurn = turn
	if r.in.Internal == nil {
		r.m.Keys[len(r.m.Keys)-1].Turn = turn
	}
}

// unchanged returns an outcome that leaves the machine alone.
func (r *stepRun) unchanged(k Kind) Outcome {
	return r.traced(Outcome{Kind: k, Machine: r.orig})
}
