package flow

import (
	"slices"

	"github.com/bxmlflow/bxmlflow/flow/ast"
	"github.com/bxmlflow/bxmlflow/flow/internal/expression"
)

func (c *compiler) declareUses() {
	c.actions, c.functions = map[string]*ast.UsedAction{}, map[string]expression.Function{}
	if c.file.Uses == nil {
		return
	}
	for _, a := range c.file.Uses.Actions {
		c.actions[a.Name.Value] = a
		c.flow.Actions = append(c.flow.Actions, a.Name.Value)
		c.checkName(a.Name, "action", identifier)
		if slices.Contains(actionsBuiltIn, a.Name.Value) {
			c.errorf(ruleDuplicate, a.Name.Span, "%q is an action of the language already", a.Name.Value)
		}
		for _, d := range slices.Concat(a.With, a.Returns) {
			c.typeOf(d.Type)
		}
		if a.Effect && a.Returns != nil {
			c.errorf(ruleType, a.Name.Span, "the effect %q cannot return anything", a.Name.Value).WithHelp("an effect runs after the answer; drop %q or %q", "effect", "returns")
		}
	}
	for _, f := range c.file.Uses.Functions {
		c.checkName(f.Name, "function", identifier)
		if _, ok := expression.BuiltIns()[f.Name.Value]; ok {
			c.errorf(ruleDuplicate, f.Name.Span, "%q is a function of the language already", f.Name.Value)
		}
		c.flow.Functions = append(c.flow.Functions, f.Name.Value)
		c.functions[f.Name.Value] = c.function(f)
	}
}

// function returns the function that the kit brings, with the signature that the flow declares.
func (c *compiler) function(f *ast.UsedFunction) expression.Function {
	fn := expression.Function{Result: Any}
	if f.Returns != nil {
		fn.Result = c.typeOf(f.Returns)
	}
	for i := range f.Params {
		fn.Params = append(fn.Params, c.typeOf(&f.Params[i]))
	}
	name := f.Name.Value
	fn.Call = c.linker.options.Functions[name].Call
	if fn.Call == nil {
		fn.Call = func(...any) (any, error) { return nil, errNotRegistered(name) }
	}
	return fn
}

type errNotRegistered string

func (e errNotRegistered) Error() string {
	return "function " + string(e) + " is declared under uses but not registered"
}
