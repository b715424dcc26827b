package flowtest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/bxmlflow/bxmlflow/flow/bxml"
	"github.com/bxmlflow/bxmlflow/internal/yamlsrc"
)

// pattern is an element as far as a test describes it.
type pattern struct {
	name       string
	attributes []bxml.Attr
	text       *string // nil when it is not compared
	nested     []pattern
	exact      bool // nested are all children
	compare    bool // nested are compared
}

// patterns reads a list of elements, or a map of some.
func (r *reader) patterns(n *node) []pattern {
	var list []pattern
	switch n.Kind {
	case yamlsrc.List:
		for _, item := range n.Items {
			if item.Kind == yamlsrc.Map && len(item.Entries) != 1 {
				r.wrongType(item, "an item of the document", "a verb or a map with one verb")
				continue
			}
			list = append(list, r.patterns(item)...)
		}
	case yamlsrc.Map:
		for _, e := range n.Entries {
			list = append(list, r.pattern(e.Key, e.Value))
		}
	default:
		list = append(list, r.pattern(n, &node{Span: n.Span, Resolved: yamlsrc.Null}))
	}
	return list
}

// pattern reads one element: a text is its content, a map its attributes, content and children.
func (r *reader) pattern(name, n *node) pattern {
	p := pattern{name: name.Value}
	v := bxml.Lookup(p.name)
	if v == nil {
		var known []string
		for _, v := range bxml.Verbs() {
			known = append(known, v.Name)
		}
		r.unknown(ruleValue, name.Span, "there is no verb", name.Value, known)
		return p
	}
	switch {
	case isNull(n):
	case n.Kind == yamlsrc.Scalar:
		p.text = &n.Value
	case n.Kind == yamlsrc.Map:
		for _, e := range n.Entries {
			r.member(&p, v, e)
		}
	default:
		r.wrongType(n, p.name, "a text or a map")
	}
	return p
}

func (r *reader) member(p *pattern, v *bxml.Verb, e yamlsrc.Entry) {
	name := e.Key.Value
	switch {
	case name == "nested":
		p.compare, p.exact, p.nested = true, e.Value.Kind == yamlsrc.List, r.patterns(e.Value)
	case v.Attribute(name) != nil:
		if t, ok := r.scalar(e.Value, `"`+name+`"`); ok {
			p.attributes = append(p.attributes, bxml.Attr{Name: name, Value: t.value})
		}
	case name == "text" || v.Content != nil && name == v.Content.Name:
		if t, ok := r.scalar(e.Value, `"`+name+`"`); ok {
			p.text = &t.value
		}
	default:
		known := []string{"nested", "text"}
		for _, a := range v.Attributes {
			known = append(known, a.Name)
		}
		r.unknown(ruleValue, e.Key.Span, v.Name+" has no attribute", name, known)
	}
}

// matchElements compares elements with what is expected of them: all of them, or some of them in the same order. It returns
// the difference, "" when there is none.
func matchElements(want []pattern, got []*bxml.Element, exact bool) string {
	if exact {
		return matchAll(want, got)
	}
	next := 0
	for _, p := range want {
		i := slices.IndexFunc(got[next:], func(e *bxml.Element) bool { return p.match(e) == "" })
		if i < 0 {
			return nearest(p, want, got, next)
		}
		next += i + 1
	}
	return ""
}

func matchAll(want []pattern, got []*bxml.Element) string {
	differ := len(want) != len(got)
	for i := 0; !differ && i < len(want); i++ {
		differ = want[i].name != got[i].Name
	}
	if differ {
		return differs(patternList(want), elementList(got))
	}
	var lines []string
	for i, p := range want {
		if d := p.match(got[i]); d != "" {
			lines = append(lines, d)
		}
	}
	return strings.Join(lines, "\n")
}

// nearest says what a part of a document that misses p has in its place, from the element next on.
func nearest(p pattern, want []pattern, got []*bxml.Element, next int) string {
	for _, e := range got[next:] {
		if e.Name == p.name {
			return p.match(e)
		}
	}
	if len(want) == 1 {
		return differs(p.String(), elementList(got))
	}
	return differs(patternList(want)+" in this order", elementList(got))
}

// match compares one element. Attribute values are compared as text.
func (p *pattern) match(e *bxml.Element) string {
	if p.name != e.Name {
		return differs(p.name, e.Name)
	}
	var lines []string
	for _, a := range p.attributes {
		got, ok := e.Attr(a.Name)
		if !ok || got != a.Value {
			place := e.Name + " " + a.Name + " = "
			lines = append(lines, differs(place+show(a.Value), place+absent(got, ok)))
		}
	}
	if p.text != nil {
		place := e.Name + " text = "
		if want, got := plain(*p.text), contents(e); want != got {
			lines = append(lines, differs(place+show(want), place+show(got)))
		}
	}
	if p.compare {
		if d := matchElements(p.nested, e.Children, p.exact); d != "" {
			lines = append(lines, "in "+e.Name+"\n"+d)
		}
	}
	return strings.Join(lines, "\n")
}

func absent(value string, ok bool) string {
	if !ok {
		return "nothing"
	}
	return show(value)
}

// contents returns the text of an element, spoken words without their markup.
func contents(e *bxml.Element) string {
	if len(e.Nodes) > 0 {
		return plain(bxml.Spoken(e))
	}
	return plain(e.Text)
}

func plain(s string) string { return strings.Join(strings.Fields(s), " ") }

// String returns the pattern in one line.
func (p pattern) String() string {
	var parts []string
	for _, a := range p.attributes {
		parts = append(parts, fmt.Sprintf("%s: %q", a.Name, a.Value))
	}
	if p.text != nil {
		parts = append(parts, fmt.Sprintf("text: %q", plain(*p.text)))
	}
	if p.compare {
		parts = append(parts, "nested: "+patternList(p.nested))
	}
	if len(parts) == 0 {
		return p.name
	}
	return p.name + ": {" + strings.Join(parts, ", ") + "}"
}

func patternList(list []pattern) string {
	names := make([]string, len(list))
	for i, p := range list {
		names[i] = p.name
	}
	return bracketed(names)
}

func elementList(list []*bxml.Element) string {
	names := make([]string, len(list))
	for i, e := range list {
		names[i] = e.Name
	}
	return bracketed(names)
}

func verbList(d *bxml.Document) string {
	if d == nil {
		return "none"
	}
	return elementList(d.Verbs)
}
