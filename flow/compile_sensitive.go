package flow

import (
	"github.com/bxmlflow/bxmlflow/flow/ast"
	"github.com/bxmlflow/bxmlflow/flow/event"
	"github.com/bxmlflow/bxmlflow/flow/internal/expression"
)

// sensitive reports whether a transition of owner may be taken from a sensitive state.
func (c *compiler) sensitive(owner *State) bool {
	for _, s := range c.leaves(owner) {
		if s.Sensitive {
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
		c.errorf("sensitive", a.Span, "%s of a sensitive state would be kept in a %s", name, where).
			WithHelp("compare it in a guard, or hand it to a look-up; it is not to be stored")
	}
}

// checkInput reports a document that reads what was entered in a sensitive state.
func (b *builder) checkInput(a *ast.State) {
	for _, slot := range b.doc.Fields {
		if slot.Root() != RootEvent || !enteredByPerson(slot.Field()) {
			continue
		}
		for _, p := range b.c.pending {
			if t := p.transition; t.Leaf == b.state && b.c.sensitive(t.Owner) {
				b.c.errorf("sensitive", a.DocumentAt, "the document reads event.%s, which was entered in a sensitive state", slot.Field())
				return
			}
		}
	}
}
