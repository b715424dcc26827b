package flow

// speaks returns the name of a state with bxml that entering s leads to, and whether it surely does: s itself, one behind
// its `always`, or one at the start of the flow that it invokes; "" when there is none.
func (c *compiler) speaks(s *State, seen map[*State]bool) (name string, surely bool) {
	if s == nil || seen[s] {
		return "", false
	}
	seen[s] = true
	if c.source[s].HasDocument && !c.certain(s) {
		return s.Name, len(c.alwaysOf(s)) == 0
	}
	if s.Invoke != nil {
		inner := c.linker.byName[s.Invoke.Flow.Name]
		name, surely = inner.speaksBehind(inner.flow.Start[EventInvoke], seen)
		if name != "" {
			name = inner.flow.Name + "/" + name
		}
		return name, surely
	}
	return c.speaksBehind(c.alwaysOf(s), seen)
}

// speaksBehind is speaks for the states that a list of transitions leads to, of which the first that fits is taken.
func (c *compiler) speaksBehind(list []*Transition, seen map[*State]bool) (name string, surely bool) {
	for i, t := range list {
		found, sure := c.speaks(t.Leaf, seen)
		if found != "" {
			return found, sure && i == 0 && t.Guard == nil
		}
		if t.Guard == nil {
			break
		}
	}
	return "", false
}
