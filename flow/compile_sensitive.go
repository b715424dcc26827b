package flow

import (
	"github.com/bxmlflow/bxmlflow/flow/ast"
	"github.com/bxmlflow/bxmlflow/flow/event"
	"github.com/bxmlflow/bxmlflow/flow/internal/expression"
)

// sensitive reports whether the event of a transition may have been raised in a sensitive state: what was entered there
// serves the actions of that transition, and must go no further.
func (c *compiler) sensitive(t *Transition) bool {
	if t.Event == eventStart || t.Event == EventGoto || t.Event == EventAfter || isInternal(t.Event) || c.flow.Signals[t.Event] != nil {
		return false // nobody has entered anything
	}
	for _, s := range c.leaves(t.Owner) {
		if t.Event == eventAlways && c.exposes[s] || t.Event != eventAlways && s.Sensitive {
			return true
		}
	}
	return false
}

// exposed returns the first name of refs that must not leave a sensitive state.
func (c *compiler) exposed(refs []expression.Ref) string {
	if !c.tainted {
		return ""
	}
	for _, r := range refs {
		s := Slot(r.Slot)
		if r.Presence {
			continue // only whether it came
		}
		if s.Root() == RootRaw || s.Root() == RootEvent && enteredByPerson(s.Field()) {
			return r.Name
		}
	}
	return ""
}

// enteredByPerson reports whether a field holds what somebody keyed in or said.
func enteredByPerson(id event.FieldID) bool {
	for _, t := range []string{"gather", "dtmf", "partialGather"} {
		if f := event.Lookup(t).Field(id.String()); f != nil && f.Sensitive && !f.Personal {
			return true
		}
	}
	return false
}

// keepInside reports a value that would carry the input of a sensitive state out of it.
func (c *compiler) keepInside(v *Value, a *ast.Value, where string) {
	if name := c.exposed(v.refs()); name != "" {
		c.errorf(ruleSensitive, a.Span, "%s of a sensitive state would be kept in a %s", name, where).
			WithHelp("compare it in a guard, or hand it to a look-up; it is not to be stored")
	}
}

// checkInput reports a document that reads what was entered in a sensitive state: it would be stored for a later rendering.
func (b *builder) checkInput(a *ast.State) {
	if name := b.c.entered(b.doc.Fields); name != "" {
		b.c.errorf(ruleSensitive, a.DocumentAt, "the document reads %s, which was entered in a sensitive state", name)
	}
}

// entered returns the name of the first field that must not leave a sensitive state.
func (c *compiler) entered(fields []Slot) string {
	if !c.tainted {
		return ""
	}
	for _, slot := range fields {
		switch {
		case slot.Root() == RootRaw:
			return "event.raw"
		case slot.Root() == RootEvent && enteredByPerson(slot.Field()):
			return "event." + slot.Field().String()
		}
	}
	return ""
}
