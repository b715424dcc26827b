package runtime

import (
	"strings"
	"time"

	"github.com/bxmlflow/bxmlflow/flow"
)

// Notes of a Trace: why an event did not take its usual way.
const (
	NoteDuplicate = "duplicate" // taken before, answered as then
	NoteStale     = "stale"     // of an earlier document
	NoteForeign   = "foreign"   // bore somebody else's token
	NoteUnknown   = "unknown"   // of a call that has no machine
	NoteIgnored   = "ignored"   // asynchronous, and nobody handles it
	NoteLate      = "late"      // after the call
)

// Trace tells what happened in a step. Values that are sensitive or secret are masked in it. It is not changed once the
// step has returned it.
type Trace struct {
	Time time.Time `json:"time"` // of the step as the flow sees it
	// Took is how long the engine had the event when it told of the step, look-ups and saving included: what is left until the
	// answer is on its way is little. In JSON it is nanoseconds. The step itself leaves it 0.
	Took    time.Duration `json:"took,omitempty"`
	Machine string        `json:"machine"`
	Flow    string        `json:"flow,omitempty"`
	Hash    string        `json:"hash,omitempty"`
	Event   string        `json:"event"` // as it came
	Kind    string        `json:"kind"`
	Turn    uint32        `json:"turn,omitempty"` // of the document handed out
	From    string        `json:"from,omitempty"` // state before, "" for a new machine
	To      string        `json:"to,omitempty"`
	Phase   string        `json:"phase,omitempty"`
	// Transitions names those taken, in order; of an aborted step only those of the error handling.
	Transitions []string `json:"transitions,omitempty"`
	// Guards are those that were tried, the ones of an aborted step too.
	Guards  []TracedGuard  `json:"guards,omitempty"`
	Actions []string       `json:"actions,omitempty"`
	Logs    []string       `json:"logs,omitempty"`
	Lookups []TracedLookup `json:"lookups,omitempty"`
	// Effects are those that were left to be done, each with whom it is about.
	Effects []string `json:"effects,omitempty"`
	// About is what an internal event told; nil for the carrier's.
	About *TracedAbout `json:"about,omitempty"`
	// Timers are those that were started, fired or dropped, in order.
	Timers []TracedTimer `json:"timers,omitempty"`
	// Push says that the document is sent with the REST API and is not the answer.
	Push bool `json:"push,omitempty"`
	// Verbs are those of the state whose document was rendered, the ones that a guard left out too.
	Verbs []string `json:"verbs,omitempty"`
	// Document holds the answer, nil when the state is sensitive. Its URLs bear tokens: do not write it to a log.
	Document []byte `json:"-"`
	// Faults are what went wrong, in order: the failure of the step and that of its error handling.
	Faults []Fault `json:"faults,omitempty"`
	// Handled are the failures of actions whose onError was taken.
	Handled []Fault `json:"handled,omitempty"`
	Note    string  `json:"note,omitempty"`
	// Input is what the step was given, for recordings; nil when nobody asked for the trace. It is not masked.
	Input *Recorded `json:"-"`
}

// TracedGuard is one guard that was tried.
type TracedGuard struct {
	Transition string `json:"transition"`
	Source     string `json:"source"`
	Result     bool   `json:"result"`
	Error      string `json:"error,omitempty"`
	Values     []Seen `json:"values,omitempty"`
}

// TracedLookup is one look-up that was used.
type TracedLookup struct {
	Name  string `json:"name"`
	Error string `json:"error,omitempty"`
}

// TracedAbout is what an internal event told. What a signal carries shows where a guard reads it.
type TracedAbout struct {
	Leg        string `json:"leg,omitempty"`     // what the machine calls it
	Machine    string `json:"machine,omitempty"` // key of the leg
	CallID     string `json:"callId,omitempty"`
	Cause      string `json:"cause,omitempty"`
	Reason     string `json:"reason,omitempty"`
	Message    string `json:"message,omitempty"`
	Answered   bool   `json:"answered,omitempty"`
	Bridged    bool   `json:"bridged,omitempty"`
	Target     string `json:"target,omitempty"`
	Conference string `json:"conference,omitempty"`
}

// TracedTimer is what became of a timer.
type TracedTimer struct {
	State string `json:"state"`
	After string `json:"after"` // the delay as the flow writes it
	What  string `json:"what"`  // started, fired or dropped
}

// Fault is what went wrong, as the `error` event tells it.
type Fault struct {
	Reason  string `json:"reason"`
	Message string `json:"message"`
	Source  string `json:"source,omitempty"`
}

// tell returns the trace of the step, which begins when there is something to tell.
func (r *stepRun) tell() *Trace {
	if r.trace == nil {
		r.trace = &Trace{}
	}
	return r.trace
}

func (r *stepRun) note(text string) {
	if r.tracing {
		r.trace.Note = text
	}
}

func (r *stepRun) took(t *flow.Transition) {
	r.handled = true
	if r.tracing {
		r.trace.Transitions = append(r.trace.Transitions, t.Name)
	}
}

// fault notes what went wrong and forgets what the step had done until then: it is undone.
func (r *stepRun) fault(f *stepFailure) {
	t := r.tell()
	t.Faults = append(t.Faults, Fault{Reason: f.reason, Message: f.message, Source: f.source})
	t.Transitions, t.Actions, t.Logs, t.Effects, t.Timers = nil, nil, nil, nil, nil
}

// traced returns the outcome, with the trace completed when there is one.
func (r *stepRun) traced() *Outcome {
	out, t := &r.out, r.trace
	if t == nil {
		return out
	}
	out.Trace = t
	t.Time, t.Event, t.Kind, t.Turn = r.env.clock(), r.name, out.Kind.String(), out.Turn
	t.From, t.To, t.Phase = r.orig.State(), out.Machine.State(), out.Machine.Phase.String()
	t.Machine, t.Flow, t.Hash = out.Machine.Key, out.Machine.Flow, out.Machine.Hash.String()
	t.Push = out.Push
	if r.in.Event != nil {
		t.Event = r.in.Event.TypeName()
		t.Machine = or(t.Machine, r.in.Event.Key())
	} else if r.tracing {
		t.Event, t.About = strings.TrimPrefix(r.name, "."), r.tracedAbout()
	}
	r.tracedDocument(t, out)
	if r.tracing && out.Kind != Need {
		t.Input = r.record(out)
	}
	return out
}

func (r *stepRun) tracedAbout() *TracedAbout {
	e := r.in.Internal
	return &TracedAbout{
		Leg: r.env.view.leg, Machine: e.Leg, CallID: e.CallID, Cause: e.Cause, Reason: e.Reason, Message: e.Message,
		Answered: e.Answered, Bridged: e.Bridged, Target: e.Target, Conference: e.Conference,
	}
}

func (r *stepRun) tracedDocument(t *Trace, out *Outcome) {
	if !r.tracing || len(out.Document) == 0 {
		return
	}
	if n := len(out.Machine.Frames); n > 0 && len(t.Faults) == 0 {
		if s := out.Machine.Frames[n-1].State; s != nil && s.Document != nil {
			t.Verbs = s.Document.Verbs
			if s.Sensitive || r.fromSensitive() {
				return
			}
		}
	}
	t.Document = append([]byte(nil), out.Document...)
}
