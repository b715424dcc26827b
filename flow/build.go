package flow

import (
	"slices"
	"strconv"
	"strings"

	"github.com/bxmlflow/bxmlflow/flow/ast"
	"github.com/bxmlflow/bxmlflow/flow/bxml"
	"github.com/bxmlflow/bxmlflow/flow/diag"
	"github.com/bxmlflow/bxmlflow/flow/internal/expression"
)

// The rules of documents.
const (
	ruleVerb           = "unknown-verb"
	ruleAttribute      = "unknown-attribute"
	ruleAttributeValue = "attribute-value"
	rulePlacement      = "verb-placement"
	ruleChildren       = "verb-children"
	ruleText           = "verb-text"
	ruleDead           = "dead-verb"
	ruleSize           = "document-size"
	ruleSecret         = "literal-secret"
	ruleFragment       = "unknown-fragment"
)

// The frame of every document.
const (
	documentHead = `<?xml version="1.0" encoding="UTF-8"?><Response>`
	documentTail = `</Response>`
)

// builder compiles the document of one state.
type builder struct {
	c     *compiler
	state *State
	doc   *Document
	args  int      // fragment arguments so far
	uses  []string // fragments being expanded
}

// place is where entries stand: in the document or in an element, within loops.
type place struct {
	parent *bxml.Verb // nil for the document itself
	scope  *expression.Scope
	depth  int  // loops around
	count  bool // the children are counted while rendering
}

func (c *compiler) document(a *ast.State, scope *expression.Scope) *Document {
	b := &builder{c: c, doc: &Document{Span: a.DocumentAt}, state: c.states[c.stateName(a)]}
	body := []node{{kind: nodeStatic, static: []byte(documentHead)}}
	body = join(body, b.entries(a.Document, place{scope: scope}))
	b.doc.body = join(body, []node{{kind: nodeStatic, static: []byte(documentTail)}})
	if size := literalSize(b.doc.body); size > bxml.MaxBytes {
		c.errorf(ruleSize, a.DocumentAt, "the document has %d bytes, the carrier takes %d", size, bxml.MaxBytes)
	}
	b.checkInput(a)
	return b.doc
}

func (c *compiler) stateName(a *ast.State) string {
	for s, source := range c.source {
		if source == a {
			return s.Name
		}
	}
	return ""
}

// join appends nodes to body and merges neighbouring static ones.
func join(body []node, more []node) []node {
	for _, n := range more {
		if last := len(body) - 1; n.kind == nodeStatic && last >= 0 && body[last].kind == nodeStatic {
			body[last].static = append(slices.Clip(body[last].static), n.static...)
			continue
		}
		body = append(body, n)
	}
	return body
}

func literalSize(body []node) int {
	size := 0
	for _, n := range body {
		size += len(n.static)
		if n.kind == nodeChildren || n.kind == nodeChild {
			size += literalSize(n.body)
		}
	}
	return size
}

// entries compiles a list of entries and reports those that can never run.
func (b *builder) entries(list []*ast.Entry, at place) []node {
	var body []node
	var end *ast.Entry
	for _, e := range list {
		if end != nil && at.parent == nil {
			b.c.errorf(ruleDead, e.Span, "this verb never runs").
				WithHelp("%s before it ends the document; move it, or answer the webhook with it", end.Verb.Value).
				WithRelated(end.Verb.Span, "the document ends here")
			end = nil
		}
		nodes, ends := b.entry(e, at)
		body = join(body, nodes)
		if ends && e.Guard == nil && e.Each == nil {
			end = e
		}
	}
	return body
}

// entry compiles one entry with its guard and each. It reports whether nothing after it can run.
func (b *builder) entry(e *ast.Entry, at place) (nodes []node, ends bool) {
	var list *Template
	if e.Each != nil {
		if list = b.c.template(e.Each, at.scope); list == nil {
			return nil, false
		}
		at.scope = with(at.scope, loopNames(at.depth))
		at.depth++
	}
	var guard *Guard
	if e.Guard != nil {
		if guard = b.guard(e.Guard, at.scope); guard == nil {
			return nil, false
		}
	}
	switch {
	case e.Use != nil:
		nodes = b.fragment(e, at)
	default:
		nodes, ends = b.verb(e, at)
		if at.count {
			nodes = []node{{kind: nodeChild, body: nodes}}
		}
	}
	name := e.Verb.Value
	if guard != nil {
		nodes = []node{{kind: nodeGuard, guard: guard, name: "guard of " + name, body: nodes}}
	}
	if list != nil {
		nodes = []node{{kind: nodeEach, template: list, depth: at.depth - 1, name: "each of " + name, body: nodes}}
	}
	return nodes, ends
}

func (b *builder) guard(t *ast.Text, scope *expression.Scope) *Guard {
	g := b.c.guard(t, scope)
	if g != nil {
		b.keep(g.program.Refs())
	}
	return g
}

// keep notes the event fields that the document reads.
func (b *builder) keep(refs []expression.Ref) {
	for _, r := range refs {
		s := Slot(r.Slot)
		switch s.Root() {
		case RootEvent, RootInternal, RootOutput, RootRaw:
			if !slices.Contains(b.doc.Fields, s) {
				b.doc.Fields = append(b.doc.Fields, s)
			}
		}
	}
}

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

// element is a verb being compiled.
type element struct {
	b       *builder
	entry   *ast.Entry
	verb    *bxml.Verb
	index   uint16
	at      place
	nodes   []node
	literal map[string]string // literal attributes
	given   map[string]bool   // attributes that the author wrote, null included
}

// verb compiles one verb.
func (b *builder) verb(e *ast.Entry, at place) (nodes []node, ends bool) {
	v := bxml.Lookup(e.Verb.Value)
	if v == nil {
		b.unknownVerb(e)
		return nil, false
	}
	if e.With != nil {
		b.c.errorf(ruleLater, e.With.Span, "with beside a verb is not supported yet")
	}
	if !b.placed(e, v, at.parent) {
		return nil, false
	}
	el := &element{b: b, entry: e, verb: v, at: at, index: uint16(len(b.doc.Verbs)), literal: map[string]string{}, given: map[string]bool{}}
	b.doc.Verbs = append(b.doc.Verbs, v.Name)
	el.static("<" + v.Name)
	el.attributes()
	el.urls()
	el.inner()
	return el.nodes, el.holds(v.Dead)
}

func (el *element) static(text string) {
	el.nodes = join(el.nodes, []node{{kind: nodeStatic, static: []byte(text)}})
}

func (b *builder) unknownVerb(e *ast.Entry) {
	var known []string
	for _, v := range bxml.Verbs() {
		known = append(known, v.Name)
	}
	d := b.c.errorf(ruleVerb, e.Verb.Span, "there is no verb %q", e.Verb.Value)
	if near, ok := diag.Nearest(e.Verb.Value, known); ok {
		d.WithHelp("did you mean %q?", near)
		return
	}
	d.WithHelp("verbs are spelt as in BXML, as in SpeakSentence, Gather, Transfer")
}

// placed reports whether v may stand where it stands.
func (b *builder) placed(e *ast.Entry, v, parent *bxml.Verb) bool {
	switch {
	case parent == nil && v.Level == bxml.Child:
		b.c.errorf(rulePlacement, e.Verb.Span, "%s cannot stand alone", v.Name).WithHelp("it goes under `nested` of %s", strings.Join(v.Parents, " or "))
	case parent != nil && len(parent.Children.Allowed) == 0:
		b.c.errorf(rulePlacement, e.Verb.Span, "%s takes no nested verbs", parent.Name)
	case parent != nil && !slices.Contains(parent.Children.Allowed, v.Name):
		b.c.errorf(rulePlacement, e.Verb.Span, "%s cannot stand in %s", v.Name, parent.Name).WithHelp("%s takes %s", parent.Name, strings.Join(parent.Children.Allowed, " and "))
	default:
		return true
	}
	return false
}

// holds reports whether a condition on the attributes of the verb surely holds.
func (el *element) holds(w bxml.When) bool {
	if w.Always || w.Attribute == "" {
		return w.Always
	}
	value, ok := el.literal[w.Attribute]
	if !ok {
		return false
	}
	return w.Holds(&bxml.Element{Name: el.verb.Name, Attributes: []bxml.Attr{{Name: w.Attribute, Value: value}}})
}

// inner compiles the text and the children, and closes the element.
func (el *element) inner() {
	text := el.content()
	children := el.children()
	if len(text)+len(children) == 0 {
		el.static("/>")
		return
	}
	el.static(">")
	el.nodes = join(el.nodes, text)
	el.nodes = join(el.nodes, children)
	el.static("</" + el.verb.Name + ">")
}

// children compiles the nested verbs and checks their number: now when it is known, else while rendering.
func (el *element) children() []node {
	list, rule := el.entry.Nested, el.verb.Children
	if len(rule.Allowed) == 0 {
		if len(list) > 0 {
			el.b.c.errorf(rulePlacement, el.entry.NestedAt, "%s takes no nested verbs", el.verb.Name)
		}
		return nil
	}
	product, computed := rule.Product, false
	if rule.Times != "" && product > 0 {
		times, literal := el.literal[rule.Times]
		computed = el.given[rule.Times] && !literal
		if n, err := strconv.Atoi(times); err == nil && n > 0 {
			product /= n
		}
	}
	at := place{parent: el.verb, scope: el.at.scope, depth: el.at.depth, count: computed || slices.ContainsFunc(list, varies)}
	nodes := el.b.entries(list, at)
	if at.count {
		return []node{{kind: nodeChildren, name: el.verb.Name, min: rule.Min, max: rule.Max, product: product, body: nodes}}
	}
	el.count(len(list), product)
	return nodes
}

// varies reports whether an entry may appear more or less often than once.
func varies(e *ast.Entry) bool { return e.Guard != nil || e.Each != nil || e.Use != nil }

// count checks a number of children that is known.
func (el *element) count(n, product int) {
	rule, at := el.verb.Children, el.entry.Verb.Span
	name := el.verb.Name
	switch {
	case n < rule.Min:
		el.b.c.errorf(ruleChildren, at, "%s needs at least %d of %s", name, rule.Min, strings.Join(rule.Allowed, ", ")).WithHelp("put them under `nested`")
	case rule.Max > 0 && n > rule.Max:
		el.b.c.errorf(ruleChildren, at, "%s takes at most %d nested verbs, not %d", name, rule.Max, n)
	case product > 0 && n > product:
		el.b.c.errorf(ruleChildren, at, "%s plays %d nested verbs %s times: together at most %d", name, n, el.literal[rule.Times], rule.Product).
			WithHelp("lower %s", rule.Times)
	}
}
