package flow

import (
	"slices"

	"github.com/bxmlflow/bxmlflow/flow/ast"
	"github.com/bxmlflow/bxmlflow/flow/diag"
)

// fragment compiles the entries of a fragment in place of its use. It reports whether nothing after them can run.
func (b *builder) fragment(e *ast.Entry, at place) (nodes []node, ends bool) {
	f := b.c.fragments[e.Use.Value]
	switch {
	case e.Verb.Value != "":
		b.c.errorf(ruleKey, e.Use.Span, "use stands beside the verb %q", e.Verb.Value).WithHelp("begin a new entry with `- use: %s`", e.Use.Value)
		return nil, false
	case f == nil:
		b.unknownFragment(e.Use)
		return nil, false
	case slices.Contains(b.uses, e.Use.Value):
		b.c.errorf(ruleRecursion, e.Use.Span, "fragment %q uses itself", e.Use.Value)
		return nil, false
	case b.full(e.Use.Span):
		return nil, false
	}
	b.c.usedFrag[f.Name.Value] = true
	nodes, args := b.arguments(e, f, at)
	b.uses = append(b.uses, e.Use.Value)
	inner := at
	inner.scope = with(without(at.scope, "args"), args)
	entries, ends := b.entries(f.Entries, inner)
	b.uses = b.uses[:len(b.uses)-1]
	return join(nodes, entries), ends
}

// full counts one more verb or use, and reports a document of too many.
func (b *builder) full(at diag.Span) bool {
	b.count++
	if b.count == maxEntries+1 {
		b.c.errorf(ruleSize, at, "the document has more than %d verbs", maxEntries)
	}
	return b.count > maxEntries
}

func (b *builder) unknownFragment(t *ast.Text) {
	var known []string
	for _, f := range b.c.file.Fragments {
		known = append(known, f.Name.Value)
	}
	d := b.c.errorf(ruleFragment, t.Span, "there is no fragment %q", t.Value)
	if near, ok := diag.Nearest(t.Value, known); ok {
		d.WithHelp("did you mean %q?", near)
		return
	}
	d.WithHelp("declare it: `fragments: {%s: {entries: [...]}}`", t.Value)
}

// arguments compiles what a fragment is given.
func (b *builder) arguments(e *ast.Entry, f *ast.Fragment, at place) ([]node, names) {
	var nodes []node
	args := names{}
	if e.With != nil && e.With.Kind != ast.Map && e.With.Scalar != ast.Null {
		b.c.errorf(ruleType, e.With.Span, "with must be a map of arguments")
		return nil, args
	}
	for _, d := range f.With {
		typ := typeNames[d.Type.Value]
		var given *ast.Value
		if e.With != nil {
			given = e.With.Get(d.Name.Value)
		}
		if given == nil {
			b.c.errorf(ruleMissing, e.Span, "fragment %q needs %q", f.Name.Value, d.Name.Value).WithHelp("add it under `with`")
			args["args."+d.Name.Value] = name(typ, RootArg, b.args) // reported once
			continue
		}
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
