package flow

import (
	"strings"

	"github.com/bxmlflow/bxmlflow/flow/ast"
	"github.com/bxmlflow/bxmlflow/flow/diag"
)

// declareStates gives every state its number, name and place in the tree.
func (c *compiler) declareStates() {
	c.states, c.source = map[string]*State{}, map[*State]*ast.State{}
	c.flow.Root.Visits = c.flow.Limits.Visits
	c.flow.Root.Children = c.children(c.flow.Root, "", c.file.States)
}

func (c *compiler) children(parent *State, prefix string, list []*ast.State) []*State {
	var states []*State
	for _, a := range list {
		c.checkName(a.Name, "state", stateName)
		s := &State{
			ID: len(c.flow.States), Name: prefix + a.Name.Value, Span: a.Name.Span, Parent: parent, Final: a.Final,
			Sensitive: a.Sensitive || parent.Sensitive, On: map[string][]*Transition{},
			Visits: c.limits(a.Limits, Limits{Visits: parent.Visits}, false).Visits,
		}
		c.flow.States = append(c.flow.States, s)
		c.states[s.Name], c.source[s] = s, a
		states = append(states, s)
		s.Children = c.children(s, s.Name+".", a.States)
		c.initial(s, a)
	}
	return states
}

// initial finds the inner state that entering s leads to.
func (c *compiler) initial(s *State, a *ast.State) {
	switch {
	case len(s.Children) == 0 && a.Initial != nil:
		c.errorf(ruleKey, a.Initial.Span, "%q has no inner states", s.Name)
	case len(s.Children) == 0:
	case a.Initial == nil:
		c.lost = true
		c.errorf(ruleMissing, s.Span, "%q has inner states and needs %q", s.Name, "initial").
			WithHelp("name the one that it begins with, as in `initial: %s`", a.States[0].Name.Value)
		s.Initial = s.Children[0]
	default:
		s.Initial = c.states[s.Name+"."+a.Initial.Value]
		if s.Initial == nil {
			c.unknownState(*a.Initial, s)
			s.Initial = s.Children[0]
		}
	}
	if len(s.Children) > 0 && (a.HasDocument || a.Invoke != nil || a.Final) {
		c.errorf(ruleType, s.Span, "%q has inner states: only innermost states have bxml, invoke or a type", s.Name)
	}
}

// find looks a target up: among the children of from, then its siblings, then outward; a full name always works.
func (c *compiler) find(name string, from *State) *State {
	for level := from; level != nil; level = level.Parent {
		prefix := ""
		if !level.IsRoot() {
			prefix = level.Name + "."
		}
		if s := c.states[prefix+name]; s != nil {
			return s
		}
	}
	return c.states[name]
}

// target resolves the name of a state, or reports that there is none.
func (c *compiler) target(t *ast.Text, from *State) *State {
	s := c.find(t.Value, from)
	if s == nil {
		c.unknownState(*t, from)
	}
	return s
}

func (c *compiler) unknownState(t ast.Text, _ *State) {
	var names []string
	for _, s := range c.flow.States {
		names = append(names, s.Name)
	}
	d := c.errorf(ruleUnknownState, t.Span, "there is no state %q", t.Value)
	if near, ok := diag.Nearest(t.Value, names); ok {
		d.WithHelp("did you mean %q?", near)
		return
	}
	const most = 12
	more := ""
	if len(names) > most {
		names, more = names[:most], ", ..."
	}
	d.WithHelp("there are %s%s", strings.Join(names, ", "), more)
}
