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
	ruleBridge      = "broken-bridge"
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
	for _, h := range c.file.On {
		c.checkMachine(c.flow.Root, h)
	}
	for _, s := range c.flow.States {
		for _, h := range c.source[s].On {
			c.checkMachine(s, h)
		}
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
	case !c.lost && c.kinds[s]&kindCall != 0 && !c.hasWay(s): // other machines end, or are connected, by themselves
		c.deadEnd(s, a)
	}
	if !c.lost && !a.HasDocument && a.Invoke == nil && !c.certain(s) && c.kinds[s] != kindConference && c.enteredSync(s) != "" {
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

// hasWay reports whether something can take the machine out of s, or go on in it: a handler, a timer, `always` on entry, or
// another machine, which moves this one.
func (c *compiler) hasWay(s *State) bool {
	if c.moved {
		return true
	}
	for level := s; level != nil; level = level.Parent {
		for _, after := range level.After {
			if slices.ContainsFunc(after.Transitions, func(t *Transition) bool { return leadsOn(s, EventAfter, t) }) {
				return true
			}
		}
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
	case (typ == nil && name != EventDone || typ != nil && !typ.Sync) && t.Leaf == nil:
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
		if t != nil && t.Sync && t.Machine != event.MachineConference || strings.HasPrefix(name, donePrefix) || name == EventInvoke {
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
		switch t := event.Lookup(h.Event.Value); {
		case c.between(h.Event.Value) && slices.ContainsFunc(h.Transitions, func(t *ast.Transition) bool { return t.Target != nil }):
			c.errorf(ruleFinal, h.Event.Span, "a final state cannot be left on %q", h.Event.Value).WithHelp("keep the actions, drop the target")
		case c.between(h.Event.Value):
		case t == nil || t.Sync:
			c.errorf(ruleFinal, h.Event.Span, "a final state cannot handle %q", h.Event.Value).WithHelp("nothing but late asynchronous events comes any more")
		}
	}
	if a.Always != nil {
		c.errorf(ruleFinal, a.AlwaysAt, "a final state cannot be left")
	}
	if a.After != nil {
		c.errorf(ruleFinal, a.AfterAt, "a final state has no timers").WithHelp("nothing happens in it any more")
	}
	if s.Document == nil {
		if !c.isSubflow() && c.kinds[s] != kindConference && c.enteredSync(s) != "" {
			c.errorf(ruleSilent, s.Span, "final state %q has no bxml", s.Name).WithHelp("say something and hang up, or at least write `bxml: [Hangup]`")
		}
		return
	}
	for _, u := range s.Document.URLs {
		if t := event.Lookup(u.Events[0]); u.Sync && u.Always && t.Bearer == event.OwnCall {
			d := c.errorf(ruleFinal, u.Span, "%s waits for %s, but a final state expects no event", u.Element, u.Events[0])
			if bxml.Lookup(u.Element).Attribute(u.Attribute).Required {
				d.WithHelp("make it no final state")
			} else {
				d.WithHelp("make it no final state, or set `%s: null`", u.Attribute)
			}
		}
	}
}

// between reports whether an event is one between machines: an internal one or a signal.
func (c *compiler) between(name string) bool { return isInternal(name) || c.flow.Signals[name] != nil }

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
	switch t.Event {
	case "disconnect", "conferenceCompleted":
		what := "call"
		if t.Event != "disconnect" {
			what = "conference"
		}
		c.errorf(ruleDisconnect, p.source.Target.Span, "%s cannot lead to a state: the %s is over", t.Event, what).WithHelp("keep the actions, drop the target")
	case EventBridged:
		if s, surely := c.speaks(t.Leaf, map[*State]bool{}); s != "" {
			report := c.warnf // a guard may prevent it
			if surely {
				report = c.errorf
			}
			report(ruleBridge, p.source.Target.Span, "the bxml of %q would tear the bridge down", s).
				WithHelp("go to a state without bxml: what runs goes on until bridgeTargetComplete or bridgeFailed")
		}
	}
}
