package flow

import (
	"slices"
	"strings"

	"github.com/bxmlflow/bxmlflow/flow/ast"
	"github.com/bxmlflow/bxmlflow/flow/diag"
	"github.com/bxmlflow/bxmlflow/flow/internal/expression"
)

// invoke resolves the sub-flow of a state.
func (c *compiler) invoke(s *State, a *ast.State) {
	if a.Invoke == nil || a.Invoke.Flow.Value == "" {
		return
	}
	inner := c.linker.byName[a.Invoke.Flow.Value]
	if inner == nil {
		d := c.errorf(ruleUnknownFlow, a.Invoke.Flow.Span, "there is no flow %q", a.Invoke.Flow.Value)
		if near, ok := diag.Nearest(a.Invoke.Flow.Value, c.linker.names()); ok {
			d.WithHelp("did you mean %q?", near)
		} else {
			d.WithHelp("load it together with this one: check the folder, not the file")
		}
		return
	}
	if a.HasDocument || a.Always != nil {
		c.errorf(ruleType, s.Span, "%q invokes a flow: it can have neither bxml nor always", s.Name)
	}
	s.Invoke = &Invoke{Flow: inner.flow}
}

// output notes what the final states return: all of them the same.
func (c *compiler) output(s *State, a *ast.State) {
	if !s.Final {
		if a.Output != nil {
			c.errorf(ruleKey, a.Output.Span, "only a final state has an output").WithHelp("add `type: final`")
		}
		return
	}
	if a.Output == nil {
		return
	}
	var names []string
	for _, p := range a.Output.Pairs {
		names = append(names, p.Key.Value)
	}
	slices.Sort(names)
	if c.flow.Output != nil && !slices.Equal(c.flow.Output, names) {
		c.errorf(ruleType, a.Output.Span, "the output of %q is {%s}, that of another final state {%s}", s.Name,
			strings.Join(names, ", "), strings.Join(c.flow.Output, ", ")).WithHelp("all final states of a flow return the same keys")
		return
	}
	c.flow.Output = names
	if a.HasDocument {
		c.errorf(ruleType, a.DocumentAt, "a final state with an output has no bxml").WithHelp("the flow that invoked this one speaks next")
	}
}

// checkDepth reports a flow that invokes itself, through others or not, and one that invokes too deep.
func (c *compiler) checkDepth() {
	for _, s := range c.flow.States {
		if s.Invoke == nil {
			continue
		}
		at := c.source[s].Invoke.Flow.Span
		path, depth := c.invokes(s.Invoke.Flow.Name, []string{c.flow.Name})
		switch {
		case path != nil:
			c.errorf(ruleRecursion, at, "flow %q invokes itself: %s", c.flow.Name, strings.Join(path, " -> "))
			s.Invoke = nil
		case depth >= MaxInvokeDepth:
			c.errorf(ruleRecursion, at, "flows are invoked %d deep, at most %d are allowed", depth+1, MaxInvokeDepth)
		}
	}
}

// invokes follows invocations from the flow of that name. It returns the path of a cycle back to the first of path, or
// the greatest depth.
func (c *compiler) invokes(name string, path []string) (cycle []string, depth int) {
	path = append(slices.Clip(path), name)
	if name == path[0] {
		return path, 0
	}
	if len(path) > MaxInvokeDepth+1 {
		return nil, len(path)
	}
	inner := c.linker.byName[name]
	if inner == nil {
		return nil, 0
	}
	deepest := len(path) - 1
	for _, s := range inner.flow.States {
		a := inner.source[s]
		if a.Invoke == nil {
			continue
		}
		found, depth := c.invokes(a.Invoke.Flow.Value, path)
		if found != nil {
			return found, 0
		}
		deepest = max(deepest, depth)
	}
	return nil, deepest
}

// arguments gives the params of an invoked flow their values.
func (c *compiler) arguments(inv *Invoke, a *ast.Invoke, scope *expression.Scope) {
	given := map[string]bool{}
	if a.With != nil {
		if a.With.Kind != ast.Map {
			c.errorf(ruleType, a.With.Span, "with must be a map of params")
			return
		}
		for _, p := range a.With.Pairs {
			i, ok := c.linker.byName[inv.Flow.Name].params[p.Key.Value]
			if !ok {
				c.errorf(ruleName, p.Key.Span, "flow %q has no param %q", inv.Flow.Name, p.Key.Value)
				continue
			}
			given[p.Key.Value] = true
			value := c.value(p.Value, scope)
			c.fit(value, p.Value, inv.Flow.Params[i].Type)
			inv.With = append(inv.With, Argument{i, value})
		}
	}
	for _, p := range inv.Flow.Params {
		if p.Required && p.Value == nil && !given[p.Name] {
			c.errorf(ruleMissing, a.Span, "flow %q needs the param %q", inv.Flow.Name, p.Name).WithHelp("add it under `with`")
		}
	}
	if len(inv.Flow.Start[EventInvoke]) == 0 {
		c.errorf(ruleMissing, a.Flow.Span, "flow %q does not start on invoke", inv.Flow.Name).WithHelp("add `invoke` under its `start`")
	}
}
