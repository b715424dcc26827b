package parse

import (
	"github.com/bxmlflow/bxmlflow/flow/ast"
	"github.com/bxmlflow/bxmlflow/internal/yamlsrc"
)

func (p *parser) file(path string, root *node) *ast.File {
	f := &ast.File{Path: path, Span: root.Span}
	ok := p.object(root, "a flow", keys{
		"version":     func(_, v *node) { f.Version = p.text(v, "version") },
		"flow":        func(_, v *node) { p.into(&f.Name, v, "flow") },
		"description": func(_, v *node) { f.Description = p.text(v, "description") },
		"params":      func(_, v *node) { f.Params = p.decls(v, "params") },
		"vars":        func(_, v *node) { f.Vars = p.decls(v, "vars") },
		"start":       func(_, v *node) { f.Start = p.start(v) },
		"on":          func(_, v *node) { f.On = p.handlers(v, "on") },
		"limits":      func(_, v *node) { f.Limits = p.limits(v) },
		"fragments":   func(_, v *node) { f.Fragments = p.fragments(v) },
		"uses":        func(_, v *node) { f.Uses = p.uses(v) },
		"retention":   func(_, v *node) { f.Retention = p.text(v, "retention") },
		"expiry":      func(_, v *node) { f.Expiry = p.text(v, "expiry") },
		"states":      func(_, v *node) { f.States = p.states(v) },
		"signals":     func(_, v *node) { f.Signals = p.signals(v) },
		"outbound":    func(_, v *node) { f.Outbound = p.outbound(v) },
	})
	if !ok {
		return nil
	}
	if n := root.Get("flow"); n != nil && f.Name.Value == "" && n.Value == "" && !isNull(n) && n.Kind == yamlsrc.Scalar {
		p.problems.Errorf(RuleWrongType, n.Span, "the flow has no name").WithHelp("as in `flow: front-desk`")
	}
	p.require(root.Get("flow") != nil, root.Span, "a flow", "flow", "the name of the flow, as in `flow: front-desk`")
	p.require(root.Get("start") != nil, root.Span, "a flow", "start", "the state of the first webhook, as in `start: {initiate: greeting}`")
	p.require(root.Get("states") != nil, root.Span, "a flow", "states", "at least one state")
	return f
}

// into reads a scalar into dst.
func (p *parser) into(dst *ast.Text, n *node, what string) {
	if t := p.text(n, what); t != nil {
		*dst = *t
	}
}

// decls reads declarations: a mapping with `type` is a declaration, anything else a default.
func (p *parser) decls(n *node, what string) []*ast.Decl {
	var list []*ast.Decl
	p.named(n, what, func(name ast.Text, value *node) {
		d := &ast.Decl{Name: name}
		list = append(list, d)
		if value.Kind != yamlsrc.Map || value.Get("type") == nil {
			d.Default = p.value(value)
			p.untyped(value)
			return
		}
		p.object(value, "a declaration", keys{
			"type":     func(_, v *node) { d.Type = p.text(v, "type") },
			"default":  func(_, v *node) { d.Default = p.value(v) },
			"required": func(_, v *node) { d.Required = p.boolean(v, "required") },
			"secret":   func(_, v *node) { d.Secret = p.boolean(v, "secret") },
		})
	})
	return list
}

// untyped warns of a map that reads like a declaration but is a default, for lack of a type.
func (p *parser) untyped(n *node) {
	for _, e := range n.Entries {
		if k := e.Key.Value; k != "default" && k != "required" && k != "secret" {
			return
		}
	}
	if n.Kind == yamlsrc.Map && len(n.Entries) > 0 {
		p.problems.Warnf(RuleMissingKey, n.Span, "this is a map, not a declaration").WithHelp("a declaration has a type: add `type: string`")
	}
}

// types reads a map of names and types, as in `with: {phone: string}`.
func (p *parser) types(n *node, what string) []*ast.Decl {
	var list []*ast.Decl
	p.named(n, what, func(name ast.Text, value *node) {
		if t := p.text(value, "the type of "+name.Value); t != nil {
			list = append(list, &ast.Decl{Name: name, Type: t})
		}
	})
	return list
}

func (p *parser) limits(n *node) *ast.Limits {
	l := &ast.Limits{}
	p.object(n, "limits", keys{
		"visits": func(_, v *node) { l.Visits = p.text(v, "visits") },
		"steps":  func(_, v *node) { l.Steps = p.text(v, "steps") },
	})
	return l
}

func (p *parser) fragments(n *node) []*ast.Fragment {
	var list []*ast.Fragment
	p.named(n, "fragments", func(name ast.Text, value *node) {
		f := &ast.Fragment{Name: name}
		list = append(list, f)
		ok := p.object(value, "a fragment", keys{
			"with":    func(_, v *node) { f.With = p.types(v, "with") },
			"entries": func(_, v *node) { f.Entries = p.entries(v, "entries") },
		})
		p.require(!ok || value.Get("entries") != nil, value.Span, "a fragment", "entries", "the verbs of the fragment, a list")
	})
	return list
}

func (p *parser) uses(n *node) *ast.Uses {
	u := &ast.Uses{}
	p.object(n, "uses", keys{
		"actions": func(_, v *node) {
			p.named(v, "uses.actions", func(name ast.Text, value *node) { u.Actions = append(u.Actions, p.usedAction(name, value)) })
		},
		"functions": func(_, v *node) {
			p.named(v, "uses.functions", func(name ast.Text, value *node) { u.Functions = append(u.Functions, p.usedFunction(name, value)) })
		},
	})
	return u
}

func (p *parser) usedAction(name ast.Text, n *node) *ast.UsedAction {
	a := &ast.UsedAction{Name: name}
	p.object(n, "an action under uses", keys{
		"with":      func(_, v *node) { a.With = p.types(v, "with") },
		"returns":   func(_, v *node) { a.Returns = p.types(v, "returns") },
		"effect":    func(_, v *node) { a.Effect = p.boolean(v, "effect") },
		"sensitive": func(_, v *node) { a.Sensitive = p.boolean(v, "sensitive") },
	})
	return a
}

func (p *parser) usedFunction(name ast.Text, n *node) *ast.UsedFunction {
	f := &ast.UsedFunction{Name: name}
	ok := p.object(n, "a function under uses", keys{
		"params": func(_, v *node) {
			p.list(v, "params", func(item *node) {
				if t := p.text(item, "a type"); t != nil {
					f.Params = append(f.Params, *t)
				}
			})
		},
		"returns": func(_, v *node) { f.Returns = p.text(v, "returns") },
	})
	p.require(!ok || n.Get("returns") != nil, name.Span, "a function under uses", "returns", "the type of its result, as in `returns: string`")
	return f
}

func (p *parser) signals(n *node) []*ast.Signal {
	var list []*ast.Signal
	p.named(n, "signals", func(name ast.Text, value *node) {
		s := &ast.Signal{Name: name}
		list = append(list, s)
		if !isNull(value) {
			s.With = p.types(value, "the signal "+name.Value)
		}
	})
	return list
}

func (p *parser) outbound(n *node) *ast.Value {
	v := p.value(n)
	read := func(_, _ *node) {}
	if !p.object(n, "outbound", keys{"from": read, "callTimeout": read, "machineDetection": read, "tag": read}) {
		return nil
	}
	return v
}
