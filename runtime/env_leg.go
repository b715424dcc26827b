package runtime

import (
	"github.com/bxmlflow/bxmlflow/flow"
)

// noInternal is what is read where there is no internal event.
var noInternal InternalEvent

// internal returns a field of an internal event. What a member brings into a conference is one of the carrier's event too: it
// stands beside the member's own verb.
func (e *stepEnv) internal(view *eventView, f flow.InternalField) any {
	in := view.internal
	if in == nil {
		in = &noInternal
	}
	switch f {
	case flow.FieldAnswered:
		return in.Answered
	case flow.FieldBridged:
		return in.Bridged
	case flow.FieldWith:
		if view.event != nil {
			return e.run.memberWith()
		}
		return in.With
	case flow.FieldLeg:
		return boxed(view.leg)
	}
	return boxed(in.text(f))
}

// text returns a field that is a text.
func (e *InternalEvent) text(f flow.InternalField) string {
	switch f {
	case flow.ErrorReason:
		return e.Reason
	case flow.ErrorMessage:
		return e.Message
	case flow.ErrorSource:
		return e.Source
	case flow.FieldCallID:
		return e.CallID
	case flow.FieldCause:
		return e.Cause
	case flow.FieldConference:
		return e.Conference
	case flow.FieldConferenceName:
		return e.Title
	}
	return ""
}

// signal returns a field of a signal and whether it is there: what the sender gave, when it is of the type that this flow
// declares, else the zero value.
func (e *stepEnv) signal(view *eventView, i int) (any, bool) {
	f := e.m.Frames[e.at].Flow
	field := f.SignalFields[i]
	if view.internal != nil {
		s := f.Signals[view.internal.Name]
		if s != nil && i >= s.First && i < s.First+s.Count && view.internal.With[field.Name] != nil {
			if v, err := plain(view.internal.With[field.Name], 0); err == nil {
				if v, ok := as(v, field.Type); ok {
					return v, true
				}
			}
		}
	}
	return field.Type.Zero(), false
}

// leg returns a value under `call.legs`; the zero value while no leg has the name.
func (e *stepEnv) leg(slot flow.Slot) any {
	i, field := slot.Leg()
	l := e.m.legNamed(e.m.Frames[e.at].Flow.Legs[i])
	if l == nil {
		l = &Leg{}
	}
	switch field {
	case flow.LegID:
		return boxed(l.CallID)
	case flow.LegTo:
		return boxed(l.To)
	case flow.LegAnswered:
		return l.Answered
	case flow.LegEnded:
		return l.Ended
	}
	return boxed(l.Cause)
}

// conference returns a value under `conference`.
func (e *stepEnv) conference(f flow.ConferenceField) any {
	more := e.m.More
	if !e.m.isConference() {
		more = &More{}
	}
	switch f {
	case flow.ConferenceID:
		return boxed(more.Conference)
	case flow.ConferenceName:
		return boxed(more.Name)
	case flow.ConferenceCreator:
		return boxed(more.Creator)
	}
	list := make([]any, len(more.Members))
	for i, callID := range more.Members {
		list[i] = callID
	}
	return list
}

// empty reports whether a value says nothing.
func empty(v any) bool {
	switch x := v.(type) {
	case string:
		return x == ""
	case []any:
		return len(x) == 0
	case map[string]any:
		return x == nil
	}
	return v == nil
}
