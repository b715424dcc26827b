package flow

import (
	"slices"

	"github.com/bxmlflow/bxmlflow/flow/ast"
	"github.com/bxmlflow/bxmlflow/flow/bxml"
	"github.com/bxmlflow/bxmlflow/flow/event"
)

// ruleMachine is about what one kind of machine has and another has not.
const ruleMachine = "machine-kind"

// kinds is a set of kinds of machine.
type kinds uint8

const (
	kindCall kinds = 1 << iota
	kindTransfer
	kindConference

	kindCalls = kindCall | kindTransfer
)

// startKinds are the machines that the events of `start` make.
var startKinds = map[string]kinds{
	"initiate": kindCall, "answer": kindCall, "transferAnswer": kindTransfer, "conferenceCreated": kindConference,
}

// contexts returns the kinds of document that the machines run.
func (k kinds) contexts() []bxml.Context {
	var list []bxml.Context
	for i, context := range []bxml.Context{bxml.Call, bxml.TransferLeg, bxml.Conference} {
		if k&(1<<i) != 0 {
			list = append(list, context)
		}
	}
	return list
}

// receivers returns the kinds of machine that an event can come to.
func receivers(name string) kinds {
	switch t := event.Lookup(name); {
	case t != nil && t.Machine == event.MachineConference:
		return kindConference
	case t != nil || slices.Contains([]string{EventBridged, EventBridgeFailed, EventParentEnded, EventJoined, EventLeft, EventGoto}, name):
		return kindCalls
	}
	return kindCalls | kindConference
}

// kinds finds by which kinds of machine each state can be entered.
func (l *linker) kinds() {
	for _, c := range l.compilers {
		c.kinds = map[*State]kinds{}
		if !c.subflow {
			c.invokers = kindCall // by nobody that is known
		}
	}
	for changed := true; changed; {
		changed = false
		for _, c := range l.compilers {
			changed = c.spread() || changed
		}
	}
}

// spread takes the kinds of machine one transition further. It reports whether something is new.
func (c *compiler) spread() bool {
	changed := false
	for _, t := range c.flow.Transitions {
		if t.Leaf == nil {
			continue
		}
		k := c.kindsOf(t)
		for s := t.Leaf; s != nil; s = s.Parent {
			changed = changed || c.kinds[s]|k != c.kinds[s]
			c.kinds[s] |= k
		}
	}
	for _, leg := range c.made {
		k := c.kinds[leg.state]
		if leg.by != nil {
			k = c.kindsOf(leg.by)
		}
		if to := c.linker.toConferences; k&kindConference != 0 && !to[EventLegEnded] {
			to[EventLegEnded], changed = true, true
		}
	}
	for _, s := range c.flow.States {
		if s.Invoke == nil {
			continue
		}
		inner := c.linker.byName[s.Invoke.Flow.Name]
		changed = changed || inner.invokers|c.kinds[s] != inner.invokers
		inner.invokers |= c.kinds[s]
	}
	return changed
}

// kindsOf returns the kinds of machine that can take t.
func (c *compiler) kindsOf(t *Transition) kinds {
	switch t.Event {
	case eventStart:
		k := kinds(0)
		for name, list := range c.flow.Start {
			if !slices.Contains(list, t) {
				continue
			}
			if name == EventInvoke {
				k |= c.invokers
			}
			k |= startKinds[name]
		}
		return k
	case EventGoto:
		return kindCall
	}
	k := c.kinds[t.Owner] & receivers(t.Event)
	if k&kindConference == 0 || k&kindCalls == 0 {
		return k
	}
	k = 0 // a handler further in may be asked first
	for _, leaf := range c.leaves(t.Owner) {
		if !c.shadowed(leaf, t) {
			k |= c.kinds[leaf]
		}
	}
	k &= receivers(t.Event)
	if !c.linker.toConferences[t.Event] && (t.Event == EventLegEnded || c.flow.Signals[t.Event] != nil) {
		k &= kindCalls
	}
	return k
}

// shadowed reports whether a level of leaf inside the owner of t surely handles its event.
func (c *compiler) shadowed(leaf *State, t *Transition) bool {
	for s := leaf; s != nil && s != t.Owner; s = s.Parent {
		list := s.On[t.Event]
		if slices.ContainsFunc(list, func(o *Transition) bool { return !c.guarded[o] }) {
			return true
		}
	}
	return false
}

// checkMachine reports a handler of an event that cannot come to the machines which can be there.
func (c *compiler) checkMachine(level *State, h *ast.Handler) {
	name := h.Event.Value
	if t := event.Lookup(name); t != nil {
		name = t.Name
	}
	if c.lost || c.kinds[level] == 0 || c.kinds[level]&receivers(name) != 0 {
		return
	}
	switch conference := receivers(name) == kindConference; {
	case conference && level.IsRoot():
		c.errorf(ruleMachine, h.Event.Span, "%q comes to a conference, and this flow has none", name).
			WithHelp("begin it under `start: {conferenceCreated: ...}`")
	case conference:
		c.errorf(ruleMachine, h.Event.Span, "%q comes to a conference, and %q is a state of a call", name, level.Name).
			WithHelp("handle it in a state behind `start: {conferenceCreated: ...}`, or at flow level")
	case level.IsRoot():
		c.errorf(ruleMachine, h.Event.Span, "%q comes to a call, and this flow is one of conferences", name)
	default:
		c.errorf(ruleMachine, h.Event.Span, "%q comes to a call, and %q is a state of a conference", name, level.Name)
	}
}
