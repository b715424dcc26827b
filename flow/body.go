package flow

import (
	"strings"

	"github.com/bxmlflow/bxmlflow/flow/ast"
	"github.com/bxmlflow/bxmlflow/flow/event"
	"github.com/bxmlflow/bxmlflow/flow/internal/expression"
)

// compile compiles guards, actions and documents, and checks the flow as a whole.
func (c *compiler) compile() {
	c.scopes = map[string]*expression.Scope{}
	c.declareResults()
	c.enter()
	for _, p := range c.pending {
		c.tainted = c.sensitive(p.transition.Owner)
		scope := c.scope(c.triggers(p.transition))
		if p.source.Guard != nil {
			p.transition.Guard = c.guard(p.source.Guard, scope)
		}
		p.transition.Actions = c.compileActions(p.source.Actions, scope)
	}
	for _, s := range c.flow.States {
		c.body(s, c.source[s])
	}
	if !c.broken { // what the parser left out would be reported a second time
		c.checkStates()
		c.checkNames()
	}
}

// sensitive reports whether a transition of owner may be taken from a sensitive state.
func (c *compiler) sensitive(owner *State) bool {
	for _, s := range c.leaves(owner) {
		if s.Sensitive {
			return true
		}
	}
	return false
}

// body compiles what a state does when it is entered and left.
func (c *compiler) body(s *State, a *ast.State) {
	scope := c.scope(c.entering[s])
	reached := len(c.entering[s]) > 0
	c.tainted = s.Sensitive
	if reached {
		s.Entry = c.compileActions(a.Entry, scope)
	}
	s.Exit = c.compileActions(a.Exit, c.scope(nil))
	if a.HasDocument && reached {
		s.Document = c.document(a, scope)
	}
	if s.Invoke != nil {
		c.arguments(s.Invoke, a.Invoke, scope)
	}
	if a.Output != nil && reached {
		if a.Output.Kind != ast.Map {
			c.errorf(ruleType, a.Output.Span, "output must be a map of names")
			return
		}
		for _, name := range c.flow.Output {
			if v := a.Output.Get(name); v != nil {
				s.Output = append(s.Output, Output{name, c.value(v, scope)})
			}
		}
	}
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

// report turns the problems of an expression into problems of the file. base is where the expression begins in the text.
func (c *compiler) report(t *ast.Text, base int, problems []expression.Problem) {
	for _, p := range problems {
		d := c.errorf(p.Rule, t.At(base+p.From, base+p.To), "%s", p.Message)
		d.Help = p.Help
	}
}

// note records which variables and params an expression reads.
func (c *compiler) note(refs []expression.Ref) {
	for _, r := range refs {
		switch s := Slot(r.Slot); s.Root() {
		case RootVar:
			c.readVar[s.Index()] = true
		case RootParam:
			c.readPar[s.Index()] = true
		case RootCall:
			c.flow.Reads |= 1 << s.Index()
		}
	}
}

// exposed returns the first name of refs that must not leave a sensitive state.
func (c *compiler) exposed(refs []expression.Ref) string {
	if !c.tainted {
		return ""
	}
	for _, r := range refs {
		s := Slot(r.Slot)
		if s.Root() == RootRaw || s.Root() == RootEvent && enteredByPerson(s.Field()) {
			return r.Name
		}
	}
	return ""
}

// enteredByPerson reports whether a field holds what somebody keyed in or said.
func enteredByPerson(id event.FieldID) bool {
	for _, t := range []string{"gather", "dtmf", "partialGather"} {
		if f := event.Lookup(t).Field(id.String()); f != nil && f.Sensitive && !f.Personal {
			return true
		}
	}
	return false
}

// guard compiles a condition.
func (c *compiler) guard(t *ast.Text, scope *expression.Scope) *Guard {
	program, problems := expression.Guard(t.Value, scope)
	c.report(t, 0, problems)
	if program == nil {
		return nil
	}
	c.note(program.Refs())
	return &Guard{Source: t.Value, Span: t.Span, program: program}
}

// template compiles a text with `${ }` parts.
func (c *compiler) template(t *ast.Text, scope *expression.Scope) *Template {
	return c.part(t, 0, len(t.Value), scope)
}

// part compiles the bytes [from:to] of a text as a template.
func (c *compiler) part(t *ast.Text, from, to int, scope *expression.Scope) *Template {
	source := t.Value[from:to]
	template, problems := expression.Parse(source, scope)
	c.report(t, from, problems)
	if template == nil {
		return nil
	}
	c.note(template.Refs())
	return &Template{Source: source, Span: t.Span, template: template}
}

// value compiles any value.
func (c *compiler) value(v *ast.Value, scope *expression.Scope) *Value {
	switch v.Kind {
	case ast.List:
		list := &Value{kind: valueList}
		for _, item := range v.Items {
			list.items = append(list.items, c.value(item, scope))
		}
		return list
	case ast.Map:
		m := &Value{kind: valueMap}
		for _, p := range v.Pairs {
			m.fields = append(m.fields, Field{p.Key.Value, c.value(p.Value, scope)})
		}
		return m
	}
	if v.Scalar != ast.String || !strings.Contains(v.Text.Value, "${") {
		_, literal := c.literal(v)
		return &Value{literal: literal}
	}
	template := c.template(&v.Text, scope)
	if template == nil {
		return &Value{}
	}
	if text, ok := template.template.Literal(); ok {
		return &Value{literal: text}
	}
	return &Value{kind: valueTemplate, template: template}
}

// refs returns the names that v reads.
func (v *Value) refs() []expression.Ref {
	if v.template != nil {
		return v.template.template.Refs()
	}
	var list []expression.Ref
	for _, item := range v.items {
		list = append(list, item.refs()...)
	}
	for _, f := range v.fields {
		list = append(list, f.Value.refs()...)
	}
	return list
}

// fit converts a literal to the type that is wanted, and reports a value that cannot be of that type.
func (c *compiler) fit(v *Value, a *ast.Value, want Type) {
	switch v.kind {
	case valueLiteral:
		converted, err := convert(v.literal, want)
		if err != nil {
			d := c.errorf(ruleType, a.Span, "%q is no %s", a.Text.Value, want)
			if looksComputed(a.Text.Value) {
				d.WithHelp("to compute it write ${%s}", a.Text.Value)
			}
			return
		}
		v.literal = converted
		if text, ok := converted.(string); ok && looksComputed(text) {
			c.warnf(ruleQuote, a.Span, "%q is stored as this text", text).WithHelp("to compute it write ${%s}", text)
		}
	case valueTemplate:
		got := v.template.template.Type()
		if got != want && got != Any && want != Any && !(got == Int && want == Number) {
			c.errorf(ruleType, a.Span, "%s is a %s, not a %s", a.Text.Value, got, want)
		}
	case valueList:
		if want != List && want != Any {
			c.errorf(ruleType, a.Span, "a list is no %s", want)
		}
	case valueMap:
		if want != Map && want != Any {
			c.errorf(ruleType, a.Span, "a map is no %s", want)
		}
	}
}

// looksComputed reports whether a text reads like an expression whose `${ }` was forgotten.
func looksComputed(s string) bool {
	for _, root := range []string{"vars.", "event.", "params.", "call."} {
		if rest, ok := strings.CutPrefix(s, root); ok && rest != "" && !strings.Contains(rest, ". ") {
			return true
		}
	}
	return false
}
