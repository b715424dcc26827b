package flow

import (
	"slices"
	"strconv"
	"strings"

	"github.com/bxmlflow/bxmlflow/flow/ast"
	"github.com/bxmlflow/bxmlflow/flow/bxml"
	"github.com/bxmlflow/bxmlflow/flow/diag"
)

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
	// unnested says that a nested verb stands among the attributes.
	unnested bool
}

// verb compiles one verb.
func (b *builder) verb(e *ast.Entry, at place) (nodes []node, ends bool) {
	v := bxml.Lookup(e.Verb.Value)
	if v == nil {
		b.unknownVerb(e)
		return nil, false
	}
	if e.With != nil && v.Name != "Conference" {
		b.c.errorf(ruleKey, e.With.Span, "%s has no with", v.Name).
			WithHelp("with gives arguments to a fragment, beside `use`, or tells of a member, beside Conference")
	}
	if !b.placed(e, v, at.parent) || b.full(e.Verb.Span) {
		return nil, false
	}
	el := &element{b: b, entry: e, verb: v, at: at, index: uint16(len(b.doc.Verbs)), literal: map[string]string{}, given: map[string]bool{}}
	b.doc.Verbs = append(b.doc.Verbs, v.Name)
	el.member()
	el.static("<" + v.Name)
	el.attributes()
	el.urls()
	el.inner()
	return el.nodes, el.holds(v.Dead)
}

// member compiles what a Conference tells of the member: without `with` that there is nothing to tell, whatever an earlier one
// told.
func (el *element) member() {
	with := el.entry.With
	if el.verb.Name != "Conference" {
		return
	}
	if with == nil {
		el.b.doc.Tells = true
		el.nodes = append(el.nodes, node{kind: nodeMember, name: "Conference"})
		return
	}
	if with.Kind != ast.Map {
		el.b.c.errorf(ruleType, with.Span, "with must be a map, which is event.with in conferenceMemberJoin")
		return
	}
	v := el.b.c.value(with, el.at.scope)
	el.b.keep(v.refs())
	el.b.doc.Tells = true
	el.nodes = append(el.nodes, node{kind: nodeMember, value: v, name: "with of Conference"})
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
	if name, text, ok := strings.Cut(e.Verb.Value, ":"); ok && bxml.Lookup(name) != nil {
		d.WithHelp("put a space after the colon: `%s: %s`", name, text)
		return
	}
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
	case parent == nil:
		return b.runs(e, v)
	default:
		return true
	}
	return false
}

// runs reports a verb that the carrier does not take on the machines of this document.
func (b *builder) runs(e *ast.Entry, v *bxml.Verb) bool {
	for _, context := range b.kinds.contexts() {
		if !v.AllowedIn(context) {
			d := b.c.errorf(rulePlacement, e.Verb.Span, "%s cannot run on %s", v.Name, context)
			switch {
			case b.kinds&kindConference != 0 && b.kinds&kindCalls != 0:
				d.WithHelp("calls and conferences both come to state %q: handle what leads there, such as `error`, in the states of the one and of the other", b.state.Name)
			case context == bxml.Conference:
				d.WithHelp("a conference takes PlayAudio, SpeakSentence and the verbs of recording; a member's call takes the others")
			default:
				d.WithHelp("the called party of a Transfer is connected when this document ends")
			}
			return false
		}
	}
	return true
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
	nodes, _ := el.b.entries(list, at)
	if at.count {
		return []node{{kind: nodeChildren, name: el.verb.Name, min: rule.Min, max: rule.Max, product: product, body: nodes}}
	}
	if !el.unnested {
		el.count(len(list), product)
	}
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
