package flow

import (
	"maps"
	"slices"

	"github.com/bxmlflow/bxmlflow/flow/ast"
)

// triggers are the events that can lead somewhere: event names, or "done" and the name of the flow that ends.
type triggers map[string]bool

const donePrefix = EventDone + "/"

// enter finds the events that can lead into each state, so that a document reads only fields that are always there, and
// the states into which such an event brings what was entered in a sensitive state.
func (c *compiler) enter() {
	c.entering, c.exposes, c.failing = map[*State]triggers{}, map[*State]bool{}, map[*Transition]triggers{}
	for _, s := range c.flow.States {
		c.entering[s] = triggers{}
	}
	for changed := true; changed; {
		changed = false
		for _, p := range c.pending {
			from, exposes := c.triggers(p.transition), c.sensitive(p.transition)
			changed = c.mark(p.transition, from, exposes) || changed
			changed = c.markErrors(p.source.Actions, from, exposes) || changed
		}
		for _, s := range c.flow.States {
			a := c.source[s]
			changed = c.markErrors(a.Entry, c.entering[s], c.exposes[s]) || changed
			if len(a.Exit) > 0 {
				exposes := slices.ContainsFunc(c.leaves(s), func(leaf *State) bool { return leaf.Sensitive })
				changed = c.markErrors(a.Exit, c.leaving(s), exposes) || changed
			}
		}
	}
}

// markErrors notes that the events of from lead to where the actions go on when they fail.
func (c *compiler) markErrors(actions []*ast.Action, from triggers, exposes bool) bool {
	changed := false
	for _, a := range actions {
		changed = c.mark(c.onError[a], from, exposes) || changed
	}
	return changed
}

// mark notes that the events of from lead into the states that t enters.
func (c *compiler) mark(t *Transition, from triggers, exposes bool) bool {
	if t == nil || t.Leaf == nil {
		return false
	}
	changed := false
	if t.Event == eventOnError {
		if c.failing[t] == nil {
			c.failing[t] = triggers{}
		}
		maps.Copy(c.failing[t], from)
	}
	for s := t.Leaf; s != t.Domain && s != nil && !s.IsRoot(); s = s.Parent {
		for e := range from {
			changed = changed || !c.entering[s][e]
			c.entering[s][e] = true
		}
		if exposes && !c.exposes[s] {
			c.exposes[s], changed = true, true
		}
	}
	return changed
}

// leaving returns the events that can take the machine out of s.
func (c *compiler) leaving(s *State) triggers {
	set := triggers{}
	for _, t := range c.flow.Transitions {
		if t.Leaf == nil || t.Event == eventStart || t.Event == EventGoto && !c.gotos[t][EventGoto] || t.Domain == s || !s.Within(t.Domain) || !s.Within(t.Owner) && !t.Owner.Within(s) {
			continue
		}
		if t.Event == EventGoto {
			set[EventGoto] = true // a leg that it begins with leaves nothing
			continue
		}
		maps.Copy(set, c.triggers(t))
	}
	return set
}

// triggers returns the events that can make the machine take t.
func (c *compiler) triggers(t *Transition) triggers {
	set := triggers{}
	switch t.Event {
	case eventStart:
		for name, list := range c.flow.Start {
			if slices.Contains(list, t) {
				set[name] = true
			}
		}
	case eventAlways:
		for _, s := range c.leaves(t.Owner) {
			maps.Copy(set, c.entering[s])
		}
	case eventOnError:
		return c.failing[t]
	case EventDone:
		for _, s := range c.leaves(t.Owner) {
			if s.Invoke != nil {
				set[donePrefix+s.Invoke.Flow.Name] = true
			}
		}
	case EventGoto:
		maps.Copy(set, c.gotos[t])
	default:
		set[t.Event] = true
	}
	return set
}

// leaves returns the innermost states inside s.
func (c *compiler) leaves(s *State) []*State {
	var list []*State
	for _, leaf := range c.flow.States {
		if leaf.Initial == nil && leaf.Within(s) {
			list = append(list, leaf)
		}
	}
	return list
}
