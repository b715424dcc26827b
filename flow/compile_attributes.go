package flow

import (
	"slices"
	"strings"

	"github.com/bxmlflow/bxmlflow/flow/ast"
	"github.com/bxmlflow/bxmlflow/flow/bxml"
	"github.com/bxmlflow/bxmlflow/flow/diag"
)

// attributes compiles what the author wrote beside the verb.
func (el *element) attributes() {
	for _, p := range el.entry.Attributes {
		name := p.Key.Value
		if content := el.verb.Content; content != nil && name == content.Name && el.verb.Attribute(name) == nil {
			if el.entry.Content != nil {
				el.b.c.errorf(ruleText, p.Key.Span, "%s has its text twice", el.verb.Name)
			}
			copied := *el.entry
			copied.Content = p.Value
			el.entry = &copied
			continue
		}
		a := el.verb.Attribute(name)
		if a == nil {
			el.unknownAttribute(p.Key)
			continue
		}
		el.given[name] = true
		el.attribute(a, p)
	}
	for i := range el.verb.Attributes {
		el.rules(&el.verb.Attributes[i])
	}
}

func (el *element) unknownAttribute(t ast.Text) {
	var known []string
	for _, a := range el.verb.Attributes {
		known = append(known, a.Name)
		if slices.Contains(a.Misspelt, t.Value) {
			el.b.c.errorf(ruleAttribute, t.Span, "%s has no attribute %q", el.verb.Name, t.Value).WithHelp("it is spelt %q", a.Name)
			return
		}
	}
	d := el.b.c.errorf(ruleAttribute, t.Span, "%s has no attribute %q", el.verb.Name, t.Value)
	near, ok := diag.Nearest(t.Value, known)
	switch {
	case bxml.Lookup(t.Value) != nil && !slices.Contains(el.verb.Children.Allowed, t.Value):
		d.WithHelp("%s is a verb of its own: begin a new entry with `- %s`", t.Value, t.Value)
	case bxml.Lookup(t.Value) != nil:
		el.unnested = true
		d.WithHelp("nested verbs go under `nested`, as in `nested: [{%s: ...}]`", t.Value)
	case ok:
		d.WithHelp("did you mean %q?", near)
	case t.Value == "guard" || t.Value == "each":
		d.WithHelp("%s stands beside the verb, not in it", t.Value)
	case len(known) == 0:
		d.WithHelp("it takes none")
	default:
		d.WithHelp("it takes %s", strings.Join(known, ", "))
	}
}

// attribute compiles one value: a literal is checked now, a computed one while rendering.
func (el *element) attribute(a *bxml.Attribute, p ast.Pair) {
	c, v := el.b.c, p.Value
	what := a.Name + " of " + el.verb.Name
	if el.at.parent != nil && el.at.parent.Children.Bare {
		c.errorf(ruleAttribute, p.Key.Span, "%s takes no attributes in %s", el.verb.Name, el.at.parent.Name)
		return
	}
	switch {
	case v.Kind != ast.Scalar:
		c.errorf(ruleType, v.Span, "%s must be a text or a number", what)
		return
	case v.Scalar == ast.Null && v.Cut != "":
		c.errorf(ruleQuote, v.Span, "%s is empty: everything after # is a comment", what).WithHelp(`quote it: "#"`)
		return
	case v.Scalar == ast.Null && a.Type == bxml.TypeURL && a.Required:
		c.errorf(ruleMissing, v.Span, "%s needs the attribute %q", el.verb.Name, a.Name).WithHelp("leave it out: it is filled in")
		return
	case v.Scalar == ast.Null && a.Type != bxml.TypeURL:
		c.errorf(ruleType, v.Span, "%s is empty", what).WithHelp("leave it out to get the carrier's default")
		return
	case v.Scalar == ast.Null:
		return // a URL that is left out on purpose
	}
	if isCredential(a.Name) {
		if s, has := c.secret(&v.Text); has {
			if s != nil {
				el.credential(a, s)
			}
			return
		}
	}
	t := c.template(&v.Text, el.at.scope)
	if t == nil {
		return
	}
	el.b.keep(t.template.Refs())
	if text, literal := t.template.Literal(); literal {
		el.fixed(a, v, text, what)
	} else {
		el.b.c.checkParam(t, v.Span, what, a.Check)
		el.computed(a, t, what)
	}
}

// fixed adds an attribute whose value is literal.
func (el *element) fixed(a *bxml.Attribute, v *ast.Value, text, what string) {
	c := el.b.c
	if strings.HasSuffix(strings.ToLower(a.Name), "password") && text != "" {
		c.errorf(ruleSecret, v.Span, "a literal password in a flow").WithHelp("%s", useSecret)
	}
	if err := a.Check(text); err != nil {
		c.errorf(ruleAttributeValue, v.Span, "%s: %s", what, err)
		return
	}
	if warning := a.Warning(text); warning != "" {
		c.warnf(ruleAttributeValue, v.Span, "%s: %s", what, warning)
	}
	el.literal[a.Name] = text
	el.static(" " + a.Name + `="` + string(bxml.AppendAttr(nil, text)) + `"`)
}

func (el *element) computed(a *bxml.Attribute, t *Template, what string) {
	kind := nodeAttribute
	if a.Name == el.verb.Children.Times {
		kind = nodeRepeat
	}
	el.nodes = append(el.nodes, node{kind: kind, attribute: a, template: t, name: what})
}

// rules checks what holds between attributes.
func (el *element) rules(a *bxml.Attribute) {
	c, at := el.b.c, el.entry.Verb.Span
	if a.Required && a.Type != bxml.TypeURL && !el.given[a.Name] {
		c.errorf(ruleMissing, at, "%s needs the attribute %q", el.verb.Name, a.Name)
	}
	if !el.given[a.Name] {
		return
	}
	if a.OnlyIf != nil && !el.possible(*a.OnlyIf) {
		c.warnf(ruleAttribute, at, "%s of %s has an effect only %s", a.Name, el.verb.Name, a.OnlyIf)
	}
	if !a.HTTPS {
		return
	}
	for _, name := range a.AppliesTo {
		if url := el.literal[name]; url != "" && !strings.HasPrefix(strings.ToLower(url), "https:") {
			c.errorf(ruleAttributeValue, at, "%s of %s must be https when %s is given", name, el.verb.Name, a.Name)
		}
	}
}

// possible reports whether a condition may hold: it does, or depends on what is computed.
func (el *element) possible(w bxml.When) bool {
	_, literal := el.literal[w.Attribute]
	return el.holds(w) || el.given[w.Attribute] && !literal
}
