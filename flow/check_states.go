package flow

import (
	"slices"
	"strings"

	"github.com/bxmlflow/bxmlflow/flow/ast"
	"github.com/bxmlflow/bxmlflow/flow/bxml"
	"github.com/bxmlflow/bxmlflow/flow/event"
)

// The rules about states.
const (
	ruleUnreachable = "unreachable-state"
	ruleDeadEnd     = "dead-end"
	ruleCycle       = "always-cycle"
	ruleFinal       = "final-state"
	ruleSilent      = "silent-state"
	ruleDisconnect  = "disconnect-target"
	ruleAsync       = "async-document"
)

// checkStates checks the graph of states: what needs no knowledge of which webhook a verb raises.
func (c *compiler) checkStates() {
	reached := c.reached()
	for _, s := range c.flow.States {
		a := c.source[s]
		if !reached[s] && c.lost {
			continue
		}
		if !reached[s] {
			c.partial = true
			c.warnf(ruleUnreachable, s.Span, "no transition leads to state %q", s.Name).WithHelp("remove it, or lead a transition to it")
			continue
		}
		if s.Initial == nil {
			c.checkLeaf(s, a)
		}
	}
	for _, p := range c.pending {
		c.checkTransition(p)
	}
	c.checkCycles()
}

// reached returns the states that can be entered, outer ones included.
func (c *compiler) reached() map[*State]bool {
	reached := map[*State]bool{}
	visit := func(s *State) {
		for ; s != nil && !s.IsRoot() && !reached[s]; s = s.Parent {
			reached[s] = true
		}
	}
	targets := c.targets()
	for _, list := range c.flow.Start {
		for _, t := range list {
			visit(t.Leaf)
		}
	}
	for changed := true; changed; {
		before := len(reached)
		for owner, list := range targets {
			if !owner.IsRoot() && !reached[owner] {
				continue
			}
			for _, leaf := range list {
				visit(leaf)
			}
		}
		changed = len(reached) > before
	}
	return reached
}

// targets returns where the handlers of each level can lead. Those of start are left out.
func (c *compiler) targets() map[*State][]*State {
	m := map[*State][]*State{}
	for _, t := range c.flow.Transitions {
		if t.Leaf != nil && t.Event != eventStart {
			m[t.Owner] = append(m[t.Owner], t.Leaf)
		}
	}
	return m
}

// checkLeaf checks what an innermost state has and lacks.
func (c *compiler) checkLeaf(s *State, a *ast.State) {
	if s.Final {
		c.checkFinal(s, a)
		return
	}
	switch {
	case a.Invoke != nil:
		if s.Invoke != nil && !s.Handles(EventDone) {
			c.errorf(ruleDeadEnd, s.Span, "nothing handles the end of flow %q", s.Invoke.Flow.Name).WithHelp("add `on: {done: ...}`")
		}
	case a.HasDocument && c.certain(s):
		c.errorf(ruleDead, a.DocumentAt, "this document is never sent: always leaves the state at once")
	case !c.lost && !c.hasWay(s):
		c.deadEnd(s, a)
	}
	if !c.lost && !a.HasDocument && a.Invoke == nil && !c.certain(s) && c.enteredSync(s) != "" {
		c.errorf(ruleSilent, s.Span, "state %q has no bxml, but %s must be answered with one", s.Name, c.enteredSync(s)).
			WithHelp("a caller would hear silence: add bxml")
	}
}

// certain reports whether some always transition of s is taken whatever the values.
func (c *compiler) certain(s *State) bool {
	return slices.ContainsFunc(c.alwaysOf(s), func(t *Transition) bool { return t.Guard == nil })
}

// alwaysOf returns the always transitions that apply in s, inner before outer.
func (c *compiler) alwaysOf(s *State) []*Transition {
	var list []*Transition
	for ; s != nil; s = s.Parent {
		list = append(list, s.Always...)
	}
	return list
}

// hasWay reports whether something can take the machine out of s, or go on in it: a handler, or `always` on entry.
func (c *compiler) hasWay(s *State) bool {
	for level := s; level != nil; level = level.Parent {
		for name, list := range level.On {
			if slices.ContainsFunc(list, func(t *Transition) bool { return leadsOn(s, name, t) }) {
				return true
			}
		}
		if len(level.Any) > 0 || len(level.Always) > 0 && !c.source[s].HasDocument {
			return true
		}
	}
	return false
}

// leadsOn reports whether a transition is a way out of s: one that leads elsewhere, is conditional, or answers an event
// with the document again. What is done about the end of the call or about something in the background is none.
func leadsOn(s *State, name string, t *Transition) bool {
	typ := event.Lookup(name)
	switch {
	case name == EventError || name == "disconnect":
		return false
	case typ != nil && !typ.Sync && t.Leaf == nil:
		return false
	}
	return t.Leaf != s || len(t.Actions) > 0 || t.Guard != nil
}

// deadEnd reports a state without a way out, unless its document ends the call.
func (c *compiler) deadEnd(s *State, a *ast.State) {
	if slices.ContainsFunc(a.Document, func(e *ast.Entry) bool {
		return e.Guard == nil && (e.Verb.Value == "Hangup" || e.Verb.Value == "Forward")
	}) {
		c.warnf(ruleFinal, s.Span, "the call ends in state %q", s.Name).WithHelp("say so with `type: final`")
		return
	}
	c.errorf(ruleDeadEnd, s.Span, "there is no way out of state %q", s.Name).
		WithHelp("handle an event under `on`, or make it `type: final`")
}

// enteredSync names a synchronous event that leads into s, "" when none does.
func (c *compiler) enteredSync(s *State) string {
	var list []string
	for name := range c.entering[s] {
		t := event.Lookup(name)
		if t != nil && t.Sync || strings.HasPrefix(name, donePrefix) || name == EventInvoke {
			list = append(list, strings.TrimPrefix(name, donePrefix))
		}
	}
	slices.Sort(list)
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

// checkFinal checks that a final state expects nothing more.
func (c *compiler) checkFinal(s *State, a *ast.State) {
	for _, h := range a.On {
		if t := event.Lookup(h.Event.Value); t == nil || t.Sync {
			c.errorf(ruleFinal, h.Event.Span, "a final state cannot handle %q", h.Event.Value).WithHelp("nothing but late asynchronous events comes any more")
		}
	}
	if a.Always != nil {
		c.errorf(ruleFinal, a.AlwaysAt, "a final state cannot be left")
	}
	if s.Document == nil {
		if !c.isSubflow() && c.enteredSync(s) != "" {
			c.errorf(ruleSilent, s.Span, "final state %q has no bxml", s.Name).WithHelp("say something and hang up, or at least write `bxml: [Hangup]`")
		}
		return
	}
	for _, u := range s.Document.URLs {
		if u.Sync && u.Always {
			d := c.errorf(ruleFinal, u.Span, "%s waits for %s, but a final state expects no event", u.Element, u.Events[0])
			if bxml.Lookup(u.Element).Attribute(u.Attribute).Required {
				d.WithHelp("make it no final state")
			} else {
				d.WithHelp("make it no final state, or set `%s: null`", u.Attribute)
			}
		}
	}
}

// isSubflow reports whether a final state of the flow may be silent since the flow around it speaks next.
func (c *compiler) isSubflow() bool {
	explicit := slices.ContainsFunc(c.file.Start, func(h *ast.Handler) bool { return h.Event.Value == EventInvoke }) && !c.plainStart()
	return explicit || c.subflow || c.flow.Output != nil
}

// plainStart reports whether start names a state alone, which stands for every event that can start a machine.
func (c *compiler) plainStart() bool {
	first := c.file.Start[0]
	return len(c.file.Start) > 1 && first.Event.Span == c.file.Start[1].Event.Span
}

// checkTransition checks what a transition may do on its event.
func (c *compiler) checkTransition(p pending) {
	t := p.transition
	if t.Event == EventDone && !c.lost && !slices.ContainsFunc(c.leaves(t.Owner), func(s *State) bool { return c.source[s].Invoke != nil }) {
		c.warnf(ruleUnreachable, t.Span, "no flow is invoked here: %q never comes", EventDone)
	}
	if t.Leaf == nil {
		if t.Event == eventAlways && p.source.Target == nil {
			c.errorf(ruleMissing, t.Span, "an always transition needs a target")
		}
		return
	}
	typ := event.Lookup(t.Event)
	switch {
	case t.Event == "disconnect":
		c.errorf(ruleDisconnect, p.source.Target.Span, "disconnect cannot lead to a state: the call is over").WithHelp("keep the actions, drop the target")
	case typ != nil && !typ.Sync:
		if s, surely := c.speaks(t.Leaf, map[*State]bool{}); s != "" {
			report := c.warnf // a guard may prevent it
			if surely {
				report = c.errorf
			}
			report(ruleAsync, p.source.Target.Span, "%s is asynchronous: it cannot be answered with the bxml of %q", t.Event, s).
				WithHelp("to send it with the REST API is not supported yet; keep the actions, and move on with the next synchronous event")
		}
	}
}

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
