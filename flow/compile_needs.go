package flow

import (
	"fmt"
	"slices"

	"github.com/bxmlflow/bxmlflow/flow/ast"
	"github.com/bxmlflow/bxmlflow/flow/diag"
	"github.com/bxmlflow/bxmlflow/flow/event"
)

// add takes over what another flow needs.
func (n *Needs) add(o *Needs) {
	if o.REST && !n.REST {
		n.REST, n.Reason = true, o.Reason
	}
	n.Secrets = slices.Compact(slices.Sorted(slices.Values(slices.Concat(n.Secrets, o.Secrets))))
}

// needs finds what a deployment must have: the first thing of the file that needs the REST API.
func (c *compiler) needs() {
	var first diag.Pos
	note := func(at diag.Span, format string, args ...any) {
		if n := &c.flow.Needs; !n.REST || at.Start.Before(first) {
			n.REST, n.Reason, first = true, fmt.Sprintf(format, args...), at.Start
		}
	}
	c.eachAction(func(a *ast.Action, level *State, _ *Transition) {
		if slices.Contains(actionsREST, a.Name.Value) {
			note(a.Name.Span, "%s%s", a.Name.Value, in(level))
		}
	})
	for _, s := range c.flow.States {
		if len(s.After) > 0 {
			note(c.source[s].AfterAt, "after%s", in(s))
		}
	}
	for _, t := range c.flow.Transitions {
		if t.Leaf == nil || !c.pushed(t) {
			continue
		}
		if name, _ := c.speaks(t.Leaf, map[*State]bool{}); name != "" {
			at := t.Span
			if t.Event == EventGoto { // its own place is in the flow that moves the leg
				at = t.Leaf.Span
			}
			note(at, "the bxml of state %q on %s", name, t.Event)
		}
	}
}

// in names the level that holds something.
func in(level *State) string {
	if level.IsRoot() {
		return " at flow level"
	}
	return fmt.Sprintf(" in state %q", level.Name)
}

// pushed reports whether the document of a transition's target cannot be the answer to its event.
func (c *compiler) pushed(t *Transition) bool {
	typ := event.Lookup(t.Event)
	switch {
	case t.Event == EventGoto:
		return c.gotos[t][EventGoto]
	case typ != nil:
		return !typ.Sync && t.Event != "disconnect"
	}
	return t.Event == EventAfter || isInternal(t.Event) || c.flow.Signals[t.Event] != nil
}
