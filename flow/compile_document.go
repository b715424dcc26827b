package flow

import (
	"slices"

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

// maxEntries bounds the verbs and the uses of fragments in one document: as many would not fit into it.
const maxEntries = 5000

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
	count int      // verbs and fragments so far
	kinds kinds    // of machine that the document runs on
	// unbound says that the document belongs to no turn: no URL is filled in.
	unbound bool
}

// place is where entries stand: in the document or in an element, within loops.
type place struct {
	parent *bxml.Verb // nil for the document itself
	scope  *expression.Scope
	depth  int  // loops around
	count  bool // the children are counted while rendering
}

func (c *compiler) document(s *State, a *ast.State, scope *expression.Scope) *Document {
	b := &builder{c: c, doc: &Document{Span: a.DocumentAt}, state: s, kinds: c.kinds[s]}
	b.compile(a.Document, place{scope: scope})
	b.checkInput(a)
	return b.doc
}

// compile compiles the entries of a document.
func (b *builder) compile(list []*ast.Entry, at place) {
	body := []node{{kind: nodeStatic, static: []byte(documentHead)}}
	entries, _ := b.entries(list, at)
	body = join(body, entries)
	b.doc.body = join(body, []node{{kind: nodeStatic, static: []byte(documentTail)}})
	if size := literalSize(b.doc.body); size > bxml.MaxBytes {
		b.c.errorf(ruleSize, b.doc.Span, "the document has %d bytes, the carrier takes %d", size, bxml.MaxBytes)
	}
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

// entries compiles a list of entries and reports those that can never run. It reports whether nothing after them can run.
func (b *builder) entries(list []*ast.Entry, at place) (body []node, ends bool) {
	var end *ast.Entry
	for _, e := range list {
		if end != nil && at.parent == nil {
			b.c.errorf(ruleDead, e.Span, "this verb never runs").
				WithHelp("%s before it ends the document; move it, or answer the webhook with it", entryName(end)).
				WithRelated(entryAt(end), "the document ends here")
			end = nil
		}
		nodes, last := b.entry(e, at)
		body = join(body, nodes)
		if last && e.Guard == nil && e.Each == nil {
			end, ends = e, true
		}
	}
	return body, ends
}

// entry compiles one entry with its guard and each. It reports whether nothing after it can run.
func (b *builder) entry(e *ast.Entry, at place) (nodes []node, ends bool) {
	name := entryName(e)
	var list *Template
	if e.Each != nil {
		if list = b.c.each(e.Each, at.scope); list == nil {
			return nil, false
		}
		b.keep(list.template.Refs())
		at.scope = with(at.scope, loopNames(at.depth))
		at.depth++
	}
	var guard *Guard
	if e.Guard != nil {
		if guard = b.guard(e.Guard, at.scope); guard == nil {
			return nil, false
		}
	}
	if e.Use != nil {
		nodes, ends = b.fragment(e, at)
	} else {
		nodes, ends = b.verb(e, at)
		if at.count {
			nodes = []node{{kind: nodeChild, body: nodes}}
		}
	}
	if guard != nil {
		nodes = []node{{kind: nodeGuard, guard: guard, name: "guard of " + name, body: nodes}}
	}
	if list != nil {
		nodes = []node{{kind: nodeEach, template: list, depth: at.depth - 1, name: "each of " + name, body: nodes}}
	}
	return nodes, ends
}

// entryName names an entry in messages.
func entryName(e *ast.Entry) string {
	if e.Use != nil {
		return "fragment " + e.Use.Value
	}
	return e.Verb.Value
}

func entryAt(e *ast.Entry) diag.Span {
	if e.Use != nil {
		return e.Use.Span
	}
	return e.Verb.Span
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
		case RootEvent, RootInternal, RootSignal, RootOutput, RootRaw:
			if !slices.Contains(b.doc.Fields, s) {
				b.doc.Fields = append(b.doc.Fields, s)
			}
		}
	}
}
