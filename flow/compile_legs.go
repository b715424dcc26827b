package flow

import (
	"slices"
	"strings"

	"github.com/bxmlflow/bxmlflow/flow/ast"
	"github.com/bxmlflow/bxmlflow/flow/diag"
)

// ruleLeg is about names of legs.
const ruleLeg = "unknown-leg"

// The receivers of signals and moves that are no names of legs.
const (
	toParent     = "parent"
	toConference = "conference"
)

// made is a leg that a flow makes: its name, the flow that it runs, and what makes it: a transition, or a state that is entered or
// left.
type made struct {
	name  string
	runs  *compiler
	by    *Transition
	state *State
}

// eachAction calls fn for all actions of the flow with the level that holds them, and with their transition, nil for those of
// entry and exit.
func (c *compiler) eachAction(fn func(a *ast.Action, level *State, t *Transition)) {
	for _, p := range c.pending {
		for _, a := range p.source.Actions {
			fn(a, p.transition.Owner, p.transition)
		}
	}
	for _, s := range c.flow.States {
		for _, list := range [][]*ast.Action{c.source[s].Entry, c.source[s].Exit} {
			for _, a := range list {
				fn(a, s, nil)
			}
		}
	}
}

// literalOf returns the text under a key of an action, "" when it is missing or computed.
func literalOf(a *ast.Action, key string) string {
	if v := a.Arg.Get(key); v != nil && v.Kind == ast.Scalar && !strings.Contains(v.Text.Value, "${") {
		return v.Text.Value
	}
	return ""
}

// legs finds which legs each flow makes, and which flows run on one machine.
func (l *linker) legs() {
	l.together()
	for _, c := range l.compilers {
		c.legs = map[string]int{}
		for _, other := range append([]*compiler{c}, c.machine...) {
			for _, leg := range other.made {
				if !slices.Contains(c.flow.Legs, leg.name) {
					c.legs[leg.name] = len(c.flow.Legs)
					c.flow.Legs = append(c.flow.Legs, leg.name)
				}
			}
		}
	}
}

// together notes the legs of all flows and the flows that may run on one machine.
func (l *linker) together() {
	for _, c := range l.compilers {
		c.eachAction(func(a *ast.Action, level *State, t *Transition) {
			switch {
			case a.Name.Value == "createCall":
				c.makes(a, level, t)
			case a.Name.Value == "send":
				c.sends(a)
			}
		})
	}
	near := map[*compiler][]*compiler{}
	for _, c := range l.compilers {
		for _, inner := range c.invoked() {
			near[c], near[inner] = append(near[c], inner), append(near[inner], c)
		}
	}
	for _, c := range l.compilers {
		c.machine = c.together(near)
	}
}

// makes notes the leg of a createCall.
func (c *compiler) makes(a *ast.Action, level *State, t *Transition) {
	runs := c
	if v := a.Arg.Get("flow"); v != nil {
		runs = c.linker.byName[v.Text.Value]
	}
	name := literalOf(a, "leg")
	if name == "" || runs == nil { // reported with the action
		return
	}
	c.made = append(c.made, made{name, runs, t, level})
	for _, kind := range []string{"vars", "params"} {
		if v := a.Arg.Get(kind); v != nil {
			for _, p := range v.Pairs {
				runs.handed = append(runs.handed, kind+"."+p.Key.Value)
			}
		}
	}
	if !slices.Contains(runs.makers, c) {
		runs.makers = append(runs.makers, c)
	}
}

// sends notes a signal that may go to a conference.
func (c *compiler) sends(a *ast.Action) {
	switch literalOf(a, "to") {
	case toConference:
		c.linker.conferences = true // a call must know which one it is in
		fallthrough
	case "":
		c.linker.toConferences[literalOf(a, "signal")] = true
	}
}

// together returns the flows that may run on the same machine as c, which is among them: those that it invokes and those that
// invoke it, as near tells.
func (c *compiler) together(near map[*compiler][]*compiler) []*compiler {
	list := []*compiler{c}
	for i := 0; i < len(list); i++ {
		for _, other := range near[list[i]] {
			if !slices.Contains(list, other) {
				list = append(list, other)
			}
		}
	}
	slices.SortFunc(list, func(a, b *compiler) int { return strings.Compare(a.flow.Name, b.flow.Name) })
	return list
}

// receivers returns the flows that machines run which an author names by a word: "parent", "conference", or the name of a leg.
// It is empty when they are not known.
func (c *compiler) receivers(to string) []*compiler {
	var list []*compiler
	add := func(more ...*compiler) {
		for _, o := range more {
			if !slices.Contains(list, o) {
				list = append(list, o)
			}
		}
	}
	for _, other := range c.machine {
		switch to {
		case toParent:
			add(other.makers...)
			if other.flow.Start["transferAnswer"] != nil {
				add(other)
			}
		case toConference:
			if other.flow.Start["conferenceCreated"] != nil {
				add(other)
			}
		default:
			for _, leg := range other.made {
				if leg.name == to {
					add(leg.runs)
				}
			}
		}
	}
	return list
}

// checkLeg reports a word that names no leg. It reports whether it does, or is computed.
func (c *compiler) checkLeg(t *ast.Text, words ...string) bool {
	if strings.Contains(t.Value, "${") || slices.Contains(words, t.Value) || strings.HasPrefix(t.Value, "c-") {
		return true
	}
	if _, ok := c.legs[t.Value]; ok {
		return true
	}
	d := c.errorf(ruleLeg, t.Span, "no createCall makes a leg %q", t.Value)
	if near, ok := diag.Nearest(t.Value, slices.Concat(c.flow.Legs, words)); ok {
		d.WithHelp("did you mean %q?", near)
	} else if len(c.flow.Legs) > 0 {
		d.WithHelp("there are %s", strings.Join(c.flow.Legs, ", "))
	}
	return false
}
