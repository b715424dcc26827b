package runtime

import (
	"fmt"
	"math/bits"
	"time"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/flow/event"
	"github.com/bxmlflow/bxmlflow/runtime/internal/kernel"
	"github.com/bxmlflow/bxmlflow/runtime/internal/token"
)

// stepRun is one step under way.
type stepRun struct {
	s    *Stepper
	in   *Input
	orig *Machine // as it was; never changed
	m    *Machine // as it becomes
	work *Machine // the memory of m
	env  stepEnv
	ev   flow.Evaluator

	name   string      // of the event in the tables of flows
	callID string      // of the carrier's event
	typ    *event.Type // its row in the table
	sync   bool        // the event is answered with a document
	key    [16]byte    // of the event
	turn   uint32      // of the document that answers the event; 0 while there is none

	moved     bool   // a transition with a target was taken
	handled   bool   // a transition was taken
	bridging  string // callId that the document's Bridge names
	hops      int    // transitions in a row
	waiting   int    // bytes of the effects that wait; 0 until the first one is added
	position  int    // number of the next look-up
	request   *Request
	doc       []byte
	text      []byte       // scratch for keys and sizes
	claims    token.Claims // of the URL being written
	levels    []*flow.State
	values    []any
	out       Outcome
	trace     *Trace
	tracing   bool
	hearsOf   *flow.Flow // of which hears tells whether it hears of bridges
	hears     bool
	machineOf *flow.Flow // whose state machine is on loan
	machine   kernel.Machine
}

// scratch is the memory of a step. An outcome refers to it until the next step that uses it.
type scratch struct{ run stepRun }

// reset forgets what the last step used and keeps the memory.
func (sc *scratch) reset() {
	r := &sc.run
	r.s, r.in, r.orig, r.m, r.typ, r.request, r.trace = nil, nil, nil, nil, nil, nil, nil
	r.env = stepEnv{}
	r.out = Outcome{}
	r.values = cleared(r.values)
	r.levels = cleared(r.levels)
}

func (r *stepRun) begin(s *Stepper, m *Machine, in *Input) {
	if r.work == nil {
		r.work = new(Machine)
	}
	r.s, r.in, r.orig, r.m = s, in, m, r.work
	r.name, r.callID, r.typ, r.sync, r.turn = "", "", nil, false, 0
	r.moved, r.hops, r.position, r.request = false, 0, 0, nil
	r.trace, r.tracing = nil, in.Trace
	r.env = stepEnv{run: r, m: r.m}
	if in.Event != nil {
		r.typ, r.callID = in.Event.Type(), in.Event.CallID()
		r.name = r.typ.Name
		r.sync = r.answered()
	} else {
		r.name = in.Internal.Name
	}
	if r.tracing {
		r.tell()
	}
}

// answered reports whether the carrier waits for a document. For an event that is not known the token tells: it names the
// event that its URL was given for.
func (r *stepRun) answered() bool {
	if r.typ.Name != "" || r.in.Token == nil {
		return r.typ.Sync
	}
	t := event.Lookup(r.in.Token.Event)
	return t != nil && t.Sync
}

// attempt runs one try at the event on a fresh copy of the machine. What panics fails.
func (r *stepRun) attempt(try func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			r.ev = flow.Evaluator{}
			err = &stepFailure{reason: flow.ReasonPanic, message: fmt.Sprint(p), source: r.where()}
		}
	}()
	r.restart()
	return try()
}

// restart makes the working copy anew, with nothing but the event noted in it.
func (r *stepRun) restart() {
	r.moved, r.handled, r.hops, r.turn, r.bridging, r.waiting = false, false, 0, 0, "", 0
	r.env.saved, r.env.at = false, 0
	r.env.view = eventView{event: r.in.Event, internal: r.in.Internal}
	r.m.CopyFrom(r.orig)
	if r.m.New() {
		r.create()
	}
	r.m.Steps++
	r.m.Touched = r.in.Now.UnixMilli()
	if r.in.Internal != nil {
		r.told()
		return
	}
	r.m.take(Key{Hash: r.key})
	r.heard()
	r.learn()
}

// create begins a new machine in no state.
func (r *stepRun) create() {
	m, e, f := r.m, r.in.Event, r.flow()
	m.Key, m.Flow, m.Hash, m.Phase = e.Key(), f.Name, f.Hash, Live
	m.Started = r.in.Now.UnixMilli()
	m.pushFrame().begin(f)
	m.head = nil
	switch {
	case r.conference():
		m.Call = Call{}
		r.convene()
	case r.typ.Bearer == event.ChildLeg:
		m.Call = Call{ID: r.callID, Parent: e.Str(event.FieldParentCallID)}
		r.inherit()
	default:
		m.Call = Call{ID: r.callID}
	}
}

// flow returns the flow of a new machine: a leg that Transfer dialled runs that of its parent.
func (r *stepRun) flow() *flow.Flow {
	if r.in.Parent != nil && r.typ.Bearer == event.ChildLeg && len(r.in.Parent.Frames) > 0 {
		return r.in.Parent.Frames[0].Flow
	}
	return r.in.Flow
}

// inherit gives a leg that Transfer dialled what its parent has.
func (r *stepRun) inherit() {
	m, p := r.m, r.in.Parent
	m.Call.Root = m.Call.Parent
	if p == nil || len(p.Frames) == 0 {
		return
	}
	m.Call.Root = or(p.Call.Root, p.Call.ID)
	m.Frames[0].Vars = append(m.Frames[0].Vars[:0], p.Frames[0].Vars...)
	m.Frames[0].Params = append(m.Frames[0].Params[:0], p.Frames[0].Params...)
}

// heard notes what an event of the carrier says, whatever the flow makes of it: that a leg was answered, that its bridge was not
// made, who is in a conference.
func (r *stepRun) heard() {
	if m := r.m; m.More != nil || m.Phase == Dialing {
		if m.Phase == Dialing {
			m.learnID(r.callID)
			if r.name == eventAnswer {
				m.Phase = Live
			}
		}
		if r.refused() {
			m.more().Bridging = ""
		}
		r.members()
	}
}

// learned are the fields of webhooks that tell of their call, by what they tell.
var learned = [...]event.FieldID{
	flow.CallFrom: event.FieldFrom, flow.CallTo: event.FieldTo, flow.CallDirection: event.FieldDirection, flow.CallTag: event.FieldTag,
	flow.CallAccountID: event.FieldAccountID, flow.CallApplicationID: event.FieldApplicationID,
	flow.CallStartTime: event.FieldStartTime, flow.CallAnswerTime: event.FieldAnswerTime, flow.CallParent: event.FieldParentCallID,
}

// learn notes what the event tells of its call, as far as the flow reads it. The tag is the one in force, absent when it is
// empty; what else is known does not change: in the events of a recording the times are the recording's own.
func (r *stepRun) learn() {
	c, e := &r.m.Call, r.in.Event
	reads := uint(r.m.Frames[0].Flow.Reads) & (1<<len(learned) - 1) &^ (1 << flow.CallID)
	if reads == 0 || r.typ.Name == "" || r.callID != c.ID || r.callID == "" {
		return
	}
	for ; reads != 0; reads &= reads - 1 {
		f := bits.TrailingZeros(reads)
		known := c.callField(f)
		if *known != "" && f != int(flow.CallTag) {
			continue
		}
		if text := e.Str(learned[f]); text != *known {
			*known, r.m.head = text, nil
		}
	}
}

// clockSkew is how far the carrier's clock may be from ours before it is not believed.
const clockSkew = 5 * time.Minute

// now returns the time of the step. Bandwidth calls its event times approximate.
func (r *stepRun) now() time.Time {
	if r.in.Event == nil {
		return r.in.Now
	}
	if t, ok := r.in.Event.Time(); ok && t.Sub(r.in.Now).Abs() <= clockSkew {
		return t
	}
	return r.in.Now
}
