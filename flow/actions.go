package flow

import (
	"slices"
	"strings"

	"github.com/bxmlflow/bxmlflow/flow/ast"
	"github.com/bxmlflow/bxmlflow/flow/diag"
	"github.com/bxmlflow/bxmlflow/flow/internal/expression"
)

// actionsLater are the actions of the language that this version does not run.
var actionsLater = []string{
	"createCall", "updateCall", "endCall", "send", "updateConference", "updateConferenceMember", "updateConferenceBxml",
	"updateCallRecordingState", "deleteRecording", "transcribeRecording",
}

// declareResults makes a variable of every `as` that no declaration names.
func (c *compiler) declareResults() {
	for _, p := range c.pending {
		c.results(p.source.Actions)
	}
	for _, s := range c.flow.States {
		c.results(c.source[s].Entry)
		c.results(c.source[s].Exit)
	}
}

func (c *compiler) results(actions []*ast.Action) {
	for _, a := range actions {
		if a.As == nil {
			continue
		}
		c.checkName(*a.As, "variable", identifier)
		if _, ok := c.vars[a.As.Value]; !ok {
			c.addVar(a.As.Value, Map, nil, false)
		}
	}
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
	action := &Action{Name: a.Name.Value, Span: a.Span, As: -1, OnError: c.onError[a], Timeout: c.seconds(a.Timeout)}
	if a.Each != nil {
		action.Each = c.template(a.Each, scope)
		scope = with(scope, loopNames(0))
	}
	if a.Guard != nil {
		action.Guard = c.guard(a.Guard, scope)
	}
	if a.As != nil {
		action.As = c.vars[a.As.Value]
		c.setVar[action.As] = true
	}
	switch name := a.Name.Value; {
	case name == "set":
		c.set(action, a, scope)
	case name == "log":
		c.log(action, a, scope)
	case name == "http":
		c.http(action, a, scope)
	case c.actions[name] != nil:
		c.custom(action, a, scope)
	case slices.Contains(actionsLater, name):
		c.errorf(ruleLater, a.Name.Span, "the action %q is not supported yet", name)
		return nil
	default:
		c.unknownAction(a)
		return nil
	}
	c.modifiers(action, a)
	return action
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
		if action.Effect {
			d.WithHelp("it runs after the answer; with `lookup: true` an http action runs before it")
		}
	}
}

func (c *compiler) unknownAction(a *ast.Action) {
	known := append([]string{"set", "log", "http"}, c.flow.Actions...)
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
		c.fit(value, p.Value, c.flow.Vars[i].Type)
		c.keepInside(value, p.Value, "variable")
		action.Set = append(action.Set, Assignment{i, value})
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

// keepInside reports a value that would carry the input of a sensitive state out of it.
func (c *compiler) keepInside(v *Value, a *ast.Value, where string) {
	if name := c.exposed(v.refs()); name != "" {
		c.errorf("sensitive", a.Span, "%s of a sensitive state would be kept in a %s", name, where).
			WithHelp("compare it in a guard, or hand it to a look-up; it is not to be stored")
	}
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
		c.errorf("sensitive", a.Arg.Span, "%s of a sensitive state would be logged", name)
	}
}

var methods = []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"}

// http compiles a request.
func (c *compiler) http(action *Action, a *ast.Action, scope *expression.Scope) {
	action.Kind = ActionHTTP
	action.HTTP = &HTTP{Method: "GET"}
	if a.Arg.Kind != ast.Map {
		c.errorf(ruleType, a.Arg.Span, "http must be a map").WithHelp(`as in http: {url: "https://example.com/customers/${call.from}"}`)
		return
	}
	lookup := false
	for _, p := range a.Arg.Pairs {
		switch p.Key.Value {
		case "method":
			action.HTTP.Method = p.Value.Text.Value
			if !slices.Contains(methods, action.HTTP.Method) {
				c.errorf(ruleType, p.Value.Span, "%q is no method", p.Value.Text.Value).WithHelp("it is one of %s", strings.Join(methods, ", "))
			}
		case "url":
			c.url(action, p.Value, scope)
		case "headers":
			action.HTTP.Headers = c.httpFields(p, scope)
		case "query":
			action.HTTP.Query = c.httpFields(p, scope)
		case "json":
			action.HTTP.JSON = c.value(p.Value, scope)
		case "lookup":
			_, v := c.literal(p.Value)
			lookup = v == true
		default:
			c.errorf(ruleKey, p.Key.Span, "http has no key %q", p.Key.Value).WithHelp("it takes method, url, headers, query, json and lookup")
		}
	}
	if a.Arg.Get("url") == nil {
		c.errorf(ruleMissing, a.Arg.Span, "http needs %q", "url")
	}
	action.Effect = action.HTTP.Method != "GET" && action.HTTP.Method != "HEAD" && !lookup
}

// url compiles the address of a request. Its host is literal: what a caller says never decides where a request goes.
func (c *compiler) url(action *Action, v *ast.Value, scope *expression.Scope) {
	text := v.Text.Value
	rest, ok := strings.CutPrefix(text, "https://")
	if !ok {
		rest, ok = strings.CutPrefix(text, "http://")
	}
	host, _, _ := strings.Cut(rest, "/")
	if whole, computed, _ := strings.Cut(text, "}"); !ok && strings.HasPrefix(whole, "${params.") && (computed == "" || computed[0] == '/' || computed[0] == '?') {
		ok, host = true, "params" // a param is set by the deployment, not by a caller
	}
	if v.Kind != ast.Scalar || !ok || host == "" || strings.Contains(host, "${") {
		c.errorf(ruleType, v.Span, "the url of http must begin with http:// or https:// and a literal host").
			WithHelp("values may stand behind the host, or the url may begin with a param")
		return
	}
	action.HTTP.URL = c.template(&v.Text, scope)
	if action.HTTP.URL != nil {
		if name := c.exposed(action.HTTP.URL.template.Refs()); name != "" {
			c.errorf("sensitive", v.Span, "%s of a sensitive state would stand in a URL", name).WithHelp("send it in json")
		}
	}
}

func (c *compiler) httpFields(p ast.Pair, scope *expression.Scope) []Field {
	if p.Value.Kind != ast.Map {
		c.errorf(ruleType, p.Value.Span, "%s must be a map", p.Key.Value)
		return nil
	}
	var fields []Field
	for _, pair := range p.Value.Pairs {
		v := c.value(pair.Value, scope)
		if p.Key.Value == "query" {
			c.keepInside(v, pair.Value, "URL")
		}
		if strings.EqualFold(pair.Key.Value, "authorization") && v.kind == valueLiteral {
			c.errorf(ruleSecret, pair.Value.Span, "a literal password in a flow").WithHelp("put it into a param marked `secret: true`")
		}
		fields = append(fields, Field{pair.Key.Value, v})
	}
	return fields
}

// custom compiles an action of the kit against what `uses` declares of it.
func (c *compiler) custom(action *Action, a *ast.Action, scope *expression.Scope) {
	used := c.actions[a.Name.Value]
	action.Kind, action.Effect, action.Sensitive = ActionCustom, used.Effect, used.Sensitive
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
			m.fields = append(m.fields, Field{p.Key.Value, value})
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
