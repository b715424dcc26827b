package runtime

import (
	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/flow/event"
)

// The carrier's events that other machines are told of.
const (
	eventAnswer             = "answer"
	eventBridgeComplete     = "bridgeComplete"
	eventTransferAnswer     = "transferAnswer"
	eventTransferDisconnect = "transferDisconnect"
	eventConferenceCreated  = "conferenceCreated"
	eventMemberJoin         = "conferenceMemberJoin"
	eventMemberExit         = "conferenceMemberExit"
)

// send leaves an event for another machine.
func (r *stepRun) send(name, to string, e InternalEvent) {
	e.From, e.ID = r.m.Key, r.m.LastEffect+1
	r.add(Request{Kind: flow.ActionSend, Name: name, Source: r.where(), Operation: opTell, Tell: &Tell{To: to, Event: e}})
}

// about returns an event about the call of the machine itself.
func (r *stepRun) about(name string) InternalEvent {
	return InternalEvent{Name: name, Leg: r.m.Key, CallID: r.m.Call.ID, Cause: r.m.Call.Cause}
}

// tellOthers leaves events for the machines that must hear of this step, after all that the flow itself did and whatever
// became of that.
func (r *stepRun) tellOthers() {
	m, o := r.m, r.orig
	if r.name == eventAnswer && o.Phase == Dialing && o.More != nil && o.More.Maker != "" {
		r.send(opTell, o.More.Maker, r.about(eventLegAnswered))
	}
	if r.refused() {
		e := r.about(flow.EventBridgeFailed)
		e.Cause = r.in.Event.Str(event.FieldCause)
		r.send(opTell, o.More.Bridging, e)
	}
	if r.bridging != "" && r.turn != 0 {
		r.send(opTell, r.bridging, r.about(flow.EventBridged))
	}
	if r.name == eventTransferDisconnect && r.typ != nil && r.callID != "" && len(m.Frames[0].Flow.Start[eventTransferAnswer]) > 0 {
		e := r.about(eventEnded)
		e.Cause = r.in.Event.Str(event.FieldCause)
		r.send(opTell, r.callID, e)
	}
	if m.isConference() {
		r.tellMembers()
	}
	if m.Phase == Ended && o.Phase != Ended {
		r.tellEnd()
	}
}

// refused reports whether the event says that the bridge that this call asked for was not made.
func (r *stepRun) refused() bool {
	return r.name == eventBridgeComplete && r.typ != nil && r.orig.More != nil && r.orig.More.Bridging != "" &&
		r.in.Event.Str(event.FieldCause) != ""
}

// tellEnd tells the legs that this machine made, and the machine that made this leg, that the call has ended.
func (r *stepRun) tellEnd() {
	m := r.m
	for i := range m.Legs {
		if !m.Legs[i].Ended {
			r.send(opTell, m.Legs[i].Key, r.about(flow.EventParentEnded))
		}
	}
	if m.More == nil || m.More.Maker == "" {
		return
	}
	e := r.about(flow.EventLegEnded)
	e.Answered, e.Bridged = r.orig.Phase == Live, m.More.Bridging != ""
	r.send(opTell, m.More.Maker, e)
}
