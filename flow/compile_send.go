package flow

import (
	"github.com/bxmlflow/bxmlflow/flow/ast"
	"github.com/bxmlflow/bxmlflow/flow/diag"
	"github.com/bxmlflow/bxmlflow/flow/internal/expression"
)

// updateCall compiles the move of a leg to another state.
func (c *compiler) updateCall(action *Action, a *ast.Action, scope *expression.Scope) {
	action.Kind, action.Effect = ActionUpdateCall, true
	if !c.hasKeys(a, []string{"leg", "target"}, "leg", "target") {
		return
	}
	action.Move = &Move{Target: c.aimed[a]}
	if p, ok := pair(a.Arg, "leg"); ok {
		action.Move.Leg = c.receiver(p.Value, a, scope, toParent)
	}
	if p, ok := pair(a.Arg, "target"); ok {
		c.plainText(p)
	}
}

// endCall compiles the end of a leg.
func (c *compiler) endCall(action *Action, a *ast.Action, scope *expression.Scope) {
	action.Kind, action.Effect = ActionEndCall, true
	action.Move = &Move{Leg: c.receiver(a.Arg, a, scope, toParent)}
}

// receiver compiles a text that names a machine: a leg, one of words, or a callId.
func (c *compiler) receiver(v *ast.Value, a *ast.Action, scope *expression.Scope, words ...string) *Template {
	if v.Kind != ast.Scalar || v.Scalar != ast.String {
		c.errorf(ruleType, v.Span, "%s must name a leg", a.Name.Value).WithHelp("as in `%s`", map[string]string{
			"endCall": "endCall: agent", "updateCall": "updateCall: {leg: agent, target: hold}", "send": "send: {to: agent, signal: ready}",
		}[a.Name.Value])
		return nil
	}
	if !c.checkLeg(&v.Text, words...) {
		return nil
	}
	template := c.template(&v.Text, scope)
	if template == nil {
		return nil
	}
	if got := template.template.Type(); got != String && got != Any {
		c.errorf(ruleType, v.Span, "a leg is named by a text, %q is %s", v.Text.Value, aType(got))
	}
	return template
}

// send compiles a signal to another machine.
func (c *compiler) send(action *Action, a *ast.Action, scope *expression.Scope) {
	action.Kind, action.Effect = ActionSend, true
	if !c.hasKeys(a, []string{"to", "signal", "with"}, "to", "signal") {
		return
	}
	action.Send = &Signalling{}
	if p, ok := pair(a.Arg, "to"); ok {
		action.Send.To = c.receiver(p.Value, a, scope, toParent, toConference)
	}
	var signal *Signal
	var in *compiler
	if p, ok := pair(a.Arg, "signal"); ok {
		if t := c.plainText(p); t != nil {
			action.Send.Signal = t.Value
			signal, in = c.signalOf(t, literalOf(a, "to"))
		}
	}
	if p, ok := pair(a.Arg, "with"); ok {
		action.With = c.carried(p.Value, signal, in, scope)
	}
}

// signalOf returns a signal as the flow of its receiver declares it, nil when the receiver is not known. It reports a signal that
// the receiver does not declare.
func (c *compiler) signalOf(t *ast.Text, to string) (*Signal, *compiler) {
	list := c.receivers(to)
	var known []string
	for _, r := range list {
		for _, other := range r.machine {
			if s := other.flow.Signals[t.Value]; s != nil {
				return s, other
			}
			for _, s := range other.file.Signals {
				known = append(known, s.Name.Value)
			}
		}
	}
	if len(list) == 0 {
		c.checkName(*t, "signal", identifier)
		return nil, nil
	}
	d := c.errorf(ruleUnknownEvent, t.Span, "flow %q, which %q runs, declares no signal %q", list[0].flow.Name, to, t.Value)
	if near, ok := diag.Nearest(t.Value, known); ok {
		d.WithHelp("did you mean %q?", near)
	} else {
		d.WithHelp("declare it there: `signals: {%s: {}}`", t.Value)
	}
	return nil, nil
}

// carried compiles what a signal carries. The signal is nil when it is not known.
func (c *compiler) carried(v *ast.Value, signal *Signal, in *compiler, scope *expression.Scope) *Value {
	if v.Kind != ast.Map {
		c.errorf(ruleType, v.Span, "with must be a map of fields")
		return nil
	}
	m := &Value{kind: valueMap}
	for _, p := range v.Pairs {
		value := c.value(p.Value, scope)
		m.fields = append(m.fields, Field{Name: p.Key.Value, Value: value})
		if signal == nil {
			continue
		}
		field, ok := in.fieldOf(signal, p.Key.Value)
		if !ok {
			c.errorf(ruleKey, p.Key.Span, "the signal %q has no field %q", signal.Name, p.Key.Value)
			continue
		}
		c.fit(value, p.Value, field.Type)
	}
	return m
}
