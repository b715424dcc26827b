package flow

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/bxmlflow/bxmlflow/flow/ast"
	"github.com/bxmlflow/bxmlflow/flow/diag"
)

// typeNames are the types as flows write them. A phone number is a string that must look like one.
var typeNames = map[string]Type{
	"string": String, "bool": Bool, "int": Int, "number": Number, "duration": Duration, "phone": String, "list": List,
	"map": Map, "any": Any,
}

func (c *compiler) typeOf(t *ast.Text) Type {
	typ, ok := typeNames[t.Value]
	if !ok {
		c.errorf(ruleType, t.Span, "there is no type %q", t.Value).
			WithHelp("the types are string, bool, int, number, duration, phone, list, map and any")
		return Any
	}
	return typ
}

func (c *compiler) declareParams() {
	c.params = map[string]int{}
	given := c.linker.options.Params[c.flow.Name]
	for _, d := range c.file.Params {
		c.checkName(d.Name, "param", identifier)
		typ, value := c.decl(d)
		p := Param{Name: d.Name.Value, Type: typ, Value: value, Required: d.Required, Secret: d.Secret}
		if v, ok := given[p.Name]; ok {
			var err error
			if p.Value, err = convert(v, typ); err != nil {
				c.errorf(ruleType, d.Name.Span, "the deployment sets param %q to %v, which is no %s", p.Name, v, typ)
			}
		}
		c.params[p.Name] = len(c.flow.Params)
		c.flow.Params = append(c.flow.Params, p)
	}
	for name := range given {
		if _, ok := c.params[name]; !ok {
			c.errorf(ruleName, c.file.Name.Span, "the deployment sets param %q, which the flow does not have", name)
		}
	}
	c.readPar = make([]bool, len(c.flow.Params))
}

func (c *compiler) declareVars() {
	c.vars = map[string]int{}
	for _, d := range c.file.Vars {
		c.checkName(d.Name, "variable", identifier)
		if d.Required {
			c.errorf(ruleKey, d.Name.Span, "a variable cannot be required").WithHelp("params are required, variables have defaults")
		}
		typ, value := c.decl(d)
		c.addVar(d.Name.Value, typ, value, d.Secret)
	}
}

func (c *compiler) addVar(name string, typ Type, value any, secret bool) int {
	if value == nil {
		value = zero(typ)
	}
	i := len(c.flow.Vars)
	c.vars[name] = i
	c.flow.Vars = append(c.flow.Vars, Var{Name: name, Type: typ, Default: value, Secret: secret})
	c.readVar, c.setVar = append(c.readVar, false), append(c.setVar, false)
	return i
}

// decl returns the type and the default of a declaration; the default is nil when there is none.
func (c *compiler) decl(d *ast.Decl) (Type, any) {
	if d.Type == nil {
		return c.literal(d.Default)
	}
	typ := c.typeOf(d.Type)
	if d.Default == nil {
		return typ, nil
	}
	_, value := c.literal(d.Default)
	converted, err := convert(value, typ)
	if err != nil {
		c.errorf(ruleType, d.Default.Span, "the default of %q is no %s", d.Name.Value, d.Type.Value)
		return typ, nil
	}
	if text, ok := converted.(string); ok && d.Type.Value == "phone" && !isPhone(text) {
		c.errorf(ruleType, d.Default.Span, "%q is no phone number", text).WithHelp(`write it as in "+15551234567"`)
	}
	return typ, converted
}

// isPhone reports whether s is a number as E.164 writes it.
func isPhone(s string) bool {
	if len(s) < 3 || len(s) > 16 || s[0] != '+' {
		return false
	}
	for _, r := range s[1:] {
		if r < '0' || r > '9' {
			return false
		}
	}
	return true
}

// literal returns the value of YAML that holds no expressions, and the type it gives.
func (c *compiler) literal(v *ast.Value) (Type, any) {
	switch v.Kind {
	case ast.List:
		list := make([]any, len(v.Items))
		for i, item := range v.Items {
			_, list[i] = c.literal(item)
		}
		return List, list
	case ast.Map:
		m := make(map[string]any, len(v.Pairs))
		for _, p := range v.Pairs {
			_, m[p.Key.Value] = c.literal(p.Value)
		}
		return Map, m
	}
	typ, value, err := scalar(v)
	if err != nil {
		c.errorf(ruleType, v.Span, "%s", err)
	}
	return typ, value
}

// scalar returns the value of an unquoted number or boolean, of an empty value, or of a text.
func scalar(v *ast.Value) (Type, any, error) {
	switch v.Scalar {
	case ast.Int:
		n, err := strconv.ParseInt(v.Text.Value, 0, 64)
		if err != nil || n > math.MaxInt {
			return Int, 0, fmt.Errorf("%q is too large a number", v.Text.Value)
		}
		return Int, int(n), nil
	case ast.Float:
		f, err := strconv.ParseFloat(v.Text.Value, 64)
		if err != nil || math.IsInf(f, 0) || math.IsNaN(f) {
			return Number, 0.0, fmt.Errorf("%q is no number that can be used", v.Text.Value)
		}
		return Number, f, nil
	case ast.Bool:
		return Bool, v.Text.Value == "true" || v.Text.Value == "True" || v.Text.Value == "TRUE", nil
	case ast.Null:
		return Any, nil, nil
	}
	return String, v.Text.Value, nil
}

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
	}
}

// seconds reads a timeout such as `2s`.
func (c *compiler) seconds(t *ast.Text) time.Duration {
	var d time.Duration
	c.duration(t, &d)
	return d
}
