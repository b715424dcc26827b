package flow

import (
	"slices"

	"github.com/bxmlflow/bxmlflow/flow/ast"
)

// fragment compiles the entries of a fragment in place of its use.
func (b *builder) fragment(e *ast.Entry, at place) []node {
	f := b.c.fragments[e.Use.Value]
	switch {
	case e.Verb.Value != "":
		b.c.errorf(ruleKey, e.Use.Span, "use stands beside the verb %q", e.Verb.Value).WithHelp("begin a new entry with `- use: %s`", e.Use.Value)
		return nil
	case f == nil:
		b.c.errorf(ruleFragment, e.Use.Span, "there is no fragment %q", e.Use.Value)
		return nil
	case slices.Contains(b.uses, e.Use.Value):
		b.c.errorf(ruleRecursion, e.Use.Span, "fragment %q uses itself", e.Use.Value)
		return nil
	}
	b.c.usedFrag[f.Name.Value] = true
	nodes, args := b.arguments(e, f, at)
	b.uses = append(b.uses, e.Use.Value)
	inner := at
	inner.scope = with(at.scope, args)
	nodes = join(nodes, b.entries(f.Entries, inner))
	b.uses = b.uses[:len(b.uses)-1]
	return nodes
}

// arguments compiles what a fragment is given.
func (b *builder) arguments(e *ast.Entry, f *ast.Fragment, at place) ([]node, names) {
	var nodes []node
	args := names{}
	for _, d := range f.With {
		var given *ast.Value
		if e.With != nil {
			given = e.With.Get(d.Name.Value)
		}
		if given == nil {
			b.c.errorf(ruleMissing, e.Span, "fragment %q needs %q", f.Name.Value, d.Name.Value).WithHelp("add it under `with`")
			continue
		}
		typ := b.c.typeOf(d.Type)
		v := b.c.value(given, at.scope)
		b.keep(v.refs())
		b.c.fit(v, given, typ)
		nodes = append(nodes, node{kind: nodeArgument, value: v, depth: b.args, name: "argument " + d.Name.Value})
		args["args."+d.Name.Value] = name(typ, RootArg, b.args)
		b.args++
	}
	if e.With != nil {
		for _, p := range e.With.Pairs {
			if !slices.ContainsFunc(f.With, func(d *ast.Decl) bool { return d.Name.Value == p.Key.Value }) {
				b.c.errorf(ruleKey, p.Key.Span, "fragment %q takes no %q", f.Name.Value, p.Key.Value)
			}
		}
	}
	return nodes, args
}
