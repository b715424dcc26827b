package flow

import (
	"strings"

	"github.com/bxmlflow/bxmlflow/flow/ast"
	"github.com/bxmlflow/bxmlflow/flow/diag"
)

// moves finds the states that legs are moved to from outside, which are entered by `answer` or by no event of theirs.
func (l *linker) moves() {
	for _, c := range l.compilers {
		c.gotos, c.aimed = map[*Transition]triggers{}, map[*ast.Action]string{}
		c.flow.Goto = map[string]*Transition{}
	}
	for _, c := range l.compilers {
		c.eachAction(func(a *ast.Action, level *State, _ *Transition) {
			target := a.Arg.Get("target")
			switch {
			case target == nil || target.Kind != ast.Scalar || strings.Contains(target.Text.Value, "${"):
			case a.Name.Value == "createCall":
				c.aimLeg(a, &target.Text, level)
			case a.Name.Value == "updateCall":
				c.aimMove(a, &target.Text, level)
			}
		})
	}
	for _, c := range l.compilers { // behind the flow's own
		for _, t := range c.later {
			t.ID = len(c.flow.Transitions)
			c.flow.Transitions = append(c.flow.Transitions, t)
		}
	}
}

// aimLeg finds the state that a new leg begins with.
func (c *compiler) aimLeg(a *ast.Action, target *ast.Text, level *State) {
	runs := c
	if v := a.Arg.Get("flow"); v != nil {
		runs = c.linker.byName[v.Text.Value]
	}
	if runs == nil {
		return
	}
	if s := c.targetIn(target, level, runs); s != nil {
		c.aimed[a] = s.Name
		runs.enterBy("answer", s, target)
	}
}

// aimMove finds the state that a leg is moved to, in the flows that it may run.
func (c *compiler) aimMove(a *ast.Action, target *ast.Text, level *State) {
	leg := literalOf(a, "leg")
	list := c.receivers(leg)
	switch {
	case leg == "" || strings.HasPrefix(leg, "c-"): // some call of the session
		list = []*compiler{c}
		for _, other := range c.machine {
			for _, m := range other.made {
				list = append(list, m.runs)
			}
			list = append(list, other.makers...)
		}
	case len(list) == 0 && leg != toParent:
		return // reported with the action
	case len(list) == 0:
		c.aimed[a] = target.Value // the flow of the parent is not loaded
		return
	}
	for _, runs := range list {
		s := runs.find(target.Value, runs.flow.Root)
		if runs == c {
			s = c.find(target.Value, level)
		}
		if s == nil {
			continue
		}
		c.aimed[a] = s.Name
		runs.enterBy(EventGoto, s, target)
	}
	if c.aimed[a] == "" {
		c.targetIn(target, level, list[0]) // reports it
	}
}

// targetIn resolves the name of a state of the flow that a leg runs.
func (c *compiler) targetIn(t *ast.Text, level *State, runs *compiler) *State {
	if runs == c {
		return c.target(t, level)
	}
	s := runs.find(t.Value, runs.flow.Root)
	if s != nil {
		return s
	}
	var names []string
	for _, s := range runs.flow.States {
		names = append(names, s.Name)
	}
	d := c.errorf(ruleUnknownState, t.Span, "flow %q has no state %q", runs.flow.Name, t.Value)
	if near, ok := diag.Nearest(t.Value, names); ok {
		d.WithHelp("did you mean %q?", near)
	}
	return nil
}

// enterBy makes the transition by which a leg enters a state from outside, on `answer` or on no event of its own.
func (c *compiler) enterBy(trigger string, s *State, at *ast.Text) {
	t := c.flow.Goto[s.Name]
	if t == nil {
		t = &Transition{Name: EventGoto + "/" + s.Name, Event: EventGoto, Span: at.Span, Owner: c.flow.Root}
		c.aim(t, s, false)
		c.flow.Goto[s.Name] = t
		c.gotos[t] = triggers{}
		c.later = append(c.later, t)
		c.pending = append(c.pending, pending{t, &ast.Transition{Span: at.Span, Target: at}, EventGoto})
	}
	c.gotos[t][trigger] = true
	c.moved = c.moved || trigger == EventGoto
}
