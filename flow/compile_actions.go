package flow

import (
	"fmt"
	"slices"

	"github.com/bxmlflow/bxmlflow/flow/ast"
	"github.com/bxmlflow/bxmlflow/flow/diag"
	"github.com/bxmlflow/bxmlflow/flow/internal/expression"
)

// actionsBuiltIn are the actions of the language.
var actionsBuiltIn = append([]string{"set", "log", "http", "send"}, actionsREST...)

// actionsREST are those that need the carrier's REST API.
var actionsREST = []string{
	"createCall", "updateCall", "endCall", "updateConference", "updateConferenceMember", "updateConferenceBxml",
	"updateCallRecordingState", "deleteRecording", "transcribeRecording",
}

func (c *compiler) compileActions(list []*ast.Action, scope *expression.Scope) []*Action {
	var actions []*Action
	for _, a := range list {
		if action := c.action(a, scope); action != nil {
			actions = append(actions, action)
		}
	}
	return actions
}

func (c *compiler) action(a *ast.Action, scope *expression.Scope) *Action {
	before := len(c.linker.problems)
	action := &Action{Name: a.Name.Value, Span: a.Span, As: -1, OnError: c.onError[a], Timeout: c.seconds(a.Timeout)}
	if a.Each != nil {
		action.Each = c.each(a.Each, scope)
		scope = with(scope, loopNames(0))
	}
	if a.Guard != nil {
		action.Guard = c.guard(a.Guard, scope)
	}
	if a.As != nil {
		action.As = c.vars[a.As.Value]
		c.setVar[action.As] = true
		c.resultFits(a)
	}
	switch name := a.Name.Value; {
	case name == "set":
		c.set(action, a, scope)
	case name == "log":
		c.log(action, a, scope)
	case name == "http":
		c.http(action, a, scope)
	case name == "createCall":
		c.createCall(action, a, scope)
	case name == "updateCall":
		c.updateCall(action, a, scope)
	case name == "endCall":
		c.endCall(action, a, scope)
	case name == "send":
		c.send(action, a, scope)
	case restFields[name] != nil:
		c.rest(action, a, scope)
	case c.actions[name] != nil:
		c.custom(action, a, scope)
	default:
		c.unknownAction(a)
		return nil
	}
	c.modifiers(action, a)
	if action.Effect {
		c.keepEffect(action, a)
	}
	if len(c.linker.problems) == before {
		c.unread(action, a)
	}
	return action
}

// unread warns of a look-up whose result goes nowhere.
func (c *compiler) unread(action *Action, a *ast.Action) {
	if action.Kind == ActionHTTP && !action.Effect && a.As == nil && a.OnError == nil {
		c.warnf(ruleUnused, a.Name.Span, "nobody reads the result, and the caller waits for it").
			WithHelp("name a variable for it, as in `as: answer`; what only informs somebody is a POST, which is sent after the answer")
	}
}

// each compiles the list of an `each`.
func (c *compiler) each(t *ast.Text, scope *expression.Scope) *Template {
	list := c.template(t, scope)
	if list == nil {
		return nil
	}
	if got := list.template.Type(); got != List && got != Any {
		c.errorf(ruleType, t.Span, "each needs a list, %q is %s", t.Value, aType(got)).WithHelp(`as in each: "${params.agents}"`)
	}
	if name := c.exposed(list.template.Refs()); name != "" {
		c.errorf(ruleSensitive, t.Span, "%s of a sensitive state would be the item of a loop", name)
	}
	return list
}

// keepEffect reports an effect that would be stored with the input of a sensitive state until it is done.
func (c *compiler) keepEffect(action *Action, a *ast.Action) {
	if name := c.exposed(action.stored()); name != "" {
		c.errorf(ruleSensitive, a.Arg.Span, "%s of a sensitive state would be stored with the effect %q", name, a.Name.Value).
			WithHelp("an effect is stored until it is done; a look-up is not (http: `lookup: true`)")
	}
}

// stored returns the names that an effect reads.
func (a *Action) stored() []expression.Ref {
	values, texts := []*Value{a.With}, []*Template(nil)
	if a.HTTP != nil {
		values = append(values, a.HTTP.JSON)
		for _, f := range a.HTTP.Headers {
			values = append(values, f.Value)
		}
	}
	if leg := a.Leg; leg != nil {
		values, texts = append(values, leg.CallTimeout, leg.Detection), append(texts, leg.To, leg.From, leg.Tag)
		for _, v := range leg.Vars {
			values = append(values, v.Value)
		}
		for _, p := range leg.Params {
			values = append(values, p.Value)
		}
	}
	if a.Send != nil {
		texts = append(texts, a.Send.To)
	}
	if a.Move != nil {
		texts = append(texts, a.Move.Leg)
	}
	var refs []expression.Ref
	for _, v := range values {
		if v != nil {
			refs = append(refs, v.refs()...)
		}
	}
	for _, t := range texts {
		if t != nil {
			refs = append(refs, t.template.Refs()...)
		}
	}
	return refs
}

// resultFits reports a declared variable that cannot take the result of an action.
func (c *compiler) resultFits(a *ast.Action) {
	want := c.flow.Vars[c.vars[a.As.Value]].Type
	if len(c.returns(a.Name.Value)) > 0 && want != Map && want != Any {
		c.errorf(ruleType, a.As.Span, "the result of %q is a map, the variable %q is %s", a.Name.Value, a.As.Value, aType(want)).
			WithHelp("leave the variable undeclared, or declare it as a map")
	}
}

// loopNames are the names that an `each` brings.
func loopNames(depth int) names {
	return names{"item": name(Any, RootItem, depth), "index": name(Int, RootIndex, depth)}
}

// modifiers reports modifiers that the action cannot have.
func (c *compiler) modifiers(action *Action, a *ast.Action) {
	lookup := (action.Kind == ActionHTTP || action.Kind == ActionCustom) && !action.Effect
	for _, m := range []struct {
		name string
		text *ast.Text
	}{{"as", a.As}, {"timeout", a.Timeout}, {"onError", a.OnError}} {
		if m.text == nil || lookup {
			continue
		}
		d := c.errorf(ruleKey, m.text.Span, "%q has no %q", a.Name.Value, m.name)
		if action.Effect && action.Kind == ActionHTTP {
			d.WithHelp("it runs after the answer; with `lookup: true` an http action runs before it")
		} else if action.Effect {
			d.WithHelp("it runs after the answer, and its failures come back as events")
		}
	}
}

func (c *compiler) unknownAction(a *ast.Action) {
	known := slices.Concat(actionsBuiltIn, c.flow.Actions)
	d := c.errorf(ruleUnknownAction, a.Name.Span, "there is no action %q", a.Name.Value)
	if near, ok := diag.Nearest(a.Name.Value, known); ok {
		d.WithHelp("did you mean %q?", near)
		return
	}
	d.WithHelp("declare an action of your own under `uses: {actions: {%s: ...}}`", a.Name.Value)
}

// set compiles an assignment of variables.
func (c *compiler) set(action *Action, a *ast.Action, scope *expression.Scope) {
	action.Kind = ActionSet
	if a.Arg.Kind != ast.Map {
		c.errorf(ruleType, a.Arg.Span, "set must be a map of variables").WithHelp(`as in set: {tries: "${vars.tries + 1}"}`)
		return
	}
	for _, p := range a.Arg.Pairs {
		i, ok := c.vars[p.Key.Value]
		if !ok {
			c.unknownVar(p.Key)
			continue
		}
		c.setVar[i] = true
		value := c.value(p.Value, scope)
		if d := c.fit(value, p.Value, c.flow.Vars[i].Type); d != nil {
			d.Message += fmt.Sprintf(", as variable %q is", p.Key.Value)
			c.related(d, c.file.Vars, p.Key.Value)
		}
		c.keepInside(value, p.Value, "variable")
		action.Set = append(action.Set, Assignment{i, value})
	}
}

// related adds the place of a declaration to a problem.
func (c *compiler) related(d *diag.Diagnostic, list []*ast.Decl, name string) {
	for _, decl := range list {
		if decl.Name.Value == name {
			d.WithRelated(decl.Name.Span, "it is declared here")
		}
	}
}

func (c *compiler) unknownVar(t ast.Text) {
	var known []string
	for _, v := range c.flow.Vars {
		known = append(known, v.Name)
	}
	d := c.errorf(ruleName, t.Span, "there is no variable %q", t.Value)
	if near, ok := diag.Nearest(t.Value, known); ok {
		d.WithHelp("did you mean %q?", near)
		return
	}
	d.WithHelp("declare it: `vars: {%s: ...}`", t.Value)
}

func (c *compiler) log(action *Action, a *ast.Action, scope *expression.Scope) {
	action.Kind = ActionLog
	if a.Arg.Kind != ast.Scalar {
		c.errorf(ruleType, a.Arg.Span, "log must be a text")
		return
	}
	action.Log = c.template(&a.Arg.Text, scope)
	if action.Log == nil {
		return
	}
	if name := c.exposed(action.Log.template.Refs()); name != "" {
		c.errorf(ruleSensitive, a.Arg.Span, "%s of a sensitive state would be logged", name)
	}
}

// custom compiles an action of the kit against what `uses` declares of it.
func (c *compiler) custom(action *Action, a *ast.Action, scope *expression.Scope) {
	used := c.actions[a.Name.Value]
	action.Kind, action.Effect, action.Sensitive = ActionCustom, used.Effect, used.Sensitive
	action.Returns = c.returns(a.Name.Value)
	c.flow.Reads |= 1<<CallFrom | 1<<CallTo // every action of a kit is told who calls
	given := map[string]bool{}
	switch {
	case a.Arg.Kind == ast.Map:
		m := &Value{kind: valueMap}
		for _, p := range a.Arg.Pairs {
			i := slices.IndexFunc(used.With, func(d *ast.Decl) bool { return d.Name.Value == p.Key.Value })
			if i < 0 {
				c.errorf(ruleKey, p.Key.Span, "the action %q takes no %q", a.Name.Value, p.Key.Value)
				continue
			}
			value := c.value(p.Value, scope)
			c.fit(value, p.Value, typeNames[used.With[i].Type.Value])
			given[p.Key.Value] = true
			m.fields = append(m.fields, Field{Name: p.Key.Value, Value: value})
		}
		action.With = m
	case a.Arg.Scalar != ast.Null:
		c.errorf(ruleType, a.Arg.Span, "the action %q takes a map", a.Name.Value)
	}
	for _, d := range used.With {
		if !given[d.Name.Value] {
			c.errorf(ruleMissing, a.Name.Span, "the action %q needs %q", a.Name.Value, d.Name.Value)
		}
	}
}
