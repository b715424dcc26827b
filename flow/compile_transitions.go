package flow

import (
	"fmt"
	"maps"
	"slices"

	"github.com/bxmlflow/bxmlflow/flow/ast"
	"github.com/bxmlflow/bxmlflow/flow/diag"
	"github.com/bxmlflow/bxmlflow/flow/event"
)

// Pseudo events of transitions that no event names.
const (
	eventAlways  = "always"
	eventStart   = "start"
	eventOnError = "onError"
)

// resolve makes the transitions and finds their targets.
func (c *compiler) resolve() {
	c.built, c.onError = map[*ast.Transition]*Transition{}, map[*ast.Action]*Transition{}
	c.guarded = map[*Transition]bool{}
	for _, h := range c.file.Start {
		c.start(h)
	}
	c.handlers(c.flow.Root, c.file.On)
	for _, s := range c.flow.States {
		a := c.source[s]
		c.handlers(s, a.On)
		c.onErrors(s, s.Name+"/entry", a.Entry)
		c.onErrors(s, s.Name+"/exit", a.Exit)
		for i, t := range a.Always {
			s.Always = append(s.Always, c.transition(s, eventAlways, i, t))
		}
		c.timers(s, a)
		c.invoke(s, a)
		c.output(s, a)
	}
	c.checkOutputs()
}

// start resolves one event of `start`.
func (c *compiler) start(h *ast.Handler) {
	name := h.Event.Value
	if startKinds[name] == 0 && name != EventInvoke {
		c.errorf(ruleUnknownEvent, h.Event.Span, "%q does not start a machine", name).
			WithHelp("start takes initiate (an inbound call), answer (an outbound call), transferAnswer (a leg of a Transfer), " +
				"conferenceCreated and invoke (a sub-flow)")
		return
	}
	for i, t := range h.Transitions {
		tr := c.built[t]
		if tr == nil {
			tr = c.transition(c.flow.Root, name, i, t)
			tr.Name, tr.Event = fmt.Sprintf("start/%s/%d", name, i), eventStart
			c.built[t] = tr
		}
		if t.Target == nil {
			c.lost = true
			c.errorf(ruleMissing, t.Span, "a transition of start needs a target")
		}
		c.flow.Start[name] = append(c.flow.Start[name], tr)
	}
}

// handlers resolves the handlers of one level.
func (c *compiler) handlers(level *State, list []*ast.Handler) {
	for _, h := range list {
		name := c.event(h.Event)
		if name == "" {
			c.lost = true
			continue
		}
		if len(level.On[name]) > 0 {
			c.errorf(ruleDuplicate, h.Event.Span, "%q is handled twice here", name)
			continue
		}
		var transitions []*Transition
		for i, t := range h.Transitions {
			transitions = append(transitions, c.transition(level, name, i, t))
		}
		if name == EventAny {
			level.Any = transitions
		} else {
			level.On[name] = transitions
		}
	}
}

// event returns the name of the event that a handler is for, "" after reporting that there is none.
func (c *compiler) event(t ast.Text) string {
	name := t.Value
	if name == EventError || name == EventDone || name == EventAny || isInternal(name) || c.flow.Signals[name] != nil {
		return name
	}
	typ := event.Lookup(name)
	switch {
	case typ == nil:
		c.unknownEvent(t)
		return ""
	case typ.Machine == event.MachineNone:
		c.errorf(ruleUnknownEvent, t.Span, "%q is no event of a call", name).WithHelp("it names an endpoint, so that no machine can be found for it")
		return ""
	case typ.Name == "initiate" || typ.Name == "transferAnswer" || typ.Name == "conferenceCreated":
		c.errorf(ruleUnknownEvent, t.Span, "%q cannot come to a running machine", name).WithHelp("put it under %q", "start")
		return ""
	}
	return typ.Name
}

func (c *compiler) unknownEvent(t ast.Text) {
	names := append(slices.Sorted(maps.Keys(c.flow.Signals)), append(internalNames, EventError, EventDone)...)
	for _, typ := range event.Types() {
		names = append(names, typ.Name)
	}
	d := c.errorf(ruleUnknownEvent, t.Span, "there is no event %q", t.Value)
	if near, ok := diag.Nearest(t.Value, names); ok {
		d.WithHelp("did you mean %q?", near)
		return
	}
	const help = "events are spelt as Bandwidth spells them, as in gather, bridgeComplete, disconnect"
	if !identifier.MatchString(t.Value) {
		d.WithHelp(help)
		return
	}
	d.WithHelp(help+"; a signal of your own is declared first, as in `signals: {%s: {}}`", t.Value)
}

// transition makes one candidate and finds its target.
func (c *compiler) transition(level *State, name string, i int, a *ast.Transition) *Transition {
	t := &Transition{
		ID: len(c.flow.Transitions), Name: fmt.Sprintf("%s/%s/%d", level.Name, name, i), Event: name, Span: a.Span, Owner: level,
	}
	c.flow.Transitions = append(c.flow.Transitions, t)
	c.guarded[t] = a.Guard != nil
	if a.Target != nil && len(c.flow.States) > 0 {
		c.aim(t, c.target(a.Target, level), a.Reenter)
	} else if a.Reenter {
		c.errorf(ruleMissing, a.Span, "reenter needs a target")
	}
	c.onErrors(level, t.Name, a.Actions)
	c.pending = append(c.pending, pending{t, a, name})
	return t
}

// onErrors makes the transitions of the onError modifiers of actions.
func (c *compiler) onErrors(level *State, prefix string, actions []*ast.Action) {
	for i, a := range actions {
		if a.OnError == nil {
			continue
		}
		t := &Transition{
			ID: len(c.flow.Transitions), Name: fmt.Sprintf("%s/onError/%d", prefix, i), Event: eventOnError, Span: a.OnError.Span, Owner: level,
		}
		c.aim(t, c.target(a.OnError, level), false)
		c.flow.Transitions = append(c.flow.Transitions, t)
		c.onError[a] = t
	}
}

// aim points t at a state.
func (c *compiler) aim(t *Transition, target *State, reenter bool) {
	if target == nil {
		return
	}
	t.Target, t.Leaf = target, target.Leaf()
	t.Domain = domain(t.Owner, target, reenter)
}

// domain returns the innermost level that a transition from a handler of owner to target neither leaves nor enters.
func domain(owner, target *State, reenter bool) *State {
	level := owner
	switch {
	case target != owner && target.Within(owner) && !reenter:
		return owner
	case owner.Within(target): // to itself, or to a state around it: that one is left and entered again
		level = target
	case target.Within(owner): // to an inner state, with reenter
	default:
		for !target.Within(level) {
			level = level.Parent
		}
		return level
	}
	if level.IsRoot() {
		return level
	}
	return level.Parent
}
