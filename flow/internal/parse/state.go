package parse

import (
	"slices"
	"strings"

	"github.com/bxmlflow/bxmlflow/flow/ast"
	"github.com/bxmlflow/bxmlflow/internal/yamlsrc"
)

// startEvents are the events that a plain `start: greeting` stands for.
var startEvents = []string{"initiate", "answer", "invoke"}

func (p *parser) start(n *node) []*ast.Handler {
	if n.Kind != yamlsrc.Scalar {
		return p.handlers(n, "start")
	}
	transitions := p.transitions(n, "start")
	var list []*ast.Handler
	for _, event := range startEvents {
		list = append(list, &ast.Handler{Event: ast.Text{Value: event, Span: n.Span}, Transitions: transitions})
	}
	return list
}

func (p *parser) states(n *node) []*ast.State {
	var list []*ast.State
	var empty []*node
	misplaced := false
	p.named(n, "states", func(name ast.Text, value *node) {
		switch {
		case p.misplaced(name, value, misplaced):
			misplaced = true
		case isNull(value):
			empty = append(empty, value)
			list = append(list, &ast.State{Name: name, Span: value.Span})
		default:
			list = append(list, p.state(name, value))
		}
	})
	for _, value := range empty {
		if !misplaced { // else what it lacks is what stands beside it
			p.wrongType(value, "a state", "a map of keys")
		}
	}
	if n.Kind == yamlsrc.Map && len(list) == 0 && !misplaced {
		p.problems.Errorf(RuleMissingKey, n.Span, "there is no state").WithHelp("name at least one state under %q", "states")
	}
	return list
}

func (p *parser) state(name ast.Text, n *node) *ast.State {
	s := &ast.State{Name: name, Span: n.Span}
	p.object(n, "a state", keys{
		"type":        func(_, v *node) { p.stateType(s, v) },
		"output":      func(_, v *node) { s.Output = p.value(v) },
		"description": func(_, v *node) { s.Description = p.text(v, "description") },
		"sensitive":   func(_, v *node) { s.Sensitive = p.boolean(v, "sensitive") },
		"limits":      func(_, v *node) { s.Limits = p.limits(v) },
		"entry":       func(_, v *node) { s.Entry = p.actions(v, "entry") },
		"exit":        func(_, v *node) { s.Exit = p.actions(v, "exit") },
		"bxml":        func(k, v *node) { s.HasDocument, s.DocumentAt, s.Document = true, k.Span, p.document(v) },
		"on":          func(_, v *node) { s.On = p.handlers(v, "on") },
		"always":      func(k, v *node) { s.AlwaysAt, s.Always = k.Span, p.transitions(v, "always") },
		"after":       func(k, v *node) { s.AfterAt, s.After = k.Span, p.handlers(v, "after") },
		"invoke":      func(_, v *node) { s.Invoke = p.invoke(v) },
		"initial":     func(_, v *node) { s.Initial = p.text(v, "initial") },
		"states":      func(_, v *node) { s.States = p.states(v) },
	})
	return s
}

func (p *parser) stateType(s *ast.State, n *node) {
	s.Type = p.text(n, "type")
	if s.Type == nil {
		return
	}
	if s.Type.Value != "final" {
		p.problems.Errorf(RuleWrongType, n.Span, "a state has no type %q", s.Type.Value).
			WithHelp("the only type is final: the call ends in such a state")
		return
	}
	s.Final = true
}

func (p *parser) invoke(n *node) *ast.Invoke {
	i := &ast.Invoke{Span: n.Span}
	if n.Kind == yamlsrc.Scalar {
		p.into(&i.Flow, n, "invoke")
		return i
	}
	p.object(n, "invoke", keys{
		"flow": func(_, v *node) { p.into(&i.Flow, v, "flow") },
		"with": func(_, v *node) { i.With = p.value(v) },
	})
	p.require(i.Flow.Value != "" || n.Kind != yamlsrc.Map, n.Span, "invoke", "flow", "the name of the flow to run")
	return i
}

// handlers reads a map from events to transitions.
func (p *parser) handlers(n *node, what string) []*ast.Handler {
	var list []*ast.Handler
	p.named(n, what, func(event ast.Text, value *node) {
		list = append(list, &ast.Handler{Event: event, Transitions: p.transitions(value, "the handler of "+event.Value)})
	})
	return list
}

// transitions reads the three forms: a state name, one transition, a list of guarded ones.
func (p *parser) transitions(n *node, what string) []*ast.Transition {
	switch {
	case n.Kind == yamlsrc.List:
		var list []*ast.Transition
		for _, item := range n.Items {
			list = append(list, p.transition(item))
		}
		if len(list) == 0 {
			p.wrongType(n, what, "a state name, a transition or a list of transitions")
		}
		return list
	case n.Kind == yamlsrc.Map:
		return []*ast.Transition{p.transition(n)}
	case isNull(n):
		p.problems.Errorf(RuleWrongType, n.Span, "%s is empty", what).WithHelp("write a state name, or {} to stay in the state")
		return nil
	}
	t := p.text(n, what)
	if t != nil {
		if m := tightKey.FindStringSubmatch(t.Value); m != nil && slices.Contains(transitionKeys, m[1]) {
			p.noSpace(n, m[1], m[2])
			t = nil
		}
	}
	return []*ast.Transition{{Span: n.Span, Target: t}}
}

func (p *parser) transition(n *node) *ast.Transition {
	t := &ast.Transition{Span: n.Span}
	if n.Kind == yamlsrc.Scalar {
		d := p.problems.Errorf(RuleWrongType, n.Span, "a transition of a list must be a map, not %s", describe(n))
		if isNull(n) {
			d.WithHelp("write `- target: ...`, or `- {}` to stay in the state")
		} else if m := tightKey.FindStringSubmatch(n.Value); m != nil && slices.Contains(transitionKeys, m[1]) {
			d.WithHelp("put a space after the colon: `- %s: %s`", m[1], m[2])
		} else {
			d.WithHelp("write `- target: %s`", n.Value)
		}
		return t
	}
	p.object(n, "a transition", keys{
		"guard":       func(_, v *node) { t.Guard = p.guard(v) },
		"target":      func(_, v *node) { t.Target = p.text(v, "target") },
		"actions":     func(_, v *node) { t.Actions = p.actions(v, "actions") },
		"reenter":     func(_, v *node) { t.Reenter = p.boolean(v, "reenter") },
		"description": func(_, v *node) { t.Description = p.text(v, "description") },
	})
	return t
}

// guard reads an expression: a text, or the plain words true and false.
func (p *parser) guard(n *node) *ast.Text {
	t := p.text(n, "guard")
	if t == nil || p.cut(n, "guard") {
		return nil
	}
	return t
}

// modifiers are the keys that may stand beside an action.
var modifiers = []string{"as", "guard", "each", "timeout", "onError"}

func (p *parser) actions(n *node, what string) []*ast.Action {
	var list []*ast.Action
	p.list(n, what, func(item *node) {
		if a := p.action(item); a != nil {
			list = append(list, a)
		}
	})
	return list
}

func (p *parser) action(n *node) *ast.Action {
	if n.Kind != yamlsrc.Map {
		p.wrongType(n, "an action", "a map with one key, as in `log: text`")
		return nil
	}
	a := &ast.Action{Span: n.Span}
	read := keys{
		"as":      func(_, v *node) { a.As = p.text(v, "as") },
		"guard":   func(_, v *node) { a.Guard = p.guard(v) },
		"each":    func(_, v *node) { a.Each = p.text(v, "each") },
		"timeout": func(_, v *node) { a.Timeout = p.text(v, "timeout") },
		"onError": func(_, v *node) { a.OnError = p.text(v, "onError") },
	}
	for _, e := range n.Entries {
		if set, ok := read[e.Key.Value]; ok {
			set(e.Key, e.Value)
			continue
		}
		if a.Arg != nil {
			p.second(e, a.Name, "action")
			continue
		}
		a.Name, a.Arg = textOf(e.Key), p.value(e.Value)
		switch e.Key.Value {
		case "log":
			p.cut(e.Value, "log")
		case "updateConferenceBxml":
			p.sent(a, e.Value)
		}
	}
	if a.Arg == nil {
		p.problems.Errorf(RuleMissingKey, n.Span, "an action needs its name").WithHelp("as in `log: text`; beside it may stand %s", strings.Join(modifiers, ", "))
		return nil
	}
	return a
}

// sent reads the document that an action sends.
func (p *parser) sent(a *ast.Action, n *node) {
	if n.Kind != yamlsrc.Map {
		return
	}
	for _, e := range n.Entries {
		if e.Key.Value == "bxml" {
			a.DocumentAt, a.Document = e.Key.Span, p.document(e.Value)
		}
	}
}
