package runtime

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/bxmlflow/bxmlflow/flow"
)

// Seen is a value that a guard read.
type Seen struct {
	Name  string `json:"name"`  // as the flow writes it: event.digits, vars.tries
	Value string `json:"value"` // as text; masked when it is sensitive
}

// look returns a value with its name, for traces.
func (e *stepEnv) look(slot flow.Slot, v any) Seen {
	text := string(flow.AppendValue(nil, v))
	if e.masked(slot) {
		text = mask(text)
	}
	return Seen{Name: e.nameOf(slot), Value: text}
}

// mask hides a text but for its length. What is absent stays visible as such.
func mask(text string) string {
	if text == "" {
		return ""
	}
	return "***(" + strconv.Itoa(utf8.RuneCountInString(text)) + ")"
}

// masked reports whether a value must not be shown.
func (e *stepEnv) masked(slot flow.Slot) bool {
	f := &e.m.Frames[e.at]
	switch slot.Root() {
	case flow.RootVar:
		return f.Flow.Vars[slot.Index()].Secret
	case flow.RootParam:
		return f.Flow.Params[slot.Index()].Secret
	case flow.RootRaw:
		return true
	case flow.RootEvent:
		if f.State != nil && f.State.Sensitive && e.private(slot) {
			return true
		}
		field := e.field(slot)
		return !e.run.s.config.Reveal && field != nil && field.Sensitive
	case flow.RootCall:
		c := flow.CallField(slot.Index())
		return !e.run.s.config.Reveal && (c == flow.CallFrom || c == flow.CallTo)
	case flow.RootLeg:
		_, field := slot.Leg()
		return !e.run.s.config.Reveal && field == flow.LegTo
	}
	return false
}

// internalNames are the fields of internal events as flows write them.
var internalNames = [...]string{
	flow.ErrorReason: "reason", flow.ErrorMessage: "message", flow.ErrorSource: "source", flow.FieldLeg: "leg",
	flow.FieldCallID: "callId", flow.FieldCause: "cause", flow.FieldAnswered: "answered", flow.FieldBridged: "bridged",
	flow.FieldConference: "conferenceId", flow.FieldConferenceName: "name", flow.FieldWith: "with",
}

// nameOf returns the name of a slot as flows write it.
func (e *stepEnv) nameOf(slot flow.Slot) string {
	f := &e.m.Frames[e.at]
	switch i := slot.Index(); slot.Root() {
	case flow.RootEvent:
		return "event." + slot.Field().String()
	case flow.RootRaw:
		return "event.raw"
	case flow.RootInternal:
		return "event." + internalNames[i]
	case flow.RootSignal:
		return "event." + f.Flow.SignalFields[i].Name
	case flow.RootLeg:
		leg, field := slot.Leg()
		return "call.legs." + f.Flow.Legs[leg] + "." + field.String()
	case flow.RootConference:
		return "conference." + flow.ConferenceField(i).String()
	case flow.RootOutput:
		return "event.output"
	case flow.RootCall:
		return "call." + flow.CallField(i).String()
	case flow.RootVar:
		return "vars." + f.Flow.Vars[i].Name
	case flow.RootParam:
		return "params." + f.Flow.Params[i].Name
	case flow.RootState:
		return "state"
	case flow.RootVisits:
		return "visits"
	case flow.RootNow:
		return "now"
	}
	return "item"
}

// shown describes an effect for a trace: what is done, and to whom. Numbers that are dialled are masked.
func (r *stepRun) shown(q *Request) string {
	switch {
	case q.Dial != nil:
		to := q.Dial.To
		if !r.s.config.Reveal {
			to = mask(to)
		}
		return q.Name + " " + q.Dial.Name + " " + to
	case q.Tell != nil:
		what := q.Tell.Event.Name
		if what == flow.EventGoto {
			what = q.Tell.Event.Target
		}
		return q.Name + " " + strings.TrimPrefix(what, ".") + " to " + q.Tell.To
	case q.Target != "":
		return q.Name + " " + q.Target
	}
	return q.Name
}
