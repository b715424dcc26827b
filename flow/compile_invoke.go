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
	if a.HasDocument || a.Always != nil || a.Final {
		c.errorf(ruleType, s.Span, "%q invokes a flow: it can have neither bxml nor always nor a type", s.Name)
	}
	inner.subflow = true
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
	if a.Output == nil || a.Output.Kind != ast.Map {
		if a.Output != nil {
			c.errorf(ruleType, a.Output.Span, "output must be a map of names")
		}
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

// checkOutputs reports final states without the output that others have.
func (c *compiler) checkOutputs() {
	if c.flow.Output == nil {
		return
	}
	for _, s := range c.flow.States {
		if s.Final && c.source[s].Output == nil {
			c.errorf(ruleMissing, s.Span, "final state %q has no output, another returns {%s}", s.Name, strings.Join(c.flow.Output, ", ")).
				WithHelp("all final states of a flow return the same keys")
		}
	}
}

// outputs compiles what a final state returns. The types must be those of the other final states.
func (c *compiler) outputs(s *State, a *ast.Value, scope *expression.Scope) {
	if c.outputTypes == nil {
		c.outputTypes = map[string]Type{}
	}
	for _, name := range c.flow.Output {
		v := a.Get(name)
		if v == nil {
			continue
		}
		value := c.value(v, scope)
		c.keepInside(value, v, "output")
		s.Output = append(s.Output, Output{name, value})
		switch got, known := c.outputTypes[name]; {
		case !known:
			c.outputTypes[name] = value.typ()
		case got == Any || value.typ() == Any:
			c.outputTypes[name] = Any
		case number(got) && number(value.typ()):
			c.outputTypes[name] = max(got, value.typ())
		case got != value.typ():
			c.errorf(ruleType, v.Span, "%q is %s here and %s in another final state", name, aType(value.typ()), aType(got))
		}
	}
}

func number(t Type) bool { return t == Int || t == Number }

// outputType returns the type of an output, Any when it cannot be told.
func (c *compiler) outputType(name string) Type {
	if t, ok := c.outputTypes[name]; ok {
		return t
	}
	return Any
}

// checkDepth reports a flow that invokes itself, through others or not, and one that invokes too deep.
func (c *compiler) checkDepth() {
	for _, s := range c.flow.States {
		if s.Invoke == nil {
			continue
		}
		at := c.source[s].Invoke.Flow.Span
		inner := c.linker.byName[s.Invoke.Flow.Name]
		if path := inner.wayTo(c, map[*compiler]bool{}); path != nil {
			c.errorf(ruleRecursion, at, "flow %q invokes itself: %s", c.flow.Name, strings.Join(append([]string{c.flow.Name}, path...), " -> "))
			s.Invoke = nil
			continue
		}
		if depth := 1 + inner.depth(map[*compiler]int{}); depth > MaxInvokeDepth {
			c.errorf(ruleRecursion, at, "flows are invoked %d deep, at most %d are allowed", depth, MaxInvokeDepth)
		}
	}
}

// invoked returns the flows that the states of c invoke, each once.
func (c *compiler) invoked() []*compiler {
	var list []*compiler
	for _, s := range c.flow.States {
		a := c.source[s]
		if a.Invoke == nil {
			continue
		}
		inner := c.linker.byName[a.Invoke.Flow.Value]
		if inner != nil && !slices.Contains(list, inner) {
			list = append(list, inner)
		}
	}
	return list
}

// wayTo returns the names of the flows on a way of invocations from c to another, both included; nil when there is none.
func (c *compiler) wayTo(other *compiler, seen map[*compiler]bool) []string {
	if c == other {
		return []string{c.flow.Name}
	}
	seen[c] = true
	for _, inner := range c.invoked() {
		if seen[inner] {
			continue
		}
		if way := inner.wayTo(other, seen); way != nil {
			return append([]string{c.flow.Name}, way...)
		}
	}
	return nil
}

// depth returns how many flows lie inside c at most. A flow that invokes itself is reported for itself and counts once.
func (c *compiler) depth(known map[*compiler]int) int {
	if d, ok := known[c]; ok {
		return d
	}
	known[c] = 0
	deepest := 0
	for _, inner := range c.invoked() {
		deepest = max(deepest, 1+inner.depth(known))
	}
	known[c] = deepest
	return deepest
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
			c.keepInside(value, p.Value, "param")
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
