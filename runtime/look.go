package runtime

import (
	"strconv"
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
	}
	return false
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
		return "event." + [...]string{flow.ErrorReason: "reason", flow.ErrorMessage: "message", flow.ErrorSource: "source"}[i]
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
