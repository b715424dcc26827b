package flow

import (
	"slices"
	"strings"

	"github.com/bxmlflow/bxmlflow/flow/ast"
	"github.com/bxmlflow/bxmlflow/flow/bxml"
	"github.com/bxmlflow/bxmlflow/flow/diag"
	"github.com/bxmlflow/bxmlflow/flow/internal/expression"
)

// callAttributes are the attributes of verbs that have the type and the range of a field of createCall in the REST API.
var callAttributes = map[string]*bxml.Attribute{
	"to":          bxml.Lookup("Forward").Attribute("to"),
	"from":        bxml.Lookup("Forward").Attribute("from"),
	"callTimeout": bxml.Lookup("Transfer").Attribute("callTimeout"),
	"tag":         bxml.Lookup("Transfer").Attribute("tag"),
}

var createCallKeys = []string{
	"leg", "to", "from", "target", "flow", "vars", "params", "callTimeout", "machineDetection", "tag", "keep",
}

// createCall compiles the making of a leg.
func (c *compiler) createCall(action *Action, a *ast.Action, scope *expression.Scope) {
	action.Kind, action.Effect = ActionCreateCall, true
	if !c.hasKeys(a, createCallKeys, "leg", "to") {
		return
	}
	o := &c.flow.Outbound
	leg := &Leg{From: o.From, CallTimeout: o.CallTimeout, Detection: o.Detection, Tag: o.Tag}
	action.Leg = leg
	runs := c
	for _, p := range a.Arg.Pairs {
		switch p.Key.Value {
		case "leg":
			leg.Name = c.legName(p)
		case "to":
			leg.To = c.callText(p, scope)
		case "from":
			leg.From = c.callText(p, scope)
		case "tag":
			leg.Tag = c.callText(p, scope)
		case "callTimeout":
			leg.CallTimeout = c.callTimeout(p, scope)
		case "machineDetection":
			leg.Detection = c.detection(p.Value, scope)
		case "keep":
			leg.Keep = c.truth(p)
		case "flow":
			if runs = c.legFlow(leg, p); runs == nil {
				return
			}
		}
	}
	if a.Arg.Get("from") == nil && (c.file.Outbound == nil || c.file.Outbound.Get("from") == nil) {
		c.errorf(ruleMissing, a.Name.Span, "createCall needs %q", "from").
			WithHelp("add it, or give all calls of the flow a number: `outbound: {from: ...}`")
	}
	c.legStart(leg, a, runs)
	c.legVars(leg, a, runs, scope)
	c.legParams(leg, a, runs, scope)
}

// hasKeys reports an argument that is no map, keys that the action does not have, and keys that are missing. It returns whether
// the argument is a map.
func (c *compiler) hasKeys(a *ast.Action, known []string, required ...string) bool {
	name := a.Name.Value
	if a.Arg.Kind != ast.Map {
		c.errorf(ruleType, a.Arg.Span, "%s must be a map", name).WithHelp("it takes %s", strings.Join(known, ", "))
		return false
	}
	for _, p := range a.Arg.Pairs {
		if slices.Contains(known, p.Key.Value) {
			continue
		}
		d := c.errorf(ruleKey, p.Key.Span, "%s has no key %q", name, p.Key.Value)
		if near, ok := diag.Nearest(p.Key.Value, known); ok {
			d.WithHelp("did you mean %q?", near)
		} else {
			d.WithHelp("it takes %s", strings.Join(known, ", "))
		}
	}
	for _, key := range required {
		if a.Arg.Get(key) == nil && !c.broken {
			c.errorf(ruleMissing, a.Name.Span, "%s needs %q", name, key)
		}
	}
	return true
}

// plainText returns a scalar that is no template, nil after reporting another value.
func (c *compiler) plainText(p ast.Pair) *ast.Text {
	if p.Value.Kind != ast.Scalar || strings.Contains(p.Value.Text.Value, "${") {
		c.errorf(ruleType, p.Value.Span, "%s must be a name, nothing that is computed", p.Key.Value)
		return nil
	}
	return &p.Value.Text
}

func (c *compiler) truth(p ast.Pair) bool {
	_, v := c.literal(p.Value)
	b, ok := v.(bool)
	if !ok {
		c.errorf(ruleType, p.Value.Span, "%s must be true or false", p.Key.Value)
	}
	return b
}

// legName returns the number of the leg that an action makes.
func (c *compiler) legName(p ast.Pair) int {
	t := c.plainText(p)
	if t == nil {
		return 0
	}
	c.checkName(*t, "leg", identifier)
	if t.Value == toParent || t.Value == toConference {
		c.errorf(ruleDuplicate, t.Span, "%q means another machine already", t.Value).WithHelp("give the leg another name")
	}
	return c.legs[t.Value]
}

// legFlow returns the flow that a leg runs, nil after reporting that there is none.
func (c *compiler) legFlow(leg *Leg, p ast.Pair) *compiler {
	t := c.plainText(p)
	if t == nil {
		return nil
	}
	runs := c.linker.byName[t.Value]
	if runs == nil {
		c.unknownFlow(t)
		return nil
	}
	if runs != c {
		leg.Flow = runs.flow
	}
	leg.FlowName = runs.flow.Name
	return runs
}

func (c *compiler) unknownFlow(t *ast.Text) {
	d := c.errorf(ruleUnknownFlow, t.Span, "there is no flow %q", t.Value)
	if near, ok := diag.Nearest(t.Value, c.linker.names()); ok {
		d.WithHelp("did you mean %q?", near)
		return
	}
	d.WithHelp("load it together with this one: check the folder, not the file")
}

// legStart finds where a leg begins.
func (c *compiler) legStart(leg *Leg, a *ast.Action, runs *compiler) {
	if leg.FlowName == "" {
		leg.FlowName = c.flow.Name
	}
	p, ok := pair(a.Arg, "target")
	switch {
	case ok && c.plainText(p) != nil:
		leg.Target = runs.flow.Goto[c.aimed[a]]
	case !ok && len(runs.flow.Start["answer"]) == 0:
		c.errorf(ruleMissing, a.Name.Span, "createCall needs %q: flow %q has no `answer` under its `start`", "target", runs.flow.Name)
	}
}

// legVars compiles the variables that a leg begins with.
func (c *compiler) legVars(leg *Leg, a *ast.Action, runs *compiler, scope *expression.Scope) {
	v := a.Arg.Get("vars")
	if v == nil {
		return
	}
	if v.Kind != ast.Map {
		c.errorf(ruleType, v.Span, "vars must be a map of variables")
		return
	}
	for _, p := range v.Pairs {
		i, ok := runs.vars[p.Key.Value]
		if !ok || i >= len(runs.file.Vars) { // the result of an action is declared too late to be counted on
			c.unknownIn(p.Key, "variable", runs)
			continue
		}
		value := c.value(p.Value, scope)
		c.fit(value, p.Value, runs.flow.Vars[i].Type)
		leg.Vars = append(leg.Vars, Assignment{i, value})
	}
}

// legParams compiles the params of a leg.
func (c *compiler) legParams(leg *Leg, a *ast.Action, runs *compiler, scope *expression.Scope) {
	v := a.Arg.Get("params")
	if v == nil {
		return
	}
	if v.Kind != ast.Map {
		c.errorf(ruleType, v.Span, "params must be a map of params")
		return
	}
	for _, p := range v.Pairs {
		i, ok := runs.params[p.Key.Value]
		if !ok {
			c.unknownIn(p.Key, "param", runs)
			continue
		}
		value := c.value(p.Value, scope)
		c.fit(value, p.Value, runs.flow.Params[i].Type)
		leg.Params = append(leg.Params, Argument{i, value})
	}
}

// unknownIn reports a name that the flow of a leg does not have.
func (c *compiler) unknownIn(t ast.Text, what string, runs *compiler) {
	var known []string
	for _, v := range runs.flow.Vars {
		if what == "variable" {
			known = append(known, v.Name)
		}
	}
	for _, p := range runs.flow.Params {
		if what == "param" {
			known = append(known, p.Name)
		}
	}
	d := c.errorf(ruleName, t.Span, "flow %q has no %s %q", runs.flow.Name, what, t.Value)
	if near, ok := diag.Nearest(t.Value, known); ok {
		d.WithHelp("did you mean %q?", near)
	}
}

// callText compiles a text of createCall: a number, or the tag.
func (c *compiler) callText(p ast.Pair, scope *expression.Scope) *Template {
	what := p.Key.Value + " of createCall"
	if p.Value.Kind != ast.Scalar || p.Value.Scalar == ast.Null {
		c.errorf(ruleType, p.Value.Span, "%s must be a text", what)
		return nil
	}
	return c.checkedText(&p.Value.Text, what, callAttributes[p.Key.Value].Check, scope)
}

// checkedText compiles a text that must be of a certain form: a literal is checked now, and so is the value of a param.
func (c *compiler) checkedText(t *ast.Text, what string, check func(string) error, scope *expression.Scope) *Template {
	template := c.template(t, scope)
	if template == nil {
		return nil
	}
	if got := template.template.Type(); got == List || got == Map {
		c.errorf(ruleType, t.Span, "%s must be a text, %q is %s", what, t.Value, aType(got))
		return nil
	}
	text, literal := template.template.Literal()
	if !literal {
		c.checkParam(template, t.Span, what, check)
	} else if err := check(text); err != nil {
		c.errorf(ruleAttributeValue, t.Span, "%s: %s", what, err)
	}
	return template
}

// callTimeout compiles how long a leg may ring, in seconds.
func (c *compiler) callTimeout(p ast.Pair, scope *expression.Scope) *Value {
	return c.field(restField{name: "callTimeout", typ: Number, check: callAttributes["callTimeout"].Check}, p, "createCall", scope)
}

// paramScope is a scope of params and nothing else.
func (c *compiler) paramScope() *expression.Scope {
	scope := &expression.Scope{Names: names{}, Functions: c.functions}
	for i, p := range c.flow.Params {
		scope.Names["params."+p.Name] = name(p.Type, RootParam, i)
	}
	scope.Unknown = func(name string) (string, string) { return c.unknownName(name, nil, 0, scope.Names) }
	return scope
}
