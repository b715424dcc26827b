package flow

import (
	"maps"
	"slices"
)

// triggers are the events that can lead somewhere: event names, or "done" and the name of the flow that ends.
type triggers map[string]bool

const donePrefix = EventDone + "/"

// enter finds the events that can lead into each state, so that a document reads only fields that are always there.
func (c *compiler) enter() {
	c.entering = map[*State]triggers{}
	for _, s := range c.flow.States {
		c.entering[s] = triggers{}
	}
	for changed := true; changed; {
		changed = false
		for _, p := range c.pending {
			from := c.triggers(p.transition)
			changed = c.mark(p.transition, from) || changed
			for _, a := range p.source.Actions {
				changed = c.mark(c.onError[a], from) || changed
			}
		}
		for _, s := range c.flow.States {
			for _, a := range c.source[s].Entry {
				changed = c.mark(c.onError[a], c.entering[s]) || changed
			}
		}
	}
}

// mark notes that the events of from lead into the states that t enters.
func (c *compiler) mark(t *Transition, from triggers) bool {
	if t == nil || t.Leaf == nil {
		return false
	}
	changed := false
	for s := t.Leaf; s != t.Domain && s != nil && !s.IsRoot(); s = s.Parent {
		for e := range from {
			changed = changed || !c.entering[s][e]
			c.entering[s][e] = true
		}
	}
	return changed
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
	case EventDone:
		for _, s := range c.leaves(t.Owner) {
			if s.Invoke != nil {
				set[donePrefix+s.Invoke.Flow.Name] = true
			}
		}
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
