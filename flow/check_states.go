package flow

import (
	"slices"
	"strings"

	"github.com/bxmlflow/bxmlflow/flow/ast"
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
		if !reached[s] {
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
	var visit func(*State)
	visit = func(s *State) {
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
	case len(s.Always) > 0 || a.AlwaysAt.Start.IsValid():
		if a.HasDocument && !slices.ContainsFunc(s.Always, func(t *Transition) bool { return t.Guard != nil }) {
			c.errorf(ruleDead, a.DocumentAt, "this document is never sent: always leaves the state at once")
		}
	case !c.hasWay(s):
		c.deadEnd(s, a)
	}
	if !a.HasDocument && a.Invoke == nil && !c.certain(s) && c.enteredSync(s) != "" {
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

// hasWay reports whether some event can take the machine out of s.
func (c *compiler) hasWay(s *State) bool {
	for level := s; level != nil; level = level.Parent {
		for name, list := range level.On {
			if name == EventError {
				continue
			}
			if slices.ContainsFunc(list, func(t *Transition) bool { return t.Leaf != s || len(t.Actions) > 0 || t.Guard != nil }) {
				return true
			}
		}
		if len(level.Any) > 0 || len(level.Always) > 0 {
			return true
		}
	}
	return false
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
		if len(c.flow.Start[EventInvoke]) == 0 && c.enteredSync(s) != "" {
			c.errorf(ruleSilent, s.Span, "final state %q has no bxml", s.Name).WithHelp("say something and hang up, or at least write `bxml: [Hangup]`")
		}
		return
	}
	for _, u := range s.Document.URLs {
		if u.Sync && u.Always {
			c.errorf(ruleFinal, a.DocumentAt, "%s waits for %s, but a final state expects no event", u.Element, u.Events[0]).
				WithHelp("make it no final state, or set `%s: null`", u.Attribute)
		}
	}
}

// checkTransition checks what a transition may do on its event.
func (c *compiler) checkTransition(p pending) {
	t := p.transition
	if t.Leaf == nil {
		if t.Event == eventAlways {
			c.errorf(ruleMissing, t.Span, "an always transition needs a target")
		}
		return
	}
	typ := event.Lookup(t.Event)
	switch {
	case t.Event == "disconnect":
		c.errorf(ruleDisconnect, p.source.Target.Span, "disconnect cannot lead to a state: the call is over").WithHelp("keep the actions, drop the target")
	case typ != nil && !typ.Sync && t.Leaf != nil && c.source[t.Leaf].HasDocument:
		c.errorf(ruleAsync, p.source.Target.Span, "%s is asynchronous: it cannot be answered with the bxml of %q", t.Event, t.Leaf.Name).
			WithHelp("to send it with the REST API is not supported yet; keep the actions, and move on with the next synchronous event")
	}
}
