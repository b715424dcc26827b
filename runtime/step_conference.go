package runtime

import (
	"slices"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/flow/event"
)

// maxMembers bounds the members that a conference's machine knows. The carrier allows far fewer.
const maxMembers = 1000

// conference reports whether the event is one of a conference: it may be answered without a document.
func (r *stepRun) conference() bool { return r.typ != nil && r.typ.Machine == event.MachineConference }

// stateless reports whether the machine is that of a conference whose flow does not care: it only keeps the members.
func (r *stepRun) stateless() bool { return r.m.isConference() && r.m.Frames[0].State == nil }

// convene makes a new machine that of a conference. Who created it is known from the token of the URL, which belongs to the
// Conference verb of that call.
func (r *stepRun) convene() {
	more := &More{Conference: r.m.Key, Name: r.in.Event.Str(event.FieldName)}
	switch c := r.in.Token; {
	case r.in.Parent != nil:
		more.Creator = r.in.Parent.Call.ID
	case c != nil && !isLeg(c.Machine):
		more.Creator = c.Machine
	}
	r.m.More = more
}

// members keeps the list of those who are in the conference. Who comes first has created it.
func (r *stepRun) members() {
	callID := r.callID
	if callID == "" || !r.m.isConference() {
		return
	}
	at := slices.Index(r.m.More.Members, callID)
	switch {
	case r.name == eventMemberJoin && at < 0 && len(r.m.More.Members) < maxMembers:
		more := r.m.more()
		more.Members = append(slices.Clone(more.Members), callID)
		more.Creator = or(more.Creator, callID)
	case r.name == eventMemberExit && at >= 0:
		more := r.m.more()
		more.Members = slices.Delete(slices.Clone(more.Members), at, at+1)
	}
}

// tellMembers tells a call that it is in the conference, or is no longer.
func (r *stepRun) tellMembers() {
	switch {
	case r.name == eventMemberJoin && r.callID != "":
		e := r.seat(flow.EventJoined)
		e.With = r.memberWith()
		r.send(opTell, r.callID, e)
	case r.name == eventMemberExit && r.callID != "":
		r.send(opTell, r.callID, r.seat(flow.EventLeft))
	case r.m.Phase == Ended && r.orig.Phase != Ended:
		for _, callID := range r.m.More.Members {
			r.send(opTell, callID, r.seat(flow.EventLeft))
		}
	}
}

func (r *stepRun) seat(name string) InternalEvent {
	return InternalEvent{Name: name, Conference: r.m.Key, Title: r.m.More.Name}
}

// memberWith returns what the Conference verb of the member carries.
func (r *stepRun) memberWith() map[string]any {
	if r.in.Member == nil || r.in.Member.More == nil {
		return nil
	}
	return r.in.Member.More.With
}
