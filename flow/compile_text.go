package flow

import (
	"errors"
	"regexp"
	"slices"
	"strings"

	"github.com/bxmlflow/bxmlflow/flow/ast"
	"github.com/bxmlflow/bxmlflow/flow/bxml"
	"github.com/bxmlflow/bxmlflow/flow/diag"
)

// markup finds what makes speech more than plain words: an SSML element or a character reference. A lone & is a word.
var markup = regexp.MustCompile(`<|&#?[a-zA-Z0-9]+;`)

// content compiles the text of an element.
func (el *element) content() []node {
	c, e, rule := el.b.c, el.entry, el.verb.Content
	switch {
	case e.Content == nil && (rule == nil || !rule.Required):
		return nil
	case e.Content == nil:
		c.errorf(ruleText, e.Verb.Span, "%s needs a text", el.verb.Name).WithHelp("as in `%s: ...`, its %s", el.verb.Name, rule.Name)
		return nil
	case rule == nil:
		at := e.Content.Span
		if e.ContentKey != nil {
			at = e.ContentKey.Span
		}
		d := c.errorf(ruleText, at, "%s takes no text", el.verb.Name)
		d.Help = el.instead(e.Content)
		return nil
	case e.Content.Kind != ast.Scalar:
		c.errorf(ruleType, e.Content.Span, "the text of %s must be a text", el.verb.Name)
		return nil
	}
	text := &e.Content.Text
	if rule.Kind == bxml.SSML {
		c.checkSpoken(text)
	}
	if rule.Kind == bxml.SSML && markup.MatchString(text.Value) {
		return el.speech(text)
	}
	return el.text(text, rule)
}

// text compiles text without markup.
func (el *element) text(text *ast.Text, rule *bxml.Content) []node {
	c := el.b.c
	t := c.template(text, el.at.scope)
	if t == nil {
		return nil
	}
	el.b.keep(t.template.Refs())
	literal, ok := t.template.Literal()
	if !ok {
		c.checkParam(t, text.Span, el.verb.Name, rule.Check)
		kind := nodeContent
		if el.verb.Name == "Bridge" {
			kind, el.b.doc.Tells = nodeTarget, true
		}
		return []node{{kind: kind, content: rule, template: t, name: rule.Name + " of " + el.verb.Name}}
	}
	if err := rule.Check(literal); err != nil {
		rule := ruleAttributeValue
		if strings.TrimSpace(literal) == "" {
			rule = ruleText
		}
		c.errorf(rule, text.Span, "%s: %s", el.verb.Name, err)
		return nil
	}
	nodes := []node{{kind: nodeStatic, static: bxml.AppendText(nil, literal)}}
	if el.verb.Name == "Bridge" {
		el.b.doc.Tells = true
		nodes = append(nodes, node{kind: nodeBridged, name: strings.TrimSpace(literal)})
	}
	return nodes
}

// speech compiles text with SSML elements: the markup is the author's, what stands in between may be computed.
func (el *element) speech(text *ast.Text) []node {
	parsed, err := bxml.ParseSSML(text.Value)
	if err != nil {
		el.ssmlError(text, err)
		return nil
	}
	nodes := el.ssml(text, parsed)
	if !slices.ContainsFunc(nodes, func(n node) bool { return n.kind == nodeEscaped }) && strings.TrimSpace(words(parsed)) == "" {
		el.b.c.errorf(ruleText, text.Span, "%s has nothing to say", el.verb.Name)
	}
	return nodes
}

// ssmlError reports markup that is no SSML, at its place.
func (el *element) ssmlError(text *ast.Text, err error) {
	var syntax *bxml.SyntaxError
	if !errors.As(err, &syntax) {
		el.b.c.errorf(ruleText, text.Span, "%s", err)
		return
	}
	d := el.b.c.errorf(ruleText, text.At(syntax.Offset, min(syntax.Offset+1, len(text.Value))), "%s", syntax.Message)
	d.Help = syntax.Help
}

func words(list []bxml.Node) string {
	text := ""
	for _, n := range list {
		text += n.Text + words(n.Children)
	}
	return text
}

func (el *element) ssml(text *ast.Text, list []bxml.Node) []node {
	var nodes []node
	static := func(s string) { nodes = join(nodes, []node{{kind: nodeStatic, static: []byte(s)}}) }
	for _, n := range list {
		if n.Element == "" && n.Text != text.Value[n.From:n.To] {
			static(string(bxml.AppendText(nil, n.Text))) // a character reference, resolved
			continue
		}
		if n.Element == "" {
			nodes = join(nodes, el.spoken(text, n.From, n.To))
			continue
		}
		static("<" + n.Element)
		for _, a := range n.Attributes {
			if strings.Contains(a.Value, "${") {
				nodes = join(nodes, el.spokenAttribute(text, n, a))
				continue
			}
			static(" " + a.Name + `="` + string(bxml.AppendAttr(nil, a.Value)) + `"`)
		}
		if len(n.Children) == 0 {
			static("/>")
			continue
		}
		static(">")
		nodes = join(nodes, el.ssml(text, n.Children))
		static("</" + n.Element + ">")
	}
	return nodes
}

// spokenAttribute compiles an attribute of an SSML element that is computed.
func (el *element) spokenAttribute(text *ast.Text, n bxml.Node, a bxml.Attr) []node {
	part := &ast.Text{Value: a.Value, Span: text.Span}
	if from := strings.Index(text.Value[n.From:], a.Value); from >= 0 {
		from += n.From
		part.Span = text.At(from, from+len(a.Value))
		part.Places = places{text, from}
	}
	t := el.b.c.template(part, el.at.scope)
	if t == nil {
		return nil
	}
	el.b.keep(t.template.Refs())
	attribute := bxml.LookupMarkup(n.Element).Attribute(a.Name)
	if literal, ok := t.template.Literal(); ok {
		if err := attribute.Check(literal); err != nil {
			el.b.c.errorf(ruleAttributeValue, part.Span, "%s of %s: %s", a.Name, n.Element, err)
		}
		return []node{{kind: nodeStatic, static: []byte(" " + a.Name + `="` + string(bxml.AppendAttr(nil, literal)) + `"`)}}
	}
	return []node{{kind: nodeAttribute, attribute: attribute, template: t, name: a.Name + " of " + n.Element}}
}

// places finds the places of a part of a longer text.
type places struct {
	text *ast.Text
	from int
}

func (p places) Slice(from, to int) diag.Span { return p.text.At(p.from+from, p.from+to) }

// spoken compiles the text between two SSML elements.
func (el *element) spoken(text *ast.Text, from, to int) []node {
	t := el.b.c.part(text, from, to, el.at.scope)
	if t == nil {
		return nil
	}
	el.b.keep(t.template.Refs())
	if literal, ok := t.template.Literal(); ok {
		return []node{{kind: nodeStatic, static: bxml.AppendText(nil, literal)}}
	}
	return []node{{kind: nodeEscaped, template: t, name: "text of " + el.verb.Name}}
}
