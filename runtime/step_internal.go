package runtime

import (
	"crypto/sha256"
	"encoding/binary"

	"github.com/bxmlflow/bxmlflow/flow"
)

// Events between machines that no flow is asked about. No signal can have such a name.
const (
	eventLegAnswered = ".legAnswered" // to the maker of a leg: it was answered, and this is its callId
	eventEnded       = ".ended"       // to a leg that Transfer dialled: its parent was told that it has ended
)

// admitInternal settles internal events that change nothing. It returns nil for all others.
func (r *stepRun) admitInternal() *Outcome {
	e := r.in.Internal
	if r.orig.New() {
		r.note(NoteUnknown)
		return r.unchanged(Empty)
	}
	if e.From != "" {
		r.key = internalKey(e)
		if k := r.orig.taken(r.key); k != nil {
			r.note(NoteDuplicate)
			out := r.unchanged(Empty)
			out.Handled = k.Turn != 0
			return out
		}
	}
	if !r.expected() {
		r.note(NoteIgnored)
		return r.unchanged(Empty)
	}
	return nil
}

// internalKey returns what identifies an event between machines: who sent it, and the number that the sender gave it.
func internalKey(e *InternalEvent) [16]byte {
	b := binary.BigEndian.AppendUint32(nil, e.ID)
	b = append(append(b, e.Name...), 0)
	sum := sha256.Sum256(append(b, e.From...))
	sum[0] = keyInternal
	return [16]byte(sum[:16])
}

// expected reports whether an internal event can mean anything to the machine: a timer that is still set, a state that there
// is, a signal that a flow of it declares.
func (r *stepRun) expected() bool {
	switch e := r.in.Internal; e.Name {
	case flow.EventAfter:
		return r.timer(r.orig) != nil
	case flow.EventGoto:
		return r.orig.Phase != Ended && r.orig.Frames[0].Flow.Goto[e.Target] != nil
	case flow.EventParentEnded:
		return r.orig.Phase == Live || r.orig.Phase == Dialing && !r.orig.More.keeps()
	case eventEnded:
		return r.orig.Phase != Ended
	case flow.EventError, flow.EventBridged, flow.EventBridgeFailed, flow.EventLegEnded, flow.EventJoined, flow.EventLeft,
		flow.EventUpdateFailed, eventLegAnswered:
		return true
	}
	for i := range r.orig.Frames {
		if r.orig.Frames[i].Flow.Signals[r.name] != nil {
			return true
		}
	}
	return false
}

// keeps reports whether a dialing leg goes on when its maker ends.
func (m *More) keeps() bool { return m != nil && m.Keep }

// timer returns the timer that an event is about, nil when it is not set any more.
func (r *stepRun) timer(m *Machine) *Timer {
	for i := range m.Timers {
		if m.Timers[i].ID == r.in.Internal.Timer {
			return &m.Timers[i]
		}
	}
	return nil
}

// told notes what an internal event says, whatever the flow makes of it.
func (r *stepRun) told() {
	m, e := r.m, r.in.Internal
	if e.From != "" {
		m.take(Key{Hash: r.key})
	}
	if e.Effect != 0 {
		m.drop(e.Effect)
	}
	if e.Leg != "" {
		r.toldOfLeg()
	}
	switch e.Name {
	case flow.EventJoined:
		m.more().Conference = e.Conference
	case flow.EventLeft:
		if m.More != nil && m.More.Conference == e.Conference && !m.isConference() {
			more := m.more()
			more.Conference, more.With = "", nil
		}
	case flow.EventBridged:
		if m.More != nil && m.More.Maker != "" {
			m.more().Bridging = e.CallID
		}
	case flow.EventBridgeFailed:
		if m.More != nil && m.More.Bridging == e.CallID {
			m.more().Bridging = ""
		}
	case flow.EventGoto:
		if m.Phase == Dialing {
			m.more().Target = e.Target
		}
	case flow.EventAfter:
		r.dropTimers(timersFired, func(t *Timer) bool { return t.ID == e.Timer })
	}
}

// toldOfLeg notes what an internal event says of a leg, and what the machine calls that leg.
func (r *stepRun) toldOfLeg() {
	e := r.in.Internal
	l := r.m.legOf(e.Leg)
	if l == nil {
		return
	}
	r.env.view.leg = r.m.nameOf(e.Leg)
	l.CallID = or(l.CallID, e.CallID)
	switch e.Name {
	case eventLegAnswered:
		l.Answered = true
	case flow.EventLegEnded:
		if l.Ended {
			r.env.view.leg = ""
		}
		l.Answered, l.Ended, l.Cause = l.Answered || e.Answered, true, e.Cause
	}
}

// aside reacts to the internal events for which no handler is searched. It reports false for all others.
func (r *stepRun) aside() (bool, error) {
	switch r.name {
	case eventLegAnswered:
		return true, nil
	case eventEnded:
		return true, r.disconnect()
	case flow.EventUpdateFailed:
		e := r.effectOf()
		if r.in.Internal.Effect != 0 && (e == nil || e.Turn != r.orig.Turn || e.Request.Last) {
			r.note(NoteIgnored) // another document was handed out since, or this one was the last resort
			return true, nil
		}
	}
	if r.m.Phase != Dialing {
		return false, nil
	}
	if r.name == flow.EventParentEnded {
		r.add(Request{Kind: flow.ActionEndCall, Name: opHangUp, Source: r.where(), Operation: opHangUp, Target: r.m.Key})
		return true, nil
	}
	if r.name != flow.EventGoto && r.name != flow.EventError {
		r.note(NoteIgnored)
	}
	return r.name != flow.EventError, nil
}

// effectOf returns the effect that an internal event ends, nil when there is none.
func (r *stepRun) effectOf() *Effect {
	for i := range r.orig.Effects {
		if e := &r.orig.Effects[i]; e.ID == r.in.Internal.Effect && e.ID != 0 {
			return e
		}
	}
	return nil
}

// find searches the transition for the event: most events are offered to the states.
func (r *stepRun) find() (*flow.Transition, int, error) {
	if r.in.Internal != nil {
		switch r.name {
		case flow.EventGoto:
			return r.m.Frames[0].Flow.Goto[r.in.Internal.Target], 0, nil
		case flow.EventAfter:
			return r.fired()
		}
	}
	return r.candidate(r.name)
}

// early reacts to what comes to a leg before its `answer` and is not its end: the failure of an effect. Nothing else can come
// by itself, and a document would not be heard.
func (r *stepRun) early() error {
	if r.in.Internal != nil {
		return r.only()
	}
	if r.sync {
		return &stepFailure{reason: flow.ReasonUnhandled, message: "the leg was not answered", source: r.where(), silent: true}
	}
	r.note(NoteIgnored)
	return nil
}
